import { expect, onTestFinished, test } from "vitest";
import { requireCommand, versionOf } from "../support/ci-tools.js";
import { serveFixtures } from "./fixtures.js";
import { idleReasons, reasonFor } from "./reasons.js";
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
  await expect(report(`${SUITE} ${versionOf(SUITE)}`, results)).toMatchFileSnapshot("results.md");
});
