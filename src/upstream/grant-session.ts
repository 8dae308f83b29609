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

  constructor({ parts, app, keeper, connectUrl }: GrantSessionOptions) {
    const { orgUrl, fetch, clock, requestTimeoutMs: timeoutMs } = parts;
    super({
      parts,
      method: "grant",
      asked: [...parts.configured],
      vault: keeper,
      openClient: async () => new OAuthClient({ orgUrl, fetch, clock, timeoutMs, ...app }),
    });
    this.#connectUrl = connectUrl;
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
    return new OktaMcpError(
      "session_ended",
      `Your access to ${this.parts.orgUrl} through this server has ended or was never granted. Nothing was sent. Grant it here: ${this.#connectUrl}`,
      {
        fix: "Give the person the link. Once they have signed in there, make the same call again.",
        atTerminal: { fix: "Open the link and sign in there. Then make the same call again." },
        data: { connect_url: this.#connectUrl },
      },
    );
  }
}
