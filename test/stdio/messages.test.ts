import { describe, expect, test } from "vitest";
import { readable, readMessage } from "../../src/mcp/json-rpc.js";
import { openOrg } from "../hostile/stdio.js";
import { runCli, startCli } from "../support/cli.js";
import { withItems } from "../support/result-text.js";
import { speakTo, startServer } from "../support/stdio.js";

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

/** Returns the id and the code of each answer to a line. */
function answersTo(line: string): [id: unknown, code: number][] {
  const received = readMessage(line);
  return "message" in received ? [] : received.refusals.map(({ id, error }) => [id, error.code]);
}

describe("what is no message is answered, so that nobody waits for it", () => {
  test.each([
    ["{not json", PARSE_ERROR],
    ["\u0000", PARSE_ERROR],
    ["42", INVALID_REQUEST],
    ["null", INVALID_REQUEST],
    ['"text"', INVALID_REQUEST],
    ["{}", INVALID_REQUEST],
    ["[]", INVALID_REQUEST],
    ["[1]", INVALID_REQUEST],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', INVALID_REQUEST],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', INVALID_REQUEST],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', INVALID_REQUEST],
    ['{"jsonrpc":"2.0","method":5}', INVALID_REQUEST],
  ])("%s, without an id to answer to", (line, code) => {
    expect(answersTo(line)).toEqual([[null, code]]);
  });

  test.each([
    ['{"id":7,"method":"ping"}', 'jsonrpc has to be "2.0"'],
    ['{"jsonrpc":"1.0","id":7,"method":"ping"}', 'jsonrpc has to be "2.0"'],
    ['{"jsonrpc":"2.0","id":7,"method":5}', "method has to be a string"],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list","params":null}', "params has to be an object"],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[1]}', "params has to be an object"],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","more":1}', "jsonrpc, id, method and params alone"],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":{"progressToken":{}}}}', "params._meta.progressToken"],
  ])("%s, with its id and what is wrong", (line, why) => {
    expect(readMessage(line)).toMatchObject({
      refusals: [{ id: 7, error: { code: INVALID_REQUEST, message: expect.stringContaining(why) } }],
    });
  });

  test("each request of a batch", () => {
    const ping = { jsonrpc: "2.0", method: "ping" };
    const batch = [
      { ...ping, id: "a" },
      { ...ping, id: 2 },
      { jsonrpc: "2.0", method: "notifications/initialized" },
    ];
    expect(answersTo(JSON.stringify(batch))).toEqual([
      ["a", INVALID_REQUEST],
      [2, INVALID_REQUEST],
    ]);
  });
});

describe("nothing is answered", () => {
  test.each([
    '{"jsonrpc":"1.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":null}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    '{"jsonrpc":"2.0","result":{}}',
  ])("to the broken notification or answer %s", (line) => {
    expect(readMessage(line)).toEqual({ problem: expect.any(String), refusals: [] });
  });
});

describe("an error that leaves", () => {
  const internal = (message: string) => ({ jsonrpc: "2.0" as const, id: 1, error: { code: -32603, message } });

  test("names wrong parameters in a sentence where the library shows its validator's notes", () => {
    const findings = [
      { path: ["params", "name"], message: "Invalid input: expected string, received number", code: "invalid_type" },
      { path: ["params", "arguments"], message: "Invalid input: expected record, received array" },
    ];
    expect(readable(internal(JSON.stringify(findings)))).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: INVALID_PARAMS,
        message:
          "Invalid params: params.name: Invalid input: expected string, received number; params.arguments: Invalid input: expected record, received array.",
      },
    });
  });

  test("is short and visible, however many values are wrong and however a client names them", () => {
    const findings = Array.from({ length: 100_000 }, (_, index) => ({ path: ["\u202Ename", index], message: "no" }));
    const data = { envelope: { problem: "x".repeat(10_000) } };
    for (const text of [JSON.stringify(findings), findings.map(({ path }) => path.join(".")).join("; ")]) {
      const { error } = readable({ ...internal(text), error: { code: INVALID_PARAMS, message: text, data } }) as {
        error: { message: string; data?: unknown };
      };
      expect(error.message.length).toBeLessThan(2_000);
      expect(error.message).toContain("<U+202E>name.0");
      expect(error.message).not.toContain("\u202E");
      expect(error).not.toHaveProperty("data");
    }
    const short = { code: INVALID_PARAMS, message: "No.", data: { reason: "x" } };
    expect(readable({ jsonrpc: "2.0", id: 1, error: short })).toEqual({ jsonrpc: "2.0", id: 1, error: short });
  });

  test.each(["Something else", "[]", "[1]", '[{"path":1,"message":2}]', "{}"])("stays as it is: %s", (text) => {
    expect(readable(internal(text))).toEqual(internal(text));
  });
});

test("the server answers every kind of wrong request, and the next call", async () => {
  const { env } = await openOrg();
  const { raw, sendText: send, answer, callText: call, cli } = await startServer(env);
  raw("{not json");
  await cli.seen("stdout", /^\{"jsonrpc":"2\.0","id":null,"error":\{"code":-32700/m);
  for (const [method, params, code] of [
    ["no/such/method", "{}", METHOD_NOT_FOUND],
    ["resources/subscribe", "{}", METHOD_NOT_FOUND],
    ["prompts/list", "{}", METHOD_NOT_FOUND],
    ["tools/list", "null", INVALID_REQUEST],
    ["tools/list", '{"cursor":"from elsewhere"}', INVALID_PARAMS],
    ["tools/call", "{}", INVALID_PARAMS],
    ["tools/call", '{"name":"list_users","arguments":[]}', INVALID_PARAMS],
    ["initialize", "{}", INVALID_PARAMS],
  ] as const) {
    expect((await answer(send(method, params))).error, `${method} ${params}`).toMatchObject({ code });
  }
  raw('\uFEFF{"jsonrpc":"2.0","id":"marked","method":"ping"}\r');
  await cli.seen("stdout", /"id":"marked"/);
  const asTask = send("tools/call", '{"name":"list_groups","arguments":{"limit":1},"task":{"ttl":1000}}');
  expect((await answer(asTask)).result, "a call that asks for a task").toMatchObject({ content: [{ type: "text" }] });
  expect(await call("list_groups", '{"limit":1}')).toMatchObject({ code: undefined });
});

test("a call whose arguments are null, nothing, or one JSON text is the call that it means", async () => {
  const { env, org } = await openOrg();
  org.groups.add({ type: "OKTA_GROUP", profile: { name: "Sales" } });
  const { callText: call } = await startServer(env);
  const all = await call("list_groups", "{}");
  expect(all).toMatchObject({ code: undefined, text: expect.stringContaining("Sales") });
  for (const nothing of ["null", '""', '"{}"']) expect(await call("list_groups", nothing), nothing).toEqual(all);
  expect((await call("list_groups", '"{\\"limit\\":1,\\"q\\":\\"nobody\\"}"')).text).toMatch(/"items":\[\]/);
  for (const wrong of ["[]", "1", '"[]"', '"list all"', '"{\\"limit\\":1,\\"limit\\":2}"']) {
    expect((await call("list_groups", wrong)).code, wrong).toBe("protocol");
  }
});

test("a message that comes in pieces, cut inside a letter, is read whole, and so are several at once", async () => {
  const { env } = await openOrg();
  const { answer, cli } = await startServer(env);
  const call = { name: "list_users", arguments: { search: 'profile.firstName eq "Zoë"' } };
  const bytes = Buffer.from(`${JSON.stringify({ jsonrpc: "2.0", id: 500, method: "tools/call", params: call })}\n`);
  const cut = bytes.indexOf("ë") + 1;
  await new Promise((resolve) => cli.child.stdin.write(bytes.subarray(0, cut), resolve));
  const ping = (id: number) => `${JSON.stringify({ jsonrpc: "2.0", id, method: "ping" })}\n`;
  cli.child.stdin.write(Buffer.concat([bytes.subarray(cut), Buffer.from(ping(501) + ping(502))]));
  expect((await answer(500)).result).toMatchObject({ content: [{ text: expect.stringMatching(/^\{"items":\[\],/) }] });
  expect(await Promise.all([answer(501), answer(502)])).toMatchObject([{ result: {} }, { result: {} }]);
});

test("a call before initialize is refused, since nobody knows yet whom to ask; a ping is answered", async () => {
  const { env, sandbox } = await openOrg();
  const { sendText: send, answer, begin, callText: call } = speakTo(startCli(["run"], { env }));
  expect((await answer(send("ping", "{}"))).result).toEqual({});
  const early = await answer(send("tools/call", '{"name":"create_group","arguments":{"profile":{"name":"Early"}}}'));
  expect(early.error).toMatchObject({
    code: INVALID_REQUEST,
    message: expect.stringContaining("begins with initialize"),
  });
  expect(sandbox.requests).toEqual([]);
  await begin();
  expect(await call("create_group", '{"profile":{"name":"Early"}}')).toMatchObject({ code: undefined });
});

test("a number that JavaScript has not passes both ways to the digit, and is on record so", async () => {
  const { sandbox, env } = await openOrg();
  sandbox.org.customAttributes.set("badge", { title: "Badge", type: "integer", required: false });
  const user = sandbox.org.addUser({ profile: { login: "ada@acme.example", firstName: "Ada", lastName: "Li" } });
  const { callText: call } = await startServer({ ...env, OKTA_MCP_STRUCTURED_CONTENT: "1" });
  const long = "9223372036854775807";
  const { text } = await call("update_user", `{"user_id":"${user.id}","profile":{"badge":${long}}}`);
  expect(text).toContain(`"badge":${long}`);
  expect(sandbox.requests.find(({ method }) => method !== "GET")?.body).toBe(`{"profile":{"badge":${long}}}`);
  const changes = await call("list_changes", '{"limit":1}');
  const { id } = (withItems(JSON.parse(changes.text)).items as { id: string }[])[0] ?? {};
  expect((await call("get_change", `{"change_id":"${id}"}`)).text).toContain(`"after":${long}`);

  const set = ["call", "update_user", "--arg", `user_id=${user.id}`, "--arg"];
  const shell = await runCli([...set, 'profile={"badge":9007199254740993}', "--json"], { env });
  expect(shell.stderr + shell.stdout).toContain('"badge":9007199254740993');
  expect((await call("get_user", `{"user_id":"${user.id}"}`)).text).toContain('"badge":9007199254740993');
});
