import { onTestFinished } from "vitest";
import { type SandboxOptions, startSandbox } from "../../sandbox/server.js";
import type { Json } from "../../src/json/json.js";
import { SCOPES } from "../../src/okta/scopes.js";
import { testAuthorization } from "./authorization.js";
import { testClock } from "./oauth.js";

/** One answer of the sandbox. `json` is the parsed body, or undefined without a body. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member of an answer, and fail if it has another type.
  json: any;
}

/** Returns the parts of Okta's error object that tests read. */
export function errorOf({ status, json }: Answer): { status: number; code: string; summary: string; causes: string[] } {
  const causes = json.errorCauses.map(({ errorSummary }: { errorSummary: string }) => errorSummary);
  return { status, code: json.errorCode, summary: json.errorSummary, causes };
}

/**
 * Opens a sandbox for one test. Its clock stands still, and it has a token for `scopes` (default: all). By default the
 * org has no people, and `seed: 1` fills it with the company.
 */
export async function openSandbox(options: SandboxOptions & { scopes?: readonly string[] } = {}) {
  const { scopes = Object.keys(SCOPES), ...given } = options;
  const clock = testClock();
  const sandbox = await startSandbox({ seed: null, now: clock.now, ...given, authorization: testAuthorization() });
  onTestFinished(sandbox.close);
  const token = await sandbox.authorization.control.issueAccessToken(scopes);
  const authorization = { authorization: `Bearer ${token}` };

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, sandbox.origin), {
      method,
      headers: { ...authorization, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
  }
  const get = (path: string, query: Record<string, string> = {}) =>
    call("GET", Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query)}`);

  /** Returns every item of a list, read page by page, and the number of items on each page. */
  async function all(path: string, query: Record<string, string> = {}) {
    // biome-ignore lint/suspicious/noExplicitAny: as for `Answer`.
    const items: any[] = [];
    const pages: number[] = [];
    for (let answer = await get(path, query); ; ) {
      items.push(...answer.json);
      pages.push(answer.json.length);
      const next = linkOf(answer, "next");
      if (next === undefined || pages.length > 1000) return { items, pages };
      answer = await call("GET", next);
    }
  }
  return { ...sandbox, clock, authorizationHeader: authorization, call, get, all };
}

/** Returns the address of the `Link` with this relation, or undefined if there is none. */
export function linkOf({ headers }: Answer, rel: string): string | undefined {
  const links = headers.get("link")?.split(", ") ?? [];
  return links.find((link) => link.endsWith(`rel="${rel}"`))?.match(/^<(.*)>/)?.[1];
}

/** Returns a profile with every attribute that Okta requires. */
export function person(firstName: string, more: Record<string, Json> = {}): Record<string, Json> {
  const login = `${firstName.toLowerCase()}@acme.example`;
  return { firstName, lastName: "Example", login, email: login, ...more };
}
