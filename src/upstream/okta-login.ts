import * as oauth from "oauth4webapi";
import { type AppCredentials, clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { type OAuthHttpOptions, oauthFetch } from "../auth/oauth-http.js";
import { groupsIn } from "./group-claim.js";
import { asSignInFailure } from "./okta-causes.js";

/** The web app in Okta through which people sign in. */
export interface OktaLoginOptions extends OAuthHttpOptions, AppCredentials {
  /** The one address to which Okta sends people back. */
  redirectUri: string;
}

/** What a sign-in asks for. The caller keeps it until the person is back. */
export interface SignInRequest {
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

/** Somebody who has signed in, by a checked ID token. What it says is data of the org. */
export interface SignedIn {
  issuer: string;
  subject: string;
  login: string | undefined;
  email: string | undefined;
  /** True where Okta says so. A claim that is missing or no boolean says no. */
  emailVerified: boolean;
  name: string | undefined;
  /** The ids of the groups claim; undefined where it does not tell all of them. */
  groups: readonly string[] | undefined;
  /** When the person typed in their password, in epoch milliseconds; undefined where Okta does not tell. */
  authenticatedAtMs: number | undefined;
  /** The assurance of the sign-in (`acr`); undefined where Okta does not tell. */
  acr: string | undefined;
  /** The ID token itself, as a hint for signing out. */
  idToken: string;
  tokens: {
    accessToken: string;
    refreshToken: string | undefined;
    scopes: string[] | undefined;
    expiresInMs: number | undefined;
  };
}

/** The tolerance for an ID token's times. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** The endpoints of the org's authorization server that are used. */
type Endpoint = "authorization_endpoint" | "token_endpoint" | "revocation_endpoint";

/** The time for asking anew who somebody is. A client waits for it. */
const RENEWAL_TIMEOUT_MS = 10_000;

/** Signs people in with the org's own authorization server (OpenID Connect Core, section 3.1). */
export class OktaLogin {
  readonly #options: OktaLoginOptions;
  readonly #server: oauth.AuthorizationServer & Record<Endpoint, string>;
  /** The org's keys, as the library keeps them. */
  readonly #keys: oauth.JWKSCacheInput = {};

  constructor(options: OktaLoginOptions) {
    const { orgUrl } = options;
    this.#options = options;
    // The endpoints are fixed and not discovered, so that no answer can send people or tokens to another place.
    this.#server = {
      issuer: orgUrl,
      authorization_endpoint: `${orgUrl}/oauth2/v1/authorize`,
      token_endpoint: `${orgUrl}/oauth2/v1/token`,
      revocation_endpoint: `${orgUrl}/oauth2/v1/revoke`,
      jwks_uri: `${orgUrl}/oauth2/v1/keys`,
      id_token_signing_alg_values_supported: ["RS256"],
    };
  }

  /** The address to which a browser goes to sign in (RFC 6749, section 4.1.1; Okta: `authorize`). */
  async address({ state, nonce, verifier, scopes, maxAgeSeconds, acrValues, prompt }: SignInRequest): Promise<string> {
    const url = new URL(this.#server.authorization_endpoint);
    const parameters: Record<string, string | undefined> = {
      client_id: this.#options.clientId,
      redirect_uri: this.#options.redirectUri,
      response_type: "code",
      response_mode: "query",
      scope: scopes.join(" "),
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      prompt,
      max_age: maxAgeSeconds === undefined ? undefined : String(maxAgeSeconds),
      acr_values: acrValues?.join(" "),
    };
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Ends a sign-in: trades the code and checks the ID token, its signature included.
   * @param callback the parameters with which the browser came back
   * @throws SignInFailure
   */
  async finish(callback: URLSearchParams, request: SignInRequest, signal?: AbortSignal): Promise<SignedIn> {
    try {
      return await this.#finish(callback, request, signal);
    } catch (error) {
      throw asSignInFailure(error);
    }
  }

  /**
   * Ends a token, a refresh token together with what was given out for it (RFC 7009; Okta: `revokeToken`). One that has
   * ended already is no error.
   * @throws OAuthFailure, oauth.ResponseBodyError where the org did not do it
   */
  async revoke(token: string, kind: "refresh_token" | "access_token", signal?: AbortSignal): Promise<void> {
    const { server, client, how } = this.#request(signal);
    const auth = await clientAuthentication(this.#options, server.revocation_endpoint);
    const additionalParameters = { token_type_hint: kind };
    const response = await oauth.revocationRequest(server, client, auth, token, {
      ...how,
      additionalParameters,
    });
    await oauth.processRevocationResponse(response);
  }

  /**
   * Has the org say anew who somebody is, with the refresh token of their sign-in (RFC 6749, section 6; OpenID Connect
   * Core, section 12.2). It refuses for somebody who was suspended, deactivated or lost the app.
   * @throws SignInFailure sign_in_ended where it refuses
   */
  async renew(refreshToken: string, signal?: AbortSignal): Promise<SignedIn> {
    try {
      const { server, client, how } = this.#request(signal, RENEWAL_TIMEOUT_MS);
      const auth = await clientAuthentication(this.#options, server.token_endpoint);
      const response = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, how);
      const reply = await oauth.processRefreshTokenResponse(server, client, response);
      return await this.#signedIn(response, reply, how);
    } catch (error) {
      throw asSignInFailure(error);
    }
  }

  /** The address that ends the person's session at Okta in this browser (OpenID Connect RP-Initiated Logout). */
  signOutAddress(idToken: string): string {
    const url = new URL(`${this.#options.orgUrl}/oauth2/v1/logout`);
    url.searchParams.set("id_token_hint", idToken);
    return url.href;
  }

  async #finish(callback: URLSearchParams, request: SignInRequest, signal?: AbortSignal): Promise<SignedIn> {
    const { server, client, how } = this.#request(signal);
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
    return this.#signedIn(response, reply, how);
  }

  /** What one exchange with the org needs. */
  #request(signal: AbortSignal | undefined, timeoutMs = this.#options.timeoutMs) {
    const { orgUrl, clock, clientId } = this.#options;
    const send = oauthFetch({ ...this.#options, timeoutMs }, signal, () => {});
    const how = { [oauth.customFetch]: send as never, [oauth.allowInsecureRequests]: orgUrl.startsWith("http://") };
    const client: oauth.Client = {
      client_id: clientId,
      [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
      [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    };
    return { server: this.#server, client, how };
  }

  /** Whoever an answer's ID token names, once its signature is checked. */
  async #signedIn(
    response: Response,
    reply: oauth.TokenEndpointResponse,
    how: oauth.ValidateSignatureOptions,
  ): Promise<SignedIn> {
    const claims = oauth.getValidatedIdTokenClaims(reply);
    if (claims === undefined) throw new OAuthFailure("unusable", "the answer has no ID token");
    await oauth.validateApplicationLevelSignature(this.#server, response, { ...how, [oauth.jwksCache]: this.#keys });
    return {
      ...personOf(claims),
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

const MAX_CLAIM_CHARS = 256;

const textIn = (claim: unknown) =>
  typeof claim === "string" && claim !== "" ? claim.slice(0, MAX_CLAIM_CHARS) : undefined;

function personOf(claims: oauth.IDToken): Omit<SignedIn, "tokens" | "idToken"> {
  const { iss, sub, preferred_username, email, email_verified, name, groups, auth_time, acr } = claims;
  return {
    issuer: iss,
    subject: sub,
    login: textIn(preferred_username),
    email: textIn(email),
    emailVerified: email_verified === true,
    name: textIn(name),
    groups: groupsIn(groups),
    authenticatedAtMs: typeof auth_time === "number" ? auth_time * 1000 : undefined,
    acr: textIn(acr),
  };
}
