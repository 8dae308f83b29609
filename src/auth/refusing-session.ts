import type { OktaMcpError } from "../errors/index.js";
import type { AccessToken, SignInMethod } from "../okta/token.js";
import type { PendingSignIn, Session, SessionStatus } from "./session.js";

/** A session for which there is no right at Okta to use. Every call that needs one gets the same error. */
export class RefusingSession implements Session {
  readonly method: SignInMethod;
  readonly configured: ReadonlySet<string>;
  readonly #orgUrl: string;
  readonly #refuse: () => OktaMcpError;

  /** @param refuse makes the error, which says what can be done */
  constructor(orgUrl: string, scopes: readonly string[], refuse: () => OktaMcpError, method: SignInMethod = "grant") {
    this.method = method;
    this.configured = new Set(scopes);
    this.#orgUrl = orgUrl;
    this.#refuse = refuse;
  }

  async token(): Promise<AccessToken> {
    throw this.#refuse();
  }

  reject(): void {}

  granted(): undefined {
    return undefined;
  }

  async restore(): Promise<void> {}

  async startSignIn(): Promise<PendingSignIn> {
    throw this.#refuse();
  }

  async signOut(): Promise<{ revoked: boolean }> {
    return { revoked: true };
  }

  async status(): Promise<SessionStatus> {
    return {
      org: this.#orgUrl,
      clientId: undefined,
      method: this.method,
      signedIn: false,
      user: undefined,
      configuredScopes: [...this.configured],
      grantedScopes: undefined,
      expiresAtMs: undefined,
      tokenKept: "nowhere: there is none",
      outlives: false,
      renewable: false,
    };
  }

  onChange(): () => void {
    return () => {};
  }

  close(): void {}
}
