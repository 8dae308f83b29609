import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "vitest";
import { faultFields, MessageFault } from "../../src/mcp/protocol-fault.js";
import { startCli } from "../support/cli.js";
import { connect } from "../support/client.js";
import { speakTo } from "../support/stdio.js";

/** A text that only the client sends. No rule of the log recognizes it as a secret. */
const CANARY = "kanarienvogel";

/** Messages of every kind. Each has the canary in every place that a client controls. */
const MESSAGES: readonly (readonly [name: string, line: string])[] = [
  ["an answer with an unknown id", { id: 987, result: { [CANARY]: CANARY } }],
  ["an answer with a text for its id", { id: CANARY, result: { value: CANARY } }],
  ["an error with an unknown id", { id: 988, error: { code: -1, message: CANARY, data: { [CANARY]: CANARY } } }],
  ["an answer with more members than it may have", { id: 989, result: {}, [CANARY]: CANARY }],
  ["an answer without a result", { id: 990, [CANARY]: CANARY }],
  ["a notification of an unknown method", { method: `notifications/${CANARY}`, params: { [CANARY]: CANARY } }],
  ["a cancellation", { method: "notifications/cancelled", params: { requestId: CANARY, reason: CANARY } }],
  ["a cancellation that is none", { method: "notifications/cancelled", params: { requestId: { [CANARY]: CANARY } } }],
  ["progress", { method: "notifications/progress", params: { progressToken: CANARY, progress: 1, message: CANARY } }],
  ["progress that is none", { method: "notifications/progress", params: { progressToken: 1, progress: CANARY } }],
  ["changed roots", { method: "notifications/roots/list_changed", params: { [CANARY]: CANARY } }],
  ["a request of an unknown method", { id: 901, method: CANARY, params: { [CANARY]: CANARY } }],
  [
    "a request with a token that is none",
    { id: 902, method: "ping", params: { _meta: { progressToken: { a: CANARY } } } },
  ],
  ["a list with a cursor", { id: 903, method: "tools/list", params: { cursor: CANARY } }],
  ["a level for the log", { id: 904, method: "logging/setLevel", params: { level: CANARY } }],
  ["a call of an unknown tool", { id: 905, method: "tools/call", params: { name: CANARY, arguments: { a: CANARY } } }],
  ["a call without a tool", { id: 906, method: "tools/call", params: { arguments: { [CANARY]: CANARY } } }],
  [
    "a call with arguments that the tool does not have",
    { id: 907, method: "tools/call", params: { name: "list_users", arguments: { [CANARY]: CANARY } } },
  ],
  [
    "a call with arguments that it does",
    {
      id: 908,
      method: "tools/call",
      params: { name: "list_users", arguments: { q: CANARY }, _meta: { progressToken: CANARY, [CANARY]: CANARY } },
    },
  ],
  [
    "a call of something that is not there",
    { id: 909, method: "tools/call", params: { name: "get_user", arguments: { user_id: CANARY } } },
  ],
  [
    "a call that writes",
    { id: 910, method: "tools/call", params: { name: "create_group", arguments: { name: CANARY } } },
  ],
  ["a task", { id: 911, method: "tasks/get", params: { taskId: CANARY } }],
  [
    "a second initialize",
    {
      id: 912,
      method: "initialize",
      params: {
        protocolVersion: CANARY,
        capabilities: { [CANARY]: CANARY },
        clientInfo: { name: CANARY, version: CANARY },
      },
    },
  ],
].map(([name, message]) => [String(name), JSON.stringify({ jsonrpc: "2.0", ...(message as object) })] as const);

const LINES: readonly (readonly [name: string, line: string])[] = [
  ...MESSAGES,
  ["no JSON", `{"${CANARY}`],
  ["a text", JSON.stringify(CANARY)],
  ["a batch", JSON.stringify([{ jsonrpc: "2.0", id: CANARY, method: CANARY }])],
  ["another version", JSON.stringify({ jsonrpc: CANARY, id: 920, method: CANARY })],
  ["an id that is none", JSON.stringify({ jsonrpc: "2.0", id: { [CANARY]: CANARY }, method: "ping" })],
];

test("the log of level debug tells that a message came, and nothing that it holds", async () => {
  const cli = startCli(["run", "--sandbox"], { env: { OKTA_LOG_LEVEL: "debug" } });
  const client = speakTo(cli);
  const capabilities = {
    roots: { [CANARY]: true },
    elicitation: { form: {} },
    experimental: { [CANARY]: { a: CANARY } },
  };
  await client.ask("initialize", {
    protocolVersion: "2025-11-25",
    capabilities,
    clientInfo: { name: CANARY, version: CANARY, title: CANARY },
  });
  client.write({ method: "notifications/initialized", params: { [CANARY]: CANARY } });
  for (const [, line] of LINES) client.raw(line);
  await client.answer(908);
  await client.answer(910);
  await client.ask("ping");
  cli.child.stdin.end();
  const { stderr } = await cli.ended;
  expect(stderr).toContain("an answer to no question of ours");
  expect(stderr).toMatch(/problem="an answer to no question of ours" idKind=number chars=\d+/);
  expect(stderr).toMatch(/problem="an answer to no question of ours" idKind=string chars=\d+/);
  expect(stderr.split("\n").filter((line) => line.includes(CANARY))).toEqual([]);
});

test("answers to our own questions leave nothing in the log of level trace either", async () => {
  const { call, logged, org } = await connect({
    person: () => ({ action: "decline", content: { confirm: false, [CANARY]: CANARY } }),
    roots: () => Promise.reject(new Error(CANARY)),
  });
  const group = org.groups.add({ type: "OKTA_GROUP", profile: { name: "Readers" } });
  expect((await call("delete_group", { group_id: group.id })).error?.code).toBe("declined");
  const image = { brand_id: "b1", theme_id: "t1", file: `/${CANARY}.png` };
  expect((await call("upload_brand_theme_logo", image)).isError).toBe(true);
  expect(logged.join("")).toContain("call failed");
  expect(logged.filter((line) => line.includes(CANARY))).toEqual([]);
});

test("what an org says in a refusal, and a person's data in an answer, leave nothing in it", async () => {
  const { call, logged, sandbox, org } = await connect();
  org.addUser({ profile: { login: `${CANARY}@acme.com`, email: `${CANARY}@acme.com` } });
  await call("list_users");
  const body = { errorCode: CANARY, errorSummary: CANARY, errorCauses: [{ errorSummary: CANARY }], [CANARY]: CANARY };
  for (const status of [400, 403, 404, 500]) {
    sandbox.next("GET", "/api/v1/groups", { status, json: body, times: 5, headers: { "x-note": CANARY } });
    expect((await call("list_groups")).isError).toBe(true);
    sandbox.clearFaults();
  }
  for (const text of [CANARY, `<html>${CANARY}`, `{"${CANARY}`, `[{"id":"${CANARY}"`]) {
    sandbox.next("GET", "/api/v1/groups", {
      status: 200,
      text,
      times: 5,
      headers: { "content-type": "application/json" },
    });
    await call("list_groups");
    sandbox.clearFaults();
  }
  expect(logged.filter((line) => line.includes(CANARY))).toEqual([]);
});

test("a fault of any kind is told without its words, where they are not ours", () => {
  expect(faultFields(new MessageFault("a line was no message"))).toEqual({ problem: "a line was no message" });
  const response = new Error(`Received a response for an unknown message ID: {"id":7,"result":{"a":"${CANARY}: b"}}`);
  expect(faultFields(response)).toEqual({
    problem: "an answer to no question of ours",
    idKind: "number",
    chars: JSON.stringify({ id: 7, result: { a: `${CANARY}: b` } }).length,
  });
  const others = [
    new McpError(-32000, CANARY, { [CANARY]: CANARY }),
    new Error(CANARY),
    new SyntaxError(`Unexpected token in "${CANARY}"`),
    new Error(`Uncaught error in notification handler: ${CANARY}`),
    new Error(`Unknown message type: {"${CANARY}`),
    CANARY,
  ];
  expect(JSON.stringify(others.map(faultFields))).not.toContain(CANARY);
});
