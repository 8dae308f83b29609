import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Sleep } from "../../src/net/waiting.js";
import type { OktaRequest } from "../../src/okta/request.js";
import type { AccessToken, TokenSource } from "../../src/okta/token.js";
import { createTransport, type TransportOptions } from "../../src/okta/transport.js";

export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Org {
  url: string;
  /** Every request that has arrived completely. */
  seen: Seen[];
  close(): Promise<void>;
}

/** Answers one request; `index` counts the requests from 0. */
export type Answer = (response: ServerResponse, request: Seen, index: number) => void;

/** Starts a local HTTP server. Each request takes the next of `answers`, and later requests take the last one. */
export async function startOrg(...answers: [Answer, ...Answer[]]): Promise<Org> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const arrived = { method, url, headers, body: Buffer.concat(chunks) };
      const index = seen.push(arrived) - 1;
      (answers[Math.min(index, answers.length - 1)] ?? answers[0])(response, arrived, index);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  onTestFinished(async () => {
    if (server.listening) await close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(value));
  };
}

/** An answer with an error in Okta's form. */
export function oktaError(status: number, errorCode: string, errorSummary: string, causes: string[] = []): Answer {
  const errorCauses = causes.map((cause) => ({ errorSummary: cause }));
  return json(
    status,
    { errorCode, errorSummary, errorLink: errorCode, errorId: "oae1", errorCauses },
    { "X-Okta-Request-Id": "req1" },
  );
}

/** An answer with a body of any type. */
export function plain(status: number, contentType: string, body: string): Answer {
  return (response) => {
    response.writeHead(status, { "Content-Type": contentType }).end(body);
  };
}

/** Breaks the connection without an answer. */
export const cutConnection: Answer = (response) => {
  response.socket?.resetAndDestroy();
};

/** Leaves the request unanswered. */
export const hang: Answer = () => {};

/** A clock that only sleeps move; a sleep ends at once. */
export class TestClock {
  nowMs = Date.UTC(2026, 0, 1);
  readonly slept: number[] = [];
  readonly now = (): number => this.nowMs;
  readonly sleep: Sleep = async (ms, signal) => {
    // Open requests are answered before the sleep ends, as they would be in real time.
    await new Promise((resolve) => setTimeout(resolve, 5));
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.nowMs += ms;
  };

  /** The clock's time as a `Date` header. */
  date(skewMs = 0): string {
    return new Date(this.nowMs + skewMs).toUTCString();
  }

  /** The time in `seconds` from now, in the form of `X-Rate-Limit-Reset`. */
  epoch(seconds: number, skewMs = 0): string {
    return String(Math.floor((this.nowMs + skewMs) / 1000) + seconds);
  }
}

export interface TestTokens extends TokenSource {
  issued: number;
  rejected: AccessToken[];
  /** For each rejected token, whether the transport was certain that it is invalid. */
  doubts: ("certain" | "perhaps")[];
}

/**
 * A source of the tokens `token-1`, `token-2` and so on; a new one comes after a rejection. `challenge` tells which
 * answers ask for a nonce.
 */
export function testTokens(challenge: (response: Response) => boolean = () => false): TestTokens {
  let current: AccessToken | undefined;
  const tokens: TestTokens = {
    issued: 0,
    rejected: [],
    doubts: [],
    token: async () => {
      if (current !== undefined) return current;
      tokens.issued += 1;
      const value = `token-${tokens.issued}`;
      let proofs = 0;
      current = {
        scopes: undefined,
        expiresAtMs: undefined,
        headers: async (method, url) => ({
          Authorization: `Bearer ${value}`,
          "X-Proof": `${++proofs} ${method} ${url.pathname}`,
        }),
        challenged: challenge,
      };
      return current;
    },
    reject: (token, certain = true) => {
      tokens.rejected.push(token);
      tokens.doubts.push(certain ? "certain" : "perhaps");
      if (token === current) current = undefined;
    },
  };
  return tokens;
}

/** A transport to `org` on a test clock, with 0.5 for every random number. */
export function testTransport(org: { url: string }, options: Partial<TransportOptions> = {}) {
  const clock = new TestClock();
  const tokens = testTokens();
  const logged: unknown[] = [];
  const transport = createTransport({
    orgUrl: org.url,
    tokens,
    userAgent: "okta-mcp/0.0.0",
    log: { debug: (message, fields) => logged.push({ message, ...fields }) },
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    ...options,
  });
  return { transport, clock, tokens, logged };
}

/** A request with default values for everything that a test leaves out. */
export function request(method: string, path: string, more: Partial<OktaRequest> = {}): OktaRequest {
  return { operation: "anyOperation", method, template: path, path, query: new URLSearchParams(), ...more };
}

/** The error with which a promise rejects. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}
