import * as oauth from "oauth4webapi";
import { type AppCredentials, clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { type OAuthHttpOptions, oauthFetch } from "../auth/oauth-http.js";
import { SignInFailure } from "./sign-in-failure.js";

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
  loginHint?: string | undefined;
  /** The person has to have typed in their password within this time (OpenID Connect Core, section 3.1.2.1). */
  maxAgeSeconds?: number | undefined;
}

/** Somebody who has signed in, by a checked ID token. What it says is data of the org. */
export interface SignedIn {
  issuer: string;
  subject: string;
  login: string | undefined;
  email: string | undefined;
  name: string | undefined;
  /** The groups claim, as it is; undefined where there is none, or it is no list of texts. */
  groups: readonly string[] | undefined;
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
  async address({ state, nonce, verifier, scopes, loginHint, maxAgeSeconds }: SignInRequest): Promise<string> {
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
      login_hint: loginHint,
      max_age: maxAgeSeconds === undefined ? undefined : String(maxAgeSeconds),
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
   * Ends a refresh token and what was given out for it (RFC 7009; Okta: `revokeToken`). One that has ended already is
   * no error.
   * @throws OAuthFailure, oauth.ResponseBodyError where the org did not do it
   */
  async revoke(refreshToken: string, signal?: AbortSignal): Promise<void> {
    const { orgUrl } = this.#options;
    const client = { client_id: this.#options.clientId };
    const auth = await clientAuthentication(this.#options, this.#server.revocation_endpoint);
    const response = await oauth.revocationRequest(this.#server, client, auth, refreshToken, {
      [oauth.customFetch]: oauthFetch(this.#options, signal, () => {}) as never,
      [oauth.allowInsecureRequests]: orgUrl.startsWith("http://"),
      additionalParameters: { token_type_hint: "refresh_token" },
    });
    await oauth.processRevocationResponse(response);
  }

  async #finish(callback: URLSearchParams, request: SignInRequest, signal?: AbortSignal): Promise<SignedIn> {
    const { orgUrl, redirectUri, clock } = this.#options;
    const send = oauthFetch(this.#options, signal, () => {});
    const how = { [oauth.customFetch]: send as never, [oauth.allowInsecureRequests]: orgUrl.startsWith("http://") };
    const client: oauth.Client = {
      client_id: this.#options.clientId,
      [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
      [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    };
    const parameters = oauth.validateAuthResponse(this.#server, client, callback, request.state);
    const response = await oauth.authorizationCodeGrantRequest(
      this.#server,
      client,
      await clientAuthentication(this.#options, this.#server.token_endpoint),
      parameters,
      redirectUri,
      request.verifier,
      how,
    );
    const reply = await oauth.processAuthorizationCodeResponse(this.#server, client, response, {
      expectedNonce: request.nonce,
      requireIdToken: true,
      ...(request.maxAgeSeconds === undefined ? {} : { maxAge: request.maxAgeSeconds }),
    });
    await oauth.validateApplicationLevelSignature(this.#server, response, { ...how, [oauth.jwksCache]: this.#keys });
    const claims = oauth.getValidatedIdTokenClaims(reply);
    if (claims === undefined) throw new OAuthFailure("unusable", "the answer has no ID token");
    return {
      ...personOf(claims),
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
const MAX_GROUPS = 10_000;

const textIn = (claim: unknown) =>
  typeof claim === "string" && claim !== "" ? claim.slice(0, MAX_CLAIM_CHARS) : undefined;

function personOf(claims: oauth.IDToken): Omit<SignedIn, "tokens"> {
  const { iss, sub, preferred_username, email, name, groups } = claims;
  const isList =
    Array.isArray(groups) && groups.length <= MAX_GROUPS && groups.every((group) => typeof group === "string");
  return {
    issuer: iss,
    subject: sub,
    login: textIn(preferred_username),
    email: textIn(email),
    name: textIn(name),
    groups: isList ? (groups as string[]) : undefined,
  };
}

/** Okta's codes in a redirect or an answer, and what they mean for a person who signs in. */
const CAUSES: Readonly<Record<string, () => SignInFailure>> = {
  access_denied: () =>
    new SignInFailure(
      "access_denied",
      "Okta did not let you in.",
      "You may have cancelled, or a policy of Okta's refuses this app. If you did not cancel, ask who runs this server: the app's sign-on policy and your assignment to it decide.",
    ),
  login_required: () =>
    new SignInFailure("login_required", "Okta wants you to sign in again.", "Start again from your program."),
  invalid_client: () =>
    new SignInFailure(
      "invalid_client",
      "Okta does not know this server's app.",
      "The operator has to compare okta.client_id and the secret or key with the app in Okta; `okta-mcp serve check` says which is wrong.",
    ),
  invalid_scope: () =>
    new SignInFailure(
      "scope_not_granted",
      "Okta does not grant this server's app a scope that your role needs.",
      "The operator has to grant it: Applications > the app > Okta API Scopes. `okta-mcp serve check` lists what is missing.",
    ),
};

function asSignInFailure(error: unknown): unknown {
  if (error instanceof SignInFailure) return error;
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    const known = CAUSES[error.error]?.();
    const detail = typeof error.error_description === "string" ? error.error_description.slice(0, 500) : undefined;
    if (/not assigned to the client application/i.test(detail ?? "")) {
      return new SignInFailure(
        "user_not_assigned",
        "You are not assigned to this server's app in Okta.",
        "Ask who runs this server to assign you, or a group of yours, to the app.",
        detail,
      );
    }
    if (known !== undefined) return new SignInFailure(known.code, known.message, known.fix, detail);
    return new SignInFailure(
      "okta_refused",
      "Okta refused the sign-in.",
      "Start again from your program. If it happens again, the server's log has Okta's reason.",
      detail ?? error.error,
    );
  }
  if (error instanceof OAuthFailure) {
    const isBusy = error.kind === "busy";
    return isBusy || error.kind === "network"
      ? new SignInFailure(
          isBusy ? "okta_busy" : "okta_unreachable",
          "Okta does not answer at the moment.",
          "Wait a minute and start again from your program.",
        )
      : new SignInFailure(
          "id_token_invalid",
          "Okta's answer could not be used.",
          "Start again. If it happens again, the server's log has the reason.",
          error.message,
        );
  }
  if (error instanceof oauth.OperationProcessingError) return claimFailure(error);
  return error;
}

function claimFailure(error: oauth.OperationProcessingError): SignInFailure {
  const claim = /"(iss|exp|nbf|iat|aud|nonce|auth_time)"/.exec(error.message)?.[1];
  if (claim === "iss") {
    return new SignInFailure(
      "issuer_mismatch",
      "The ID token comes from another issuer than the org of this server.",
      "The operator has to set okta.org_url to the issuer of the app (Applications > the app > Sign On > Issuer).",
      error.message,
    );
  }
  if (claim === "exp" || claim === "nbf" || claim === "iat") {
    return new SignInFailure(
      "clock_skew",
      "The clocks of Okta and this server differ.",
      "The operator has to set this machine's clock (NTP).",
      error.message,
    );
  }
  return new SignInFailure(
    "id_token_invalid",
    "The ID token in Okta's answer does not hold.",
    "Start again from your program. If it happens again, tell who runs this server.",
    error.message,
  );
}
