import { SIGN_IN_CAUSES, type SignInCause } from "./sign-in-causes.js";

export type { SignInCause } from "./sign-in-causes.js";

/** The causes that may well be gone in a minute. */
const PASSING: ReadonlySet<SignInCause> = new Set<SignInCause>(["okta_busy", "okta_unreachable"]);

/** A sign-in that failed. Nothing in it is secret; `detail` is text from Okta and is shown to operators alone. */
export class SignInFailure extends Error {
  override readonly name = "SignInFailure";
  readonly code: SignInCause;
  readonly fix: string;
  readonly detail: string | undefined;
  readonly #operator: string | undefined;

  /** @param operator what whoever runs the server does, where it is something else than for the cause elsewhere */
  constructor(code: SignInCause, message: string, fix: string, detail?: string, operator?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.detail = detail;
    this.#operator = operator;
  }

  /** What whoever runs the server does about it. @param publicUrl the address of the server, without a slash at its end */
  forOperator(publicUrl: string): string {
    return (this.#operator ?? SIGN_IN_CAUSES[this.code].operator).replaceAll("{public_url}", publicUrl);
  }

  /** True where the same may well succeed in a minute. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }
}

/** A failure in the words of its cause. @param told what is known besides: a message in their place, words for the log */
export function signInFailure(code: SignInCause, told: { message?: string; detail?: string } = {}): SignInFailure {
  const { means, person } = SIGN_IN_CAUSES[code];
  return new SignInFailure(code, told.message ?? means, person, told.detail);
}
