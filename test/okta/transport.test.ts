import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createTransport } from "../../src/okta/transport.js";
import { errorOf, hang, json, oktaError, plain, request, startOrg, testTokens, testTransport } from "./support.js";

describe("a request", () => {
  test("goes to the org with authorization, the user agent and what the operation asks for", async () => {
    const org = await startOrg(json(200, {}));
    const { transport } = testTransport({ url: `${org.url}/ignored?too#yes` });
    await transport.send(request("GET", "/api/v1/users/a%20b", { headers: { "If-Match": "W/1" } }));
    expect(org.seen[0]).toMatchObject({ method: "GET", url: "/api/v1/users/a%20b" });
    expect(org.seen[0]?.headers).toMatchObject({
      authorization: "Bearer token-1",
      "x-proof": "1 GET /api/v1/users/a%20b",
      accept: "application/json",
      "user-agent": "okta-mcp/0.0.0",
      "if-match": "W/1",
    });
  });

  test("carries the query so that spaces and plus signs arrive as such", async () => {
    const org = await startOrg(json(200, []));
    const { transport } = testTransport(org);
    const query = new URLSearchParams({ search: 'profile.title co "a+b & c"', limit: "5" });
    await transport.send(request("GET", "/api/v1/users", { query }));
    expect(org.seen[0]?.url).toContain("%20co%20%22a%2Bb%20%26%20c%22");
    expect(new URL(org.seen[0]?.url ?? "", org.url).searchParams.get("search")).toBe('profile.title co "a+b & c"');
  });

  test("carries JSON as it was given, to the byte", async () => {
    const org = await startOrg(json(200, {}));
    const { transport } = testTransport(org);
    const body = { profile: { ключ: "значение 🙂", n: 1.5, none: null, list: [[]] }, signOnMode: "NEW" };
    await transport.send(request("PUT", "/api/v1/apps/0oa1", { body: { json: body } }));
    expect(org.seen[0]?.headers["content-type"]).toBe("application/json");
    expect(org.seen[0]?.body.toString()).toBe(JSON.stringify(body));
    await transport.send(request("PATCH", "/x", { body: { json: {}, contentType: "application/merge-patch+json" } }));
    expect(org.seen[1]?.headers["content-type"]).toBe("application/merge-patch+json");
  });

  test("carries bytes that are no JSON as they are", async () => {
    const org = await startOrg(json(200, {}));
    const { transport } = testTransport(org);
    const raw = new Uint8Array([0, 255, 13, 10]);
    await transport.send(request("POST", "/x", { body: { raw, contentType: "application/pkix-cert" } }));
    expect(org.seen[0]?.headers["content-type"]).toBe("application/pkix-cert");
    expect([...(org.seen[0]?.body ?? [])]).toEqual([...raw]);
  });

  test("cannot leave the org or its path", async () => {
    const org = await startOrg(json(200, {}));
    const { transport, tokens } = testTransport(org);
    for (const path of [
      "@127.0.0.1:9/x",
      ".evil.example/x",
      "/api/v1/../x",
      "/a/%2e%2e/b",
      "/a?b",
      "/a#b",
      "/a b",
      "\\x",
    ]) {
      expect(await errorOf(transport.send(request("DELETE", path)))).toMatchObject({ code: "bug" });
    }
    expect(org.seen).toEqual([]);
    expect(tokens.issued).toBe(0);
  });

  test("is logged without body, query, ids or authorization", async () => {
    const org = await startOrg(json(200, { secret: "s3cret" }, { "X-Okta-Request-Id": "reqABC" }));
    const { transport, logged } = testTransport(org);
    const query = new URLSearchParams({ q: "s3cret" });
    await transport.send(
      request("POST", "/api/v1/users/s3cret", { template: "/api/v1/users/{id}", query, body: { json: "s3cret" } }),
    );
    expect(logged).toEqual([
      {
        message: "okta answered",
        method: "POST",
        template: "/api/v1/users/{id}",
        status: 200,
        ms: 0,
        attempt: 1,
        okta_request_id: "reqABC",
      },
    ]);
  });
});

describe("an answer", () => {
  test("arrives as it came, unknown fields and all", async () => {
    const value = { id: "1", profile: { new: [null, { deep: 1 }] }, _links: {}, __proto__x: 1, empty: "" };
    const org = await startOrg(json(200, value));
    const { transport } = testTransport(org);
    const answer = await transport.send(request("GET", "/x"));
    expect(answer.json).toEqual(value);
    expect(answer.status).toBe(200);
    expect(answer.next).toBeUndefined();
  });

  test("may be empty, with 204 or with 200", async () => {
    const org = await startOrg(
      (response) => response.writeHead(204).end(),
      plain(200, "text/html", ""),
      plain(202, "application/json", " \n"),
    );
    const { transport } = testTransport(org);
    for (const status of [204, 200, 202]) {
      expect(await transport.send(request("DELETE", "/x"))).toMatchObject({ status, json: undefined });
    }
  });

  test("is read as JSON whatever type it claims to have", async () => {
    const org = await startOrg(plain(200, "text/html; charset=utf-8", '{"a":1}'), plain(200, "", '"text"'));
    const { transport } = testTransport(org);
    expect((await transport.send(request("GET", "/x"))).json).toEqual({ a: 1 });
    expect((await transport.send(request("GET", "/x"))).json).toBe("text");
  });

  test("is read whole where characters are split between packets", async () => {
    const bytes = Buffer.from(JSON.stringify({ name: "Zoë 🙂 部署" }));
    const org = await startOrg((response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    const { transport } = testTransport(org);
    expect((await transport.send(request("GET", "/x"))).json).toEqual({ name: "Zoë 🙂 部署" });
  });

  test("names the cursor of the next page", async () => {
    const org = await startOrg((response) => {
      const { host } = response.req.headers;
      response.setHeader("Link", [
        `<http://${host}/api/v1/users?limit=2>; rel="self"`,
        `<http://${host}/api/v1/users?after=100u%3D&limit=2>; rel="next"`,
      ]);
      response.end("[]");
    });
    const { transport } = testTransport(org);
    expect((await transport.send(request("GET", "/api/v1/users"))).next).toBe("100u=");
  });

  test("whose next page is on another host is refused, and nothing is sent there", async () => {
    const other = await startOrg(json(200, []));
    const org = await startOrg(json(200, [], { Link: `<${other.url}/api/v1/users?after=1>; rel="next"` }));
    const { transport } = testTransport(org);
    const error = await errorOf(transport.send(request("GET", "/api/v1/users")));
    expect(error).toMatchObject({ code: "unreachable", message: expect.stringContaining(other.url) });
    expect(other.seen).toEqual([]);
  });
});

describe("a token", () => {
  test("that Okta no longer accepts is replaced once, for writes too", async () => {
    const org = await startOrg(oktaError(401, "E0000011", "Invalid token provided"), json(200, { done: true }));
    const { transport, tokens } = testTransport(org);
    const answer = await transport.send(request("POST", "/x", { body: { json: {} } }));
    expect(answer.json).toEqual({ done: true });
    expect(org.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(tokens.rejected).toHaveLength(1);
  });

  test("whose replacement is refused as well ends the session", async () => {
    const org = await startOrg(oktaError(401, "E0000011", "Invalid token provided"));
    const { transport } = testTransport(org);
    expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({
      code: "session_ended",
      data: { status: 401, okta_error_code: "E0000011", okta_request_id: "req1" },
    });
    expect(org.seen).toHaveLength(2);
  });

  const challenge = (value: string) => ({ "WWW-Authenticate": value });
  test.each([
    ["an expired token", {}, challenge('Bearer realm="x", error="invalid_token"'), "certain", "session_ended"],
    ["no reason at all", {}, {}, "perhaps", "session_ended"],
    ["a challenge without an error", {}, challenge('Bearer realm="https://acme.okta.com"'), "perhaps", "session_ended"],
    ["a feature that is off", { errorCode: "E0000015", errorSummary: "No" }, {}, undefined, "forbidden"],
    [
      "such a feature, and a challenge",
      { errorCode: "E0000015" },
      challenge('Bearer error="invalid_token"'),
      undefined,
      "forbidden",
    ],
    ["credentials of somebody else", { errorCode: "E0000004", errorSummary: "No" }, {}, undefined, "forbidden"],
    [
      "a proof of possession that fails",
      {},
      challenge('DPoP error="invalid_dpop_proof"'),
      undefined,
      "client_rejected",
    ],
  ])("is blamed for a 401 with %s as far as the answer does so", async (_, body, headers, doubt, code) => {
    const org = await startOrg(json(401, body, headers));
    const { transport, tokens } = testTransport(org);
    expect(await errorOf(transport.send(request("POST", "/x")))).toMatchObject({ code });
    expect(tokens.doubts).toEqual(doubt === undefined ? [] : [doubt]);
    expect(org.seen).toHaveLength(doubt === undefined ? 1 : 2);
  });

  test("proof with a nonce that Okta asks for is made anew once, with the same token", async () => {
    const org = await startOrg(
      json(401, {}, { "DPoP-Nonce": "n1", "WWW-Authenticate": 'DPoP error="use_dpop_nonce"' }),
      json(200, {}),
    );
    const tokens = testTokens((response) =>
      (response.headers.get("WWW-Authenticate") ?? "").includes("use_dpop_nonce"),
    );
    const { transport } = testTransport(org, { tokens });
    await transport.send(request("POST", "/x"));
    expect(org.seen.map(({ headers }) => headers["x-proof"])).toEqual(["1 POST /x", "2 POST /x"]);
    expect(tokens.rejected).toEqual([]);
  });

  test("challenge that never ends is not answered for ever", async () => {
    const org = await startOrg(json(401, {}, { "DPoP-Nonce": "n1" }));
    const tokens = testTokens(() => true);
    const { transport } = testTransport(org, { tokens });
    expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({ code: "session_ended" });
    expect(org.seen).toHaveLength(4);
    expect(tokens.rejected).toHaveLength(1);
  });

  test("that cannot be had is the caller's error, and frees the way for others", async () => {
    const org = await startOrg(json(200, {}));
    const tokens = testTokens();
    const refused = new Error("signed out");
    let refuse = true;
    const { transport } = testTransport(org, {
      tokens: { ...tokens, token: async (signal) => (refuse ? Promise.reject(refused) : tokens.token(signal)) },
      limits: { maxConcurrent: 1 },
    });
    expect(await errorOf(transport.send(request("GET", "/x")))).toBe(refused);
    refuse = false;
    await transport.send(request("GET", "/x"));
    expect(org.seen).toHaveLength(1);
  });
});

describe("an upload", () => {
  const upload = { data: new Uint8Array(randomBytes(200_000)), name: 'my "logo".png', contentType: "image/png" };

  async function fileOf(seen: { headers: Record<string, unknown>; body: Buffer }) {
    const form = await new Response(Uint8Array.from(seen.body), {
      headers: { "Content-Type": String(seen.headers["content-type"]) },
    }).formData();
    const parts = [...form.entries()];
    expect(parts).toHaveLength(1);
    const [name, file] = parts[0] ?? [];
    if (!(file instanceof File)) throw new Error("no file");
    return { part: name, name: file.name, type: file.type, bytes: Buffer.from(await file.arrayBuffer()) };
  }

  test("is one part with its name and type, byte for byte, and survives a rate limit and a new token", async () => {
    const org = await startOrg(json(429, {}), oktaError(401, "E0000011", "Invalid token"), json(201, { url: "/logo" }));
    const { transport } = testTransport(org);
    const answer = await transport.send(request("POST", "/logo", { body: { part: "file", upload } }));
    expect(answer).toMatchObject({ status: 201, json: { url: "/logo" } });
    expect(org.seen).toHaveLength(3);
    for (const seen of org.seen) {
      const file = await fileOf(seen);
      expect(file).toMatchObject({ part: "file", name: upload.name, type: "image/png" });
      expect(file.bytes.equals(upload.data)).toBe(true);
    }
  });

  test("has a time limit of its own", async () => {
    const org = await startOrg(hang);
    const { transport } = testTransport(org, { limits: { requestTimeoutMs: 60_000, uploadTimeoutMs: 30 } });
    const sent = transport.send(request("POST", "/logo", { body: { part: "file", upload } }));
    expect(await errorOf(sent)).toMatchObject({ code: "unreachable" });
  });
});

test("works with the platform's clock, sleep and fetch", async () => {
  const org = await startOrg(json(200, [1]));
  const transport = createTransport({
    orgUrl: new URL(org.url),
    tokens: testTokens(),
    userAgent: "okta-mcp/0.0.0",
    log: { debug: () => {} },
  });
  expect((await transport.send(request("GET", "/x"))).json).toEqual([1]);
});
