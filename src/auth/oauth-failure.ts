import type { SignInMethod } from "../okta/token.js";
import { quoteOkta } from "../text/quote.js";

/**
 * The reason why an OAuth endpoint gave no usable answer.
 * - `refused`: an OAuth error (RFC 6749, section 5.2)
 * - `busy`: 429 or 5xx
 * - `network`: no answer, or only a part of it
 * - `unusable`: an answer in another form than the endpoint's
 */
export type OAuthFailureKind = "refused" | "busy" | "network" | "unusable";

interface FailureFacts {
  /** The OAuth error code; with `refused`. */
  error?: string;
  /** Okta's own words; data. */
  description?: string | undefined;
  status?: number;
  /** The wait that Okta asks for. */
  retryAfterMs?: number | undefined;
  /** False where the same request would end the same way, or has taken too long already; with `network`. */
  repeatable?: boolean;
  /** Advice for the person, where there is better advice than that of the kind. */
  fix?: string | undefined;
}

/** A failed exchange with an OAuth endpoint, not yet in words for callers. It holds no secret. */
export class OAuthFailure extends Error {
  readonly kind: OAuthFailureKind;
  readonly error: string;
  readonly description: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly fix: string | undefined;
  readonly #repeatable: boolean;

  constructor(kind: OAuthFailureKind, what: string, facts: FailureFacts = {}) {
    super(what);
    this.name = "OAuthFailure";
    this.kind = kind;
    this.error = facts.error ?? "";
    this.description = facts.description;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.fix = facts.fix;
    this.#repeatable = facts.repeatable ?? true;
  }

  /** True where Okta has decided nothing: the same request may well succeed later. */
  get passing(): boolean {
    return this.kind === "busy" || this.kind === "network";
  }

  /** True where the same request is worth sending again at once. */
  get repeatable(): boolean {
    return this.passing && this.#repeatable;
  }
}

/** The action that failed. */
export interface FailureContext {
  /** The org, or the issuer of another authorization server of it. */
  orgUrl: string;
  clientId: string;
  method: SignInMethod;
  /** The scopes that were asked for. */
  scopes: readonly string[];
  /** The action as the beginning of a sentence: "The sign-in", "The renewal of the sign-in". */
  what: string;
  /** For a sign-in at the authorization server of a company's API: the API's name in the settings. */
  api?: string | undefined;
}

/** Okta's own words as data, after a colon; empty where there are none. */
export function oktaSaid({ description }: OAuthFailure): string {
  return description ? `: ${quoteOkta(description)}` : "";
}
