import * as oauth from "oauth4webapi";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { type SignInCause, SignInFailure } from "./sign-in-failure.js";

type Cause = (detail: string) => SignInFailure;

const cause =
  (code: SignInCause, message: string, fix: string): Cause =>
  (detail) =>
    new SignInFailure(code, message, fix, detail);

/** Okta has one code for several causes, which its words alone tell apart. The first that fits counts. */
const BY_WORDS: readonly { words: RegExp; cause: Cause }[] = [
  {
    words: /not assigned to the client application/i,
    cause: cause(
      "user_not_assigned",
      "You are not assigned to this server's app in Okta.",
      "Ask who runs this server to assign you, or a group of yours, to the app.",
    ),
  },
  {
    words: /policy/i,
    cause: cause(
      "policy_denied",
      "A policy of Okta's does not let you use this server's app from here.",
      "Ask who runs this server: in Okta, Reports > System Log names the policy and the rule that decided.",
    ),
  },
  {
    words: /redirect_uri/i,
    cause: cause(
      "redirect_uri_mismatch",
      "Okta does not know the address to which it has to send you back.",
      "The operator has to add {public_url}/auth/sso/callback/okta, character by character, to the app's Sign-in redirect URIs; `okta-mcp serve check` prints it.",
    ),
  },
];

/** Okta's codes in a redirect or an answer, and what they mean for a person who signs in. */
const CAUSES: Readonly<Record<string, Cause>> = {
  access_denied: cause(
    "access_denied",
    "Okta did not let you in.",
    "You may have cancelled, or a policy of Okta's refuses this app. If you did not cancel, ask who runs this server: the app's sign-on policy and your assignment to it decide.",
  ),
  login_required: cause("login_required", "Okta wants you to sign in again.", "Start again from your program."),
  interaction_required: cause("login_required", "Okta wants you to sign in again.", "Start again from your program."),
  invalid_client: cause(
    "invalid_client",
    "Okta does not know this server's app.",
    "The operator has to compare okta.client_id and the secret or key with the app in Okta; `okta-mcp serve check` says which is wrong.",
  ),
  unauthorized_client: cause(
    "invalid_client",
    "This server's app in Okta is not set up for signing in.",
    "The operator has to tick Authorization Code and Refresh Token among the app's grant types in Okta; `okta-mcp serve check` says what is missing.",
  ),
  invalid_scope: cause(
    "scope_not_granted",
    "Okta does not grant this server's app a scope that your role needs.",
    "The operator has to grant it: Applications > the app > Okta API Scopes. `okta-mcp serve check` lists what is missing.",
  ),
  invalid_grant: cause(
    "sign_in_ended",
    "Okta no longer takes this sign-in.",
    "Start again from your program. It may have taken too long, or your access at Okta has ended.",
  ),
  temporarily_unavailable: cause(
    "okta_busy",
    "Okta does not answer at the moment.",
    "Wait a minute and start again from your program.",
  ),
  server_error: cause(
    "okta_busy",
    "Okta does not answer at the moment.",
    "Wait a minute and start again from your program.",
  ),
};

/** What went wrong at Okta, in our words and by our codes. Okta's own words become the detail for the log. */
export function asSignInFailure(error: unknown): unknown {
  if (error instanceof SignInFailure) return error;
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return refusalOf(error.error, error.error_description);
  }
  if (error instanceof OAuthFailure) {
    const isBusy = error.kind === "busy";
    return isBusy || error.kind === "network"
      ? new SignInFailure(
          isBusy ? "okta_busy" : "okta_unreachable",
          "Okta does not answer at the moment.",
          "Wait a minute and start again from your program.",
        )
      : new SignInFailure(
          "id_token_invalid",
          "Okta's answer could not be used.",
          "Start again. If it happens again, the server's log has the reason.",
          error.message,
        );
  }
  if (error instanceof oauth.OperationProcessingError) return claimFailure(error);
  return error;
}

/** Okta's code and words, which are data, as a cause of ours. */
function refusalOf(code: string, description: unknown): SignInFailure {
  const detail = [code, ...(typeof description === "string" ? [description.slice(0, 500)] : [])].join(": ");
  const known = BY_WORDS.find(({ words }) => words.test(detail))?.cause;
  const found = known ?? (Object.hasOwn(CAUSES, code) ? CAUSES[code] : undefined);
  if (found !== undefined) return found(detail);
  return new SignInFailure(
    "okta_refused",
    "Okta refused the sign-in.",
    "Start again from your program. If it happens again, the server's log has Okta's reason.",
    detail,
  );
}

function claimFailure(error: oauth.OperationProcessingError): SignInFailure {
  const claim = /"(iss|exp|nbf|iat|aud|nonce|auth_time)"/.exec(error.message)?.[1];
  if (claim === "iss") {
    return new SignInFailure(
      "issuer_mismatch",
      "The ID token comes from another issuer than the org of this server.",
      "The operator has to set okta.org_url to the issuer of the app (Applications > the app > Sign On > Issuer).",
      error.message,
    );
  }
  if (claim === "exp" || claim === "nbf" || claim === "iat") {
    return new SignInFailure(
      "clock_skew",
      "The clocks of Okta and this server differ.",
      "The operator has to set this machine's clock (NTP).",
      error.message,
    );
  }
  return new SignInFailure(
    "id_token_invalid",
    "The ID token in Okta's answer does not hold.",
    "Start again from your program. If it happens again, tell who runs this server.",
    error.message,
  );
}
