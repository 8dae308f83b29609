/**
 * The causes for which a sign-in through Okta fails, each with its own code. Page, log and docs have the same codes.
 */
export type SignInCause =
  | "access_denied"
  | "user_not_assigned"
  | "policy_denied"
  | "sign_in_ended"
  | "groups_unknown"
  | "no_role"
  | "not_admin"
  | "mfa_required"
  | "blocked"
  | "no_such_question"
  | "invalid_client"
  | "redirect_uri_mismatch"
  | "login_required"
  | "scope_not_granted"
  | "issuer_mismatch"
  | "clock_skew"
  | "id_token_invalid"
  | "another_person"
  | "state_expired"
  | "another_browser"
  | "form_not_ours"
  | "too_many_requests"
  | "okta_busy"
  | "okta_unreachable"
  | "okta_refused";

/** The causes that may well be gone in a minute. */
const PASSING: ReadonlySet<SignInCause> = new Set<SignInCause>(["okta_busy", "okta_unreachable"]);

/** A sign-in that failed. Nothing in it is secret; `detail` is text from Okta and is shown to operators alone. */
export class SignInFailure extends Error {
  override readonly name = "SignInFailure";
  readonly code: SignInCause;
  readonly fix: string;
  readonly detail: string | undefined;

  constructor(code: SignInCause, message: string, fix: string, detail?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.detail = detail;
  }

  /** True where the same may well succeed in a minute. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }
}
