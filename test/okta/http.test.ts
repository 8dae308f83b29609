import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { ExchangeFault, exchange } from "../../src/okta/exchange.js";
import { createSendHttp } from "../../src/okta/http.js";
import type { OktaRequest } from "../../src/okta/request.js";

const LIST: OktaRequest = {
  operation: "listThings",
  method: "GET",
  template: "/api/v1/things",
  path: "/api/v1/things",
  query: new URLSearchParams(),
};
const TEXT = JSON.stringify([{ name: "Łódź, 東京", blob: "x".repeat(200_000) }]);

/** A server that answers each request as told, and a way to ask it. */
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
  const fetch = createSendHttp();
  const ask = (more: { request?: OktaRequest; maxBytes?: number; signal?: AbortSignal } = {}) =>
    exchange(more.request ?? LIST, {
      fetch,
      url,
      headers: { Accept: "application/json" },
      signal: more.signal,
      timeLimitMs: 10_000,
      maxBytes: more.maxBytes ?? 1_000_000,
    });
  return { ask, connections: () => connections };
}

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
    await expect(ask()).rejects.toMatchObject({
      fault: { reason: expect.stringContaining(coding), passing: false, nothingSent: false },
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
  await expect(ask()).rejects.toBeInstanceOf(ExchangeFault);
});

test("finds an answer that breaks off to be none", async () => {
  const { ask } = await openServer((response) => {
    response.writeHead(200, { "Content-Length": 1000 });
    response.write("[", () => response.destroy());
  });
  await expect(ask()).rejects.toMatchObject({ fault: { reason: "connection reset", nothingSent: false } });
});

test("stops unpacking what unpacks to more than an answer may have", async () => {
  const { ask } = await openServer((response) => {
    response.writeHead(200, { "Content-Encoding": "gzip" });
    response.end(gzipSync(Buffer.alloc(50_000_000, "x")));
  });
  await expect(ask({ maxBytes: 100_000 })).rejects.toBeInstanceOf(ExchangeFault);
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
  const { text } = await ask({ request: { ...LIST, method: "POST", body: { json: { name: "Łódź" } } } });
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
  const fetch = createSendHttp();
  const url = new URL(`http://127.0.0.1:${port}/`);
  const options = { fetch, url, headers: {}, signal: undefined, timeLimitMs: 10_000, maxBytes: 1000 };
  await expect(exchange(LIST, options)).rejects.toMatchObject({
    fault: { reason: "connection refused", nothingSent: true },
  });
  expect((await ask()).text).toBe("");
});

test("leaves at once when it is cancelled, before and in the middle of an answer", async () => {
  const stop = new AbortController();
  const { ask } = await openServer((response) => {
    response.writeHead(200);
    response.write("[", () => stop.abort());
  });
  await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
  await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
});
