import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "../support/authorization.js";
import { runCli, startCli, temporaryFolder } from "../support/cli.js";

/** Opens an org. Its commands are signed in and keep their journal in a folder of the test. */
async function shell() {
  const sandbox = await startSandbox({ seed: null, authorization: testAuthorization() });
  onTestFinished(sandbox.close);
  const scopes = "okta.users.manage okta.groups.manage";
  const token = await sandbox.authorization.control.issueAccessToken(scopes.split(" "));
  const home = temporaryFolder();
  const env = {
    HOME: home,
    OKTA_ORG_URL: sandbox.origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: scopes,
    OKTA_ACCESS_TOKEN: token,
    OKTA_MCP_JOURNAL: join(home, "journal"),
  };
  const run = (...args: string[]) => runCli(args, { env });
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  return { sandbox, env, run, json, folder: env.OKTA_MCP_JOURNAL };
}

test("a change, its place in the journal, its preview, its undo and the undo's own place", async () => {
  const { sandbox, run, json } = await shell();
  const { id } = await json("call", "create_group", '{"profile":{"name":"Sales"}}');
  const [change] = (await json("journal", "--since", "1h", "--tool", "create_group")).items;
  expect(change).toMatchObject({ tool: "create_group", outcome: "done", target: "Sales", ids: [id] });
  const preview = await json("undo", change.id, "--dry-run");
  expect(preview).toMatchObject({ calls: [{ tool: "delete_group", request: { method: "DELETE" } }] });
  const asked = await run("undo", change.id);
  expect(asked).toMatchObject({ code: 1, stdout: "" });
  expect(asked.stderr).toContain("Add --yes");
  expect(sandbox.org.groups.get(id)).toBeDefined();
  expect(await json("undo", change.id, "--yes")).toMatchObject({ undone: change.id });
  expect(sandbox.org.groups.get(id)).toBeUndefined();
  expect((await json("journal")).items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["done", "done"]);
  const { items } = await json("journal", "--all");
  expect(items).toMatchObject([
    { tool: "delete_group", confirmed: "yes_flag", undo_of: change.id },
    { tool: "undo_change", outcome: "refused", error: "declined" },
    { tool: "create_group", undone_by: [items[0].id] },
  ]);
  expect((await json("journal", "--until", "1h")).items).toEqual([]);
  const again = await run("undo", change.id, "--yes");
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("undone already");
}, 60_000);

test("a process that is killed between request and answer leaves a change of unknown outcome", async () => {
  const { sandbox, env, run, json, folder } = await shell();
  sandbox.next("POST", "/api/v1/groups", { fault: "hang" });
  const arrived = sandbox.arrival("POST", "/api/v1/groups");
  const call = startCli(["call", "create_group", '{"profile":{"name":"Sales"}}'], { env });
  await arrived;
  call.child.kill("SIGKILL");
  expect((await call.ended).signal).toBe("SIGKILL");
  const [name = ""] = readdirSync(folder);
  expect(
    readFileSync(join(folder, name, "changes.jsonl"), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(1);
  const { items } = await json("journal");
  expect(items).toMatchObject([{ tool: "create_group", outcome: "unknown" }]);
  const shown = await run("journal");
  expect(shown.stderr).toContain("Outcome unknown: 1.");
  const undo = await run("undo", items[0].id, "--yes");
  expect(undo.stderr).toContain("nobody knows whether it happened");
}, 60_000);

describe("a journal that cannot be written", () => {
  test("stops changes with exit code 2 before anything is sent, and lets reads go on", async () => {
    const { sandbox, env, run } = await shell();
    writeFileSync(env.OKTA_MCP_JOURNAL, "in the way");
    const write = await run("call", "create_group", '{"profile":{"name":"Sales"}}');
    expect(write.code).toBe(2);
    expect(write.stderr).toContain("without it nothing is changed in Okta");
    expect(write.stderr).toContain("OKTA_MCP_JOURNAL");
    expect(sandbox.requests.filter(({ method, path }) => method !== "GET" && path.startsWith("/api/"))).toEqual([]);
    expect((await run("call", "list_groups")).code).toBe(0);
  }, 60_000);

  test("stops nothing when it is switched off", async () => {
    const { env } = await shell();
    mkdirSync(join(env.HOME, "data"));
    const off = { ...env, OKTA_MCP_JOURNAL: "off" };
    expect((await runCli(["call", "create_group", '{"profile":{"name":"Sales"}}'], { env: off })).code).toBe(0);
    expect(readdirSync(join(env.HOME, "data"))).toEqual([]);
    const list = await runCli(["journal"], { env: off });
    expect(list.code).toBe(2);
    expect(list.stderr).toContain("OKTA_MCP_JOURNAL is off");
  }, 60_000);
});

test("the sandbox of a command keeps its journal in memory", async () => {
  const home = temporaryFolder();
  const env = { HOME: home };
  const { code } = await runCli(["call", "create_group", '{"profile":{"name":"Zebra herd"}}', "--sandbox"], { env });
  expect(code).toBe(0);
  expect(readdirSync(home)).toEqual([]);
});

test.each([
  ["--since", "last week"],
  ["--until", "12"],
])("%s %s is refused with examples", async (flag, value) => {
  const { code, stderr } = await runCli(["journal", flag, value, "--sandbox"]);
  expect(code).toBe(2);
  expect(stderr).toContain(`${flag} 24h`);
});
