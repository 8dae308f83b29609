import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMAND, runCli, temporaryFolder } from "../support/cli.js";
import { requireOrSkip } from "../support/programs.js";
import { KEYS, startInTerminal } from "../support/pty.js";

/** `serve init` at a terminal, with the answers to its questions. A question is known by a word of it. */
async function startInit(args: readonly string[] = []) {
  const folder = temporaryFolder();
  const terminal = startInTerminal([...COMMAND, "serve", "init", "--dir", folder, ...args], { columns: 200 });
  const answer = async (question: RegExp, text: string) => {
    await terminal.seen("stdout", question);
    terminal.press(`${text}${KEYS.enter}`);
  };
  return { folder, terminal, answer, file: join(folder, "serve.json") };
}

test("serve init asks for what is not given, takes addresses as people type them, and writes what it was told", async (context) => {
  requireOrSkip(context, "python3");
  const { terminal, answer, file } = await startInit();
  await answer(/address of your org/, "acme.okta.com/");
  await answer(/clients will reach this server/, "mcp.acme.com/");
  await answer(/Web Application[\s\S]*Its client id:/, "");
  await answer(/Its client id:[\s\S]*Its client id:/, "0oaWeb");
  await answer(/Groups of the role reader/, "00gReaders0000000001, 00gReaders0000000002");
  await answer(/Groups of the role helpdesk/, "");
  await answer(/Groups of the role admin/, "00gAdmins00000000001");
  expect((await terminal.ended).code, terminal.screen()).toBe(0);
  expect(terminal.screen()).toContain("In Okta, in this order:");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    public_url: "https://mcp.acme.com",
    okta: { org_url: "https://acme.okta.com", client_id: "0oaWeb" },
    roles: [
      { name: "reader", groups: ["00gReaders0000000001", "00gReaders0000000002"] },
      { name: "admin", groups: ["00gAdmins00000000001"] },
    ],
  });
});

test("serve init asks only for what the options leave out", async (context) => {
  requireOrSkip(context, "python3");
  const given = ["--org-url", "https://acme.okta.com", "--public-url", "https://mcp.acme.com"];
  const { terminal, answer, file } = await startInit([...given, "--role", "helpdesk=00gHelpdesk000000001"]);
  await answer(/Its client id:/, "0oaWeb");
  expect((await terminal.ended).code, terminal.screen()).toBe(0);
  expect(terminal.screen()).not.toContain("address of your org");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ roles: [{ name: "helpdesk" }] });
});

test("serve init writes nothing where the answers do not do, and where the person leaves", async (context) => {
  requireOrSkip(context, "python3");
  const given = ["--org-url", "https://acme.okta.com", "--public-url", "https://mcp.acme.com", "--client-id", "0oa1"];
  const none = await startInit(given);
  for (const role of ["reader", "helpdesk", "admin"]) await none.answer(new RegExp(`Groups of the role ${role}`), "");
  expect((await none.terminal.ended).code).toBe(2);
  expect(none.terminal.screen()).toContain("No role has a group, so nobody could do anything.");
  const left = await startInit(given);
  await left.terminal.seen("stdout", /Groups of the role reader/);
  left.terminal.press(KEYS.end);
  expect((await left.terminal.ended).code).toBe(1);
  for (const { file } of [none, left]) expect(existsSync(file)).toBe(false);
});

test.each([
  [["serve", "check"], "See okta-mcp serve check --help."],
  [["serve", "who"], "See okta-mcp serve who --help."],
  [["serve", "who", "ada", "--config", "x", "--tols", "y"], "See okta-mcp serve who --help."],
  [["serve", "init", "--rol", "x"], "See okta-mcp serve init --help."],
  [["serve", "init", "--role", "x"], "See okta-mcp serve init --help."],
  [["serve", "keys", "rotate", "--config", "x"], "See okta-mcp serve keys rotate --help."],
  [["serve", "--nothing"], "See okta-mcp serve --help."],
  [["serve", "chekc"], "See okta-mcp serve --help."],
])("what is wrong with the words %j is explained by the help of that very command", async (words, told) => {
  const { code, stderr } = await runCli(words);
  expect(code).toBe(2);
  expect(stderr).toContain(told);
});
