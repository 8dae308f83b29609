import * as oauth from "oauth4webapi";
import { authorizationAddress } from "../auth/authorization-address.js";
import { CannotTell } from "../auth/cannot-tell.js";
import type { AppCredentials } from "../auth/client-authentication.js";
import { explain } from "../auth/explain-failure.js";
import { IssuerKeys } from "../auth/issuer-keys.js";
import { OAuthClient, type OAuthServer } from "../auth/oauth-client.js";
import { type FailureContext, OAuthFailure } from "../auth/oauth-failure.js";
import { oauthFetch } from "../auth/oauth-http.js";
import { TOKEN_ALGORITHMS, verifiedJwt } from "../auth/verified-jwt.js";
import { OktaMcpError } from "../errors/index.js";
import { isObject, type Json } from "../json/json.js";
import type { Log } from "../log.js";
import type { SendHttp } from "../net/http-client.js";
import type { ServerClock } from "../net/server-clock.js";
import { quoteOkta } from "../text/quote.js";
import { type ApiTokenRules, type WrongApiToken, wrongApiToken } from "./api-token.js";

export interface ApiIssuerOptions {
  /** The API's name in the settings, for messages. */
  api: string;
  /** The issuer of the settings, with or without a slash at its end. */
  issuer: string;
  /** The app through which tokens are got. */
  client: AppCredentials;
  /** The audience that the tokens have to have. */
  audience: string;
  fetch: SendHttp;
  /** The issuer's clock. */
  clock: ServerClock;
  log: Log;
}

/** The request with which a person grants access (OpenID Connect Core, section 3.1.2.1). */
export interface AuthorizationRequest {
  redirectUri: string;
  scopes: readonly string[];
  state: string;
  nonce: string;
  /** The verifier of PKCE (RFC 7636). */
  verifier: string;
  /** The login of the person, who may be asked for it otherwise. */
  loginHint?: string | undefined;
}

/** Metadata that are younger are not asked for again. */
const FRESH_MS = 60 * 60_000;
const TIME_LIMIT_MS = 10_000;

const ENDPOINTS = ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri"] as const;
/** Without these nothing works. A server without the others cannot have people grant access, or tokens end. */
const NEEDED: readonly string[] = ["token_endpoint", "jwks_uri"];

/** A token that must not be sent to its API. */
export class WrongToken extends Error {
  override readonly name = "WrongToken";
  readonly missingScopes: readonly string[];

  constructor({ why, missingScopes = [] }: WrongApiToken) {
    super(why);
    this.missingScopes = missingScopes;
  }
}

/**
 * The authorization server that gives out tokens for one API. Its endpoints come from its metadata and have to be at the
 * issuer's own origin, so that no answer can send tokens to another place.
 */
export class ApiIssuer {
  /** The issuer of the settings, without a slash at its end. */
  readonly issuer: string;
  readonly #options: ApiIssuerOptions;
  readonly #origin: string;
  #found: Found | undefined;
  #looking: Promise<Found> | undefined;

  constructor(options: ApiIssuerOptions) {
    this.#options = options;
    this.issuer = options.issuer.replace(/\/$/, "");
    this.#origin = new URL(this.issuer).origin;
  }

  /** The app's client of the authorization server. @throws OAuthFailure where its metadata cannot be had or used */
  async client(): Promise<OAuthClient> {
    return (await this.#server()).client;
  }

  /** Looks whether the authorization server answers as the settings say. @throws OAuthFailure */
  async look(): Promise<OAuthServer> {
    return (await this.#server()).server;
  }

  /**
   * The address to which a browser goes, so that a person can grant access (RFC 6749, section 4.1.1; RFC 7636; Okta:
   * `authorizeCustomAS`).
   * @throws OAuthFailure
   */
  async authorizationAddress(request: AuthorizationRequest): Promise<string> {
    const { server } = await this.#server();
    if (server.authorization_endpoint === undefined) {
      throw new OAuthFailure("unusable", "the authorization server names no authorization_endpoint");
    }
    const { loginHint, ...asked } = request;
    const { clientId } = this.#options.client;
    return authorizationAddress(server.authorization_endpoint, {
      ...asked,
      clientId,
      more: { login_hint: loginHint },
    });
  }

  /**
   * Checks an access token before it is sent: signature, issuer, audience, times, scopes and whose it is.
   * @returns its claims
   * @throws WrongToken for one that must not be sent, OAuthFailure where the keys cannot be had
   */
  async check(token: string, rules: Pick<ApiTokenRules, "scopes" | "person">): Promise<Readonly<Record<string, Json>>> {
    const { keys, server } = await this.#server();
    const { audience, clock } = this.#options;
    const verified = await verifiedJwt(token, keys).catch((error: unknown) => {
      throw error instanceof CannotTell ? new OAuthFailure("network", plain(error.message)) : error;
    });
    if ("why" in verified) throw new WrongToken(verified);
    const claims = verified.claims as Readonly<Record<string, Json>>;
    const wrong = wrongApiToken(claims, { ...rules, issuer: server.issuer, audience }, clock.now() / 1000);
    if (wrong !== undefined) throw new WrongToken(wrong);
    return claims;
  }

  /**
   * What failed here, in words for whoever calls.
   * @param context the action, and how its client signs in
   */
  explained(error: unknown, context: Pick<FailureContext, "method" | "scopes" | "what">): unknown {
    if (error instanceof WrongToken) return this.refusal(error);
    if (!(error instanceof OAuthFailure)) return error;
    const { api, client } = this.#options;
    return explain(error, { ...context, api, orgUrl: this.issuer, clientId: client.clientId });
  }

  /** Puts a token that must not be sent into words for whoever calls. */
  refusal(error: WrongToken): OktaMcpError {
    const { api } = this.#options;
    if (error.missingScopes.length > 0) {
      const scopes = error.missingScopes;
      return new OktaMcpError(
        "missing_scope",
        `The access to the API ${api} lacks ${scopes.join(", ")}. Nothing was sent.`,
        {
          fix: `Whoever runs this has to let ${this.issuer} grant it to the app ${this.#options.client.clientId} (in Okta: Security > API > the authorization server > Access Policies), and name it in apis.${api}.auth.scopes.`,
          data: { scopes: [...scopes] },
        },
      );
    }
    return new OktaMcpError(
      "client_rejected",
      `The token that ${this.issuer} gave out for the API ${api} must not be sent there. ${error.message} Nothing was sent.`,
      {
        fix: `Compare apis.${api}.auth.audience with the Audience of the authorization server, and issuer with its Issuer URI.`,
      },
    );
  }

  async #server(): Promise<Found> {
    const { clock } = this.#options;
    if (this.#found !== undefined && clock.localNow() - this.#found.atMs < FRESH_MS) return this.#found;
    this.#looking ??= this.#discover().finally(() => {
      this.#looking = undefined;
    });
    try {
      return await this.#looking;
    } catch (error) {
      // What was right an hour ago goes on while the server does not answer.
      if (this.#found === undefined || !(error instanceof OAuthFailure) || !error.passing) throw error;
      return this.#found;
    }
  }

  async #discover(): Promise<Found> {
    const { clock, fetch, log, client } = this.#options;
    const http = { orgUrl: this.#origin, fetch, clock, timeoutMs: TIME_LIMIT_MS };
    const send = oauthFetch(http, undefined, () => {});
    const response = await oauth.discoveryRequest(new URL(this.issuer), {
      [oauth.customFetch]: send as never,
      [oauth.allowInsecureRequests]: this.#origin.startsWith("http://"),
    });
    const told: unknown = await response.json().catch(() => undefined);
    if (response.status !== 200 || !isObject(told)) {
      throw wrong(`${this.issuer} has no metadata of an authorization server (status ${response.status})`);
    }
    const { issuer } = told;
    // Some issuers end with a slash, and tokens name them so.
    if (typeof issuer !== "string" || issuer.replace(/\/$/, "") !== this.issuer) {
      throw wrong(
        `the settings name ${this.issuer}, and the server there says that it is ${quoteOkta(String(issuer))}`,
      );
    }
    for (const endpoint of ENDPOINTS) {
      const address = told[endpoint];
      if (address === undefined && !NEEDED.includes(endpoint)) continue;
      if (typeof address !== "string" || !URL.canParse(address) || new URL(address).origin !== this.#origin) {
        throw wrong(`the ${endpoint} of ${this.issuer} is not at ${this.#origin}: ${quoteOkta(String(address))}`);
      }
    }
    const algorithms = Array.isArray(told.id_token_signing_alg_values_supported)
      ? told.id_token_signing_alg_values_supported.map(String).filter((name) => TOKEN_ALGORITHMS.includes(name))
      : ["RS256"];
    const server = { ...told, id_token_signing_alg_values_supported: algorithms } as unknown as OAuthServer;
    const before = this.#found;
    const keysUrl = new URL(String(told.jwks_uri));
    // The keys at hand go on where their address is the same, and so does what the client has learned.
    const isSame = before !== undefined && JSON.stringify(before.server) === JSON.stringify(server);
    const keys = isSame ? before.keys : new IssuerKeys({ url: keysUrl, fetch, clock, log });
    const found = { server, keys, client: isSame ? before.client : new OAuthClient({ ...http, ...client, server }) };
    this.#found = { ...found, atMs: clock.localNow() };
    return this.#found;
  }
}

interface Found {
  server: OAuthServer;
  keys: IssuerKeys;
  client: OAuthClient;
  atMs: number;
}

const wrong = (what: string) => new OAuthFailure("unusable", what);

/** A sentence as the end of another one. */
const plain = (sentence: string) => sentence.replace(/\.$/, "");
