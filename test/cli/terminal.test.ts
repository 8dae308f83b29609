import { expect, test } from "vitest";
import { COMMAND, runCli, temporaryFolder } from "../support/cli.js";
import { openCliOrg } from "../support/cli-org.js";
import { requireOrSkip } from "../support/programs.js";
import { KEYS, startInTerminal } from "../support/pty.js";

/** The exit code that the pseudo-terminal's program reports for a command ended by SIGINT. */
const ENDED_BY_SIGINT = 254;

/** Opens a sandbox with a group whose name has control characters. `signedIn` is the environment of a person. */
async function openOrg() {
  const scopes = ["okta.groups.manage", "okta.users.read"];
  const opened = await openCliOrg({ scopes, deviceIntervalSeconds: 1 });
  const group = opened.org.addGroup({ profile: { name: "Night\u001b[2JShift\u202e", description: null } });
  const remove = [...COMMAND, "call", "delete_group", "--arg", `group_id=${group.id}`];
  return { ...opened, group, remove };
}

test("in a terminal, the server says in three lines what it is, what it waits for and where to go next", async (context) => {
  requireOrSkip(context, "python3");
  const env = { OKTA_ORG_URL: "https://acme.okta.com", OKTA_CLIENT_ID: "0oa1", OKTA_SCOPES: "okta.users.read" };
  const terminal = startInTerminal(COMMAND, { env });
  await terminal.seen("stdout", /--help/);
  const lines = terminal.screen().trim().split("\n");
  expect(lines).toEqual([
    expect.stringMatching(/^okta-mcp \d\S*, an MCP server for acme\.okta\.com: \d+ of \d+ tools are on\.$/),
    "It waits for an MCP client on stdin, in silence. Ctrl-C ends it.",
    "Next: start it from your client's mcp.json, or see okta-mcp --help.",
  ]);
  terminal.press(KEYS.interrupt);
  expect((await terminal.ended).code).toBe(0);
});

test("Ctrl-D ends the server as a client that leaves does", async (context) => {
  requireOrSkip(context, "python3");
  const terminal = startInTerminal([...COMMAND, "--sandbox"]);
  await terminal.seen("stdout", /--help/);
  terminal.press(KEYS.end);
  expect((await terminal.ended).code).toBe(0);
});

test.for([60, 80, 120])("a list is a table that fits %i columns", async (columns, context) => {
  requireOrSkip(context, "python3");
  const { signedIn } = await openOrg();
  const terminal = startInTerminal([...COMMAND, "call", "list_users", "--arg", "limit=4"], { env: signedIn, columns });
  const { code } = await terminal.ended;
  expect(code).toBe(0);
  const lines = terminal.screen().split("\n");
  const head = lines.findIndex((line) => /^id +login/.test(line));
  const rows = lines.slice(head + 1, head + 5);
  for (const row of rows) expect(row).toMatch(/^00u\w+…? {2}[^@\s]+@\S+/);
  // The name is worth more to a person than the end of an id or the hour of a time.
  if (columns >= 80) for (const row of rows) expect(row).not.toMatch(/@\S*…/);
  for (const line of lines.slice(head, head + 5)) expect([...line].length).toBeLessThanOrEqual(columns);
  expect(terminal.screen()).toContain("4 items; there are more.");
  expect(terminal.screen()).toMatch(/Next page: okta-mcp call list_users '\{"limit":4,"after":"[^"]+"\}'/);
});

test("a list has the columns that were asked for, and with --wide all that there is in them", async (context) => {
  requireOrSkip(context, "python3");
  const { signedIn } = await openOrg();
  const fields = ["--arg", "fields=profile.login,created,id", "--arg", "limit=2"];
  const narrow = startInTerminal([...COMMAND, "call", "list_users", ...fields], { env: signedIn, columns: 50 });
  await narrow.ended;
  expect(narrow.screen()).toMatch(/^login +created +id$/m);
  expect(narrow.screen()).toMatch(/@\S+ +\d{4}-\d\d-\d\d +00u\w+/m);
  const wide = startInTerminal([...COMMAND, "call", "list_users", "--wide", "--arg", "limit=2"], {
    env: signedIn,
    columns: 50,
  });
  await wide.ended;
  expect(wide.screen()).toMatch(/^00u\w{17} +\S+@\S+ .* \d{4}-\d\d-\d\dT\d\d:\d\dZ/m);
  expect(wide.screen()).toMatch(/Next page: .* --wide$/m);
});

test("the journal shows minutes of this machine's time, an id where there is no name, and the id that undo needs", async (context) => {
  requireOrSkip(context, "python3");
  const { sandbox, signedIn } = await openOrg();
  const env = { ...signedIn, HOME: temporaryFolder(), TZ: "Asia/Tokyo" };
  const user = sandbox.org.addUser({ profile: { login: "mona@acme.example" } });
  const ghost = sandbox.org.addGroup({ profile: { name: "x".repeat(200), description: null } });
  const call = (...args: string[]) => runCli(["call", ...args], { env });
  await call("create_group", '{"profile":{"name":"A group whose name takes up most of a line on its own"}}');
  await call("add_user_to_group", JSON.stringify({ group_id: ghost.id, user_id: user.id }));
  expect((await call("delete_group", JSON.stringify({ group_id: ghost.id }))).code).toBe(1);
  for (const columns of [60, 80, 140]) {
    const journal = startInTerminal([...COMMAND, "journal"], { env, columns });
    expect((await journal.ended).code).toBe(0);
    const rows = journal
      .screen()
      .split("\n")
      .filter((line) => line.includes("chg"));
    expect(rows).toHaveLength(2);
    const hour = new Date(Date.now() + 9 * 3_600_000)
      .toISOString()
      .slice(0, 10)
      .slice(columns < 120 ? 5 : 0);
    for (const row of rows) {
      expect(row).toMatch(new RegExp(`^${hour} \\d\\d:\\d\\d {2}`));
      expect(row).toMatch(/ chg\w{19,}$/);
      expect([...row].length).toBeLessThanOrEqual(columns);
    }
  }
  const all = await runCli(["journal", "--all", "--json"], { env });
  expect(JSON.parse(all.stdout).items.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    "refused",
    "done",
    "done",
  ]);
  const page = startInTerminal([...COMMAND, "journal", "--limit", "1"], { env });
  await page.ended;
  expect(page.screen()).toMatch(/Next page: okta-mcp journal --limit 1 --after chg\w+$/m);
}, 60_000);

test("--json shows the same list as indented JSON, and one record is JSON anyway", async (context) => {
  requireOrSkip(context, "python3");
  const { signedIn, group } = await openOrg();
  const list = startInTerminal([...COMMAND, "call", "list_groups", "--json", "--arg", "limit=1"], { env: signedIn });
  await list.ended;
  expect(JSON.parse(list.screen()).items).toHaveLength(1);
  const one = startInTerminal([...COMMAND, "call", "get_group", "--arg", `group_id=${group.id}`], { env: signedIn });
  await one.ended;
  expect(JSON.parse(one.screen().slice(one.screen().indexOf("{"))).profile.name).toBe(group.profile.name);
  expect(one.stdout()).not.toContain("\u001b[2J");
});

test("a removal shows the target and what goes with it, and happens after yes", async (context) => {
  requireOrSkip(context, "python3");
  const { sandbox, signedIn, group, remove } = await openOrg();
  const terminal = startInTerminal(remove, { env: signedIn });
  await terminal.seen("stdout", /\[y\/N\]/);
  expect(terminal.screen()).toContain("Night<U+001B>[2JShift<U+202E>");
  expect(terminal.stdout()).not.toContain("\u001b[2J");
  expect(sandbox.org.groups.get(group.id)).toBeDefined();
  terminal.press(`y${KEYS.enter}`);
  expect((await terminal.ended).code).toBe(0);
  expect(sandbox.org.groups.get(group.id)).toBeUndefined();
});

test.for<[string, string, RegExp]>([
  ["no", `n${KEYS.enter}`, /Nothing was changed\. You said no\./],
  ["nothing but Enter", KEYS.enter, /Nothing was changed\. You said no\./],
  ["something else", `yesterday${KEYS.enter}`, /Nothing was changed\. You said no\./],
  ["Ctrl-C", KEYS.interrupt, /Nothing was changed\. You left the question without an answer\./],
  ["Ctrl-D", KEYS.end, /Nothing was changed\. You left the question without an answer\./],
])("a removal does not happen after %s", async ([_name, keys, words], context) => {
  requireOrSkip(context, "python3");
  const { sandbox, signedIn, group, remove } = await openOrg();
  const terminal = startInTerminal(remove, { env: signedIn });
  await terminal.seen("stdout", /\[y\/N\]/);
  terminal.press(keys);
  expect((await terminal.ended).code).toBe(keys === KEYS.interrupt ? ENDED_BY_SIGINT : 1);
  expect(terminal.screen().replace(/\s+/g, " ")).toMatch(words);
  expect(terminal.screen()).not.toMatch(/the person|tools\/list/i);
  expect(sandbox.org.groups.get(group.id)).toBeDefined();
});

test.for([
  ["at a question", /\[y\/N\]/, true],
  ["while a sign-in waits", /Waiting for the approval/, false],
] as const)("Ctrl-C %s ends the loop around the command too", async ([_name, seen, isSignedIn], context) => {
  requireOrSkip(context, "python3", "bash");
  const { env, signedIn, remove } = await openOrg();
  const loop = `for n in 1 2 3; do "$@"; echo went on after $n; done`;
  const terminal = startInTerminal(["bash", "-c", loop, "bash", ...remove], { env: isSignedIn ? signedIn : env });
  await terminal.seen("stdout", seen);
  terminal.press(KEYS.interrupt);
  expect((await terminal.ended).code).toBe(ENDED_BY_SIGINT);
  expect(terminal.screen()).not.toContain("went on");
});

test("a call with nobody signed in shows link and code, and goes on after the approval", async (context) => {
  requireOrSkip(context, "python3");
  const { sandbox, env } = await openOrg();
  const terminal = startInTerminal([...COMMAND, "call", "list_groups", "--arg", "limit=2"], { env });
  const [, code = ""] = await terminal.seen("stdout", /activate\?user_code=([A-Z]{4}-[A-Z]{4})/);
  await terminal.seen("stdout", /Waiting for the approval/);
  sandbox.authorization.control.approve(code);
  expect((await terminal.ended).code).toBe(0);
  expect(terminal.screen()).toMatch(/^id +name/m);
});

test("Ctrl-C cancels a sign-in that waits", async (context) => {
  requireOrSkip(context, "python3");
  const { env } = await openOrg();
  for (const command of [["login"], ["call", "list_groups"]]) {
    const terminal = startInTerminal([...COMMAND, ...command], { env: { ...env, OKTA_MCP_TOKEN_STORE: "file" } });
    await terminal.seen("stdout", /Waiting for the approval/);
    terminal.press(KEYS.interrupt);
    expect((await terminal.ended).code).toBe(ENDED_BY_SIGINT);
    expect(terminal.screen()).toMatch(/cancelled: /);
  }
});

test("NO_COLOR takes the styles away", async (context) => {
  requireOrSkip(context, "python3");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for styles
  const styles = /\u001b\[[0-9;]*m/;
  const plain = startInTerminal([...COMMAND, "--help"], { env: { NO_COLOR: "1" } });
  await plain.ended;
  expect(plain.stdout()).not.toMatch(styles);
  const styled = startInTerminal([...COMMAND, "--help"]);
  await styled.ended;
  expect(styled.stdout()).toMatch(styles);
});
