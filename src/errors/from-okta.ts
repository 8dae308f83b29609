import { failedChallenge } from "../challenge.js";
import { howToGrant } from "../scopes.js";
import { type ErrorCode, type ErrorDetails, OktaMcpError } from "./index.js";
import { quoteOkta } from "./quote.js";

/** What is known of a request that Okta refused. */
export interface Refused {
  method: string;
  /** The path with its parameters unfilled and filled, e.g. `/api/v1/groups/{groupId}`, `/api/v1/groups/00g1`. */
  template: string;
  path: string;
  status: number;
  headers: Headers;
  /** The body as parsed JSON; undefined where it is none. */
  body: unknown;
  /** What `Retry-After` asked for. */
  retryAfterSeconds?: number | undefined;
}

/** Okta's error object (schema `Error` of the Management API); every field may be missing. */
interface OktaError {
  code: string | undefined;
  summary: string;
  causes: string[];
}

const MAX_CAUSES = 5;

/** Errors that Okta sends with 400 or 403 though the request is right and the state of the object is not. */
const STATE_ERRORS = new Set([
  "E0000016", // activation failed because the user is already active
  "E0000032", // unlock is not allowed for this user
  "E0000038", // not allowed in the user's current status
  "E0000040", // application label already exists
  "E0000055", // duplicate group
  "E0000056", // an application must be deactivated before it is deleted
  "E0000112", // the user is still being activated
  "E0000127", // linked object identifier already in use
  "E0000149", // CAPTCHA in use
  "E0000182", // a default email customization already exists
  "E0000183", // an email customization for that language already exists
  "E0000184", // a default email customization cannot be deleted
  "E0000185", // nor stop to be the default
  "E0000187", // push provider in use
  "E0000195", // conflict
  "E0000197", // email domain already exists
  "E0000200", // a default brand cannot be deleted
  "E0000201", // nor one with a domain
  "E0000202", // brand name already exists
  "E0000216", // email domain cannot be deleted because of its mail provider
  "E0000217", // email domain is in the wrong status
  "E0000218", // email domain cannot be verified
]);

/** Advice better than the code's own, by Okta's error code. */
const ADVICE: Readonly<Record<string, string>> = {
  E0000217: "Read it with get_email_domain; a verified one needs nothing more.",
  E0000218:
    "Set the DNS records that get_email_domain names, give DNS some time to spread them, and use verify_email_domain again.",
};

/** The words in which Okta says the same under its general validation error. */
const STATE_WORDS =
  /already (?:exists|active|in use)|must be (?:deactivated|inactive)|current status|not (?:in )?active/i;

/** Which tool finds the ids that stand behind a path segment. */
const FINDERS: Readonly<Record<string, string>> = {
  users: "list_users",
  groups: "list_groups",
  apps: "list_applications",
  policies: "list_policies",
  rules: "list_policy_rules",
  "device-assurances": "list_device_assurance_policies",
  brands: "list_brands",
  themes: "list_brand_themes",
  email: "list_email_templates",
  customizations: "list_email_customizations",
  domains: "list_custom_domains",
  "email-domains": "list_email_domains",
};

/** Turns an answer of Okta that is no success into one of our errors; `data` has Okta's code and request id. */
export function fromOkta(refused: Refused): OktaMcpError {
  const { method, template, status, headers } = refused;
  const okta = readError(refused.body);
  const { code, ...details } = classify(refused, okta);
  const said = [okta.summary, ...okta.causes].filter((text) => text !== "").map((text) => quoteOkta(text));
  const words = said.length === 0 ? "without a reason" : `and said ${said.join("; ")}`;
  const message = details.why === undefined ? "" : ` ${details.why}`;
  return new OktaMcpError(code, `Okta answered ${method} ${template} with ${status} ${words}.${message}`, {
    ...(details.fix === undefined ? {} : { fix: details.fix }),
    ...(refused.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: refused.retryAfterSeconds }),
    data: { status, ...oktaIds(okta, headers), ...details.data },
  });
}

/**
 * Whether an answer with 401 blames the token: `certain` where it says so, `perhaps` where it gives no
 * reason at all, undefined where it gives another.
 */
export function tokenDoubt(headers: Headers, body: unknown): "certain" | "perhaps" | undefined {
  const { code } = readError(body);
  const challenge = failedChallenge(headers)?.parameters.get("error");
  if (code === "E0000011" || code === "invalid_token") return "certain";
  // RFC 6750, section 3.1: the token is expired, revoked or malformed.
  if (challenge === "invalid_token" && code !== "E0000015") return "certain";
  return code === undefined && challenge === undefined ? "perhaps" : undefined;
}

interface Kind extends Pick<ErrorDetails, "fix" | "data"> {
  code: ErrorCode;
  /** A sentence of ours after what Okta said. */
  why?: string;
}

function classify(refused: Refused, okta: OktaError): Kind {
  const { status } = refused;
  const text = [okta.summary, ...okta.causes].join("\n");
  if (status === 429) return { code: "rate_limited" };
  if (okta.code === "E0000060") {
    return {
      code: "protected",
      why: "Built-in and imported objects cannot be changed through the API.",
      fix: "Choose another object, or change it where it comes from.",
    };
  }
  if (status >= 500) return { code: "okta_down" };
  if (okta.code === "E0000015") return FEATURE_OFF;
  if (status === 401) return unauthorized(refused, okta);
  if (status === 404 || status === 410) return notFound(refused, okta);
  const conflict = STATE_ERRORS.has(okta.code ?? "") || ((status === 400 || status === 403) && STATE_WORDS.test(text));
  if (conflict || status === 409 || status === 412) {
    const fix = ADVICE[okta.code ?? ""];
    return { code: "conflict", ...(fix === undefined ? {} : { fix }) };
  }
  return status === 403 ? forbidden(refused, text) : { code: "bad_input" };
}

const FEATURE_OFF: Kind = {
  code: "forbidden",
  why: "This org does not have the feature, or it is not switched on. The token is not the reason.",
  fix: "Do it in another way, or have the feature switched on: in the Admin Console under Settings > Features where it stands there, else by Okta.",
};

function unauthorized({ headers, body }: Refused, okta: OktaError): Kind {
  if (tokenDoubt(headers, body) !== undefined) {
    return { code: "session_ended", why: "The token is no longer accepted." };
  }
  if (failedChallenge(headers)?.parameters.get("error") === "invalid_dpop_proof") {
    return {
      code: "client_rejected",
      why: "Okta refuses the proof of possession (DPoP) that goes with the token.",
      fix: "Check this machine's clock, then try again.",
    };
  }
  return {
    code: "forbidden",
    why: "The token is not the reason.",
    fix: `Look up what Okta means by ${okta.code ?? "it"}.`,
  };
}

function forbidden({ headers }: Refused, text: string): Kind {
  // RFC 6750, section 3.1: the challenge names the scopes that would do.
  const challenge = failedChallenge(headers)?.parameters;
  if (challenge?.get("error") === "insufficient_scope" || /\bscopes?\b/i.test(text)) {
    const scope = /^[\w.: -]{1,500}$/.exec(challenge?.get("scope") ?? "")?.[0];
    return {
      code: "missing_scope",
      why: scope === undefined ? "The token lacks a scope." : `The token lacks the scope ${scope}.`,
      ...(scope === undefined ? {} : { data: { scope }, fix: howToGrant(scope) }),
    };
  }
  return { code: "forbidden" };
}

function notFound({ template, path }: Refused, okta: OktaError): Kind {
  const segments = template.split("/");
  const values = path.split("/");
  const ids = segments.flatMap((segment, index) => {
    const finder = segment.startsWith("{") ? FINDERS[segments[index - 1] ?? ""] : undefined;
    return finder === undefined ? [] : [{ finder, id: decodeURIComponent(values[index] ?? "") }];
  });
  const named = ids.filter(({ id }) => id !== "" && okta.summary.includes(id));
  const finders = (named.length > 0 ? named : ids).map(({ finder }) => finder);
  if (finders.length === 0) return { code: "not_found" };
  return { code: "not_found", fix: `Find the right id with ${finders.join(" and ")}.` };
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

/** Okta's codes and request ids; anything else under their name is no id. */
function plainId(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w.@-]{1,80}$/.test(value) ? value : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
