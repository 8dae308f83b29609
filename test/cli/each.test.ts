import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/cli.js";
import { openServiceOrg } from "../support/service-org.js";

const lines = (...calls: unknown[]) => `${calls.map((call) => JSON.stringify(call)).join("\n")}\n`;
const results = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("many calls run in their order with one sign-in, a line of JSON for each", async () => {
  const { cli, tokens } = await openServiceOrg();
  await cli(["call", "list_groups"]);
  const forOne = tokens();
  const calls = lines(
    { tool: "create_group", arguments: { profile: { name: "Night Shift" } } },
    { tool: "list_groups", arguments: { q: "Night Shift", fields: ["profile.name"] } },
    { tool: "get_user", arguments: { user_id: "nobody@acme.example" } },
    { tool: "list_users", arguments: { limit: 2, fields: ["id"] } },
  );
  const { code, stdout, stderr } = await cli(["call", "--each", "-"], calls);
  expect(code, stderr).toBe(1);
  expect(results(stdout)).toMatchObject([
    { index: 0, line: 1, tool: "create_group", result: { profile: { name: "Night Shift" } } },
    { index: 1, line: 2, tool: "list_groups", result: { items: [{ profile: { name: "Night Shift" } }] } },
    { index: 2, line: 3, tool: "get_user", error: { code: "not_found" } },
    { index: 3, line: 4, tool: "list_users", result: { total_fetched: 2 } },
  ]);
  expect(stderr).toContain("1 of 4 calls failed");
  expect(tokens()).toBe(2 * forOne);
  const file = join(temporaryFolder(), "calls.jsonl");
  writeFileSync(file, `\uFEFF${lines({ tool: "get_scope_status" })}\n`);
  expect(await cli(["call", "--each", file])).toMatchObject({ code: 0, stderr: "" });
});

test.each(["utf8", "utf16le"] as const)(
  "calls in %s are read with and without a byte order mark",
  async (encoding) => {
    const { cli, home } = await openServiceOrg();
    const given = '{"profile":{"name":"Zürich"},"dry_run":true}';
    for (const mark of ["\uFEFF", ""]) {
      const calls = Buffer.from(`${mark}{"tool":"create_group","arguments":${given}}\r\n`, encoding);
      const file = join(home, "calls.jsonl");
      writeFileSync(file, calls);
      for (const { code, stdout, stderr } of [
        await cli(["call", "--each", file]),
        await cli(["call", "--each", "-"], calls),
        await cli(["call", "create_group", "-", "--json"], Buffer.from(mark + given, encoding)),
      ]) {
        expect(code, stderr).toBe(0);
        expect(stdout).toContain("Zürich");
      }
    }
  },
  30_000,
);

test("nothing is called where a line is wrong, and all that are wrong are named", async () => {
  const { cli, sandbox } = await openServiceOrg();
  const calls = `${lines(
    { tool: "create_group", arguments: { profile: { name: "Never" } } },
    { tool: "create_grup" },
    { tool: "list_users", arguments: { limit: "many" } },
    { tool: "list_users", args: {} },
    ["list_users"],
  )}{not json\n`;
  const { code, stdout, stderr } = await cli(["call", "--each", "-"], calls);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Nothing was called");
  for (const said of [
    "line 2: create_grup: There is no such tool",
    "line 3: list_users: ",
    'line 4: it has "args"',
    "line 5: it is no JSON object",
    "line 6: it is no valid JSON",
  ])
    expect(stderr).toContain(said);
  expect(sandbox.requests).toEqual([]);
  expect((await cli(["call", "--each", "-"], "\n")).code).toBe(2);
  expect((await cli(["call", "--each", "/nowhere/calls.jsonl"])).stderr).toContain("cannot be read: ENOENT");
  expect((await cli(["call", "list_users", "--each", "-"])).code).toBe(2);
});

test("removals need --yes here too", async () => {
  const { cli, sandbox } = await openServiceOrg();
  const group = sandbox.org.addGroup({ profile: { name: "Night Shift", description: null } });
  const calls = lines({ tool: "delete_group", arguments: { group_id: group.id } });
  const asked = await cli(["call", "--each", "-"], calls);
  expect(asked.code).toBe(1);
  expect(results(asked.stdout)).toMatchObject([{ error: { code: "declined", fix: expect.stringContaining("--yes") } }]);
  expect(sandbox.org.groups.get(group.id)).toBeDefined();
  expect((await cli(["call", "--each", "-", "--yes"], calls)).code).toBe(0);
  expect(sandbox.org.groups.get(group.id)).toBeUndefined();
});
