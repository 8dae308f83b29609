import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startCli, temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";

test("a sandbox has the apps, keys and groups of a serve.json, so that serve check finds nothing wrong", async () => {
  const [orgPort, port, folder] = [await freePort(), await freePort(), temporaryFolder()];
  const dir = join(folder, "config");
  const init = ["serve", "init", "--dir", dir, "--org-url", `http://127.0.0.1:${orgPort}`];
  const answers = ["--public-url", `http://127.0.0.1:${port}`, "--client-id", "0oa1b2c3d4e5f6g7h8"];
  const roles = ["--role", "reader=00g2b2c3d4e5f6g7h8", "--role", "helpdesk=00g1b2c3d4e5f6g7h8"];
  const service = ["--service", "reader=0oa2b2c3d4e5f6g7h8"];
  expect((await startCli([...init, ...answers, ...roles, ...service]).ended).code).toBe(0);
  const config = join(dir, "serve.json");
  const sandbox = startCli(["sandbox", "--port", String(orgPort), "--company", config]);
  await sandbox.seen("stdout", /^reader@\S+: reader$/m);
  await sandbox.seen("stdout", /^nobody@\S+: no role$/m);
  expect(sandbox.stdout()).not.toContain("names another org");
  const check = await startCli(["serve", "check", "--config", config]).ended;
  expect(check.stdout).not.toMatch(/^WRONG/m);
  expect(check.stdout).toMatch(/^ok +proof of the web app: /m);
  expect(check.stdout).toMatch(/^ok +redirect URI: /m);
  expect(check.stdout).toMatch(/^ok +.*reader.*/m);
});

test("a sandbox says where a serve.json means another org, and names every mistake of one", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "serve.json"), '{ "public_url": "https://mcp.acme.com" }', { mode: 0o600 });
  const { code, stderr } = await startCli(["sandbox", "--company", join(folder, "serve.json")]).ended;
  expect(code).toBe(2);
  expect(stderr).toContain("roles");
});
