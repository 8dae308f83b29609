import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { KeychainStore } from "../../src/auth/keychain-store.js";
import { loadSettings } from "../../src/config/config.js";
import { COMMAND, cleanEnv, runCli, temporaryFolder } from "../support/cli.js";
import { keptBy, namesOf, openKeptState, type ShownChange, settingsOf, writePrivately } from "../support/kept-state.js";

/** The builds whose state is kept in `test/fixtures/states`. Every later build has to read it. */
const BUILDS = ["b840469"];

test("every recorded state is tried here", () => {
  expect(readdirSync(new URL("../fixtures/states", import.meta.url))).toEqual(BUILDS);
});

/** The tool with changes that no build can undo. */
const ONE_WAY = "deactivate_user";

/** Starts the command as a server, and returns a function that calls a tool. */
async function startServer(env: Record<string, string>) {
  const [command, ...args] = COMMAND;
  const client = new Client({ name: "test", version: "0.0.0" });
  await client.connect(new StdioClientTransport({ command, args, env: cleanEnv(env), stderr: "ignore" }));
  onTestFinished(() => client.close());
  /** Makes a call that has to succeed, and returns its result. */
  return async (name: string, args: Record<string, unknown>) => {
    const { content, isError } = await client.callTool({ name, arguments: args });
    const [{ text }] = content as [{ text: string }];
    expect(isError ?? false, text).toBe(false);
    return JSON.parse(text);
  };
}

/** The fields of a change that are compared. */
const inShort = ({ id, tool, outcome, target, undone_by }: ShownChange) => ({ id, tool, outcome, target, undone_by });

describe.each(BUILDS)("what the build %s kept", (build) => {
  test("has the names by which an org and a client are found", () => {
    const { signIn, dataFiles } = keptBy(build);
    const { tokens, journal } = namesOf(signIn.orgUrl, signIn.clientId);
    expect([...dataFiles].sort()).toEqual([journal, tokens]);
  });

  test("shows its journal as it is, without an org", async () => {
    const kept = keptBy(build);
    const home = temporaryFolder();
    for (const file of kept.dataFiles)
      writePrivately(join(home, "data/okta-mcp", file), kept.textOf(join("data", file)));
    const { code, stdout, stderr } = await runCli(["journal", "--all", "--limit", "100", "--json"], {
      env: { HOME: home, ...settingsOf(kept.signIn) },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { items } = JSON.parse(stdout) as { items: ShownChange[] };
    expect(items.map(inShort)).toEqual(kept.shown.changes.map(inShort));
  });

  test("is a sign-in: with nobody asked, it is renewed and used", async () => {
    const { kept, sandbox, home, run, translate } = await openKeptState(build);
    expect(await run("status")).toMatchObject({
      org: sandbox.origin,
      signed_in: true,
      user: kept.shown.status.user,
      renewable: true,
      problem: null,
    });
    expect((await run("call", "list_groups", "--arg", "q=Sales")).items).toMatchObject([
      { id: translate(kept.org.setup.find(({ path }) => path === "/api/v1/groups")?.id ?? "") },
    ]);
    const sent = sandbox.requests.filter(({ path }) => path.startsWith("/oauth2/v1/"));
    expect(sent.filter(({ path }) => path.includes("device"))).toEqual([]);
    const { tokens } = namesOf(sandbox.origin, kept.signIn.clientId);
    const now = JSON.parse(readFileSync(join(home, "data/okta-mcp", tokens), "utf8"));
    expect(now.refreshToken).not.toBe(kept.signIn.refreshToken);
  });

  test("is a sign-in in the keychain too", async () => {
    const { textOf, signIn } = keptBy(build);
    const entries: { account: string; value: string }[] = JSON.parse(textOf("keychain.json"));
    const keychain = {
      getPassword: async (_service: string, account: string) =>
        entries.find((entry) => entry.account === account)?.value ?? null,
      setPassword: () => Promise.reject(new Error("Nothing is written here.")),
      deletePassword: () => Promise.reject(new Error("Nothing is deleted here.")),
    };
    const { orgUrl, clientId } = signIn;
    const found = await new KeychainStore({ orgUrl, clientId }, (action) => action(keychain)).read();
    expect(found).toMatchObject({ signIn });
  });

  test("is undone, change by change, until the org is as it was", async () => {
    const { kept, env, run, before, look } = await openKeptState(build);
    expect(await look()).not.toEqual(before);
    const left = kept.shown.changes.filter(
      ({ tool, outcome, undo_of, undone_by }) =>
        outcome === "done" && undo_of === undefined && undone_by === undefined && tool !== ONE_WAY,
    );
    expect(left).toHaveLength(20);
    const [newest, ...older] = left as [ShownChange, ...ShownChange[]];
    expect(await run("undo", newest.id, "--yes")).toMatchObject({ undone: newest.id });
    const call = await startServer({ ...env, OKTA_MCP_CONFIRM: "never" });
    for (const { id } of older) expect(await call("undo_change", { change_id: id })).toMatchObject({ undone: id });
    expect(await look()).toEqual(before);
  }, 120_000);

  test("says of a change that has no way back what its tool says", async () => {
    const { kept, env } = await openKeptState(build);
    const { id } = kept.shown.changes.find(({ tool }) => tool === ONE_WAY) as ShownChange;
    const { code, stderr } = await runCli(["undo", id, "--yes"], { env });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("Admin Console") });
  });

  test("has settings that mean the same", () => {
    const { folder, textOf } = keptBy(build);
    const { env, read } = JSON.parse(textOf("settings.json"));
    const guard = join(folder, env.OKTA_MCP_GUARD);
    expect(loadSettings({ flags: {}, env: { ...env, OKTA_MCP_GUARD: guard } }, [])).toMatchObject({
      ...read,
      guard: { ...read.guard, file: guard },
    });
  });
});
