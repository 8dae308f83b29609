import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { exchange, type HttpRequest } from "../../src/net/exchange.js";
import { createHttpClient } from "../../src/net/http-client.js";
import { inWords, NoAnswer } from "../../src/net/no-answer.js";
import { ServerClock } from "../../src/net/server-clock.js";

const TEXT = JSON.stringify([{ name: "Łódź, 東京", blob: "x".repeat(200_000) }]);

/** Starts a server that answers with `answer`, and returns a function that sends it a request. */
async function openServer(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  let connections = 0;
  const server = createServer((request, response) => answer(response, request));
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/things`);
  const fetch = createHttpClient();
  const clock = new ServerClock();
  const ask = (more: { request?: Partial<HttpRequest>; maxBytes?: number; signal?: AbortSignal } = {}) =>
    exchange(
      { method: "GET", url, headers: { Accept: "application/json" }, ...more.request },
      {
        fetch,
        clock,
        signal: more.signal,
        timeLimitMs: 10_000,
        maxBytes: more.maxBytes ?? 1_000_000,
        what: "The question",
      },
    );
  return { ask, clock, connections: () => connections };
}

/** The `NoAnswer` with which a request rejects. */
async function noAnswer(asked: Promise<unknown>): Promise<NoAnswer> {
  const thrown: unknown = await asked.catch((error: unknown) => error);
  return thrown instanceof NoAnswer ? thrown : expect.unreachable(`there is an answer, or ${thrown}`);
}

test("teaches the clock the server's time", async () => {
  const date = new Date(Date.now() + 600_000).toUTCString();
  const { ask, clock } = await openServer((response) => response.writeHead(200, { Date: date }).end("[]"));
  await ask();
  expect(clock.aheadMs).toBeGreaterThan(590_000);
});

test("keeps its connection for the requests that follow", async () => {
  const { ask, connections } = await openServer((response) => response.end("[]"));
  for (let count = 0; count < 5; count += 1) expect((await ask()).text).toBe("[]");
  expect(connections()).toBe(1);
});

test("asks for gzip and unpacks it", async () => {
  const { ask } = await openServer((response, { headers }) => {
    expect(headers["accept-encoding"]).toBe("gzip");
    response.writeHead(200, { "Content-Encoding": "gzip" });
    response.end(gzipSync(TEXT));
  });
  const { text, response } = await ask();
  expect(text).toBe(TEXT);
  expect(response).toMatchObject({ status: 200, ok: true });
});

test.each([
  ["GZip", gzipSync(TEXT)],
  ["x-gzip", gzipSync(TEXT)],
  ["identity, X-GZIP", gzipSync(TEXT)],
  ["identity", Buffer.from(TEXT)],
  ["", Buffer.from(TEXT)],
  ["deflate", deflateSync(TEXT)],
  ["br", brotliCompressSync(TEXT)],
  ["deflate, gzip", gzipSync(deflateSync(TEXT))],
])("unpacks the content coding %j (RFC 9110, section 8.4)", async (coding, body) => {
  const { ask } = await openServer((response) => response.writeHead(200, { "Content-Encoding": coding }).end(body));
  expect((await ask()).text).toBe(TEXT);
});

test.each(["zstd-of-tomorrow", "constructor", "gzip, gzip, gzip, gzip"])(
  "says that %s cannot be unpacked, and does not try again",
  async (coding) => {
    const { ask } = await openServer((response) => response.writeHead(200, { "Content-Encoding": coding }).end("[]"));
    const { why } = await noAnswer(ask());
    expect(why).toEqual({ kind: "unknown-coding", codings: coding });
    expect(inWords(why)).toMatchObject({
      reason: expect.stringContaining(coding),
      passing: false,
      nothingSent: false,
    });
  },
);

test("takes an answer that comes in pieces, cut in the middle of a character", async () => {
  const bytes = Buffer.from(TEXT);
  const { ask } = await openServer((response) => {
    response.flushHeaders();
    const cut = bytes.indexOf(Buffer.from("東")) + 1;
    response.write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)));
  });
  expect((await ask()).text).toBe(TEXT);
});

test.each([
  ["gzip that ends too soon", { "Content-Encoding": "gzip" }, gzipSync(TEXT).subarray(0, 100)],
  ["gzip that is none", { "Content-Encoding": "gzip" }, Buffer.from("not gzip")],
])("finds %s to be no answer", async (_, headers, body) => {
  const { ask } = await openServer((response) => response.writeHead(200, headers).end(body));
  expect((await noAnswer(ask())).why.kind).toBe("network");
});

test("finds an answer that breaks off to be none", async () => {
  const { ask } = await openServer((response) => {
    response.writeHead(200, { "Content-Length": 1000 });
    response.write("[", () => response.destroy());
  });
  const { why } = await noAnswer(ask());
  expect(inWords(why)).toMatchObject({ reason: "connection reset", nothingSent: false });
});

test("stops unpacking what unpacks to more than an answer may have", async () => {
  const { ask } = await openServer((response) => {
    response.writeHead(200, { "Content-Encoding": "gzip" });
    response.end(gzipSync(Buffer.alloc(50_000_000, "x")));
  });
  expect((await noAnswer(ask({ maxBytes: 100_000 }))).why).toEqual({ kind: "too-long", maxBytes: 100_000 });
});

test("hands a redirect back and does not follow it", async () => {
  const { ask, connections } = await openServer((response) => {
    response.writeHead(302, { Location: "http://127.0.0.1:1/elsewhere" });
    response.end();
  });
  const { response } = await ask();
  expect(response).toMatchObject({ status: 302, ok: false });
  expect(response.headers.get("Location")).toBe("http://127.0.0.1:1/elsewhere");
  expect(connections()).toBe(1);
});

test("sends a body with its length, once", async () => {
  const { ask } = await openServer((response, request) => {
    const { "content-length": length, "transfer-encoding": coding } = request.headers;
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => response.end(JSON.stringify({ length, coding, body })));
  });
  const { text } = await ask({ request: { method: "POST", body: '{"name":"Łódź"}' } });
  expect(JSON.parse(text)).toEqual({ length: "18", body: '{"name":"Łódź"}' });
});

test("says that nothing was sent where nobody listens", async () => {
  const { ask } = await openServer((response) => response.end());
  const closed = createServer();
  closed.listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  const { why } = await noAnswer(ask({ request: { url: new URL(`http://127.0.0.1:${port}/`) } }));
  expect(why).toEqual({ kind: "network", code: "ECONNREFUSED" });
  expect(inWords(why)).toMatchObject({ reason: "connection refused", nothingSent: true });
  expect((await ask()).text).toBe("");
});

test("leaves at once when it is cancelled, before and in the middle of an answer", async () => {
  const stop = new AbortController();
  const { ask } = await openServer((response) => {
    response.writeHead(200);
    response.write("[", () => stop.abort());
  });
  await expect(ask({ signal: stop.signal })).rejects.toMatchObject({
    code: "cancelled",
    message: "The question was cancelled before Okta answered.",
  });
  await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
});
