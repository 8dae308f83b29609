import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { openOrg } from "../hostile/stdio.js";
import { expectVisible } from "../hostile/visible.js";
import { COMMAND, cleanEnv, runCli } from "../support/cli.js";
import { hiddenIn } from "../support/deceptive.js";
import { HOSTILE_TEXTS } from "../support/hostile-org.js";
import { withItems } from "../support/result-text.js";

/** Claude Code shows the model a file's name instead of any result with more characters. */
const CLIENT_LIMIT_CHARS = 50_000;

/** Starts the server as it is shipped. Most other clients are built on the same SDK as the client here. */
async function startClient(env: Record<string, string>, args: readonly string[] = []) {
  const [command, ...before] = COMMAND;
  const client = new Client({ name: "test", version: "0" });
  const transport = new StdioClientTransport({
    command,
    args: [...before, ...args],
    env: cleanEnv(env),
    stderr: "ignore",
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

/** Opens an org with more hostile groups than fit into one answer. */
async function openHostileOrg() {
  const { org, env, sandbox } = await openOrg();
  const names = Object.values(HOSTILE_TEXTS);
  for (let n = 0; n < 400; n += 1) {
    org.addGroup({
      profile: { name: `${n} ${names[n % names.length]}`, description: names[(n + 1) % names.length] ?? "" },
    });
  }
  return { org, env, sandbox };
}

/** Returns all of a result as one JSON text. */
const everythingIn = (result: object) => JSON.stringify(result, undefined, 1);

test("whatever part of a result a client hands to a model, nothing is hidden in it and it is not too long", async () => {
  const { env } = await openHostileOrg();
  const client = await startClient(env);
  const results = [
    await client.callTool({ name: "list_groups", arguments: { fetch_all: true } }),
    await client.callTool({ name: "list_groups", arguments: { limit: 5 } }),
    await client.callTool({ name: "get_group", arguments: { group_id: `00g${HOSTILE_TEXTS.overridden ?? "\u202e"}` } }),
    await client.callTool({ name: "no_such\u202e_tool", arguments: {} }),
  ];
  for (const result of results) {
    expect(
      Object.keys(result)
        .sort()
        .filter((key) => key !== "isError"),
    ).toEqual(["_meta", "content"]);
    expectVisible(everythingIn(result), "a result", { lines: true });
    expect(everythingIn(result.content as object).length).toBeLessThan(CLIENT_LIMIT_CHARS * 1.5);
    const [{ text } = { text: "" }] = result.content as { text: string }[];
    expect(text.length).toBeLessThanOrEqual(DEFAULT_RESULT_CHARS);
  }
  const [whole] = results as { content: { text: string }[] }[];
  const { items, has_more } = withItems(JSON.parse(whole?.content[0]?.text ?? ""));
  expect(has_more).toBe(true);
  expect(items).toContainEqual(expect.objectContaining({ type: "OKTA_GROUP" }));
});

test("what a model needs of an error is in its text: what would happen, and the value that confirms it", async () => {
  const { env, org } = await openOrg();
  const group = org.addGroup({ profile: { name: "Short\u202elived" } });
  const client = await startClient(env);
  const call = async (args: object) => {
    const result = await client.callTool({ name: "delete_group", arguments: { group_id: group.id, ...args } });
    expect(result.structuredContent).toBeUndefined();
    return (result.content as { text: string }[])[0]?.text ?? "";
  };
  const text = await call({});
  expect(text).toMatch(/^needs_confirmation: /);
  expect(hiddenIn(text, { lines: true })).toBeUndefined();
  const data = JSON.parse(/^Data: (.*)$/m.exec(text)?.[1] ?? "");
  expect(data.target.id).toBe(group.id);
  expect(JSON.parse(await call({ confirmation: data.confirmation }))).toMatchObject({ done: true });
});

test("programs ask for the plain form, results and errors alike, and it keeps to the same limit", async () => {
  const { env } = await openHostileOrg();
  const byFlag = await startClient(env, ["--structured-content"]);
  const list = await byFlag.callTool({ name: "list_groups", arguments: { fetch_all: true } });
  const [{ text } = { text: "" }] = list.content as { text: string }[];
  expect(list.structuredContent).toEqual(withItems(JSON.parse(text)));
  expect(JSON.stringify(list.structuredContent).length).toBeLessThanOrEqual(DEFAULT_RESULT_CHARS);
  const bySetting = await startClient({ ...env, OKTA_MCP_STRUCTURED_CONTENT: "1" });
  const error = await bySetting.callTool({ name: "get_group", arguments: { group_id: "00gnone" } });
  expect(error).toMatchObject({ isError: true, structuredContent: { error: { code: "not_found" } } });
});

test("a shell has the plain form: items are objects, as the org has them", async () => {
  const { env, org } = await openOrg();
  for (let n = 0; n < 20; n += 1) org.addGroup({ profile: { name: `Group ${n}` } });
  const { stdout } = await runCli(["call", "list_groups", "--json"], { env });
  expect(JSON.parse(stdout)).toMatchObject({
    items: Array.from({ length: 20 }, () => ({ id: expect.any(String), profile: { name: expect.any(String) } })),
    has_more: false,
  });
});
