import { expect, test } from "vitest";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { Finding } from "../../src/operator/finding.js";
import { measureLive } from "../../src/operator/live.js";
import { startCompanyWeb } from "../support/company-server.js";
import { checkContextOf } from "../support/serve-check.js";
import { keyFile } from "../support/serve-keys.js";

const DIRECTORY_ID = "0oaDirectory000000001";
const stateOf = (findings: readonly Finding[], about: string) =>
  findings.find((finding) => finding.about === `live: ${about}`)?.state;

test("what Okta's documents leave open is measured, and nothing shows in the org without a yes", async () => {
  const web = await startCompanyWeb();
  const { company, store } = web;
  const { entry, jwks } = keyFile(web.folder, "directory.pem", "dir-1");
  const scopes = ["okta.users.read", "okta.groups.read"];
  addOAuthApp(company.org, { id: DIRECTORY_ID, type: "service", auth: "private_key_jwt", jwks, scopes });
  const context = checkContextOf(web, { serve: { directory: { client_id: DIRECTORY_ID, ...entry } } });

  const before = company.control.issued().length;
  const careful = await measureLive(context, { store, mayShow: async () => false });
  expect(company.control.issued()).toHaveLength(before);
  expect(stateOf(careful, "introspection across clients")).toBe("unknown");
  expect(stateOf(careful, "ids in the groups claim")).toBe("unknown");
  expect(stateOf(careful, "offline_access with okta.* scopes")).toBe("unknown");

  await web.signIn();
  const told = await measureLive(context, { store, mayShow: async () => true });
  for (const about of [
    "introspection across clients",
    "ids in the groups claim",
    "offline_access with okta.* scopes",
  ]) {
    expect(stateOf(told, about), about).toBe("ok");
  }
  company.control.introspectOthers(false);
  const refused = await measureLive(context, { store, mayShow: async () => true });
  expect(stateOf(refused, "introspection across clients")).toBe("note");
  expect(JSON.stringify(told)).not.toMatch(/eyJ|s{40}/);
});

test("a groups claim that lists names is told", async () => {
  const web = await startCompanyWeb();
  const told = { login: "ada", name: undefined, email: undefined, emailVerified: false, groups: ["Help Desk"] };
  await web.store.people.signedIn({ issuer: web.company.origin, subject: "00uAda", ...told });
  const findings = await measureLive(checkContextOf(web), { store: web.store, mayShow: async () => false });
  expect(stateOf(findings, "ids in the groups claim")).toBe("wrong");
});
