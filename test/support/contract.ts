import { describe, expect } from "vitest";
import type { SandboxOptions } from "../../sandbox/server.js";
import { type DocumentName, loadFacts, loadOpenApi, type OpenApi } from "./openapi.js";
import { HOW_TO_GET_OPENAPI } from "./openapi-dir.js";
import { skippedSuite } from "./programs.js";
import { type Answer, linkOf, openSandbox } from "./sandbox.js";

/** Defines a suite that compares with Okta's documents, by the facts that the repository keeps of them. */
export function judgedByOkta(name: string, suite: (api: OpenApi) => void, document?: DocumentName): void {
  const api = loadFacts(document);
  describe(name, () => suite(api));
}

/**
 * Defines a suite that needs the examples in Okta's documents. If they are absent the suite is skipped, and the skip
 * says how to get them.
 */
export function besideOktasDocument(name: string, suite: (api: OpenApi) => void): void {
  const api = loadOpenApi();
  if (api !== undefined) {
    describe(name, () => suite(api));
    return;
  }
  skippedSuite(name, HOW_TO_GET_OPENAPI);
}

/**
 * Opens a sandbox and compares it with the document. Every answer and every successful request must fit the document,
 * or the test fails.
 */
export async function openJudgedSandbox(api: OpenApi, options: SandboxOptions = { seed: 1 }) {
  const sandbox = await openSandbox(options);
  /** The operations that have succeeded, e.g. "GET /api/v1/users/{id}". */
  const succeeded = new Set<string>();

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await sandbox.call(method, path, body);
    const { pathname, searchParams } = new URL(path, sandbox.origin);
    const operation = api.byPath(method, pathname);
    if (operation === undefined) throw unknownOperation(method, pathname);
    const success = answer.status < 300;
    const faults = [
      ...(success ? [...api.queryFaults(operation, searchParams), ...api.bodyFaults(operation, body)] : []),
      ...api.answerFaults(operation, answer.status, answer.json),
    ];
    expect(faults, `${method} ${path} answered ${answer.status}`).toEqual([]);
    if (success) succeeded.add(`${method} ${operation.template}`);
    return answer;
  }

  /** Makes a request that must succeed. Returns the body of the answer. */
  async function ok(method: string, path: string, body?: unknown): Promise<Answer["json"]> {
    const answer = await call(method, path, body);
    expect(answer.status, `${method} ${path} ${JSON.stringify(answer.json)}`).toBeLessThan(300);
    return answer.json;
  }

  /** Makes a request that must be refused. Returns the answer. */
  async function refused(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await call(method, path, body);
    expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    return answer;
  }

  /** Returns every item of a list. Reads page by page, up to the first empty page. */
  async function all(path: string): Promise<Answer["json"][]> {
    const items: Answer["json"][] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer: Answer = await call("GET", next);
      items.push(...answer.json);
      next = answer.json.length === 0 ? undefined : linkOf(answer, "next");
    }
    return items;
  }
  return { org: sandbox.org, call, ok, refused, all, succeeded };
}

/** Returns the error for a request that the facts have no operation for. Its message says how to solve the problem. */
export function unknownOperation(method: string, pathname: string): Error {
  return new Error(
    `${method} ${pathname} is none of the operations that okta-facts.json has. Where Okta has it, give the sandbox its route and run: npm run facts`,
  );
}
