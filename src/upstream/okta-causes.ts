import * as oauth from "oauth4webapi";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { isObject } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import { type SignInCause, SignInFailure, signInFailure } from "./sign-in-failure.js";

/** Okta has one code for several causes, which its words alone tell apart. The first that fits counts. */
const BY_WORDS: readonly (readonly [words: RegExp, code: SignInCause])[] = [
  [/not assigned to the client application/i, "user_not_assigned"],
  [/acr_values/i, "mfa_required"],
  [/policy/i, "policy_denied"],
  [/redirect_uri/i, "redirect_uri_mismatch"],
];

/** Okta's codes in a redirect or an answer, and what they mean for a person who signs in. */
const BY_CODE: Readonly<Record<string, SignInCause>> = {
  access_denied: "access_denied",
  login_required: "login_required",
  interaction_required: "login_required",
  invalid_client: "invalid_client",
  unauthorized_client: "invalid_client",
  invalid_scope: "scope_not_granted",
  invalid_grant: "sign_in_ended",
  temporarily_unavailable: "okta_busy",
  server_error: "okta_busy",
};

/** What went wrong at Okta, in our words and by our codes. Okta's own words become the detail for the log. */
export function asSignInFailure(error: unknown): unknown {
  if (error instanceof SignInFailure) return error;
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return refusalOf(error.error, error.error_description);
  }
  if (error instanceof OAuthFailure) {
    if (error.kind === "refused") return refusalOf(error.error, error.description);
    if (error.kind === "busy") return signInFailure("okta_busy", { detail: error.message });
    return signInFailure(error.kind === "network" ? "okta_unreachable" : "id_token_invalid", { detail: error.message });
  }
  if (error instanceof oauth.OperationProcessingError) return claimFailure(error);
  return error;
}

/** Okta's code and words, which are data, as a cause of ours. */
function refusalOf(code: string, description: unknown): SignInFailure {
  const detail = [code, ...(typeof description === "string" ? [description.slice(0, 500)] : [])].join(": ");
  const byWords = BY_WORDS.find(([words]) => words.test(detail))?.[1];
  return signInFailure(byWords ?? (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? "okta_refused", {
    detail,
  });
}

/** The times of an ID token. */
const TIMES = ["exp", "nbf", "iat"] as const;

function claimFailure(error: oauth.OperationProcessingError): SignInFailure {
  const claim = /"(iss|exp|nbf|iat|aud|nonce|auth_time)"/.exec(error.message)?.[1];
  const told = isObject(error.cause) ? error.cause : {};
  const claims = isObject(told.claims) ? told.claims : {};
  if (claim === "iss") {
    const both = `the ID token comes from ${quoteOkta(String(claims.iss))}, and the settings say ${quoteOkta(String(told.expected))}`;
    return signInFailure("issuer_mismatch", { detail: both });
  }
  // A token that has just come was issued just now, so that the time of its issue measures the difference.
  if (TIMES.some((time) => time === claim)) return skewed(Number(claims.iat) - Number(told.now), error);
  return signInFailure("id_token_invalid", { detail: error.message });
}

/** @param aheadSeconds Okta's time minus ours */
function skewed(aheadSeconds: number, error: Error): SignInFailure {
  if (!Number.isFinite(aheadSeconds)) return signInFailure("clock_skew", { detail: error.message });
  const seconds = Math.abs(Math.round(aheadSeconds));
  const side = aheadSeconds > 0 ? "ahead of" : "behind";
  const message = `The clocks differ: Okta's is ${seconds} seconds ${side} this server's.`;
  return signInFailure("clock_skew", { message, detail: `${seconds} seconds: ${error.message}` });
}
