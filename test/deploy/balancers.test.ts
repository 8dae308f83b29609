import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import { ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";
import { deployed } from "../support/deploy-files.js";
import { requireOrSkip } from "../support/programs.js";

const pem = (...names: string[]) =>
  names.map((name) => readFileSync(join(ROOT, "test/fixtures/certificates", name), "utf8")).join("");

/** Writes a file of deploy/ as it is, but for names that this machine cannot look up and paths that it has not. */
function written(name: string, changes: readonly (readonly [from: string, to: string])[]): string {
  const folder = temporaryFolder();
  let text = deployed(name).replace(/\bokta-mcp-\d:/g, "127.0.0.1:");
  writeFileSync(join(folder, "chain.pem"), pem("leaf.pem", "intermediate.pem"));
  writeFileSync(join(folder, "key.pem"), pem("leaf.key"), { mode: 0o600 });
  writeFileSync(join(folder, "both.pem"), pem("leaf.pem", "intermediate.pem", "leaf.key"), { mode: 0o600 });
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to.replace("FOLDER", folder));
  }
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function accepts(context: TestContext, [program = "", ...args]: readonly string[]): Promise<string> {
  const [path = ""] = requireOrSkip(context, program);
  const { code, stdout, stderr } = await spawnProcess([path, ...args]).ended;
  expect(code, stderr).toBe(0);
  return stdout + stderr;
}

test("HAProxy takes its file of deploy/ without a warning", async (context) => {
  const file = written("haproxy.cfg", [["/etc/haproxy/certs/okta-mcp.pem", "FOLDER/both.pem"]]);
  expect(await accepts(context, ["haproxy", "-c", "-f", file])).not.toMatch(/WARNING|ALERT/i);
});

test("nginx takes its file of deploy/ without a warning", async (context) => {
  const file = written("nginx.conf", [
    ["/etc/nginx/certs/fullchain.pem", "FOLDER/chain.pem"],
    ["/etc/nginx/certs/privkey.pem", "FOLDER/key.pem"],
    ["/tmp/nginx", "FOLDER/nginx"],
    ["/var/log/nginx/access.log", "FOLDER/access.log"],
  ]);
  expect(await accepts(context, ["nginx", "-t", "-c", file, "-e", "stderr"])).not.toMatch(/\[(warn|emerg)\]/);
});
