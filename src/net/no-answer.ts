import { causeCode, causesOf } from "../errors/causes.js";
import { quoteOkta } from "../text/quote.js";

/** The reasons why a request got no answer. */
export type WhyNoAnswer =
  /** It did not come to its end within the time limit. */
  | { kind: "timed-out"; limitMs: number }
  /** It is longer than this process takes. */
  | { kind: "too-long"; maxBytes: number }
  /** It is packed in a way that nobody asked for and that cannot be undone. */
  | { kind: "unknown-coding"; codings: string }
  /** It wants to speak another protocol, which nobody asked for. */
  | { kind: "other-protocol"; status: number }
  /** A proxy opened no tunnel. */
  | { kind: "proxy-refused"; status: number }
  /** The server could not show a certificate that is trusted. */
  | { kind: "certificate"; code: string }
  /** Everything else that a network does, by the code of the system or of the HTTP client where there is one. */
  | { kind: "network"; code: string | undefined };

/** Thrown in place of an answer. Its cause is what the HTTP client threw. */
export class NoAnswer extends Error {
  readonly why: WhyNoAnswer;

  constructor(why: WhyNoAnswer, cause?: unknown) {
    super(`No answer came (${why.kind}).`, cause === undefined ? undefined : { cause });
    this.name = "NoAnswer";
    this.why = why;
  }
}

/** The words for an answer that did not come. */
export interface NoAnswerWords {
  /** The event in a few words: `connection refused`. */
  reason: string;
  /** True where not a byte of the request can have reached the server. */
  nothingSent: boolean;
  /** False where another attempt would end the same way. */
  passing: boolean;
  /** Advice for the person, where there is better advice than to check the network. */
  fix: string | undefined;
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

/** Undici's message about a proxy that opens no tunnel (RFC 9110, section 9.3.6). */
const NO_TUNNEL = /^Proxy response \((\d{3})\)/;

/** Reads what an HTTP client rejected with. */
export function noAnswerOf(thrown: unknown): NoAnswer {
  if (thrown instanceof NoAnswer) return thrown;
  const code = causeCode(thrown);
  if (code !== undefined && !(code in NOT_CONNECTED) && CERTIFICATE.test(code)) {
    return new NoAnswer({ kind: "certificate", code }, thrown);
  }
  for (const { message } of causesOf(thrown)) {
    const status = NO_TUNNEL.exec(message)?.[1];
    if (status !== undefined) return new NoAnswer({ kind: "proxy-refused", status: Number(status) }, thrown);
  }
  return new NoAnswer({ kind: "network", code }, thrown);
}

/** The places to check when something other than Okta answers. */
export const CHECK_WAY =
  "Check OKTA_ORG_URL, and whether this network wants a sign-in or has a proxy (HTTPS_PROXY, NO_PROXY) in between.";

/** Puts into words why there was no answer: the same for a call and for a sign-in. */
export function inWords(why: WhyNoAnswer): NoAnswerWords {
  switch (why.kind) {
    case "timed-out":
      return passing(`no whole answer within ${Math.round(why.limitMs / 100) / 10} s`);
    case "too-long":
      return lasting(`the answer was larger than ${Math.round(why.maxBytes / 1_048_576)} MB`, undefined);
    case "unknown-coding":
      return lasting(
        `the answer came packed as ${quoteOkta(why.codings, 60)}, which was not asked for and cannot be unpacked`,
        "Check the proxy between this machine and Okta: it may pass answers on as they are, or packed with gzip.",
      );
    case "other-protocol":
      return lasting(
        `something that is not Okta's API answered ${why.status} and wants to speak another protocol`,
        CHECK_WAY,
      );
    case "proxy-refused":
      return {
        reason: `the proxy refused to lead there (${why.status})`,
        nothingSent: true,
        passing: why.status >= 500,
        fix:
          why.status === 407
            ? "Put the user name and the password that the proxy asks for into HTTPS_PROXY or HTTP_PROXY: http://name:password@proxy.example.com:8080."
            : "Ask who runs the proxy in HTTPS_PROXY or HTTP_PROXY to let this machine reach the org, or name the org in NO_PROXY.",
      };
    case "certificate":
      return {
        reason: `the server's certificate is not trusted (${why.code})`,
        nothingSent: true,
        passing: false,
        fix: "Check OKTA_ORG_URL. Where a proxy of your company opens TLS, give Node its certificate with NODE_EXTRA_CA_CERTS.",
      };
    case "network":
      return ofNetwork(why.code);
  }
}

function ofNetwork(code: string | undefined): NoAnswerWords {
  if (code === undefined) return passing("the connection failed");
  const notConnected = NOT_CONNECTED[code];
  if (notConnected !== undefined) return { ...passing(notConnected), nothingSent: true };
  return passing(BROKEN[code] ?? `the connection failed (${code})`);
}

function passing(reason: string): NoAnswerWords {
  return { reason, nothingSent: false, passing: true, fix: undefined };
}

function lasting(reason: string, fix: string | undefined): NoAnswerWords {
  return { reason, nothingSent: false, passing: false, fix };
}
