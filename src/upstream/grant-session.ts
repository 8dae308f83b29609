import type { AppCredentials } from "../auth/client-authentication.js";
import { OAuthClient } from "../auth/oauth-client.js";
import { PersonSession } from "../auth/person-session.js";
import type { PendingSignIn } from "../auth/session.js";
import type { SessionParts } from "../auth/session-parts.js";
import type { SignInKeeper } from "../auth/store-contract.js";
import { OktaMcpError } from "../errors/index.js";
import type { AccessToken } from "../okta/token.js";

export interface GrantSessionOptions {
  parts: SessionParts;
  app: AppCredentials;
  /** The scopes that a grant has to have for this session; by default those of the session. */
  asked?: readonly string[];
  /** Opens the app's client of the authorization server; by default that of the org's own. */
  openClient?: () => Promise<OAuthClient>;
  keeper: SignInKeeper;
  /** The page on which the person grants access anew. */
  connectUrl: string;
}

/**
 * The session of a person of a company's server, with the tokens that the person granted at the org. It acts by the
 * person's own right or not at all.
 */
export class GrantSession extends PersonSession {
  readonly #connectUrl: string;
  readonly #openAnother: (() => Promise<OAuthClient>) | undefined;

  constructor({ parts, app, asked = [...parts.configured], openClient, keeper, connectUrl }: GrantSessionOptions) {
    const { orgUrl, fetch, clock, requestTimeoutMs: timeoutMs } = parts;
    const ofOrg = async () => new OAuthClient({ orgUrl, fetch, clock, timeoutMs, ...app });
    super({ parts, method: "grant", asked, vault: keeper, openClient: ofOrg });
    this.#connectUrl = connectUrl;
    this.#openAnother = openClient;
  }

  /** Another server is asked each time: finding it may fail and succeed later. */
  protected override openClient(): Promise<OAuthClient> {
    return this.#openAnother?.() ?? super.openClient();
  }

  /** @throws OktaMcpError session_ended with the page on which the person grants access anew */
  override async token(signal?: AbortSignal): Promise<AccessToken> {
    try {
      return await super.token(signal);
    } catch (error) {
      throw error instanceof OktaMcpError && error.code === "session_ended" ? this.nobody() : error;
    }
  }

  /** Nobody can type in a code here: the way to Okta is a page. */
  async startSignIn(): Promise<PendingSignIn> {
    throw this.nobody();
  }

  protected override nobody(): OktaMcpError {
    const { orgUrl, api } = this.parts;
    return new OktaMcpError(
      "session_ended",
      `Your access to ${api === undefined ? orgUrl : `the API ${api.name}`} through this server has ended or was never granted. Nothing was sent. Grant it here: ${this.#connectUrl}`,
      {
        fix: "Give the person the link. Once they have signed in there, make the same call again.",
        atTerminal: { fix: "Open the link and sign in there. Then make the same call again." },
        data: { connect_url: this.#connectUrl },
      },
    );
  }
}
