import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSession, type SessionOptions } from "../../src/auth/open-session.js";
import type { OktaMcpError } from "../../src/errors/index.js";
import { createLog } from "../../src/log.js";
import { createDirectFetch } from "../../src/net/direct-fetch.js";
import type { SendHttp } from "../../src/net/http-client.js";
import { createFetch } from "../../src/net/proxy.js";
import { errorOf, request, testTransport } from "../okta/support.js";
import { openProxy, openTlsOrg, TLS_HOST } from "../support/tls-org.js";

/** A busy computer needs some of this time to load the code of the proxy. */
const TIME_LIMIT_MS = 10_000;
const MAX_BYTES = 1_000_000;

/** The address of a request, and the client that sends it. */
interface Way {
  url: string;
  fetch: SendHttp;
}

/** A way in which a request ends without an answer, and the message that a person then gets. */
interface Sort {
  open(fetch: SendHttp): Promise<Way>;
  /** The reason in a call's error. A sign-in gives the same reason, unless `atSignIn` is set. */
  reason: RegExp;
  atSignIn?: RegExp;
  code?: string;
  fix: RegExp;
  fixAtSignIn?: RegExp;
  /** The number of requests that a call and a sign-in make before they give up. */
  attempts: [call: number, signIn: number];
  /** The time limit of each request, where it is to run out. */
  timeLimitMs?: number;
}

/** Starts a local HTTP server, and returns its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Leads to a server that answers every request alike. */
const answering = (listener: RequestListener) => async (fetch: SendHttp) => ({ url: await serve(listener), fetch });

/** Leads to an org behind a proxy that refuses the tunnel. */
const refusedByProxy = (refuseWith: string) => async () => {
  const { host } = await openProxy({ port: 9, refuseWith });
  return { url: `https://${TLS_HOST}`, fetch: createFetch({ HTTPS_PROXY: `http://jo:hunter2@${host}` }) };
};

const CHECK_NETWORK = /^Check the network, OKTA_ORG_URL/;

const SORTS: Record<string, Sort> = {
  "a certificate that nobody trusts": {
    open: async (fetch) => ({ url: `https://127.0.0.1:${(await openTlsOrg()).port}`, fetch }),
    reason: /the server's certificate is not trusted \([A-Z_]+\)/,
    fix: /NODE_EXTRA_CA_CERTS/,
    attempts: [1, 1],
  },
  "a proxy that wants a password": {
    open: refusedByProxy("407 Proxy Authentication Required"),
    reason: /the proxy refused to lead there \(407\)/,
    fix: /name:password@proxy/,
    attempts: [1, 1],
  },
  "a proxy that may not lead there": {
    open: refusedByProxy("403 Forbidden"),
    reason: /the proxy refused to lead there \(403\)/,
    fix: /Ask who runs the proxy/,
    attempts: [1, 1],
  },
  "a proxy that cannot lead there for now": {
    open: refusedByProxy("502 Bad Gateway"),
    reason: /the proxy refused to lead there \(502\)/,
    fix: /Ask who runs the proxy/,
    attempts: [4, 3],
  },
  "an answer without measure": {
    open: answering((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    }),
    reason: /the answer was larger than 1 MB/,
    atSignIn: /the answer was far too long/,
    code: "okta_down",
    fix: /Ask for less at once/,
    fixAtSignIn: /is the address of your Okta org/,
    attempts: [1, 1],
  },
  "an answer that does not come": {
    open: answering(() => {}),
    reason: /no whole answer within 0\.3 s/,
    fix: CHECK_NETWORK,
    attempts: [4, 1],
    timeLimitMs: 300,
  },
  "an answer that does not come to its end": {
    open: answering((_, response) => response.writeHead(200, { "Content-Length": 9 }).write("[")),
    reason: /no whole answer within 0\.3 s/,
    fix: CHECK_NETWORK,
    attempts: [4, 1],
    timeLimitMs: 300,
  },
  "an answer packed in an unknown way": {
    open: answering((_, response) => response.writeHead(200, { "Content-Encoding": "of-tomorrow" }).end("[]")),
    reason: /packed as "of-tomorrow"/,
    fix: /^Check the proxy between this machine and Okta/,
    attempts: [1, 1],
  },
  "a connection that breaks": {
    open: answering(({ socket }) => void socket.resetAndDestroy()),
    reason: /connection (?:reset|closed)/,
    fix: CHECK_NETWORK,
    attempts: [4, 3],
  },
  "a port where nobody listens": {
    open: async (fetch) => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      server.close();
      await once(server, "close");
      return { url: `http://127.0.0.1:${port}`, fetch };
    },
    reason: /connection refused/,
    fix: CHECK_NETWORK,
    attempts: [4, 3],
  },
};

/** Counts the requests that are sent. */
function counting(send: SendHttp): { fetch: SendHttp; sent: () => number } {
  let sent = 0;
  return {
    fetch: (url, init) => {
      sent += 1;
      return send(url, init);
    },
    sent: () => sent,
  };
}

function signInTo(url: string, more: Partial<SessionOptions>) {
  const session = createSession({
    orgUrl: url,
    clientId: "0oa1",
    scopes: ["okta.users.read"],
    credential: { method: "device" },
    tokenStore: "memory",
    log: createLog({ level: "error", stderr: { write: () => true } }),
    sleep: async () => {},
    requestTimeoutMs: TIME_LIMIT_MS,
    ...more,
  });
  onTestFinished(() => session.close());
  return session;
}

/** The two clients without a proxy: the one in use, and `fetch` in place of the client that uses a proxy. */
const CLIENTS: [string, SendHttp][] = [
  ["Node's client", createDirectFetch()],
  ["fetch", globalThis.fetch],
];

describe.each(CLIENTS)("with %s", (_client, send) => {
  describe.each(Object.entries(SORTS))("%s", (_name, sort) => {
    const { reason, atSignIn = reason, code = "unreachable", fix, fixAtSignIn = fix, attempts } = sort;
    const requestTimeoutMs = sort.timeLimitMs ?? TIME_LIMIT_MS;
    const limits = { requestTimeoutMs, maxResponseBytes: MAX_BYTES };

    test("is explained to a call", async () => {
      const way = await sort.open(send);
      const { fetch, sent } = counting(way.fetch);
      const { transport } = testTransport(way, { fetch, limits });
      const error = (await errorOf(transport.send(request("GET", "/api/v1/users")))) as OktaMcpError;
      expect(error).toMatchObject({
        code,
        message: expect.stringMatching(reason),
        fix: expect.stringMatching(fix),
      });
      expect(error.message).toMatch(/^GET \/api\/v1\/users failed/);
      expect(sent()).toBe(attempts[0]);
    });

    test("is explained at a sign-in, with the same advice", async () => {
      const way = await sort.open(send);
      const { fetch, sent } = counting(way.fetch);
      const error = (await errorOf(signInTo(way.url, { fetch, requestTimeoutMs }).startSignIn())) as OktaMcpError;
      expect(error).toMatchObject({
        code: "unreachable",
        message: expect.stringMatching(atSignIn),
        fix: expect.stringMatching(fixAtSignIn),
      });
      expect(error.message).toMatch(/^The sign-in failed/);
      expect(`${error.message} ${error.fix}`).not.toContain("hunter2");
      expect(sent()).toBe(attempts[1]);
    });
  });
});

describe("another protocol", () => {
  const open = () =>
    serve(
      ({ socket }) =>
        void socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
    );

  test("is explained to a call and at a sign-in, with the same advice", async () => {
    const url = await open();
    const words = {
      code: "unreachable",
      message: expect.stringContaining("answered 101 and wants to speak another protocol"),
      fix: expect.stringMatching(/^Check OKTA_ORG_URL, and whether this network/),
    };
    expect(await errorOf(testTransport({ url }).transport.send(request("GET", "/x")))).toMatchObject(words);
    expect(await errorOf(signInTo(url, {}).startSignIn())).toMatchObject(words);
  });
});

describe("a caller that leaves", () => {
  test("ends a call and the polling of a sign-in at once, which is no fault of the network", async () => {
    const arrived: string[] = [];
    const url = await serve(({ url: path = "", socket }, response) => {
      arrived.push(path);
      if (!path.endsWith("/authorize")) return;
      const answer = { device_code: "1", user_code: "ABCD", verification_uri: "https://a.example/", expires_in: 60 };
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
      socket.unref();
    });
    const leaving = new AbortController();
    const call = errorOf(testTransport({ url }).transport.send(request("GET", "/x"), { signal: leaving.signal }));
    await expect.poll(() => arrived).toContain("/x");
    leaving.abort();
    expect(await call).toMatchObject({ code: "cancelled", message: "GET /x was cancelled before Okta answered." });

    const pending = await signInTo(url, {}).startSignIn();
    await expect.poll(() => arrived).toContain("/oauth2/v1/token");
    pending.cancel();
    expect(await errorOf(pending.done)).toMatchObject({
      code: "cancelled",
      message: "POST /oauth2/v1/token was cancelled before Okta answered.",
    });
  });
});

describe("a mistake of our own", () => {
  test("is no fault of the network, neither in a call nor at a sign-in", async () => {
    const url = "http://127.0.0.1:9";
    const fetch: SendHttp = async () => (undefined as unknown as SendHttp)(new URL(url), expect.anything());
    expect(await errorOf(testTransport({ url }, { fetch }).transport.send(request("GET", "/x")))).toMatchObject({
      code: "bug",
    });
    expect(await errorOf(signInTo(url, { fetch }).startSignIn())).toMatchObject({ code: "bug" });
  });
});
