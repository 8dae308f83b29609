import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { runServeCheck } from "../../src/cli/company/run-check.js";
import { runServeWho } from "../../src/cli/company/run-who.js";
import { runCli, temporaryFolder } from "../support/cli.js";
import { commandLine, startServeOf } from "../support/company-command.js";
import { freePort, startCompanyWeb } from "../support/company-server.js";

test("serve check is one line for each thing, ends with 0 where nothing is wrong, and can be read by programs", async () => {
  const web = await startCompanyWeb();
  const plain = commandLine(web);
  expect(await runServeCheck(plain.io, { now: web.company.clock.now, config: plain.config })).toBe(0);
  expect(plain.text()).toMatch(/^ok +redirect URI: Okta sends people back to /m);
  expect(plain.text()).toMatch(/^cannot be known +groups of people: /m);
  expect(plain.text()).toMatch(/Nothing is wrong, as far as can be known\.$/);
  const json = commandLine(web);
  await runServeCheck(json.io, { now: web.company.clock.now, config: json.config, json: true });
  expect(JSON.parse(json.text())).toMatchObject({ all_right: true, checks: expect.any(Array) });
});

test("serve check ends with 1 where something is wrong, also where serve.json cannot be read at all", async () => {
  const web = await startCompanyWeb();
  writeFileSync(join(web.folder, "secret"), "w".repeat(40));
  const wrong = commandLine(web);
  expect(await runServeCheck(wrong.io, { now: web.company.clock.now, config: wrong.config })).toBe(1);
  expect(wrong.text()).toMatch(/^WRONG +proof of the web app: .*\[invalid_client\]\n {4,}Compare /m);
  const broken = commandLine(web, { public_url: "http://mcp.acme.example", more: 1 });
  expect(await runServeCheck(broken.io, { now: web.company.clock.now, config: broken.config })).toBe(1);
  expect(broken.text()).toMatch(/^WRONG +serve\.json: .*public_url/m);
  expect(broken.text()).toMatch(/^WRONG +serve\.json: .*more/m);
});

test("serve who tells in words, and of one tool alone", async () => {
  const web = await startCompanyWeb();
  await web.signIn();
  const all = commandLine(web);
  expect(await runServeWho(all.io, { login: ADMIN_LOGIN, config: all.config })).toBe(0);
  expect(all.text()).toMatch(/^Role +helpdesk: by group \w+; acts as user$/m);
  expect(all.text()).toMatch(/role helpdesk: scopes has no okta\.policies\.read/);
  const one = commandLine(web);
  await runServeWho(one.io, { login: ADMIN_LOGIN, config: one.config, tool: "list_policies", json: true });
  expect(JSON.parse(one.text())).toMatchObject({ people: [{ tools: [], missing_tools: [{ name: "list_policies" }] }] });
  const nobody = commandLine(web);
  expect(await runServeWho(nobody.io, { login: "no\u202Ebody", config: nobody.config })).toBe(1);
  expect(nobody.text()).not.toContain("\u202E");
});

test("a start that finds a setting of another server names ours, and never its value", async () => {
  const web = await startCompanyWeb();
  const listen = { host: "127.0.0.1", port: await freePort() };
  const line = commandLine(web, { listen, data_dir: "other" });
  const { logged } = await startServeOf(line, { SSO_OKTA_ISSUER: "https://hush.example" });
  const lines = logged();
  expect(lines).toContain(
    "SSO_OKTA_ISSUER, a setting of MCP Gateway, is not read here. Use okta.org_url in serve.json.",
  );
  expect(lines).not.toContain("hush.example");
});

test.each([["check"], ["who", "ada@acme.example"]])("serve %s takes --config as it is typed", async (...words) => {
  const config = join(temporaryFolder(), "none.json");
  const { stdout, stderr } = await runCli(["serve", ...words, "--config", config]);
  expect(stdout + stderr).toContain("there is no such file");
});
