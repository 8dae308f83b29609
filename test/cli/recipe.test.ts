import { readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { COMMAND, runCli, spawnProcess, startCli, temporaryFolder } from "../support/cli.js";
import { APPROVED, openCliOrg } from "../support/cli-org.js";
import { quoteForBash } from "../support/keyring-session.js";
import { shellBlocks } from "../support/pages.js";
import { requireOrSkip } from "../support/programs.js";

/** Opens an org and returns the settings of a person who has a token for these scopes. */
const openOrg = (scopes: string[], granted = scopes) => openCliOrg({ scopes, granted, ...APPROVED });

test("the recipe for users as CSV, run as it is written, makes a file for its owner alone in which nothing runs", async (context) => {
  requireOrSkip(context, "jq", "bash");
  const [recipe = ""] = shellBlocks("docs/moving-from-okta-mcp-server.md", "### Users as CSV");
  expect(recipe).toContain("users.csv");
  const { sandbox, signedIn } = await openOrg(["okta.users.read"]);
  const evil = ['=HYPERLINK("http://x")', "+1", "-1", "@x", "\t=1", "\r=1", "a=b", 'Sales, "North"'];
  for (const [index, department] of evil.entries()) {
    sandbox.org.addUser({ status: "ACTIVE", profile: { login: `u${index}@acme.example`, department } });
  }
  const folder = temporaryFolder();
  writeFileSync(join(folder, "okta-mcp"), `#!/bin/sh\nexec ${COMMAND.map(quoteForBash).join(" ")} "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...signedIn, PATH: [folder, process.env.PATH].join(delimiter) };
  const { code, stderr } = await spawnProcess(
    ["bash", "-c", `set -e -o pipefail; cd '${folder}'; umask 022; ${recipe}`],
    { env },
  ).ended;
  expect(code, stderr).toBe(0);
  const file = join(folder, "users.csv");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const csv = readFileSync(file, "utf8");
  for (const text of evil.slice(0, 6)) expect(csv).toContain(`,"'${text.replaceAll('"', '""')}"`);
  expect(csv).toContain(',"a=b"');
  expect(csv).toContain(',"Sales, ""North"""');
  expect(csv).not.toMatch(/(?:^|,)"[=+@\t\r-]/m);
});

test("with a given token, advice on scopes speaks of the token and not of a sign-in", async () => {
  const { signedIn } = await openOrg(["okta.users.read", "okta.groups.read"], ["okta.users.read"]);
  const status = JSON.parse((await runCli(["call", "get_scope_status"], { env: signedIn })).stdout);
  const advice = status.what_to_do.join("\n");
  expect(advice).toContain("OKTA_ACCESS_TOKEN");
  expect(advice).not.toMatch(/login|sign in/);
  const refused = await runCli(["call", "list_groups"], { env: signedIn });
  expect(refused.stderr).toContain("the token in OKTA_ACCESS_TOKEN did not grant it");
  expect(refused.stderr).not.toMatch(/login|sign in/);
});

test("a sign-in that may change things does not count where only reading is wanted, and status says so", async () => {
  const { env } = await openOrg(["okta.users.manage"]);
  const kept = { ...env, HOME: temporaryFolder(), OKTA_MCP_TOKEN_STORE: "file" };
  expect((await runCli(["login"], { env: kept })).code).toBe(0);
  const { code, stdout } = await runCli(["status", "--read-only"], { env: kept });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Why +The stored sign-in may change things .* a new sign-in is needed\.$/m);
});

test("a confirmation of another process is told to be of no use", async () => {
  const { sandbox, signedIn } = await openOrg(["okta.groups.manage"]);
  const group = sandbox.org.addGroup({ profile: { name: "Night Shift", description: null } });
  const args = JSON.stringify({ group_id: group.id, confirmation: "abc.def" });
  const { code, stderr } = await runCli(["call", "delete_group", args], { env: signedIn });
  expect(code).toBe(1);
  expect(stderr).toMatch(/Add --yes .*A confirmation counts in the process that gave it only\./);
});

test("the sandbox takes --sandbox as every command does, and says whom --approve lets in", async () => {
  const sandbox = startCli(["sandbox", "--sandbox", "--approve"]);
  await sandbox.seen("stdout", /any program on this machine gets in as the admin/);
  sandbox.child.kill("SIGTERM");
  expect((await sandbox.ended).code).toBe(0);
});
