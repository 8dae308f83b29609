import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { COMMAND, ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";
import { quoteForBash } from "../support/keyring-session.js";
import { linesOf, shellBlocks } from "../support/pages.js";

const EXAMPLES = "docs/examples";

/** A folder with the examples as the package has them, but for the ports, which are free ones. */
async function exampleFolder() {
  const ports = { "8080": await freePort(), "8081": await freePort() };
  const redirectPort = await freePort();
  const folder = temporaryFolder();
  const withPorts = (text: string) =>
    Object.entries(ports).reduce((done, [port, free]) => done.replaceAll(port, String(free)), text);
  cpSync(join(ROOT, EXAMPLES), join(folder, EXAMPLES), { recursive: true });
  for (const name of readdirSync(join(folder, EXAMPLES))) {
    const file = join(folder, EXAMPLES, name);
    writeFileSync(file, withPorts(readFileSync(file, "utf8")), { mode: 0o600 });
  }
  const settings = join(folder, EXAMPLES, "apis.json");
  const file = JSON.parse(readFileSync(settings, "utf8"));
  file.apis.hr.auth.redirect_port = redirectPort;
  writeFileSync(settings, JSON.stringify(file), { mode: 0o600 });
  return { folder, withPorts, redirectPort };
}

/** Signs Ada in, as somebody does who opens the link. */
async function signInBy(link: string): Promise<void> {
  const browser = plainBrowser();
  const chosen = await browser.submit(await browser.get(link), "/signin", { login: ADMIN_LOGIN });
  if (chosen.location === undefined) throw new Error(`The org asks further: ${chosen.html}`);
  expect(await browser.get(chosen.location)).toMatchObject({ status: 200 });
}

test("what docs/apis.md shows for a terminal works when it is typed, in that order", { timeout: 180_000 }, async () => {
  const { folder, withPorts, redirectPort } = await exampleFolder();
  const env: Record<string, string> = { HOME: temporaryFolder(), OKTA_MCP_TOKEN_STORE: "file" };
  /** Runs a line in a shell in which okta-mcp is the command under test. */
  const type = (line: string) => {
    const shell = `okta_mcp() { ${COMMAND.map(quoteForBash).join(" ")} "$@"; }\n${line.replace(/^okta-mcp/, "okta_mcp")}`;
    return spawnProcess(["sh", "-c", shell], { env, cwd: COMMAND.length === 2 ? folder : ROOT });
  };
  const heading = "## From a document to the first call, for one person";
  const [start = "", ...lines] = shellBlocks("docs/apis.md", heading).flatMap(linesOf).map(withPorts);
  expect(start).toMatch(/^okta-mcp sandbox --port \d+ --api-port \d+$/);
  const sandbox = type(`exec ${COMMAND.map(quoteForBash).join(" ")} ${start.slice(9)} --redirect-port ${redirectPort}`);
  await sandbox.seen("stdout", /^export OKTA_MCP_APIS="/m);

  const printed: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^export (\w+)=(\S+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      env[name] = join(folder, value);
      continue;
    }
    const typed = type(line.replaceAll(`${EXAMPLES}/`, `${join(folder, EXAMPLES)}/`));
    if (line.startsWith("okta-mcp login")) {
      const [link] = await typed.seen("stderr", /http:\S+\/v1\/authorize\?\S+/);
      await signInBy(link);
    }
    const { code, stdout, stderr } = await typed.ended;
    expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
    printed[line] = stdout;
  }
  const resultOf = (begin: string) => printed[lines.findLast((line) => line.startsWith(begin)) ?? ""] ?? "";
  expect(resultOf("okta-mcp apis check --document")).toContain("get_employee_schedule");
  expect(resultOf("okta-mcp apis check docs")).toMatch(/^hr_my_schedule +GET +\/schedules/m);
  expect(JSON.parse(resultOf("okta-mcp call hr_hello"))).toMatchObject({ user_id: ADMIN_LOGIN });
  expect(JSON.parse(resultOf("okta-mcp call hr_my_schedule"))).toMatchObject({ gpid: "GP010000" });
  expect(JSON.parse(resultOf("okta-mcp call hr_my_time_off"))).toMatchObject({ requests: [{ request_id: "TO-1001" }] });
  expect(resultOf("okta-mcp journal")).toContain("hr_withdraw_time_off");
});
