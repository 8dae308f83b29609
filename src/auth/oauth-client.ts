import * as oauth from "oauth4webapi";
import type { ServerClock } from "../net/server-clock.js";
import { fitsHeader } from "./access-token.js";
import { takeOut } from "./answer-member.js";
import { type AppCredentials, clientAuthentication } from "./client-authentication.js";
import { type DeviceAuthorization, readDeviceAuthorization } from "./device-authorization.js";
import { OAuthFailure } from "./oauth-failure.js";
import { type OAuthHttpOptions, oauthFetch } from "./oauth-http.js";
import { personIn } from "./principal.js";
import { ProofKey } from "./proof-key.js";

/** The grant of a token endpoint (RFC 6749, section 5.1). */
export interface Grant {
  accessToken: string;
  refreshToken: string | undefined;
  /** Undefined where the answer names none; then they are those that were asked for. */
  scopes: string[] | undefined;
  /** Undefined where the answer does not tell. */
  expiresInMs: number | undefined;
  /** The person who signed in, from a valid ID token. */
  user: string | undefined;
  /** The id by which the org knows them (`sub` of that ID token). */
  subject: string | undefined;
  /** The key that the access token is bound to (RFC 9449); undefined for a Bearer token. */
  proofKey: ProofKey | undefined;
}

export interface OAuthClientOptions extends OAuthHttpOptions, AppCredentials {
  /**
   * Another authorization server than the org's own, by its checked metadata. `orgUrl` is the origin of its endpoints
   * then.
   */
  server?: OAuthServer;
}

/** The parts of an authorization server's metadata that are used (RFC 8414, section 2). */
export type OAuthServer = oauth.AuthorizationServer & { token_endpoint: string };

/** A browser that came back with a code, and what was remembered of the request (OpenID Connect Core, section 3.1). */
export interface CodeAnswer {
  /** The parameters with which the browser came back. */
  callback: URLSearchParams;
  state: string;
  nonce: string;
  /** The verifier of PKCE (RFC 7636). */
  verifier: string;
  redirectUri: string;
}

/** The grant of a code, with whom its checked ID token names. */
export interface CodeGrant extends Grant {
  claims: oauth.IDToken;
}

/** The tolerance for an ID token's times, in seconds. They are only shown, and clocks differ. */
const CLOCK_TOLERANCE_SECONDS = 120;

/** The change with which a second try makes sense. */
type Remedy = "prove" | "nonce" | "clock";

/**
 * One app's exchanges with the org authorization server. Every method is one exchange. Where an answer asks for a proof
 * of possession, a nonce or another clock, the exchange is repeated once for each. All methods throw `OAuthFailure`, or
 * OktaMcpError cancelled when the signal aborts.
 */
export class OAuthClient {
  readonly #options: OAuthClientOptions;
  readonly #server: OAuthServer;
  /** Made when Okta first demands a proof. Proofs are then sent from the start. */
  #proofKey: ProofKey | undefined;

  constructor(options: OAuthClientOptions) {
    const { orgUrl } = options;
    this.#options = options;
    // The endpoints are fixed and not discovered, so that no answer can send tokens to another place.
    this.#server = options.server ?? {
      issuer: orgUrl,
      token_endpoint: `${orgUrl}/oauth2/v1/token`,
      device_authorization_endpoint: `${orgUrl}/oauth2/v1/device/authorize`,
      revocation_endpoint: `${orgUrl}/oauth2/v1/revoke`,
    };
  }

  get clock(): ServerClock {
    return this.#options.clock;
  }

  /** Starts a device sign-in (RFC 8628, section 3.1; Okta: `deviceAuthorize`). */
  async startDevice(scopes: readonly string[], signal?: AbortSignal): Promise<DeviceAuthorization> {
    const client = this.#client();
    return this.#exchange("device_authorization_endpoint", undefined, signal, async (authenticate, options) => {
      const parameters = { scope: scopes.join(" ") };
      const response = await oauth.deviceAuthorizationRequest(this.#server, client, authenticate, parameters, options);
      return readDeviceAuthorization(this.#server, client, response);
    });
  }

  /** Asks once whether the person has approved (RFC 8628, section 3.4; Okta: `token`). */
  redeemDeviceCode(deviceCode: string, signal?: AbortSignal): Promise<Grant> {
    return this.#grant(DEVICE_CODE_GRANT, { device_code: deviceCode }, undefined, signal);
  }

  /**
   * Trades a refresh token for new tokens (RFC 6749, section 6; Okta: `token`).
   * @param boundTo the key that the refresh token is bound to (RFC 9449, section 5)
   */
  refresh(refreshToken: string, boundTo: ProofKey | undefined, signal?: AbortSignal): Promise<Grant> {
    return this.#grant("refresh_token", { refresh_token: refreshToken }, boundTo, signal);
  }

  /**
   * Trades the code of a browser that came back (RFC 6749, section 4.1.3; Okta: `token`, `tokenCustomAS`). State, `iss`
   * (RFC 9207) and the ID token with its nonce and signature are checked. The server has to have a `jwks_uri`.
   */
  async redeemCode(
    { callback, state, nonce, verifier, redirectUri }: CodeAnswer,
    signal?: AbortSignal,
  ): Promise<CodeGrant> {
    const client = this.#client();
    return this.#exchange("token_endpoint", undefined, signal, async (authenticate, options, proofKey) => {
      const server = this.#server;
      const code = oauth.validateAuthResponse(server, client, callback, state);
      const answer = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authenticate,
        code,
        redirectUri,
        verifier,
        options,
      );
      const grant = await this.#readGrant(answer.clone(), proofKey);
      const reply = await oauth.processAuthorizationCodeResponse(server, client, answer, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
      const { [oauth.customFetch]: send, [oauth.allowInsecureRequests]: insecure } = options;
      const how = { [oauth.customFetch]: send as never, [oauth.allowInsecureRequests]: insecure };
      await oauth.validateApplicationLevelSignature(server, answer, how);
      return { ...grant, claims: oauth.getValidatedIdTokenClaims(reply) as oauth.IDToken };
    });
  }

  /**
   * Trades somebody's token for one that is meant for another server (RFC 8693, section 2.1; Okta: `tokenCustomAS`,
   * on-behalf-of).
   * @param subjectToken an access token of the person
   */
  exchangeToken(
    { subjectToken, audience, scopes }: { subjectToken: string; audience: string; scopes: readonly string[] },
    signal?: AbortSignal,
  ): Promise<Grant> {
    const parameters = {
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
      requested_token_type: ACCESS_TOKEN_TYPE,
      audience,
      ...(scopes.length > 0 && { scope: scopes.join(" ") }),
    };
    return this.#grant(TOKEN_EXCHANGE_GRANT, parameters, undefined, signal);
  }

  /** Gets a token for the app itself (RFC 6749, section 4.4; Okta: `token`). */
  clientCredentials(scopes: readonly string[], signal?: AbortSignal): Promise<Grant> {
    return this.#grant("client_credentials", { scope: scopes.join(" ") }, undefined, signal);
  }

  /** Revokes a token (RFC 7009, section 2; Okta: `revoke`). One that is unknown to Okta counts as revoked. */
  async revoke(token: string, hint: "access_token" | "refresh_token", signal?: AbortSignal): Promise<void> {
    const client = this.#client();
    await this.#exchange("revocation_endpoint", undefined, signal, async (authenticate, options) => {
      const additionalParameters = { token_type_hint: hint };
      const response = await oauth.revocationRequest(this.#server, client, authenticate, token, {
        ...options,
        additionalParameters,
      });
      await oauth.processRevocationResponse(response);
    });
  }

  #grant(
    grantType: string,
    parameters: Record<string, string>,
    boundTo: ProofKey | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Grant> {
    const client = this.#client();
    return this.#exchange("token_endpoint", boundTo, signal, async (authenticate, options, proofKey) => {
      const response = await oauth.genericTokenEndpointRequest(
        this.#server,
        client,
        authenticate,
        grantType,
        parameters,
        options,
      );
      return this.#readGrant(response, proofKey);
    });
  }

  /** Runs one exchange, and repeats it where the refusal says what was missing. */
  async #exchange<T>(
    endpoint: Endpoint,
    boundTo: ProofKey | undefined,
    signal: AbortSignal | undefined,
    attempt: (authenticate: oauth.ClientAuth, options: RequestOptions, proofKey: ProofKey | undefined) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#options;
    const url = this.#server[endpoint];
    if (url === undefined) throw new OAuthFailure("unusable", `the authorization server names no ${endpoint}`);
    const tried = new Set<Remedy>();
    let proofKey = boundTo ?? this.#proofKey;
    for (;;) {
      const aheadMs = clock.aheadMs;
      let nonceCame = false;
      const send = oauthFetch(this.#options, signal, (headers) => {
        nonceCame = proofKey?.learn("authorization-server", headers) ?? false;
      });
      try {
        const authenticate = await clientAuthentication(this.#options, url);
        const proof = await proofKey?.proof("authorization-server", "POST", new URL(url));
        const headers = { "user-agent": "okta-mcp", ...(proof !== undefined && { dpop: proof }) };
        return await attempt(authenticate, this.#requestOptions(send, headers), proofKey);
      } catch (error) {
        const failure = asFailure(error);
        if (!(failure instanceof OAuthFailure)) throw failure;
        const remedy = remedyFor(failure, proofKey !== undefined, nonceCame, clock.aheadMs !== aheadMs);
        if (!remedy || tried.has(remedy)) throw failure;
        tried.add(remedy);
        if (remedy === "prove") proofKey = this.#proofKey ??= await ProofKey.generate(clock);
      }
    }
  }

  #client(): oauth.Client {
    // oauth4webapi reads the machine's clock. This skew brings it to the given clock, corrected by the org's.
    const skewSeconds = Math.round((this.clock.now() - Date.now()) / 1000);
    return {
      client_id: this.#options.clientId,
      [oauth.clockSkew]: skewSeconds,
      [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    };
  }

  #requestOptions(send: ReturnType<typeof oauthFetch>, headers: Record<string, string>): RequestOptions {
    return {
      headers,
      [oauth.customFetch]: send,
      // Plain http is for loopback orgs alone; `createSession` checks that.
      [oauth.allowInsecureRequests]: this.#options.orgUrl.startsWith("http://"),
    };
  }

  async #readGrant(response: Response, proofKey: ProofKey | undefined): Promise<Grant> {
    const { rest, taken: idToken, whole } = await takeOut(response, "id_token");
    const reply = await oauth.processGenericTokenEndpointResponse(this.#server, this.#client(), rest);
    const bound = reply.token_type === "dpop";
    if (bound && !proofKey) throw new OAuthFailure("unusable", "the token is bound to a key that was never shown");
    // A proof is only sent where Okta has demanded one. A token that anybody could use is no answer to it (RFC 9449,
    // section 5).
    if (!bound && proofKey) {
      throw new OAuthFailure(
        "unusable",
        "the token in the answer is not bound to the key of the proof that Okta demanded (it came as Bearer in place of DPoP); where DPoP was switched off for the app meanwhile, start okta-mcp and sign in again",
      );
    }
    if (!fitsHeader(reply.access_token)) throw new OAuthFailure("unusable", "the token in the answer cannot be sent");
    return {
      accessToken: reply.access_token,
      refreshToken: reply.refresh_token,
      scopes: reply.scope?.split(/\s+/).filter((scope) => scope !== ""),
      expiresInMs: reply.expires_in === undefined ? undefined : reply.expires_in * 1000,
      ...(idToken === undefined ? personIn(undefined) : await this.#personOf(whole)),
      proofKey: bound ? proofKey : undefined,
    };
  }

  /**
   * The person whom the ID token names, once it is validated (OpenID Connect Core, section 3.1.3.7). It gives no
   * right. Where the validation fails, nobody is named and the sign-in stands: an org's own domain can differ from the
   * issuer of its app.
   */
  async #personOf(response: Response): Promise<Pick<Grant, "user" | "subject">> {
    const client = this.#client();
    try {
      const reply = await oauth.processGenericTokenEndpointResponse(this.#server, client, response);
      return personIn(oauth.getValidatedIdTokenClaims(reply));
    } catch {
      return personIn(undefined);
    }
  }
}

const TOKEN_EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

type Endpoint = "token_endpoint" | "device_authorization_endpoint" | "revocation_endpoint";

type RequestOptions = oauth.HttpRequestOptions<"POST", URLSearchParams>;

/** The change that a refusal asks for, if there is one. */
function remedyFor(
  { error }: OAuthFailure,
  proved: boolean,
  nonceCame: boolean,
  clockCorrected: boolean,
): Remedy | undefined {
  const aboutProof = error === "invalid_dpop_proof" || error === "use_dpop_nonce";
  if (aboutProof && !proved) return "prove";
  if (error === "use_dpop_nonce" && nonceCame) return "nonce";
  // No code of Okta's says that an assertion or a proof is too old or too new.
  if (clockCorrected && (aboutProof || error === "invalid_client")) return "clock";
  return undefined;
}

const errorCode = (given: string) => (/^[\x21-\x7e]{1,64}$/.test(given) ? given : "(unreadable)");

/** An error of the library as our own. It holds the answer, tokens included, so only its sort is kept. */
function asFailure(error: unknown): unknown {
  if (error instanceof oauth.AuthorizationResponseError) {
    return new OAuthFailure("refused", "Okta sent the browser back without a code", {
      error: errorCode(error.error),
      description: error.error_description,
    });
  }
  if (error instanceof oauth.ResponseBodyError) {
    const code = errorCode(error.error);
    const kind = code === "temporarily_unavailable" || code === "server_error" ? "busy" : "refused";
    return new OAuthFailure(kind, `Okta answered with ${code}`, {
      error: code,
      description: typeof error.error_description === "string" ? error.error_description : undefined,
      status: error.status,
    });
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    const { cause } = error;
    const status = cause instanceof Response && cause.status !== 200 ? ` (status ${cause.status})` : "";
    return new OAuthFailure("unusable", `the answer is not one of Okta's sign-in${status}`);
  }
  return error;
}
