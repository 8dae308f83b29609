import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Finding } from "../../src/operator/finding.js";
import { startCompanyWeb } from "../support/company-server.js";
import { findingsOf } from "../support/serve-check.js";

const stateOf = (findings: readonly Finding[], about: string) =>
  findings.find((finding) => finding.about === about)?.state;
const wrongOf = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state === "wrong").map(({ about, code }) => [about, code]);

test("a server that is set up right has nothing wrong, and each thing is looked at", async () => {
  const web = await startCompanyWeb();
  const findings = await findingsOf(web);
  expect(findings.filter(({ state }) => state === "wrong")).toEqual([]);
  for (const about of [
    "environment",
    "org",
    "clock",
    "redirect URI",
    "proof of the web app",
    "key of okta",
    "store",
    "data keys",
    "free space",
    "port",
    "public address",
    "role helpdesk",
  ]) {
    expect(stateOf(findings, about), about).toBe("ok");
  }
  expect(stateOf(findings, "groups of people")).toBe("unknown");
  expect(stateOf(findings, "groups of role helpdesk")).toBe("unknown");
});

test("a check changes nothing and repeats no secret", async () => {
  const web = await startCompanyWeb();
  const before = web.company.control.issued().length;
  const findings = await findingsOf(web, { env: { SSO_OKTA_CLIENT_SECRET: "hush-hush" } });
  expect(web.company.control.issued()).toHaveLength(before);
  expect(JSON.stringify(findings)).not.toMatch(/s{40}|hush-hush/);
});

test("groups are known once somebody has signed in with them", async () => {
  const web = await startCompanyWeb();
  await web.signIn();
  const findings = await findingsOf(web);
  expect(stateOf(findings, "groups of people")).toBe("ok");
  expect(stateOf(findings, "groups of role helpdesk")).toBe("ok");
});

test("several mistakes are told at once, each with what to do", async () => {
  const web = await startCompanyWeb({ roles: [{ name: "helpdesk", scopes: ["okta.users.read"] }] });
  writeFileSync(join(web.folder, "secret"), "x".repeat(40));
  const findings = await findingsOf(web, {
    serve: {
      public_url: "http://127.0.0.1:9",
      roles: [{ name: "nothing", groups: ["00gNobody0000000001"], scopes: ["okta.users.read"], tools: ["policies"] }],
    },
  });
  expect(wrongOf(findings)).toEqual([
    ["redirect URI", "redirect_uri_mismatch"],
    ["proof of the web app", "invalid_client"],
    ["public address", undefined],
    ["role nothing", undefined],
  ]);
  for (const { state, fix } of findings) if (state === "wrong") expect(fix).toMatch(/\.$/);
});

test("where an org tells of a scope only once a person signs in, the check says that it cannot know", async () => {
  const web = await startCompanyWeb({ app: { scopes: ["okta.users.read"] } });
  expect(stateOf(await findingsOf(web), "scopes of the web app")).toBe("unknown");
});

test("an org that cannot be reached is one finding, and what is here is looked at all the same", async () => {
  const web = await startCompanyWeb();
  await web.company.sandbox.close();
  const findings = await findingsOf(web);
  expect(wrongOf(findings)).toEqual([["org", "okta_unreachable"]]);
  expect(stateOf(findings, "clock")).toBe("unknown");
  expect(stateOf(findings, "role helpdesk")).toBe("ok");
});
