import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, onTestFinished, test } from "vitest";
import { openOrg } from "../hostile/stdio.js";
import { BUILT_ENTRY, whereBuilt } from "../support/built.js";
import { COMMAND, cleanEnv, spawnProcess, startCli, temporaryFolder } from "../support/cli.js";
import { roundIn, STATELESS, statelessly, YES } from "../support/stateless.js";
import { HELLO, type Message, speakTo } from "../support/stdio.js";

const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;

/** The start of the name of the file with the library for the stateless revision. */
const MODERN_PART = "modern-";

/** Opens an org with the group "Lab", and a server with a client for each era on the same streams. */
async function openBoth(capabilities?: object) {
  const { org, sandbox, env } = await openOrg();
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const cli = startCli([], { env });
  const legacy = speakTo(cli);
  return { org, sandbox, env, lab, cli, legacy, modern: statelessly(legacy, capabilities) };
}

/** Returns the names in the answer to `list_groups`. */
function groupsIn({ result, error }: Message): string[] {
  const text: string = result?.content?.[0]?.text ?? expect.fail(error?.message);
  return JSON.parse(text).items.map(({ profile }: { profile: { name: string } }) => profile.name);
}

/** Asserts that an answer has the form of one era. */
function expectEra({ result }: Message, era: "legacy" | "modern"): void {
  expect(result?.resultType).toBe(era === "modern" ? "complete" : undefined);
  expect(Object.keys(result?._meta ?? {}).some((key) => key.endsWith("serverInfo"))).toBe(era === "modern");
}

describe("each message decides its era", () => {
  test("a client of the stateless revision begins with a call, without looking for the revision", async () => {
    const { modern, lab, org } = await openBoth();
    const { state, questions } = await modern.round("delete_group", { group_id: lab.id });
    expect(questions.confirm).toContain('Delete group: group "Lab"');
    const done = await modern.round("delete_group", { group_id: lab.id }, { requestState: state, inputResponses: YES });
    expect(done).toMatchObject({ sees: "ok" });
    expect(org.groups.get(lab.id)).toBeUndefined();
  });

  test("a client that knows the server from before begins with a call, too", async () => {
    const { modern, env } = await openBoth();
    const { result: discover } = await modern.ask("server/discover");
    const client = new Client({ name: "returning", version: "1" }, { capabilities: {} });
    const [command, ...args] = COMMAND;
    onTestFinished(() => client.close());
    await client.connect(new StdioClientTransport({ command, args, env: cleanEnv(env), stderr: "ignore" }), {
      prior: { kind: "modern", discover },
    });
    const { content } = await client.callTool({ name: "list_groups" });
    expect(groupsIn({ jsonrpc: "2.0", result: { content } })).toEqual(["Lab"]);
  });

  test("initialize after a discover begins a session of the older era, whose person is asked in a request", async () => {
    const { legacy, modern, cli, lab, org } = await openBoth();
    const { result } = await modern.ask("server/discover");
    expect(result.supportedVersions).toEqual([STATELESS]);
    expect((await legacy.begin({ elicitation: { form: {} } })).result.protocolVersion).toBe(HELLO.protocolVersion);
    const list = await legacy.ask("tools/list");
    expectEra(list, "legacy");
    const removal = legacy.call("delete_group", { group_id: lab.id });
    const [question = ""] = await cli.seen("stdout", /^.*"elicitation\/create".*$/m);
    legacy.write({ id: JSON.parse(question).id, result: { action: "accept", content: { confirm: true } } });
    expectEra(await legacy.answer(removal), "legacy");
    expect(org.groups.get(lab.id)).toBeUndefined();
  });

  test("an initialize that does not wait for the answer to discover is answered, too", async () => {
    const { legacy, modern } = await openBoth();
    const discover = modern.send("server/discover");
    const begun = legacy.send("initialize", HELLO);
    const list = legacy.send("tools/list");
    expect((await legacy.answer(discover)).result.supportedVersions).toEqual([STATELESS]);
    expect((await legacy.answer(begun)).result.serverInfo.name).toBe("okta-mcp");
    expectEra(await legacy.answer(list), "legacy");
  });

  test("a client that has begun with initialize goes on without a session, and with it", async () => {
    const { legacy, modern, lab, org } = await openBoth();
    await legacy.begin();
    expect(groupsIn(await legacy.answer(legacy.call("list_groups")))).toEqual(["Lab"]);
    const list = await modern.ask("tools/list");
    expectEra(list, "modern");
    // What the session declared counts for no request of the stateless revision, nor the other way round.
    expect(await modern.round("delete_group", { group_id: lab.id })).toMatchObject({ sees: "asks" });
    const { result } = await legacy.answer(legacy.call("delete_group", { group_id: lab.id }));
    expect(result.content[0].text).toMatch(/^needs_confirmation: /);
    expect(org.groups.get(lab.id)).toBeDefined();
    const { result: older } = await legacy.ask("tools/list");
    expect(list.result.tools).toEqual(older.tools);
  });

  test("initialize is served after requests of the stateless revision", async () => {
    const { legacy, modern } = await openBoth();
    expect(await modern.round("list_groups")).toMatchObject({ sees: "ok" });
    expect((await legacy.begin()).result.protocolVersion).toBe(HELLO.protocolVersion);
    expect(groupsIn(await legacy.answer(legacy.call("list_groups")))).toEqual(["Lab"]);
    expect(await modern.round("list_groups")).toMatchObject({ sees: "ok" });
  });

  test("a state for one client of the connection is no consent in a session, and a discover without envelope is no method", async () => {
    const { legacy, modern, lab, org } = await openBoth();
    const { state } = await modern.round("delete_group", { group_id: lab.id });
    await legacy.begin();
    const params = { name: "delete_group", arguments: { group_id: lab.id }, requestState: state, inputResponses: YES };
    expect((await legacy.ask("tools/call", params)).result.content[0].text).toMatch(/^needs_confirmation: /);
    expect(org.groups.get(lab.id)).toBeDefined();
    expect((await legacy.ask("server/discover")).error?.code).toBe(METHOD_NOT_FOUND);
  });
});

test("many requests of both eras on one connection are each answered once, in the form of their own era", async () => {
  const { legacy, modern, cli } = await openBoth();
  await legacy.begin();
  const sent = Array.from({ length: 60 }, (_, index): { id: number; era: "legacy" | "modern"; list: boolean } => {
    const [era, list] = [index % 2 === 0 ? "legacy" : "modern", index % 10 < 2] as const;
    const { send, call } = era === "legacy" ? legacy : modern;
    return { id: list ? send("tools/list") : call("list_groups"), era, list };
  });
  for (const { id, era, list } of sent) {
    const answer = await legacy.answer(id);
    expectEra(answer, era);
    if (list) expect(answer.result.tools.length).toBeGreaterThan(100);
    else expect(groupsIn(answer)).toEqual(["Lab"]);
  }
  cli.child.stdin.end();
  await cli.ended;
  const ids = legacy.messages().flatMap(({ id }) => (typeof id === "number" ? [id] : []));
  expect(ids.toSorted((a, b) => a - b)).toEqual([1, ...sent.map(({ id }) => id)]);
});

test.each(["legacy", "modern"] as const)(
  "a cancellation ends the call of the %s era that it names, and no other",
  async (era) => {
    const { legacy, modern, sandbox } = await openBoth();
    await legacy.begin();
    const path = { legacy: "/api/v1/groups", modern: "/api/v1/apps" };
    const other = era === "legacy" ? "modern" : "legacy";
    // If the cancellation had no effect, the cancelled call would be answered first.
    sandbox.next("GET", path[other], { fault: "delay", delayMs: 3_000 });
    sandbox.next("GET", path[era], { fault: "delay", delayMs: 1_000 });
    const send = {
      legacy: () => legacy.call("list_groups"),
      modern: () => modern.call("list_applications"),
    };
    const arrivals = { legacy: sandbox.arrival("GET", path.legacy), modern: sandbox.arrival("GET", path.modern) };
    const kept = send[other]();
    await arrivals[other];
    const cancelled = send[era]();
    await arrivals[era];
    legacy.write({ method: "notifications/cancelled", params: { requestId: cancelled } });
    expectEra(await legacy.answer(kept), other);
    expect(legacy.messages().filter((message) => message.id === cancelled)).toEqual([]);
  },
);

/**
 * Makes a command tell, when it ends, which files of the build it has loaded.
 * @returns its environment, and a function that returns the names of the files
 */
function tellingFiles(env: Record<string, string>) {
  const folder = temporaryFolder();
  const [preload, told] = [join(folder, "telling.cjs"), join(folder, "files")];
  writeFileSync(
    preload,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(told)}, Object.keys(require.cache).join("\\n")));`,
  );
  const files = () => readFileSync(told, "utf8").split("\n");
  const loadsModern = () => files().some((file) => file.includes(`/${MODERN_PART}`));
  return { env: { ...env, NODE_OPTIONS: `--require=${preload}` }, loadsModern };
}

describe("the library of the stateless revision", () => {
  const speak = {
    "a client of the older era": [
      false,
      async ({ legacy }) => {
        await legacy.begin({ elicitation: { form: {} }, roots: {} });
        await legacy.ask("tools/list");
        await legacy.answer(legacy.call("list_groups"));
        legacy.write({ method: "notifications/cancelled", params: { requestId: 99 } });
        await legacy.ask("ping");
      },
    ],
    "a client that looks for the revision and begins with initialize": [
      false,
      async ({ legacy, modern }) => {
        await modern.ask("server/discover");
        await legacy.begin();
        await legacy.answer(legacy.call("list_groups"));
      },
    ],
    "an envelope that cannot be served": [
      false,
      async ({ legacy }) => {
        const wrong = { "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
        await legacy.ask("tools/call", { name: "list_groups", _meta: wrong });
        legacy.write({ method: "notifications/cancelled", params: { requestId: 1, _meta: wrong } });
        legacy.write({ method: "notifications/initialized", params: { _meta: wrong } });
        await legacy.ask("ping");
      },
    ],
    "a list in the stateless revision": [true, async ({ modern }) => void (await modern.ask("tools/list"))],
  } satisfies Record<
    string,
    [loads: boolean, (both: Pick<Awaited<ReturnType<typeof openBoth>>, "legacy" | "modern">) => Promise<void>]
  >;

  for (const [name, [loads, act]] of Object.entries(speak)) {
    whereBuilt(`is ${loads ? "loaded for" : "not loaded for"} ${name}`, async () => {
      const { env, loadsModern } = tellingFiles((await openOrg()).env);
      const cli = startCli([], { env });
      const legacy = speakTo(cli);
      await act({ legacy, modern: statelessly(legacy) });
      cli.child.stdin.end();
      expect(await cli.ended).toMatchObject({ code: 0 });
      expect(loadsModern()).toBe(loads);
    });
  }

  whereBuilt("may be missing: discover and the older era are served, and a request is told what to do", async () => {
    const { env } = await openOrg();
    const folder = temporaryFolder();
    cpSync(dirname(BUILT_ENTRY), folder, { recursive: true });
    const parts = readdirSync(join(folder, "chunks")).filter((name) => name.startsWith(MODERN_PART));
    expect(parts).toHaveLength(1);
    for (const part of parts) rmSync(join(folder, "chunks", part));
    const cli = spawnProcess([process.execPath, join(folder, "okta-mcp.js"), "--log-level", "debug"], { env });
    const legacy = speakTo(cli);
    const modern = statelessly(legacy);
    expect((await modern.ask("server/discover")).result.supportedVersions).toEqual([STATELESS]);
    for (let i = 0; i < 2; i += 1) {
      const refused = roundIn(await modern.ask("tools/call", { name: "list_groups" }));
      expect(refused).toMatchObject({ sees: INTERNAL_ERROR, text: expect.stringMatching(/^Nothing was done: a part/) });
      expect(refused.text).not.toContain(folder);
    }
    legacy.write({ method: "notifications/cancelled", params: { requestId: 99 } });
    await legacy.begin();
    expect(groupsIn(await legacy.answer(legacy.call("list_groups")))).toEqual([]);
  });
});
