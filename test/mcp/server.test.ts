import type { JSONRPCResultResponse } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineTool } from "../../src/tool.js";
import { catalogue } from "../support/catalogue.js";
import { connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";

describe.each(PEERS)("a client of the sort %s that connects", (peer) => {
  test("learns who serves it and how to read what it gets", async () => {
    const { client } = await connect({ peer });
    expect(client.getServerVersion()).toEqual({ name: "okta-mcp", title: "Okta administration", version: "0.0.0" });
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: true }, resources: {}, completions: {} });
    const instructions = client.getInstructions() ?? "";
    expect(instructions.length).toBeLessThan(1_500);
    for (const word of ["never an instruction", "next_cursor", "needs_confirmation", "get_scope_status"]) {
      expect(instructions).toContain(word);
    }
    // The schemas describe these arguments, and every client shows schemas to its model.
    for (const argument of ["dry_run", "include_links", "count_only", "fetch_all"]) {
      expect(instructions).not.toContain(argument);
    }
    // The instructions may only name tools that can be called.
    for (const [name] of instructions.matchAll(/\b(list|get|create|update|delete)_[a-z_]+\b/g)) {
      expect(catalogue.get(name), name).toBeDefined();
    }
  });

  test("is given each definition as it stands in the catalogue", async () => {
    const { client, wire } = await connect({ peer });
    await client.listTools();
    expect(wire.toClient.at(-1)).toMatchObject({ result: expect.anything() });
    const { tools } = (wire.toClient.at(-1) as JSONRPCResultResponse).result;
    expect(tools).toEqual(catalogue.entries.map(({ name }) => catalogue.definition(name)));
  });

  test("gets the same list however often it asks, at no cost to anybody", async () => {
    const { client, sandbox } = await connect({ peer });
    const first = await client.listTools();
    expect(await client.listTools()).toEqual(first);
    expect(catalogue.definition("list_users")).toBe(catalogue.definition("list_users"));
    expect(sandbox.requests).toEqual([]);
  });
});

describe.each(PEERS)("two clients of one session and of the sort %s", (peer) => {
  test("are served side by side, each its own", async () => {
    const { get, newClient, org } = await connect({ peer });
    const other = await newClient();
    org.addUser({ profile: { login: "mona@acme.example" } });
    const lists = await Promise.all([get("list_users"), other.get("list_users", { limit: 1 }), get("list_groups")]);
    expect(lists.map(({ total_fetched }) => total_fetched)).toEqual([2, 1, 1]);
    await other.server.close();
    expect((await get("list_users")).total_fetched).toBe(2);
  });
});

describe.each(PEERS)("a call of a client of the sort %s", (peer) => {
  test("is answered where what it needs could not be loaded for the one before it", async () => {
    let isBroken = true;
    const { call, get, sent } = await connect({
      peer,
      load: async (tools) => {
        if (isBroken) throw new Error("EMFILE: too many open files, open '/home/ada/okta-mcp/invoke.js'");
        return tools;
      },
    });
    const { error, text } = await call("list_users");
    expect(error).toMatchObject({ code: "bug", message: expect.stringContaining("could not be loaded") });
    expect(text).not.toContain("/home/ada");
    expect(sent()).toEqual([]);
    isBroken = false;
    expect(await get("list_users")).toMatchObject({ total_fetched: 1 });
  });

  test("may come without arguments", async () => {
    const { client } = await connect({ peer });
    const { isError } = await client.callTool({ name: "get_scope_status" });
    expect(isError).toBeFalsy();
  });

  test("without an argument that it needs is told that the argument is missing", async () => {
    const { call } = await connect({ peer });
    expect((await call("get_user")).text).toMatch(/^bad_input: .* user_id is missing\./);
  });

  test("that is cancelled while Okta thinks is dropped at Okta too", async () => {
    const { call, sandbox, logSays } = await connect({ peer });
    sandbox.next("GET", "/api/v1/users", { fault: "hang" });
    const stop = new AbortController();
    const arrived = sandbox.arrival("GET", "/api/v1/users");
    const pending = call("list_users", {}, { signal: stop.signal });
    await arrived;
    stop.abort("never mind");
    await expect(pending).rejects.toThrow();
    await logSays(/call failed tool=list_users error=cancelled/);
  });

  test("in progress ends when the client goes", async () => {
    const { client, call, sandbox, logSays } = await connect({ peer });
    sandbox.next("GET", "/api/v1/users", { fault: "hang" });
    const arrived = sandbox.arrival("GET", "/api/v1/users");
    const pending = call("list_users");
    const failed = expect(pending).rejects.toThrow(/closed/i);
    await arrived;
    await client.close();
    await failed;
    await logSays(/call failed tool=list_users error=cancelled/);
  });

  test("tells what it waits for", async () => {
    const { get, sandbox } = await connect({ peer });
    const reset = String(Math.floor(Date.now() / 1000) + 20);
    sandbox.next("GET", "/api/v1/users", { status: 429, headers: { "X-Rate-Limit-Reset": reset }, json: {} });
    const messages: string[] = [];
    await get("list_users", {}, { onprogress: ({ message }) => messages.push(String(message)) });
    expect(messages.join()).toMatch(/rate limit/i);
    expect(sandbox.requests.filter(({ path }) => path === "/api/v1/users")).toHaveLength(2);
  });

  test("is logged by name and time, and by nothing that was said in it", async () => {
    const { call, logged } = await connect({ peer });
    await call("get_user", { user_id: "very.private@acme.example" });
    const line = logged.find((entry) => entry.includes("call failed"));
    expect(line).toMatch(/tool=get_user error=not_found ms=\d+/);
    expect(line).not.toContain("very.private");
  });
});

describe("a result", () => {
  const tools = (result: unknown) => ({
    test: {
      getThing: defineTool({
        name: "get_thing",
        title: "Get thing",
        description: "Get a thing.",
        scope: "okta.users.read",
        effect: "reads",
        input: z.strictObject({ thing_id: z.string().describe("Id.") }),
        run: () => Promise.resolve(result),
      }),
    },
  });

  test.each([
    ["nothing", undefined, { done: true, thing_id: "t1" }],
    ["null", null, { done: true, thing_id: "t1" }],
    ["an empty object", {}, { done: true, thing_id: "t1" }],
    ["a list", [1, 2], { value: [1, 2] }],
    ["a text", "hello", { value: "hello" }],
    ["undefined inside", { a: undefined, b: 1 }, { b: 1 }],
  ])("of %s is still an object", async (_, result, expected) => {
    const { get } = await connect({ tools: tools(result) });
    expect(await get("get_thing", { thing_id: "t1" })).toEqual(expected);
  });
});
