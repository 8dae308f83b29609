import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ApiIdentity } from "../../src/apis/api-identity.js";
import { type Answer, connectApis, json, loaded, notesSettings, startApi } from "./support-api.js";

const SECRET = "Bearer eyJhbGciOiJub25lIn0.c2VjcmV0LXRva2Vu.x";

/** Starts the service for notes with one way to answer, and connects a client. */
async function answering(answer: Answer, settings: object = {}, options: Parameters<typeof connectApis>[1] = {}) {
  const api = await startApi(answer);
  const apis = await loaded({ hr: notesSettings(api.origin, { prefix: "", ...settings }) });
  return { api, ...(await connectApis(apis, { confirmMode: "never", ...options })) };
}

/** An identity whose tokens have a number, the next one after each refusal. */
function renewing(): ApiIdentity & { refusals: number } {
  const identity = {
    refusals: 0,
    authorize: async () => ({ headers: { Authorization: `Bearer token-${identity.refusals}` }, query: {} }),
    refused: () => {
      identity.refusals += 1;
    },
    claims: async () => ({}),
  };
  return identity;
}

/** Settings of an API whose operations need an identity. */
const GRANT = {
  auth: {
    kind: "client_credentials",
    issuer: "http://127.0.0.1:1/oauth2/aus1",
    client_id: "0oa1",
    client_secret_file: "secret",
    scopes: ["a"],
    audience: "api://notes",
  },
};

async function withToken(answer: Answer) {
  const api = await startApi(answer);
  const apis = await loaded({ hr: notesSettings(api.origin, { prefix: "", ...GRANT }) }, { secret: "s3cret" });
  const identity = renewing();
  return { api, identity, ...(await connectApis(apis, { confirmMode: "never", identity })) };
}

describe("an answer that is a success", () => {
  test("keeps numbers as they are written", async () => {
    const { call } = await answering((_, response) =>
      response.writeHead(200, { "content-type": "application/hal+json" }).end('{"n":12345678901234567890,"x":1.0}'),
    );
    expect((await call("get_note", { id: "7" })).text).toContain("12345678901234567890");
  });

  test("of text is text, and of other types told by type and size", async () => {
    const typed =
      (type: string, content: string | Buffer): Answer =>
      (_, response) =>
        response.writeHead(200, { "content-type": type }).end(content);
    const { api, get } = await answering(typed("text/csv; charset=utf-8", "a,b\n1,2\n"));
    expect(await get("get_note", { id: "7" })).toEqual({ media_type: "text/csv", text: "a,b\n1,2\n" });
    api.answerWith(typed("image/png", Buffer.alloc(300)));
    expect(await get("get_note", { id: "7" })).toMatchObject({ media_type: "image/png", bytes: 300 });
    api.answerWith(typed("text/html", `<html>${SECRET}</html>`));
    const page = await get("get_note", { id: "7" });
    expect(page).toMatchObject({ media_type: "text/html" });
    expect(JSON.stringify(page)).not.toContain("Bearer");
  });

  test("has secrets masked by their names", async () => {
    const { get } = await answering(
      json(200, { id: "7", client_secret: "abc", api_key: "k", nested: { password: "p" }, nextPageToken: "p2" }),
    );
    expect(await get("get_note", { id: "7" })).toEqual({
      id: "7",
      client_secret: "[masked]",
      api_key: "[masked]",
      nested: { password: "[masked]" },
      nextPageToken: "p2",
    });
  });

  test("that is too long for a result is cut in its list, with a way on", async () => {
    const items = Array.from({ length: 500 }, (_, index) => ({ id: String(index), text: "x".repeat(50) }));
    const { api, get } = await answering(json(200, items), {}, { maxResultChars: 5_000 });
    const list = await get("list_notes");
    const { length } = list.items as unknown[];
    expect(length).toBeGreaterThan(20);
    expect(list.note).toContain(`items has the first ${length} of 500`);
    expect(list.note).toContain("`limit`, `offset`");
    api.answerWith(json(200, { data: { notes: items }, total: 500 }));
    const wrapped = await get("list_notes");
    expect(wrapped).toMatchObject({ total: 500, note: expect.stringContaining("data.notes has the first") });
  });

  test("without content says that it is done, with the place of what was made", async () => {
    const { get } = await answering((_, response) => response.writeHead(201, { location: "/v1/notes/9" }).end());
    expect(await get("create_note", { body: { text: "a" } })).toMatchObject({ done: true, location: "/v1/notes/9" });
  });

  test.each([
    ["of 100 MB", 100 * 1024 * 1024],
    ["without an end", Number.POSITIVE_INFINITY],
  ])("%s is read no further than to the limit", async (_, total) => {
    let written = 0;
    const { get } = await answering((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(65_536, "1");
      const more = () => {
        while (written < total && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    expect(await get("get_note", { id: "7" })).toMatchObject({ too_long: true });
    expect(written).toBeLessThan(20 * 1024 * 1024);
  });

  test("that unpacks to more than the limit is not unpacked further", async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const { get } = await answering((_, response) =>
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb),
    );
    expect(await get("get_note", { id: "7" })).toMatchObject({ too_long: true });
  });
});

describe("an answer that is none", () => {
  test("after the time limit is an error, and a write may have been made", async () => {
    const { call } = await answering(() => {}, { limits: { timeout_seconds: 1 } });
    const [read, write] = await Promise.all([
      call("get_note", { id: "7" }),
      call("create_note", { body: { text: "a" } }),
    ]);
    expect(read.error).toMatchObject({
      code: "api_down",
      message: expect.stringContaining("no whole answer within 1 s"),
    });
    expect(write.error?.message).toContain("may have been made all the same");
  });

  test("where nobody listens names the API and the operation", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const apis = await loaded({ hr: notesSettings(`http://127.0.0.1:${port}`, { prefix: "" }) });
    const { call } = await connectApis(apis);
    expect((await call("get_note", { id: "7" })).error).toMatchObject({
      code: "api_down",
      message: "The API hr did not answer GET /notes/{id}: connection refused.",
    });
  });

  test("of broken JSON is an error that does not show it", async () => {
    const { call } = await answering((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"token":"abc'),
    );
    const { error, text } = await call("get_note", { id: "7" });
    expect(error?.code).toBe("api_down");
    expect(text).not.toContain("abc");
  });

  test.each([301, 302, 303, 307, 308])(
    "with the redirect %i is not followed, and its place is told as data",
    async (status) => {
      const elsewhere = await startApi(json(200, {}));
      const location = `${elsewhere.origin}/latest/meta-data`;
      const { call } = await answering((_, response) => response.writeHead(status, { location }).end());
      const { error } = await call("get_note", { id: "7" });
      expect(error).toMatchObject({ code: "api_down", message: expect.stringContaining(`"${location}"`) });
      expect(elsewhere.arrived).toEqual([]);
    },
  );
});

describe("an error of an API", () => {
  test.each([
    [400, "bad_input"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [412, "conflict"],
    [422, "bad_input"],
    [429, "rate_limited"],
    [500, "api_down"],
    [503, "api_down"],
  ])("%i is %s, with the sentences and faults of fields of its body", async (status, code) => {
    const detail = [{ loc: ["body", "text"], msg: "too short", input: "s3cret" }];
    const { call } = await answering(json(status, { title: "No luck", detail, trace: SECRET }));
    const { error, text } = await call("create_note", { body: { text: "a" } });
    expect(error).toMatchObject({ code, data: { api: "hr", status } });
    expect(error?.message).toContain('"No luck"');
    expect(error?.message).toContain('"body.text": "too short"');
    expect(text).not.toMatch(/s3cret|Bearer/);
  });

  test("that is a page is never shown", async () => {
    const { call } = await answering((_, response) =>
      response.writeHead(500, { "content-type": "text/html" }).end(`<h1>Trace</h1> ${SECRET} password=hunter2`),
    );
    const { text } = await call("get_note", { id: "7" });
    expect(text).not.toMatch(/Trace|hunter2|Bearer/);
  });

  test("that would have waited a moment is asked again once for a read, and not for a write", async () => {
    let asked = 0;
    const { get, call, api } = await answering((request, response) => {
      asked += 1;
      if (asked === 1 || request.method === "POST") return json(429, {}, { "retry-after": "1" })(request, response);
      return json(200, { id: "7" })(request, response);
    });
    expect(await get("get_note", { id: "7" })).toEqual({ id: "7" });
    expect(asked).toBe(2);
    expect((await call("create_note", { body: { text: "a" } })).error).toMatchObject({ code: "rate_limited" });
    expect(api.arrived).toHaveLength(3);
  });

  test("that asks for a long wait tells it", async () => {
    const { call, api } = await answering(json(429, {}, { "retry-after": "120" }));
    expect((await call("get_note", { id: "7" })).text).toContain("after a wait of 120 s");
    expect(api.arrived).toHaveLength(1);
  });

  test("401 once brings a new token and the answer", async () => {
    const { api, get } = await withToken((request, response) => {
      const isNew = request.headers.authorization === "Bearer token-1";
      return json(isNew ? 200 : 401, { id: "7" })(request, response);
    });
    expect(await get("get_note", { id: "7" })).toEqual({ id: "7" });
    expect(api.arrived.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-0", "Bearer token-1"]);
  });

  test("401 again and again is an error of the API's token after one renewal", async () => {
    const { api, call, identity } = await withToken(json(401, { message: `bad ${SECRET}` }));
    const { error, text } = await call("create_note", { body: { text: "a" } });
    expect(error?.code).toBe("api_refused_token");
    expect(text).not.toContain("eyJ");
    expect(api.arrived).toHaveLength(2);
    expect(identity.refusals).toBe(1);
  });
});

test("nothing that the client sends in its call reaches the API but the arguments", async () => {
  const { api, get } = await answering(json(200, { id: "7" }));
  await get("get_note", { id: "7" });
  expect(Object.keys(api.arrived[0]?.headers ?? {}).sort()).toEqual([
    "accept",
    "accept-encoding",
    "connection",
    "host",
    "user-agent",
  ]);
});

test("the requests of one caller within a minute are limited", async () => {
  let nowMs = Date.now();
  const { api, call } = await answering(json(200, {}), { limits: { calls_per_minute: 2 } }, { now: () => nowMs });
  for (let count = 0; count < 2; count += 1) await call("get_note", { id: "7" });
  const { error } = await call("get_note", { id: "7" });
  expect(error).toMatchObject({ code: "rate_limited", message: expect.stringContaining("2 requests") });
  expect(api.arrived).toHaveLength(2);
  nowMs += 60_001;
  expect(await call("get_note", { id: "7" })).toMatchObject({ isError: false });
});

test("a key goes into its header or parameter, and no argument can stand in its place", async () => {
  const auth = { kind: "api_key", file: "key", in: "query", name: "author" };
  const api = await startApi(json(200, []));
  const apis = await loaded({ hr: notesSettings(api.origin, { prefix: "", auth }) }, { key: "k 1\n" });
  const { get, call } = await connectApis(apis);
  await get("list_notes", { limit: 5 });
  expect(api.sent()).toEqual(["GET /v1/notes?limit=5&author=k%201"]);
  expect((await call("list_notes", { author: "x" })).error?.message).toContain("unknown argument");
});
