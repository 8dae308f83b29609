import { explain } from "../auth/explain-failure.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { OktaMcpError } from "../errors/index.js";
import type { ServerClock } from "../net/server-clock.js";
import { untilAborted } from "../net/waiting.js";
import type { ApiTokenSource } from "./api-auth.js";
import type { ApiAuthorization, ApiAuthorizing } from "./api-identity.js";
import { type ApiIssuer, WrongToken } from "./api-issuer.js";
import type { SharedIdentity } from "./fixed-identities.js";

export interface AppIdentityOptions {
  /** The API's name in the settings. */
  api: string;
  source: ApiTokenSource;
  issuer: ApiIssuer;
  /** The clock of the authorization server. */
  clock: ServerClock;
}

/** A token that was checked. */
interface AppToken {
  headers: { authorization: string };
  expiresAtMs: number;
}

/** A token is renewed so long before it ends, since a request takes time and clocks differ. */
const MARGIN_MS = 30_000;
/** The life of a token whose end nobody tells. */
const DEFAULT_LIFE_MS = 300_000;

/**
 * The identity of an app of the company, whoever calls (client credentials, RFC 6749, section 4.4). One token serves all
 * callers until it ends, and its audience is checked before it is sent.
 */
export class AppIdentity implements SharedIdentity {
  readonly #options: AppIdentityOptions;
  #token: AppToken | undefined;
  #getting: Promise<AppToken> | undefined;

  constructor(options: AppIdentityOptions) {
    this.#options = options;
  }

  async authorize(_request: ApiAuthorizing, signal?: AbortSignal): Promise<ApiAuthorization> {
    const { headers } = await untilAborted(this.#present(), signal, "The call");
    return { headers, query: {} };
  }

  refused({ headers }: ApiAuthorization): void {
    // Another call may have renewed it meanwhile.
    if (this.#token?.headers === headers) this.#token = undefined;
  }

  /** The token at hand, or a new one, which all who ask meanwhile wait for. */
  async #present(): Promise<AppToken> {
    const { clock } = this.#options;
    if (this.#token !== undefined && clock.now() < this.#token.expiresAtMs - MARGIN_MS) return this.#token;
    this.#getting ??= this.#get().finally(() => {
      this.#getting = undefined;
    });
    return this.#getting;
  }

  async #get(): Promise<AppToken> {
    const { api, source, issuer, clock } = this.#options;
    const { scopes } = source;
    try {
      const client = await issuer.client();
      const { accessToken, expiresInMs = DEFAULT_LIFE_MS, proofKey } = await client.clientCredentials(scopes);
      if (proofKey !== undefined) throw boundToken(api);
      await issuer.check(accessToken, { scopes });
      this.#token = { headers: { authorization: `Bearer ${accessToken}` }, expiresAtMs: clock.now() + expiresInMs };
      return this.#token;
    } catch (error) {
      if (error instanceof WrongToken) throw issuer.refusal(error);
      if (!(error instanceof OAuthFailure)) throw error;
      throw explain(error, {
        orgUrl: issuer.issuer,
        clientId: source.client.clientId,
        method: "private-key",
        scopes,
        what: `Getting a token for the API ${api}`,
        api,
      });
    }
  }
}

/** A token with a proof needs one for each request, which no API of this kind is set up for here. */
function boundToken(api: string): OktaMcpError {
  return new OktaMcpError(
    "client_rejected",
    `The token for the API ${api} is bound to a key (DPoP), which kind client_credentials does not use.`,
    {
      fix: "At the app in Okta, switch off Require Demonstrating Proof of Possession (DPoP) header in token requests.",
    },
  );
}
