import * as oauth from "oauth4webapi";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { type OAuthHttpOptions, oauthFetch } from "../auth/oauth-http.js";
import { isObject } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import { SignInFailure } from "./sign-in-failure.js";

/** `sign_in` says who people are; `org` is the org's own, which alone gives out rights at Okta's API. */
export type ServerName = "sign_in" | "org";

const ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "revocation_endpoint",
  "userinfo_endpoint",
  "end_session_endpoint",
  "jwks_uri",
] as const;

/** One of Okta's authorization servers, with the endpoints that are used. */
export type OktaServer = oauth.AuthorizationServer & Record<(typeof ENDPOINTS)[number], string>;

export interface OktaServersOptions extends OAuthHttpOptions {
  /** The issuer with which people sign in, where it is a custom authorization server of the org. */
  issuer?: string | undefined;
}

/** Metadata that are younger are not asked for again. */
const FRESH_MS = 60 * 60_000;
const TIMEOUT_MS = 10_000;

/** Okta signs its ID tokens with these (Okta's OAuth document, `OidcMetadata`), and nothing weaker is taken. */
const ID_TOKEN_ALGORITHMS = ["RS256"];

/** The authorization servers of an org through which people sign in. */
export class OktaServers {
  readonly org: OktaServer;
  readonly #options: OktaServersOptions;
  /** The issuer without a slash at its end; undefined where people sign in with the org itself. */
  readonly #issuer: string | undefined;
  #found: { server: OktaServer; atMs: number } | undefined;
  #looking: Promise<OktaServer> | undefined;

  constructor(options: OktaServersOptions) {
    const { orgUrl, issuer } = options;
    this.#options = options;
    const plain = issuer?.replace(/\/$/, "");
    this.#issuer = plain === orgUrl ? undefined : plain;
    // The endpoints of the org's own are fixed and not discovered, so that no answer can send people to another place.
    this.org = {
      issuer: orgUrl,
      authorization_endpoint: `${orgUrl}/oauth2/v1/authorize`,
      token_endpoint: `${orgUrl}/oauth2/v1/token`,
      revocation_endpoint: `${orgUrl}/oauth2/v1/revoke`,
      userinfo_endpoint: `${orgUrl}/oauth2/v1/userinfo`,
      end_session_endpoint: `${orgUrl}/oauth2/v1/logout`,
      jwks_uri: `${orgUrl}/oauth2/v1/keys`,
      id_token_signing_alg_values_supported: ID_TOKEN_ALGORITHMS,
    };
  }

  /** True where people sign in with a custom authorization server. */
  get isCustom(): boolean {
    return this.#issuer !== undefined;
  }

  /**
   * The server of this name. A custom one tells its endpoints by its metadata (OpenID Connect Discovery, section 4).
   * @throws SignInFailure issuer_mismatch where they are another server's, OAuthFailure where none come
   */
  async of(name: ServerName): Promise<OktaServer> {
    const issuer = this.#issuer;
    if (name === "org" || issuer === undefined) return this.org;
    const { clock } = this.#options;
    if (this.#found !== undefined && clock.now() - this.#found.atMs < FRESH_MS) return this.#found.server;
    this.#looking ??= this.#discover(issuer).finally(() => {
      this.#looking = undefined;
    });
    try {
      return await this.#looking;
    } catch (error) {
      // What was right an hour ago goes on while Okta does not answer.
      if (this.#found === undefined || !(error instanceof OAuthFailure)) throw error;
      return this.#found.server;
    }
  }

  /** The server that gave out an ID token which this server has kept. */
  async ofIdToken(idToken: string): Promise<OktaServer> {
    return issuerIn(idToken) === this.org.issuer ? this.org : this.of("sign_in");
  }

  async #discover(issuer: string): Promise<OktaServer> {
    const { orgUrl, clock } = this.#options;
    const send = oauthFetch({ ...this.#options, timeoutMs: TIMEOUT_MS }, undefined, () => {});
    const response = await oauth.discoveryRequest(new URL(issuer), {
      [oauth.customFetch]: send as never,
      [oauth.allowInsecureRequests]: orgUrl.startsWith("http://"),
    });
    const told: unknown = await response.json().catch(() => undefined);
    if (response.status !== 200 || !isObject(told) || typeof told.issuer !== "string") {
      throw mismatch(`${issuer} has no metadata of an authorization server (status ${response.status})`);
    }
    if (told.issuer !== issuer) {
      throw mismatch(`okta.issuer is ${issuer}, and the server there says that it is ${quoteOkta(told.issuer)}`);
    }
    for (const endpoint of ENDPOINTS) {
      const address = told[endpoint];
      if (typeof address !== "string" || !URL.canParse(address) || new URL(address).origin !== orgUrl) {
        throw mismatch(`the ${endpoint} of ${issuer} is not at ${orgUrl}: ${quoteOkta(String(address))}`);
      }
    }
    const server = { ...told, id_token_signing_alg_values_supported: ID_TOKEN_ALGORITHMS } as unknown as OktaServer;
    this.#found = { server, atMs: clock.now() };
    return server;
  }
}

/** The issuer that an ID token names. The token was checked when it came. */
function issuerIn(idToken: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString());
    return isObject(claims) && typeof claims.iss === "string" ? claims.iss : undefined;
  } catch {
    return undefined;
  }
}

const mismatch = (detail: string) =>
  new SignInFailure(
    "issuer_mismatch",
    "The authorization server of this server's settings is not the one that answers.",
    "Tell who runs this server.",
    detail,
  );
