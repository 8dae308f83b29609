import { type ClientRequest, request } from "node:http";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { startCompanyWeb } from "../support/company-server.js";
import { rawHttp, requestText } from "../support/raw-http.js";

const JSON_TYPE = "Content-Type: application/json";
const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};

test("M2: what is no message is told so in both revisions, with the code of its fault", async () => {
  const { publicUrl, signIn } = await startCompanyWeb();
  const { access_token: token } = await signIn();
  const send = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${publicUrl}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body,
    });
    const text = await answer.text();
    return [answer.status, /"code":(-?\d+)/.exec(text)?.[1]];
  };
  const modern = (over: object = {}) =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: { ...MODERN, ...over } } });
  const version = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };
  expect(await send("{")).toEqual([400, "-32700"]);
  expect(await send("")).toEqual([400, "-32700"]);
  expect(await send("[]")).toEqual([400, "-32600"]);
  expect(await send(`[${ping},${ping}]`)).toEqual([400, "-32600"]);
  expect(await send('"text"')).toEqual([400, "-32600"]);
  expect(await send('{"jsonrpc":"1.0","id":1,"method":"ping"}')).toEqual([400, "-32600"]);
  expect(await send('{"jsonrpc":"2.0","id":{},"method":"ping"}')).toEqual([400, "-32600"]);
  expect(await send('{"jsonrpc":"2.0","result":1}')).toEqual([400, "-32600"]);
  expect(await send(ping, { "mcp-protocol-version": "1999-01-01" })).toEqual([400, "-32000"]);
  expect(await send(modern(), version)).toEqual([200, undefined]);
  expect(await send(modern(), { ...version, "mcp-protocol-version": "2025-11-25" })).toEqual([400, "-32020"]);
  expect(await send(modern(), { ...version, "mcp-method": "tools/call" })).toEqual([400, "-32020"]);
  const other = { "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
  expect(await send(modern(other), { ...version, "mcp-protocol-version": "2099-01-01" })).toEqual([400, "-32022"]);
  const call = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "list_users", arguments: {}, _meta: MODERN },
  });
  const named = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call" };
  expect(await send(call, { ...named, "mcp-name": "delete_group" })).toEqual([400, "-32020"]);
  expect(await send(`{"a":${"[".repeat(50_000)}`)).toEqual([400, "-32700"]);
});

test("M2: a body that is long, packed or no JSON is refused before it is parsed", async () => {
  const { publicUrl, signIn } = await startCompanyWeb();
  const { access_token: token } = await signIn();
  const { host } = new URL(publicUrl);
  const own = [`Host: ${host}`, `Authorization: Bearer ${token}`];
  const big = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { x: "x".repeat(2_097_152) } });
  expect((await rawHttp(publicUrl, requestText("POST /mcp", [...own, JSON_TYPE], big))).status).toBe(413);
  // Without a declared length only the bytes tell.
  const chunked = ["POST /mcp HTTP/1.1", ...own, JSON_TYPE, "Transfer-Encoding: chunked", "", ""].join("\r\n");
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  expect((await rawHttp(publicUrl, chunked, ...Array.from({ length: 32 }, () => chunk))).status).toBe(413);
  for (const coding of ["gzip", "deflate", "br", "gzip, gzip"]) {
    const packed = gzipSync(Buffer.alloc(4_000_000, " "));
    const head = [...own, JSON_TYPE, `Content-Encoding: ${coding}`, `Content-Length: ${packed.length}`];
    const lines = ["POST /mcp HTTP/1.1", ...head, "Connection: close", "", ""].join("\r\n");
    expect((await rawHttp(publicUrl, lines, packed)).status, coding).toBe(415);
  }
  for (const type of ["text/plain", "application/jsonx", "application/x-www-form-urlencoded"]) {
    const answer = await rawHttp(publicUrl, requestText("POST /mcp", [...own, `Content-Type: ${type}`], ping));
    expect(answer.status, type).toBe(415);
  }
  const withCharset = "Content-Type: application/json; charset=utf-8";
  const right = await rawHttp(publicUrl, requestText("POST /mcp", [...own, withCharset], ping));
  expect(right.status).toBe(200);
});

test("a long form is refused everywhere else, whether its length is declared or not", async () => {
  const { publicUrl } = await startCompanyWeb();
  const { host } = new URL(publicUrl);
  const type = "Content-Type: application/x-www-form-urlencoded";
  const form = `a=${"x".repeat(70_000)}`;
  for (const path of ["/oauth/token", "/oauth/register", "/me/revoke", "/approve/x", "/nowhere"]) {
    const answer = await rawHttp(publicUrl, requestText(`POST ${path}`, [`Host: ${host}`, type], form));
    expect(answer.status, path).toBe(413);
    const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, type, "Transfer-Encoding: chunked", "Connection: close"];
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const chunked = await rawHttp(publicUrl, [...head, "", ""].join("\r\n"), chunk, chunk, "0\r\n\r\n");
    expect(chunked.status, path).toBeGreaterThanOrEqual(400);
    expect(chunked.status, path).toBeLessThan(500);
  }
});

test("headers that are too long, or that never end, and bodies that never end are given up on", async () => {
  // The whole of a request may have less time than its headers would have.
  await startCompanyWeb({ serve: { limits: { headers_seconds: 10, request_seconds: 2 } } });
  const limits = { headers_seconds: 1, request_seconds: 2 };
  const { publicUrl, signIn } = await startCompanyWeb({ serve: { limits } });
  const { access_token: token } = await signIn();
  const { host } = new URL(publicUrl);
  const long = await rawHttp(
    publicUrl,
    requestText("GET /healthz", [`Host: ${host}`, `X-Long: ${"x".repeat(17_000)}`]),
  );
  expect(long.status).toBe(431);
  const [headers, body] = await Promise.all([
    rawHttp(publicUrl, `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `),
    rawHttp(
      publicUrl,
      `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n${JSON_TYPE}\r\nContent-Length: 100\r\n\r\n{`,
    ),
  ]);
  expect(headers.status).toBe(408);
  expect(body.status).toBe(408);
});

test("a balancer that asks in HTTP/1.0, without the name of a host, is told how the server is", async () => {
  const { publicUrl } = await startCompanyWeb();
  for (const path of ["/readyz", "/healthz"]) {
    expect((await rawHttp(publicUrl, `GET ${path} HTTP/1.0\r\n\r\n`)).status, path).toBe(200);
  }
});

test("calls at once are limited for one person and in all, and the answer says when to come back", async () => {
  const limits = { calls_at_once: 2, calls_at_once_in_all: 3 };
  const logins = [ADMIN_LOGIN, BOB_LOGIN];
  const { publicUrl, signIn } = await startCompanyWeb({
    serve: { limits },
    roles: [{ name: "helpdesk", members: logins, scopes: ["okta.users.read"] }],
  });
  const [ada, bob] = [await signIn(logins[0]), await signIn(logins[1])];
  const { host } = new URL(publicUrl);
  /**
   * Begins a request, which takes a place and ends when `open` is called. A question of `until` can
   * have that place at the same moment: what is answered before it is opened begins again.
   */
  const hold = (token: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      connection: "close",
    };
    let isOpen = false;
    let sent: ClientRequest;
    const attempt = () =>
      new Promise((resolve, reject) => {
        sent = request(`${publicUrl}/mcp`, { method: "POST", headers });
        sent.on("response", (answer) => resolve(answer.resume().statusCode)).on("error", reject);
        sent.write(" ");
      });
    const untilOpen = async () => {
      for (;;) {
        const status = await attempt().catch((error: unknown) => {
          if (isOpen) throw error;
        });
        if (isOpen) return status;
      }
    };
    const status = untilOpen();
    // Where the test fails before it waits for this, its own failure is the one to tell.
    status.catch(() => {});
    // Nothing begins again once the server is gone.
    onTestFinished(() => {
      isOpen = true;
    });
    const open = () => {
      isOpen = true;
      sent.end(ping);
    };
    return { status, open };
  };
  const full = async (token: string) => {
    const head = [`Host: ${host}`, `Authorization: Bearer ${token}`, JSON_TYPE, "Accept: */*"];
    return rawHttp(publicUrl, requestText("POST /mcp", head, ping));
  };
  const until = async (token: string, status: number) => {
    for (;;) {
      const answer = await full(token);
      if (answer.status === status) return answer;
    }
  };
  const held = [hold(ada.access_token), hold(ada.access_token)];
  const own = await until(ada.access_token, 429);
  expect(own.headers.get("retry-after")?.trim()).toBe("2");
  expect((await full(bob.access_token)).status).toBe(200);
  held.push(hold(bob.access_token));
  const all = await until(bob.access_token, 503);
  expect(all.headers.get("retry-after")?.trim()).toBe("2");
  for (const { open } of held) open();
  for (const { status } of held) expect(await status).toBe(200);
  await until(ada.access_token, 200);
});

test("every answer says that it is what it says, and none with a person in it is kept", async () => {
  const { publicUrl, signIn } = await startCompanyWeb();
  const { call } = await signIn();
  const answers = [
    await call("tools/call", { name: "list_users", arguments: {} }),
    await fetch(`${publicUrl}/mcp`, { method: "POST" }),
    await fetch(`${publicUrl}/oauth/token`, { method: "POST" }),
    await fetch(`${publicUrl}/me`, { redirect: "manual" }),
    await fetch(`${publicUrl}/nowhere`),
    await fetch(`${publicUrl}/.well-known/oauth-protected-resource`),
  ];
  for (const [at, { headers }] of answers.entries()) {
    expect(headers.get("x-content-type-options"), String(at)).toBe("nosniff");
    expect(headers.get("cache-control"), String(at)).toMatch(/no-store|no-cache/);
    // Only https may be promised.
    expect(headers.has("strict-transport-security")).toBe(false);
  }
});
