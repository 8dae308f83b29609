import { OktaMcpError } from "../errors/index.js";
import { MAX_JSON_VALUES } from "../json/json-values.js";
import { CHECK_WAY, inWords, type NoAnswer } from "../net/no-answer.js";
import { quoteOkta } from "../text/quote.js";
import type { OktaRequest } from "./request.js";

/** One attempt that brought no usable answer from Okta. */
export interface Fault {
  /** The event in a few words: `connection refused`. */
  reason: string;
  /** True where not a byte of the request can have reached Okta. */
  nothingSent: boolean;
  /** False where another attempt would end the same way. */
  passing: boolean;
  code: "unreachable" | "okta_down";
  /** Advice for the person, where there is better advice than that of the code. */
  fix?: string | undefined;
  cause?: unknown;
}

const ASK_FOR_LESS = "Ask for less at once, with `limit` or a narrower search.";

/** Says what a request without an answer means for a call. */
export function faultOf({ why, cause }: NoAnswer): Fault {
  const { reason, nothingSent, passing, fix } = inWords(why);
  if (why.kind !== "too-long") return { reason, nothingSent, passing, code: "unreachable", fix, cause };
  // Okta has answered, only with more than is taken.
  return { reason, nothingSent, passing, code: "okta_down", fix: ASK_FOR_LESS, cause };
}

/** An answer that ends in the middle of its JSON or before it, or is none though it claims to be. */
export function malformedFault(): Fault {
  return { reason: "the answer was cut off or no valid JSON", nothingSent: false, passing: true, code: "okta_down" };
}

/** An answer made of more values than this process takes, however few bytes they have. */
export function costlyFault(): Fault {
  return {
    reason: `the answer holds more than ${MAX_JSON_VALUES} values`,
    nothingSent: false,
    passing: false,
    code: "okta_down",
    fix: ASK_FOR_LESS,
  };
}

/** A page where Okta would answer with JSON: a sign-in page of a network, a proxy, a wrong host. */
export function notOktaFault(status: number, contentType: string | null): Fault {
  const kind = contentType === null ? "something" : quoteOkta(contentType.split(";")[0] ?? "", 60);
  return {
    reason: `something that is not Okta's API answered ${status} with ${kind}`,
    nothingSent: false,
    passing: false,
    code: "unreachable",
    fix: CHECK_WAY,
  };
}

/** A redirect. It is never followed: the token is for the org alone. */
export function redirectFault(status: number, location: string | null, asked: URL): Fault {
  const target = location !== null && URL.canParse(location, asked.href) ? new URL(location, asked) : undefined;
  const where = target === undefined ? "nowhere" : quoteOkta(`${target.origin}${target.pathname}`, 200);
  return {
    reason: `the answer was a redirect (${status}) to ${where}, which is not followed`,
    nothingSent: false,
    passing: false,
    code: "unreachable",
    fix: "Set OKTA_ORG_URL to the org's own address, as the Admin Console shows it without -admin.",
  };
}

/** The error of a call whose last attempt ended with `fault`. */
export function faultError({ method, template }: OktaRequest, fault: Fault, attempts: number): OktaMcpError {
  const tried = attempts > 1 ? ` after ${attempts} attempts` : "";
  return new OktaMcpError(fault.code, `${method} ${template} failed${tried}: ${fault.reason}.`, {
    ...(fault.fix === undefined ? {} : { fix: fault.fix }),
    cause: fault.cause,
  });
}

export function changesSomething(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** True for a request that changes something, by what is known of it or else by its method. */
export function isWrite(request: Pick<OktaRequest, "method" | "isWrite">): boolean {
  return request.isWrite ?? changesSomething(request.method);
}
