import { createSession } from "../../src/auth/open-session.js";
import type { HoldingCaller } from "../../src/call/caller.js";
import { Invoker } from "../../src/call/invoke.js";
import { Operator } from "../../src/call/operator.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { NO_RULES } from "../../src/guard/rules.js";
import { isObject, type Json } from "../../src/json/json.js";
import { silentLog } from "../../src/log.js";
import { createOperations } from "../../src/okta/operations.js";
import type { OktaRequest } from "../../src/okta/request.js";
import { catalogue } from "../support/catalogue.js";
import { ALL_SCOPES } from "../support/client.js";

export const ORIGIN = "https://acme.okta.com";

const ADMIN = { id: "00uAdmin", profile: { login: "admin@acme.example" } };

/**
 * Returns the real path of a call, except for its end. There it records each request and answers with a made-up object.
 */
export function createRecorder(fileRoots: readonly string[] = []) {
  const requests: OktaRequest[] = [];
  let answer: Json = {};
  const send = async (request: OktaRequest) => {
    requests.push(request);
    if (request.path.endsWith("/users/me"))
      return { status: 200, headers: new Headers(), json: ADMIN, next: undefined };
    const id = decodeURIComponent(request.path.split("/").at(-1) ?? "");
    const object = isObject(answer) && request.template.endsWith("}") ? { ...answer, id } : answer;
    const json = request.operation.startsWith("list") ? [answer] : object;
    return { status: 200, headers: new Headers(), json: structuredClone(json), next: undefined };
  };
  const log = silentLog();
  const session = createSession({
    orgUrl: ORIGIN,
    scopes: ALL_SCOPES,
    credential: { method: "access-token", token: "00aFuzz" },
    tokenStore: "memory",
    log,
  });
  const now = () => 1_800_000_000_000;
  const operator = new Operator({
    session,
    operations: (options) => createOperations({ send }, options),
    fileRoots,
    guard: NO_RULES,
    journal: undefined,
    log,
    now,
  });
  const settings = { confirmMode: "never", maxResultChars: DEFAULT_RESULT_CHARS } as const;
  const invoker = new Invoker({ ...settings, operator, catalogue, log, now });
  const caller: HoldingCaller = { signal: new AbortController().signal, ask: undefined };
  return {
    /** Makes one call. Returns its outcome and the requests that it sent. */
    async call(tool: string, args: unknown, answers: Json) {
      requests.length = 0;
      answer = answers;
      const outcome = await invoker.invoke(tool, args, caller);
      return { outcome, requests: [...requests] };
    },
  };
}
