import { type ErrorCode, type ErrorDetails, OktaMcpError } from "../errors/index.js";
import { meaningOf, OKTA_CODES } from "../errors/okta-codes/index.js";
import { failedChallenge } from "../net/challenge.js";
import { quoteOkta } from "../text/quote.js";
import { otherKind } from "./id-kinds.js";
import { innermostKind, kindAfter } from "./objects.js";
import { idsInPath } from "./path.js";
import type { ToolFor } from "./purpose.js";
import { grantAdvice } from "./scopes.js";

/** The facts of a request that Okta refused. */
export interface Refused {
  method: string;
  /** Okta's operation id, e.g. `listUsers`. */
  operation?: string;
  /** The path with its parameters unfilled and filled, e.g. `/api/v1/groups/{groupId}`, `/api/v1/groups/00g1`. */
  template: string;
  path: string;
  status: number;
  headers: Headers;
  /** The body as parsed JSON; undefined where it is none. */
  body: unknown;
  /** The wait that `Retry-After` asked for. */
  retryAfterSeconds?: number | undefined;
  /** Tells the tools that advice names; without it advice names none. */
  toolFor?: ToolFor | undefined;
}

/** Okta's error object (schema `Error` of the Management API); every field may be missing. */
interface OktaError {
  code: string | undefined;
  summary: string;
  causes: string[];
}

const MAX_CAUSES = 5;

/** Okta's words for the same fault under its general validation error. */
const STATE_WORDS =
  /already (?:exists|active|in use)|must be (?:deactivated|inactive)|current status|not (?:in )?active/i;

/** Makes one of our errors of an answer that is no success. `data` has Okta's code and request id. */
export function fromOkta(refused: Refused): OktaMcpError {
  const { method, template, status, headers } = refused;
  const okta = readError(refused.body);
  const { code, ...details } = classify(refused, okta);
  const said = [okta.summary, ...okta.causes].filter((text) => text !== "").map((text) => quoteOkta(text));
  const words = said.length === 0 ? "without a reason" : `and said ${said.join("; ")}`;
  const message = details.why ? ` ${details.why}` : "";
  const retryAfterSeconds = refused.retryAfterSeconds ?? OWN_WAITS_SECONDS.get(okta.code ?? "");
  return new OktaMcpError(code, `Okta answered ${method} ${template} with ${status} ${words}.${message}`, {
    ...(details.fix ? { fix: details.fix } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    data: { status, ...oktaIds(okta, headers), ...details.data },
  });
}

/**
 * Whether an answer blames the token: `certain` where it says so, `perhaps` for a 401 without a reason, undefined where
 * there is another reason.
 */
export function tokenDoubt({ status, headers, body }: Pick<Refused, "status" | "headers" | "body">) {
  const { code } = readError(body);
  const challenge = failedChallenge(headers)?.parameters.get("error");
  if (code === "E0000011") return "certain";
  if (status !== 401 || code === "E0000015") return undefined;
  // RFC 6750, section 3.1: the token is expired, revoked or malformed.
  if (code === "invalid_token" || challenge === "invalid_token") return "certain";
  return code === undefined && challenge === undefined ? "perhaps" : undefined;
}

/** The waits that codes of Okta name in words, in seconds. */
const OWN_WAITS_SECONDS: ReadonlyMap<string, number> = new Map([
  ["E0000109", 30],
  ["E0000118", 5],
  ["E0000133", 30],
]);

/** True for a 429 about the subject of this one call, and not about the rate limit of its endpoint. */
export function isOwnLimit(body: unknown): boolean {
  const code = readError(body).code ?? "";
  return code !== "E0000047" && OKTA_CODES[code]?.[0] === 429;
}

interface Kind extends Pick<ErrorDetails, "fix" | "data"> {
  code: ErrorCode;
  /** Our own sentence after Okta's words. */
  why?: string;
}

/** Okta's own code decides before its status. */
function classify(refused: Refused, okta: OktaError): Kind {
  const { status, operation = "" } = refused;
  const text = [okta.summary, ...okta.causes].join("\n");
  const scope = status === 403 ? missingScope(refused, okta, text) : undefined;
  if (scope) return scope;
  if (tokenDoubt(refused) !== undefined) return { code: "session_ended", why: "The token is no longer accepted." };
  const isConflict = STATE_WORDS.test(text) && (status === 400 || status === 403);
  if (okta.code === "E0000007") return notFound(refused, okta);
  if (okta.code === "E0000001" && isConflict) return { code: "conflict" };
  const row = meaningOf(okta.code ?? "", operation, text);
  if (row !== undefined) {
    const [, code, why, fix] = row;
    return { code, why, fix: withFinder(fix, refused) };
  }
  if (status === 401) return unauthorized(refused);
  if (status === 429) return { code: "rate_limited" };
  if (status >= 500) return { code: "okta_down" };
  if (status === 404 || status === 410) return notFound(refused, okta);
  if (isConflict || status === 409 || status === 412) return { code: "conflict" };
  return { code: status === 403 ? "forbidden" : "bad_input" };
}

function unauthorized({ headers }: Refused): Kind {
  if (failedChallenge(headers)?.parameters.get("error") === "invalid_dpop_proof") {
    return {
      code: "client_rejected",
      why: "Okta refuses the proof of possession (DPoP) that goes with the token.",
      fix: "Check this machine's clock, then try again.",
    };
  }
  return { code: "forbidden", why: "The token is not the reason." };
}

function missingScope({ headers }: Refused, okta: OktaError, text: string): Kind | undefined {
  // RFC 6750, section 3.1: the challenge names the scopes that would do.
  const challenge = failedChallenge(headers)?.parameters;
  const inWords = (okta.code === undefined || okta.code === "E0000006") && /\bscopes?\b/i.test(text);
  if (challenge?.get("error") !== "insufficient_scope" && !inWords) return undefined;
  const scope = /^[\w.: -]{1,500}$/.exec(challenge?.get("scope") ?? "")?.[0];
  return {
    code: "missing_scope",
    why: scope === undefined ? "The token lacks a scope." : `The token lacks the scope ${scope}.`,
    ...(scope === undefined ? {} : { data: { scope }, ...grantAdvice(scope) }),
  };
}

/** The ids in the path of a request, each with its kind and the tool that finds ids of that kind. */
function idsOf({ template, path, toolFor }: Refused) {
  return idsInPath({ template, path }).map(({ before, id }) => {
    const kind = kindAfter(before);
    return { id, kind, finder: kind && toolFor?.(`find ${kind}`) };
  });
}

/** Advice with the tool that finds objects of the kind that the path is about; without it where no tool does. */
function withFinder(fix: string, refused: Refused): string {
  const kind = innermostKind(refused.template);
  const finder = kind && refused.toolFor?.(`find ${kind}`);
  return finder === undefined
    ? fix.replace(/ \(\{finder\}\)| with \{finder\}/g, "")
    : fix.replaceAll("{finder}", finder);
}

function notFound(refused: Refused, okta: OktaError): Kind {
  const ids = idsOf(refused);
  const named = ids.filter(({ id }) => id !== "" && okta.summary.includes(id));
  const asked = named.length > 0 ? named : ids;
  const why = asked.map(({ id, kind }) => kind && otherKind(id, kind)).find((sentence) => sentence !== undefined);
  const finders = asked.flatMap(({ finder }) => finder ?? []);
  return {
    code: "not_found",
    ...(why === undefined ? {} : { why }),
    ...(finders.length === 0 ? {} : { fix: `Find the right id with ${finders.join(" and ")}.` }),
  };
}

function readError(body: unknown): OktaError {
  if (typeof body !== "object" || body === null) return { code: undefined, summary: "", causes: [] };
  const { errorCode, errorSummary, errorCauses, error, error_description } = body as Record<string, unknown>;
  const causes = Array.isArray(errorCauses) ? errorCauses.slice(0, MAX_CAUSES) : [];
  return {
    code: plainId(errorCode ?? error),
    summary: text(errorSummary) || text(error_description),
    causes: causes.map((cause) => text(cause?.errorSummary)).filter((cause) => cause !== ""),
  };
}

function oktaIds(okta: OktaError, headers: Headers): Record<string, string> {
  const requestId = plainId(headers.get("X-Okta-Request-Id"));
  return {
    ...(okta.code === undefined ? {} : { okta_error_code: okta.code }),
    ...(requestId === undefined ? {} : { okta_request_id: requestId }),
  };
}

/** The text of an id of Okta's: a code or a request id. Any other text is none. */
function plainId(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w.@-]{1,80}$/.test(value) ? value : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
