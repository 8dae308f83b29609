import * as oauth from "oauth4webapi";
import { authorizationAddress } from "../auth/authorization-address.js";
import { type AppCredentials, clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { type OAuthHttpOptions, oauthFetch } from "../auth/oauth-http.js";
import { realSleep } from "../net/waiting.js";
import { asSignInFailure } from "./okta-causes.js";
import { type OktaServer, OktaServers, type ServerName } from "./okta-servers.js";
import { OktaTurns } from "./okta-turns.js";
import { claimedIn, completed, personIn, type SignedIn } from "./signed-in.js";

export type { SignedIn } from "./signed-in.js";

/** The web app in Okta through which people sign in. */
export interface OktaLoginOptions extends OAuthHttpOptions, AppCredentials {
  /** The one address to which Okta sends people back. */
  redirectUri: string;
  /** The issuer with which people sign in, where it is a custom authorization server of the org. */
  issuer?: string | undefined;
  /** True where userinfo is asked for what the ID token of a sign-in leaves out. */
  userinfo?: boolean;
  /** The address to which Okta sends people back after a sign-out there; undefined where it shows a page of its own. */
  afterSignOut?: string | undefined;
}

/** What a sign-in asks for. The caller keeps it until the person is back. */
export interface SignInRequest {
  /** The authorization server; by default the one that says who people are. */
  server?: ServerName;
  state: string;
  nonce: string;
  /** The verifier of PKCE (RFC 7636). */
  verifier: string;
  scopes: readonly string[];
  /** The person has to have typed in their password within this time (OpenID Connect Core, section 3.1.2.1). */
  maxAgeSeconds?: number | undefined;
  /** Assurances of which the sign-in should have one (OpenID Connect Core, section 3.1.2.1; Okta: `acr_values`). */
  acrValues?: readonly string[] | undefined;
  /** `login` where the person has to type in their password, whatever session there is. */
  prompt?: "login" | undefined;
}

/** The tolerance for an ID token's times. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** The time for asking anew who somebody is. A client waits for it. */
const RENEWAL_TIMEOUT_MS = 10_000;

/** The longest waits for a rate limit of Okta's: of a browser that comes back, and of a client that renews. */
const SIGN_IN_WAIT_MS = 25_000;
const RENEWAL_WAIT_MS = 5_000;

/** Signs people in with Okta (OpenID Connect Core, section 3.1). */
export class OktaLogin {
  readonly #options: OktaLoginOptions;
  readonly #servers: OktaServers;
  readonly #turns: OktaTurns;
  /** The keys of each server, as the library keeps them. */
  readonly #keys = new Map<string, oauth.JWKSCacheInput>();

  constructor(options: OktaLoginOptions) {
    this.#options = options;
    this.#servers = new OktaServers(options);
    this.#turns = new OktaTurns({ sleep: realSleep, now: options.clock.localNow });
  }

  /** The one address to which Okta sends people back. */
  get redirectUri(): string {
    return this.#options.redirectUri;
  }

  /** True where people sign in with a custom authorization server. */
  get isCustom(): boolean {
    return this.#servers.isCustom;
  }

  /** Looks whether people can sign in with the authorization server of the settings. @throws SignInFailure */
  async look(): Promise<void> {
    await this.#told(() => this.#servers.of("sign_in"));
  }

  /**
   * The address to which a browser goes to sign in (RFC 6749, section 4.1.1; Okta: `authorize`, `authorizeCustomAS`).
   * @throws SignInFailure where a custom authorization server does not tell its endpoints
   */
  async address({ server = "sign_in", state, nonce, verifier, scopes, ...asked }: SignInRequest): Promise<string> {
    const { authorization_endpoint } = await this.#told(() => this.#servers.of(server));
    const { maxAgeSeconds, prompt, acrValues } = asked;
    const { clientId, redirectUri } = this.#options;
    const more = {
      prompt,
      max_age: maxAgeSeconds === undefined ? undefined : String(maxAgeSeconds),
      acr_values: acrValues?.join(" "),
    };
    return authorizationAddress(authorization_endpoint, {
      clientId,
      redirectUri,
      scopes,
      state,
      nonce,
      verifier,
      more,
    });
  }

  /**
   * Ends a sign-in: trades the code and checks the ID token, its signature included.
   * @param callback the parameters with which the browser came back
   * @throws SignInFailure
   */
  finish(callback: URLSearchParams, request: SignInRequest, signal?: AbortSignal): Promise<SignedIn> {
    return this.#told(() => this.#finish(callback, request, signal));
  }

  /**
   * Ends a token, a refresh token together with what was given out for it (RFC 7009; Okta: `revokeToken`,
   * `revokeTokenCustomAS`). One that has ended already is no error.
   * @throws OAuthFailure, oauth.ResponseBodyError where Okta did not do it
   */
  async revoke(token: string, kind: "refresh_token" | "access_token", signal?: AbortSignal): Promise<void> {
    // A token does not tell which server gave it out, and the other one does not mind being asked.
    const names: ServerName[] = this.#servers.isCustom ? ["sign_in", "org"] : ["org"];
    for (const name of names) {
      const { server, client, how } = await this.#request(name, signal);
      const auth = await clientAuthentication(this.#options, server.revocation_endpoint);
      const additionalParameters = { token_type_hint: kind };
      const response = await oauth.revocationRequest(server, client, auth, token, {
        ...how,
        additionalParameters,
      });
      await oauth.processRevocationResponse(response);
    }
  }

  /**
   * Has Okta say anew who somebody is, with the refresh token of their sign-in (RFC 6749, section 6; OpenID Connect
   * Core, section 12.2). It refuses for somebody who was suspended, deactivated or lost the app.
   * @throws SignInFailure sign_in_ended where it refuses
   */
  renew(refreshToken: string, signal?: AbortSignal): Promise<SignedIn> {
    return this.#told(async () => {
      const { server, client, how } = await this.#request("sign_in", signal, RENEWAL_TIMEOUT_MS);
      const auth = await clientAuthentication(this.#options, server.token_endpoint);
      const response = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, how);
      const reply = await oauth.processRefreshTokenResponse(server, client, response);
      return this.#signedIn(server, response, reply, how);
    });
  }

  /**
   * The address that ends the person's session at Okta in this browser (OpenID Connect RP-Initiated Logout).
   * @throws SignInFailure where a custom authorization server does not tell its endpoints
   */
  async signOutAddress(idToken: string): Promise<string> {
    const { end_session_endpoint } = await this.#told(() => this.#servers.ofIdToken(idToken));
    const url = new URL(end_session_endpoint);
    url.searchParams.set("id_token_hint", idToken);
    const { afterSignOut } = this.#options;
    if (afterSignOut !== undefined) url.searchParams.set("post_logout_redirect_uri", afterSignOut);
    return url.href;
  }

  async #told<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw asSignInFailure(error);
    }
  }

  async #finish(callback: URLSearchParams, request: SignInRequest, signal?: AbortSignal): Promise<SignedIn> {
    const { server: name = "sign_in" } = request;
    const { server, client, how } = await this.#request(name, signal);
    const parameters = oauth.validateAuthResponse(server, client, callback, request.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      await clientAuthentication(this.#options, server.token_endpoint),
      parameters,
      this.#options.redirectUri,
      request.verifier,
      how,
    );
    const reply = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: request.nonce,
      requireIdToken: true,
      ...(request.maxAgeSeconds === undefined ? {} : { maxAge: request.maxAgeSeconds }),
    });
    const signedIn = await this.#signedIn(server, response, reply, how);
    if (this.#options.userinfo !== true || name === "org") return signedIn;
    const asked = await oauth.userInfoRequest(server, client, reply.access_token, how);
    // Userinfo of somebody else is refused (OpenID Connect Core, section 5.3.2).
    const more = await oauth.processUserInfoResponse(server, client, signedIn.subject, asked);
    return completed(signedIn, claimedIn(more));
  }

  /** What one exchange with Okta needs. */
  async #request(name: ServerName, signal: AbortSignal | undefined, timeoutMs = this.#options.timeoutMs) {
    const { orgUrl, clock, clientId } = this.#options;
    const once = oauthFetch({ ...this.#options, timeoutMs }, signal, () => {});
    const send = this.#turns.around(once, timeoutMs === RENEWAL_TIMEOUT_MS ? RENEWAL_WAIT_MS : SIGN_IN_WAIT_MS, signal);
    const how = { [oauth.customFetch]: send as never, [oauth.allowInsecureRequests]: orgUrl.startsWith("http://") };
    const client: oauth.Client = {
      client_id: clientId,
      [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
      [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    };
    return { server: await this.#servers.of(name), client, how };
  }

  /** Whoever an answer's ID token names, once its signature is checked. */
  async #signedIn(
    server: OktaServer,
    response: Response,
    reply: oauth.TokenEndpointResponse,
    how: oauth.ValidateSignatureOptions,
  ): Promise<SignedIn> {
    const claims = oauth.getValidatedIdTokenClaims(reply);
    if (claims === undefined) throw new OAuthFailure("unusable", "the answer has no ID token");
    const keys = this.#keys.get(server.issuer) ?? {};
    this.#keys.set(server.issuer, keys);
    await oauth.validateApplicationLevelSignature(server, response, { ...how, [oauth.jwksCache]: keys });
    return {
      // People are the org's, by whichever of its servers they sign in: the id in `sub` is the same.
      ...personIn(claims, this.#options.orgUrl),
      idToken: String(reply.id_token),
      tokens: {
        accessToken: reply.access_token,
        refreshToken: reply.refresh_token,
        scopes: reply.scope?.split(/\s+/).filter((scope) => scope !== ""),
        expiresInMs: reply.expires_in === undefined ? undefined : reply.expires_in * 1000,
      },
    };
  }
}
