import { errors } from "oidc-provider";

/** The refusal of a request that comes too early: 429, with the seconds after which it has a chance (RFC 6585). */
export class TooManyRequests extends errors.OIDCProviderError {
  readonly retryAfterSeconds: number;

  constructor(description: string, retryAfterSeconds: number) {
    super(429, "temporarily_unavailable");
    this.error_description = description;
    this.retryAfterSeconds = retryAfterSeconds;
    // Nobody is sent on with this refusal, since the address may be wrong as well.
    this.allow_redirect = false;
  }
}
