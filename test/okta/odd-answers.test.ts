import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { OAuthClient } from "../../src/auth/oauth-client.js";
import { exchange } from "../../src/net/exchange.js";
import type { SendHttp } from "../../src/net/http-client.js";
import { ServerClock } from "../../src/net/server-clock.js";
import { errorOf, request, testTransport } from "./support.js";

/** The limit is long enough for a slow answer, and short enough for tests that wait until it ends. */
const LIMIT_MS = 400;

const OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]";

/** Starts an org with invalid answers: while `isOdd` is true, `odd` answers, and later a valid answer comes. */
async function startOddOrg(odd: (socket: Socket) => void) {
  const state = { isOdd: true };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      if (state.isOdd) odd(socket);
      else socket.write(OK);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, state };
}

/** Writes a text every 10 ms until the other side closes the connection. */
function again(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 10);
  socket.once("close", () => clearInterval(timer));
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

const ODD: Record<string, (socket: Socket) => void> = {
  "101 to another protocol": (socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
  "101 to no protocol": (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
  "101 with a body": (socket) =>
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n${OK}`),
  "an upgrade in an answer that is none": (socket) =>
    socket.write(
      "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: TLS/1.3\r\nContent-Length: 0\r\n\r\n",
    ),
  "100 without end": (socket) => again(socket, "HTTP/1.1 100 Continue\r\n\r\n"),
  "103 without end": (socket) => again(socket, "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"),
  "a status of 199": (socket) => socket.write("HTTP/1.1 199 Odd\r\nContent-Length: 0\r\n\r\n"),
  "a status of 99": (socket) => socket.write("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"),
  "a status of 999": (socket) => socket.write("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
  "no answer at all": () => {},
  "an end before the answer": (socket) => socket.end(),
  "an end in the headers": (socket) => socket.end(HEAD),
  "an end in the body": (socket) => socket.end(`${HEAD}Content-Length: 100\r\n\r\n[`),
  "headers that drip": (socket) => {
    socket.write(HEAD);
    again(socket, "X-Drip: 1\r\n");
  },
  "a header line without end": (socket) => {
    socket.write(`${HEAD}X-Long: `);
    again(socket, "x".repeat(64));
  },
  "a body that drips": (socket) => {
    socket.write(`${HEAD}Content-Length: 100000\r\n\r\n[`);
    again(socket, " ");
  },
  "a body that does not come, as after HEAD": (socket) => socket.write(`${HEAD}Content-Length: 100\r\n\r\n`),
  "a chunk size without end": (socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    again(socket, "0");
  },
  "trailers without end": (socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n`);
    again(socket, "X-Trailer: 1\r\n");
  },
  "two lengths": (socket) => socket.write(`${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]`),
  "a length and chunks": (socket) =>
    socket.write(`${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n`),
  "gzip that never ends": (socket) => {
    socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n\x1f`);
    again(socket, "");
  },
  "204 with a body": (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n[]"),
  "what is not HTTP": (socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n"),
};

const LIMITS = { requestTimeoutMs: LIMIT_MS, maxRetries: 0, maxConcurrent: 3 };

/** The clients that reach an org: Node's HTTP client, and `fetch`, which proxies need. */
const CLIENTS = { "Node's client": undefined, fetch: (async (url, init) => fetch(url, init)) as typeof fetch };

describe.each(Object.entries(CLIENTS))("with %s", (_, fetch) => {
  test.each(Object.entries(ODD))("%s ends each call and gives its place back", async (_name, odd) => {
    const org = await startOddOrg(odd);
    const { transport } = testTransport(org, { limits: LIMITS, ...(fetch && { fetch }) });
    const get = (path: string) => transport.send(request("GET", path));
    // Each call uses another endpoint, and there are more calls than places, so a lost place would show.
    const calls = Array.from({ length: 5 }, (_value, index) => errorOf(get(`/api/v1/x${index}`).then(() => undefined)));
    for (const error of await Promise.all(calls.map((call) => call.catch(() => "answered")))) {
      if (error === "answered") continue;
      expect(error).toMatchObject({ name: "OktaMcpError" });
      expect(["unreachable", "okta_down", "bad_input"]).toContain((error as { code: string }).code);
    }
    org.state.isOdd = false;
    expect((await get("/api/v1/x0")).json).toEqual([]);
  });
});

describe("a sign-in", () => {
  test.each(Object.entries(ODD))("%s ends it", async (_name, odd) => {
    const org = await startOddOrg(odd);
    const client = new OAuthClient({
      orgUrl: org.url,
      clientId: "0oa1",
      fetch: globalThis.fetch,
      clock: new ServerClock(Date.now),
      timeoutMs: LIMIT_MS,
    });
    expect(await errorOf(client.startDevice(["okta.users.read"]))).toMatchObject({ name: "OAuthFailure" });
  });
});

test("an HTTP client that never notices that it was stopped holds no call", async () => {
  const fetch = (() => new Promise(() => {})) as typeof globalThis.fetch;
  const { transport } = testTransport(
    { url: "http://127.0.0.1:9" },
    { fetch, limits: { ...LIMITS, maxConcurrent: 1 } },
  );
  expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({ code: "unreachable" });
  const cancelling = new AbortController();
  const sent = errorOf(transport.send(request("GET", "/x"), { signal: cancelling.signal }));
  cancelling.abort("no longer wanted");
  expect(await sent).toMatchObject({ code: "cancelled" });
});

test("a call that is cancelled before it begins sends nothing, also by an HTTP client that does not look at its signal", async () => {
  const sent: string[] = [];
  const fetch: SendHttp = async (url) => {
    sent.push(url.pathname);
    return new Response("[]");
  };
  const options = { fetch, clock: new ServerClock(), timeLimitMs: LIMIT_MS, maxBytes: 100, what: "It" };
  const write = { method: "POST", url: new URL("http://127.0.0.1:9/x"), headers: {} };
  expect((await exchange(write, { ...options, signal: undefined })).text).toBe("[]");
  const ended = exchange(write, { ...options, signal: AbortSignal.abort() });
  expect(await errorOf(ended)).toMatchObject({ code: "cancelled" });
  expect(sent).toEqual(["/x"]);
});

test("thirty answers of 101 stop no endpoint", async () => {
  const org = await startOddOrg(ODD["101 to another protocol"] ?? expect.fail());
  const { transport } = testTransport(org, { limits: { maxRetries: 0 } });
  const calls = Array.from({ length: 31 }, (_, index) => errorOf(transport.send(request("GET", `/api/v1/x${index}`))));
  for (const error of await Promise.all(calls)) {
    expect(error).toMatchObject({ code: "unreachable", message: expect.stringContaining("another protocol") });
  }
  org.state.isOdd = false;
  expect((await transport.send(request("GET", "/api/v1/users"))).json).toEqual([]);
});
