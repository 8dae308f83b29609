import { causesOf } from "../errors/causes.js";
import { OktaMcpError } from "../errors/index.js";
import { MAX_JSON_VALUES } from "../json/json-values.js";
import { quoteOkta } from "../text/quote.js";
import type { OktaRequest } from "./request.js";

/** One attempt that brought no usable answer from Okta. */
export interface Fault {
  /** What happened, in a few words: `connection refused`. */
  reason: string;
  /** True where not a byte of the request can have reached Okta. */
  nothingSent: boolean;
  /** False where another attempt would end the same way. */
  passing: boolean;
  code: "unreachable" | "okta_down";
  /** What the person can do, where more is known than the code tells. */
  fix?: string;
  cause?: unknown;
}

/** Failures to connect: the request never left. Codes of Node and of undici. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "host name not found",
  EAI_AGAIN: "host name lookup failed",
  UND_ERR_CONNECT_TIMEOUT: "connecting took too long",
};

const BROKEN: Readonly<Record<string, string>> = {
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "connection timed out",
  EPIPE: "connection closed",
  UND_ERR_SOCKET: "connection closed",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped half-way",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer stopped half-way",
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

/** Reads what `fetch` rejected with. */
export function networkFault(cause: unknown): Fault {
  const code = errorCode(cause);
  const notConnected = NOT_CONNECTED[code];
  if (notConnected !== undefined) {
    return { reason: notConnected, nothingSent: true, passing: true, code: "unreachable", cause };
  }
  if (CERTIFICATE.test(code)) {
    return {
      reason: `the server's certificate is not trusted (${code})`,
      nothingSent: true,
      passing: false,
      code: "unreachable",
      fix: "Check OKTA_ORG_URL. Where a proxy of your company opens TLS, give Node its certificate with NODE_EXTRA_CA_CERTS.",
      cause,
    };
  }
  const refusal = proxyRefusal(cause);
  if (refusal !== undefined) return { ...refusal, cause };
  const reason = BROKEN[code] ?? (code === "" ? "the connection failed" : `the connection failed (${code})`);
  return { reason, nothingSent: false, passing: true, code: "unreachable", cause };
}

/** What undici says of a proxy that opens no tunnel (RFC 9110, section 9.3.6). */
const NO_TUNNEL = /^Proxy response \((\d{3})\)/;

/** A proxy's refusal to lead to the org; undefined where it was something else. */
function proxyRefusal(error: unknown): Fault | undefined {
  for (const { message } of causesOf(error)) {
    const status = NO_TUNNEL.exec(message)?.[1];
    if (status === undefined) continue;
    return {
      reason: `the proxy refused to lead there (${status})`,
      nothingSent: true,
      passing: status.startsWith("5"),
      code: "unreachable",
      fix:
        status === "407"
          ? "Put the user name and the password that the proxy asks for into HTTPS_PROXY or HTTP_PROXY: http://name:password@proxy.example.com:8080."
          : "Ask who runs the proxy in HTTPS_PROXY or HTTP_PROXY to let this machine reach the org, or name the org in NO_PROXY.",
    };
  }
  return undefined;
}

/** The code of an error or of what caused it. */
function errorCode(error: unknown): string {
  for (const one of causesOf(error)) {
    if ("code" in one && typeof one.code === "string" && /^[A-Z0-9_]{3,60}$/.test(one.code)) return one.code;
  }
  return "";
}

/** An answer that did not come to its end within the time limit. */
export function timeoutFault(limitMs: number): Fault {
  const reason = `no whole answer within ${Math.round(limitMs / 100) / 10} s`;
  return { reason, nothingSent: false, passing: true, code: "unreachable" };
}

/** An answer that ends in the middle of its JSON or before it, or is none though it claims to be. */
export function malformedFault(): Fault {
  return { reason: "the answer was cut off or no valid JSON", nothingSent: false, passing: true, code: "okta_down" };
}

const ASK_FOR_LESS = "Ask for less at once, with `limit` or a narrower search.";

/** An answer larger than this process takes. */
export function oversizeFault(maxBytes: number): Fault {
  return {
    reason: `the answer was larger than ${Math.round(maxBytes / 1_048_576)} MB`,
    nothingSent: false,
    passing: false,
    code: "okta_down",
    fix: ASK_FOR_LESS,
  };
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

const CHECK_WAY =
  "Check OKTA_ORG_URL, and whether this network wants a sign-in or has a proxy (HTTPS_PROXY, NO_PROXY) in between.";

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

/** An answer in a content coding that nobody asked for and that cannot be undone. */
export function encodingFault(codings: string): Fault {
  return {
    reason: `the answer came packed as ${quoteOkta(codings, 60)}, which was not asked for and cannot be unpacked`,
    nothingSent: false,
    passing: false,
    code: "unreachable",
    fix: "Check the proxy between this machine and Okta: it may pass answers on as they are, or packed with gzip.",
  };
}

/** An answer that wants to speak another protocol, which nobody asked for. */
export function upgradeFault(status = 101): Fault {
  return {
    reason: `something that is not Okta's API answered ${status} and wants to speak another protocol`,
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
