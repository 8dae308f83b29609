import { OrgToken } from "../auth/access-token.js";
import type { PendingSignIn, Session, SessionStatus } from "../auth/session.js";
import { OktaMcpError } from "../errors/index.js";
import { cancelled } from "../net/waiting.js";
import type { AccessToken } from "../okta/token.js";

export interface BearerSessionOptions {
  orgUrl: string;
  /** The token that a request came with. The org has said what it is worth. */
  token: string;
  scopes: readonly string[];
  /** The scopes of the role. */
  configured: readonly string[];
  clientId: string;
  subject: string;
  login: string | undefined;
  /** Epoch milliseconds. */
  expiresAtMs: number;
}

/** The session of a person whose client sends the org's own access token. It is used as it is, and neither renewed nor kept. */
export class BearerSession implements Session {
  readonly method = "client-token";
  readonly configured: ReadonlySet<string>;
  readonly #options: BearerSessionOptions;
  readonly #token: OrgToken;
  readonly #granted: ReadonlySet<string>;
  #isRefused = false;

  constructor(options: BearerSessionOptions) {
    const { orgUrl, token: value, scopes, expiresAtMs, configured } = options;
    this.#options = options;
    this.configured = new Set(configured);
    this.#granted = new Set(scopes);
    this.#token = new OrgToken(orgUrl, { value, scopes, expiresAtMs, proofKey: undefined });
  }

  async token(signal?: AbortSignal): Promise<AccessToken> {
    if (signal?.aborted) throw cancelled("The call");
    if (this.#isRefused) throw ended();
    return this.#token;
  }

  reject(token: AccessToken, certain = true): void {
    if (token === this.#token && certain) this.#isRefused = true;
  }

  granted(): ReadonlySet<string> {
    return this.#granted;
  }

  async restore(): Promise<void> {}

  async startSignIn(): Promise<PendingSignIn> {
    throw ended();
  }

  /** The token is the client's, which has to revoke it. */
  async signOut(): Promise<{ revoked: boolean }> {
    return { revoked: false };
  }

  async status(): Promise<SessionStatus> {
    const { orgUrl, clientId, login, subject, expiresAtMs } = this.#options;
    return {
      org: orgUrl,
      clientId,
      method: this.method,
      signedIn: !this.#isRefused,
      user: login,
      subject,
      configuredScopes: [...this.configured],
      grantedScopes: [...this.#granted],
      expiresAtMs,
      tokenKept: "nowhere: the client sends it with each request",
      outlives: false,
      renewable: false,
    };
  }

  /** What the token grants never changes. */
  onChange(): () => void {
    return () => {};
  }

  close(): void {}
}

function ended(): OktaMcpError {
  return new OktaMcpError("session_ended", "Okta does not accept the access token of this request any more.", {
    fix: "The client has to get a new access token of the org and send that in the Authorization header.",
  });
}
