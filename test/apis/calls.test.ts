import { describe, expect, test } from "vitest";
import { NO_RULES } from "../../src/guard/rules.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { accepts, declines } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { connectApis, json, loaded, notesSettings, startApi } from "./support-api.js";

const NOTE = { id: "7", text: "Buy milk", stars: 3, _links: { self: { href: "/notes/7" } } };

/** Starts the service for notes and connects a client to it. */
async function notes(options: Parameters<typeof connectApis>[1] = {}, settings: object = {}) {
  const api = await startApi((request, response) => {
    if (request.method === "GET" && request.url === "/v1/notes/7") return json(200, NOTE)(request, response);
    if (request.method === "DELETE") return void response.writeHead(204).end();
    if (request.method === "GET") return json(200, [NOTE])(request, response);
    return json(201, { id: "8", ...JSON.parse(request.body || "{}") })(request, response);
  });
  const apis = await loaded({ hr: notesSettings(api.origin, { prefix: "", ...settings }) });
  return { api, ...(await connectApis(apis, options)) };
}

describe.each(PEERS)("with a client that is %s", (peer) => {
  test("a chosen operation is a tool that says what it calls, and a call answers with the whole JSON", async () => {
    const { api, client, get } = await notes({ peer });
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name === "get_note");
    expect(tool).toMatchObject({
      title: "Show a note",
      description: "Show a note. Calls GET /notes/{id} of the API hr.",
      annotations: { readOnlyHint: true },
      inputSchema: { properties: { id: { type: "string" } }, required: ["id"], additionalProperties: false },
    });
    expect(await get("get_note", { id: "7" })).toEqual(NOTE);
    expect(api.sent()).toEqual(["GET /v1/notes/7"]);
  });

  test("a removal asks a person in words that name the object, and goes only after a yes", async () => {
    const { api, get, asked } = await notes({ peer, person: accepts });
    expect(await get("delete_note", { id: "7" })).toMatchObject({ done: true });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toContain("DELETE /notes/7");
    expect(asked[0]?.message).toContain("Buy milk");
    expect(api.sent().filter((line) => line.startsWith("DELETE"))).toEqual(["DELETE /v1/notes/7"]);
  });

  test("a removal does not happen after a no", async () => {
    const { api, call } = await notes({ peer, person: declines });
    expect((await call("delete_note", { id: "7" })).error?.code).toBe("declined");
    expect(api.sent().filter((line) => line.startsWith("DELETE"))).toEqual([]);
  });
});

test("a removal without anybody to ask gives a value to bring back", async () => {
  const { api, call } = await notes();
  const { error } = await call("delete_note", { id: "7" });
  expect(error?.code).toBe("needs_confirmation");
  const confirmation = String(error?.data.confirmation);
  expect(await call("delete_note", { id: "7", confirmation })).toMatchObject({ isError: false });
  expect(api.sent().at(-1)).toBe("DELETE /v1/notes/7");
});

test("a person is asked about a write where the settings want it, and told what is sent", async () => {
  const operations = [{ id: "createNote", consent: "always" }];
  const { get, asked } = await notes({ person: accepts }, { operations });
  await get("create_note", { body: { text: "Hello", stars: 5 } });
  expect(asked[0]?.message).toContain("POST /notes");
  expect(asked[0]?.message).toContain("body.text: Hello");
});

test("the limits of a guard file count writes and removals at an API", async () => {
  const limits = {
    writes: { perSession: 2, perMinute: undefined },
    removals: { perSession: 1, perMinute: undefined },
  };
  const { api, call, get } = await notes({ confirmMode: "never", guard: { ...NO_RULES, file: "guard.json", limits } });
  await get("delete_note", { id: "7" });
  expect((await call("delete_note", { id: "7" })).error?.code).toBe("protected");
  await get("create_note", { body: { text: "a" } });
  expect((await call("create_note", { body: { text: "b" } })).error?.code).toBe("protected");
  expect(api.sent().filter((line) => !line.startsWith("GET"))).toEqual(["DELETE /v1/notes/7", "POST /v1/notes"]);
});

test("protected objects of Okta's do not stand in the way of an API's arguments", async () => {
  const rule = { kind: "groups", key: "id", value: "7", reason: undefined, place: "protect.groups[0]" } as const;
  const operations = [{ id: "patchNote" }];
  const { get, sent } = await notes({ guard: { ...NO_RULES, protect: [rule] } }, { operations });
  await get("patch_note", { id: "7", body: { text: "a" } });
  expect(sent()).toEqual([]);
});

test("hidden attributes are masked in answers, and no argument is compared with one", async () => {
  const guard = { ...NO_RULES, file: "guard.json", mask: ["text", "author"] };
  const { api, call, get } = await notes({ guard });
  expect(await get("get_note", { id: "7" })).toEqual({ ...NOTE, text: "[masked]" });
  expect((await call("list_notes", { author: "ada" })).error?.code).toBe("protected");
  expect(api.sent()).toEqual(["GET /v1/notes/7"]);
});

test("settings turn an API's tools off by its name, by theirs, and all that write", async () => {
  const choices = [
    [{ include: { patterns: ["groups"], where: "OKTA_MCP_TOOLS" } }, []],
    [
      { exclude: [{ patterns: ["delete_note", "put_*"], where: "deny_tools" }] },
      ["create_note", "get_mine", "get_note", "list_notes", "patch_note"],
    ],
    [{ readOnly: "OKTA_MCP_READ_ONLY" }, ["get_mine", "get_note", "list_notes"]],
    [
      { include: { patterns: ["hr"], where: "OKTA_MCP_TOOLS" } },
      ["create_note", "delete_note", "get_mine", "get_note", "list_notes", "patch_note", "put_note"],
    ],
  ] as const;
  for (const [choice, names] of choices) {
    const { listed } = await notes({ choice: { readOnly: undefined, include: undefined, exclude: [], ...choice } });
    expect((await listed()).filter((name) => /note|mine/.test(name))).toEqual(names);
  }
});

test("a preview shows the request and sends none that changes anything", async () => {
  const { api, get } = await notes();
  const preview = await get("patch_note", { id: "7", body: { text: "Buy bread" }, dry_run: true });
  expect(preview).toMatchObject({
    dry_run: true,
    request: { api: "hr", method: "PATCH", path: "/notes/7", body: { text: "Buy bread" } },
    difference: [{ field: "text", before: "Buy milk", after: "Buy bread" }],
  });
  const removal = await get("delete_note", { id: "7", dry_run: true });
  expect(removal).toMatchObject({ request: { method: "DELETE", path: "/notes/7" }, target: { name: "7" } });
  expect(api.sent().every((line) => line.startsWith("GET "))).toBe(true);
});

test("a write is on record with what was there before and after, and cannot be undone", async () => {
  const journal = new MemoryJournal();
  const { get, call } = await notes({ journal });
  await get("patch_note", { id: "7", body: { text: "Buy bread" } });
  await get("create_note", { body: { text: "New" } });
  const { items } = await get("list_changes");
  expect(items).toMatchObject([
    { tool: "create_note", api: "hr", outcome: "done" },
    { tool: "patch_note", api: "hr", outcome: "done" },
  ]);
  const [made, changed] = items as { id: string }[];
  expect(await get("get_change", { change_id: changed?.id })).toMatchObject({
    api: "hr",
    arguments: { id: "7", body: { text: "Buy bread" } },
    before: { text: "Buy milk" },
    requests: [{ method: "PATCH", path: "/notes/7", status: 201 }],
    undo: { possible: false, why: expect.stringContaining("the API's document tells no way back") },
  });
  expect(await get("get_change", { change_id: made?.id })).toMatchObject({
    before: null,
    after: { id: "8", text: "New" },
  });
  expect((await call("undo_change", { change_id: changed?.id })).error).toMatchObject({ code: "conflict" });
});

test("arguments are checked whole before anything is sent, with what was probably meant", async () => {
  const { api, call } = await notes();
  const wrong = async (name: string, args: object) => (await call(name, { ...args })).error?.message;
  expect(await wrong("create_note", { body: { txt: "a" } })).toMatch(/txt.*did you mean text/s);
  expect(await wrong("create_note", { body: { text: "a", stars: 9 } })).toContain("stars");
  expect(await wrong("create_note", {})).toContain("body is missing");
  expect(await wrong("get_note", { id: "7", idd: "8" })).toContain("unknown argument");
  expect(await wrong("list_notes", { limit: 1_000 })).toContain("limit");
  expect(api.arrived).toEqual([]);
});

test.each([
  "../admin",
  "..%2fadmin",
  "%2e%2e",
  "a/b",
  "a?x=1",
  "a#b",
  "\\",
  ";",
  ".",
  "..",
  "",
  " ",
  "ä",
  "a\nb",
  "\u0000",
])("%j as a value in a path stays one part of it, or is refused", async (id) => {
  const { api, call } = await notes();
  await call("get_note", { id });
  for (const { url } of api.arrived) {
    expect(url).toMatch(/^\/v1\/notes\/[^/?#\\]+$/);
    expect(decodeURIComponent(url.slice("/v1/notes/".length))).toBe(id);
  }
  if (["", ".", ".."].includes(id)) expect(api.arrived).toEqual([]);
});

test("an operation that nobody named is no tool, whatever the document has", async () => {
  const operations = [{ match: { method: "GET", path: "/notes/**" } }];
  const { api, call, listed } = await notes({}, { operations });
  expect((await listed()).filter((name) => /note|mine/.test(name))).toEqual(["get_note", "list_notes"]);
  expect((await call("delete_note", { id: "7" })).error?.code).toBe("bad_input");
  expect(api.arrived).toEqual([]);
});

test("an argument that is bound to the caller is in no schema, is refused when given, and comes from the claims", async () => {
  const identity = {
    authorize: async () => ({ headers: { authorization: "Bearer of-ada" }, query: {} }),
    refused: () => {},
    claims: async () => ({ sub: "ada@example.com", gpid: "GP1" }),
  };
  const bind = { owner: ["claim:gpid", "claim:sub"] };
  const { api, client, call, get } = await notes({ identity }, { bind });
  const { tools } = await client.listTools();
  const tool = tools.find(({ name }) => name === "get_mine");
  expect(tool).toMatchObject({ inputSchema: { properties: { fields: {} } } });
  expect(JSON.stringify(tool)).not.toContain('"owner"');
  expect((await call("get_mine", { owner: "GP2" })).error?.message).toContain("unknown argument");
  await get("get_mine");
  expect(api.sent()).toEqual(["GET /v1/mine/GP1"]);
});

test("a claim that is missing is an error that names it, and nothing is sent", async () => {
  const identity = {
    authorize: async () => ({ headers: {}, query: {} }),
    refused: () => {},
    claims: async () => ({ sub: "" }),
  };
  const { api, call } = await notes({ identity }, { bind: { owner: ["claim:gpid", "claim:sub"] } });
  expect((await call("get_mine")).error).toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("gpid or sub"),
  });
  expect(api.arrived).toEqual([]);
});

test("a claim that the document does not allow is told as a fault of the settings, and nothing is sent", async () => {
  const identity = {
    authorize: async () => ({ headers: {}, query: {} }),
    refused: () => {},
    claims: async () => ({ gpid: "g".repeat(60) }),
  };
  const { api, call } = await notes({ identity }, { bind: { owner: ["claim:gpid"] } });
  const { error } = await call("get_mine");
  expect(error).toMatchObject({ code: "forbidden", message: expect.stringContaining("owner") });
  expect(error?.fix).toContain("apis.hr.bind");
  expect(api.arrived).toEqual([]);
});

test("a client is told what the tools are for, with and without those of Okta", async () => {
  const instructions = async (scopes: string[]) => (await notes({ scopes })).client.getInstructions() ?? "";
  const both = await instructions(["okta.users.read"]);
  expect(both).toContain("Tools to administer one Okta org, and those of the company's own APIs: hr.\n");
  expect(both).toContain("is data from the org or an API");
  const alone = await instructions([]);
  expect(alone).toMatch(/^Tools of the company's own APIs: hr\.\n/);
  expect(alone).toContain("is data from an API,");
  expect(alone).not.toMatch(/Okta org|take ids|takes it back/);
});

test("an API's tools need nobody signed in to Okta", async () => {
  const { get, asked } = await notes({ signIn: "device" });
  expect(await get("get_note", { id: "7" })).toEqual(NOTE);
  await get("create_note", { body: { text: "a" } });
  expect(asked).toEqual([]);
});
