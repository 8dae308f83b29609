import { describe, expect, test } from "vitest";
import { startCompanyWeb } from "../support/company-server.js";

const INVALID_PARAMS = -32602;
const HEADERS_DISAGREE = -32020;
/** Text of a client that nobody should have to look at. */
const LONG = `\u202Ename${"x".repeat(5_000)}`;

const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
};

/** A request of an era, in the form of its revision. */
const ERAS = {
  "2025-11-25": (params: object) => ({ params, headers: {} }),
  "2026-07-28": (params: object, method: string, name?: string) => ({
    params: { ...params, _meta: ENVELOPE },
    headers: {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(name === undefined ? {} : { "mcp-name": name }),
    },
  }),
};

describe.each(["2025-11-25", "2026-07-28"] as const)("wrong parameters of a request of %s over HTTP", (era) => {
  test("are told in a sentence, as on stdio, and the next call goes through", async () => {
    const web = await startCompanyWeb();
    const { call } = await web.signIn();
    const wrong = ERAS[era]({ name: 7, arguments: [] }, "tools/call", "7");
    const { message } = await call("tools/call", wrong.params, wrong.headers);
    expect(message.error).toEqual({
      code: INVALID_PARAMS,
      message:
        "Invalid params: params.name: Invalid input: expected string, received number; params.arguments: Invalid input: expected record, received array.",
    });
    const cursor = ERAS[era]({ cursor: 7 }, "tools/list");
    expect((await call("tools/list", cursor.params, cursor.headers)).message.error).toEqual({
      code: INVALID_PARAMS,
      message: "Invalid params: params.cursor: Invalid input: expected string, received number.",
    });
    const right = ERAS[era]({ name: "list_users", arguments: {} }, "tools/call", "list_users");
    expect((await call("tools/call", right.params, right.headers)).message.result.isError ?? false).toBe(false);
  });
});

test("what the library refuses before any server sees it is short and visible too", async () => {
  const web = await startCompanyWeb();
  const { call } = await web.signIn();
  const { headers } = ERAS["2026-07-28"]({}, "tools/call", "list_users");
  const capabilities = { "io.modelcontextprotocol/clientCapabilities": { elicitation: 7 } };
  const version = { "io.modelcontextprotocol/protocolVersion": LONG };
  const requests: [method: string, params: object, code: number][] = [
    ["tools/call", { name: LONG, _meta: ENVELOPE }, HEADERS_DISAGREE],
    [LONG, { _meta: ENVELOPE }, HEADERS_DISAGREE],
    ["tools/call", { name: "list_users", _meta: { ...ENVELOPE, ...version } }, HEADERS_DISAGREE],
    ["tools/call", { name: "list_users", _meta: { ...ENVELOPE, ...capabilities } }, INVALID_PARAMS],
  ];
  for (const [method, params, code] of requests) {
    const { status, text, message } = await call(method, params, headers);
    expect([status, message.error.code], text.slice(0, 200)).toEqual([400, code]);
    expect(text.length).toBeLessThan(2_000);
    expect(text).not.toContain("\u202E");
  }
});
