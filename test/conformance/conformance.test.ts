import { expect, onTestFinished, test } from "vitest";
import { requireCommand, versionOf } from "../support/ci-tools.js";
import { serveCompany } from "./company-endpoint.js";
import { serveFixtures } from "./fixtures.js";
import { COMPANY_REASONS, idleReasons, REASONS, reasonFor } from "./reasons.js";
import { report, troublesIn } from "./report.js";
import { runSuite, type Scenario } from "./suite.js";

const SUITE = "@modelcontextprotocol/conformance";

/** The last revision of each era. */
const REVISIONS = ["2026-07-28", "2025-11-25"] as const;

/** The suite takes some seconds, and longer on a busy machine. */
const LIMIT = { timeout: 10 * 60_000 };

test("both adapters do what the conformance suite asks, but for what this server has not", LIMIT, async (context) => {
  const command = requireCommand(context, SUITE);
  const results = new Map<string, Scenario[]>();
  for (const revision of REVISIONS) {
    const server = await serveFixtures();
    onTestFinished(server.close);
    results.set(revision, await runSuite(command, server.url, revision));
  }
  const troubles = troublesIn(results);
  expect(
    troubles.filter(({ check }) => reasonFor(check) === undefined),
    "each check that does not pass has a reason",
  ).toEqual([]);
  const checks = troubles.map(({ check }) => check);
  expect(idleReasons(checks), "each reason is about a check that does not pass").toEqual([]);
  const about = {
    title: "MCP conformance",
    against: "the two protocol adapters of this server,\nover HTTP, and with the fixture tools of `tools.ts`",
    suite: `${SUITE} ${versionOf(SUITE)}`,
    reasons: REASONS,
  };
  await expect(report(about, results)).toMatchFileSnapshot("results.md");
});

test("the server of a company does what the suite asks, but for what it has not", LIMIT, async (context) => {
  const command = requireCommand(context, SUITE);
  const results = new Map<string, Scenario[]>();
  for (const revision of REVISIONS) results.set(revision, await runSuite(command, await serveCompany(), revision));
  const reasons = [...COMPANY_REASONS, ...REASONS];
  const troubles = troublesIn(results);
  expect(
    troubles.filter(({ check }) => reasonFor(check, reasons) === undefined),
    "each check that does not pass has a reason",
  ).toEqual([]);
  const checks = troubles.map(({ check }) => check);
  expect(idleReasons(checks, COMPANY_REASONS), "each reason is about a check that does not pass").toEqual([]);
  const about = {
    title: "MCP conformance of the server of a company",
    against: "`/mcp` as `okta-mcp serve` has it,\nwith a signed-in person's token and the tools of a help desk",
    suite: `${SUITE} ${versionOf(SUITE)}`,
    reasons,
  };
  await expect(report(about, results)).toMatchFileSnapshot("results-serve.md");
});
