/**
 * Orgs that answer at once. They run in a process of their own, so that their work does not count as the server's. They
 * answer with a page of the pretend company's users.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { orgAuthorization } from "../sandbox/org-authorization.js";
import { startSandbox } from "../sandbox/server.js";

/** The addresses of the orgs, by their purpose. */
export interface Orgs {
  /** Has any number of users to read one by one, and a list of 20,000. */
  calls: string;
  /** Answers as `calls` does, with a list of 200,000. */
  large: string;
  /** Answers as `calls` does, with a list of `SLOW_USERS`. Each page takes `SLOW_MS`, as it would over a network. */
  slow: string;
  /** Allows `LIMIT_PER_WINDOW` requests in each window of `WINDOW_MS`. `/counts` returns the `Counts` so far. */
  limited: string;
}

/** The requests that the limited org has counted. */
export interface Counts {
  /** The numbers of requests answered and refused. The key is the start of the window in epoch milliseconds. */
  windows: Record<string, { answered: number; refused: number }>;
}

export const LIMIT_PER_WINDOW = 100;
export const WINDOW_MS = 4000;
export const SLOW_MS = 50;
export const SLOW_USERS = 4000;
const PAGE_SIZE = 200;
const FAR_AWAY_SECONDS = 60;

/** Returns a page of 200 users as JSON text, as the pretend org sends it. */
async function readPage(): Promise<string> {
  const sandbox = await startSandbox({ authorization: orgAuthorization({}) });
  try {
    const token = await sandbox.authorization.control.issueAccessToken(["okta.users.read"]);
    const response = await fetch(`${sandbox.origin}/api/v1/users?limit=${PAGE_SIZE}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    return (await response.text()).replaceAll(sandbox.origin, "https://acme.okta.com");
  } finally {
    await sandbox.close();
  }
}

function send(response: ServerResponse, body: string | Buffer, headers: Record<string, string | number>, status = 200) {
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(handler: Handler): Promise<string> {
  const server = createServer({ keepAliveTimeout: 60_000 }, handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function generousLimit(): Record<string, number> {
  const reset = Math.ceil(Date.now() / 1000) + FAR_AWAY_SECONDS;
  return { "X-Rate-Limit-Limit": 100_000, "X-Rate-Limit-Remaining": 99_999, "X-Rate-Limit-Reset": reset };
}

function quickOrg(page: string, users: number): Handler {
  const pageBytes = Buffer.from(page);
  const user = JSON.stringify(JSON.parse(page)[0]);
  return ({ url = "", headers }, response) => {
    const { pathname, searchParams } = new URL(url, `http://${headers.host}`);
    if (pathname !== "/api/v1/users") return send(response, user, generousLimit());
    const end = Number(searchParams.get("after") ?? 0) + PAGE_SIZE;
    const next = `<http://${headers.host}/api/v1/users?after=${end}&limit=${PAGE_SIZE}>; rel="next"`;
    send(response, pageBytes, { ...generousLimit(), ...(end < users ? { Link: next } : {}) });
  };
}

function slowed(handler: Handler): Handler {
  return (request, response) => void setTimeout(() => handler(request, response), SLOW_MS);
}

function limitedOrg(page: string): Handler {
  const user = JSON.stringify(JSON.parse(page)[0]);
  const { windows }: Counts = { windows: {} };
  return ({ url }, response) => {
    if (url === "/counts") return send(response, JSON.stringify({ windows } satisfies Counts), {});
    const nowMs = Date.now();
    const startMs = nowMs - (nowMs % WINDOW_MS);
    windows[startMs] ??= { answered: 0, refused: 0 };
    const seen = windows[startMs];
    const allowed = seen.answered < LIMIT_PER_WINDOW;
    seen[allowed ? "answered" : "refused"] += 1;
    const headers = {
      "X-Rate-Limit-Limit": LIMIT_PER_WINDOW,
      "X-Rate-Limit-Remaining": LIMIT_PER_WINDOW - seen.answered,
      "X-Rate-Limit-Reset": (startMs + WINDOW_MS) / 1000,
    };
    if (allowed) return send(response, user, headers);
    const refusal = { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." };
    send(response, JSON.stringify({ ...refusal, errorCauses: [] }), headers, 429);
  };
}

if (process.send) {
  const page = await readPage();
  const orgs: Orgs = {
    calls: await listen(quickOrg(page, 20_000)),
    large: await listen(quickOrg(page, 200_000)),
    slow: await listen(slowed(quickOrg(page, SLOW_USERS))),
    limited: await listen(limitedOrg(page)),
  };
  process.send(orgs);
}
