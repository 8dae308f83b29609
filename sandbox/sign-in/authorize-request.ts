import type { AppClient } from "../app-clients.js";
import type { Issuer } from "../issuers.js";
import type { ClientRegistry } from "../oauth-clients.js";
import { OAuthRefusal } from "../oauth-reply.js";
import { duplicate } from "../oauth-route.js";
import { needsOpenId } from "../oauth-scopes.js";
import { notConfigured } from "../token-endpoint.js";

const PROMPTS = ["none", "login", "consent"] as const;
export type Prompt = (typeof PROMPTS)[number];

/** The assurances that a client may ask for, and whether each takes a second factor (schema `AcrValue`). */
const SECOND_FACTOR: Readonly<Record<string, boolean>> = {
  "urn:okta:loa:1fa:any": false,
  "urn:okta:loa:1fa:pwd": false,
  "urn:okta:loa:1fa:any:ifpossible": false,
  "urn:okta:loa:2fa:any": true,
  "urn:okta:loa:2fa:any:ifpossible": true,
  phr: true,
  phrh: true,
};

/** The place where the answer to an authorization request goes. */
export interface AnswerTo {
  redirectUri: string;
  mode: "query" | "fragment";
  state: string | undefined;
}

/** An authorization request that a person can be asked about (RFC 6749, section 4.1.1). */
export interface AuthorizeRequest extends AnswerTo {
  issuer: Issuer;
  client: AppClient;
  scopes: readonly string[];
  nonce: string | undefined;
  prompts: ReadonlySet<Prompt>;
  /** Seconds; undefined where the sign-in may be of any age. */
  maxAgeSeconds: number | undefined;
  loginHint: string | undefined;
  challenge: string | undefined;
  /** The assurance that the tokens will name. */
  acr: string | undefined;
  secondFactor: boolean;
}

/** A request that gets an error. */
export class AuthorizeProblem extends Error {
  readonly error: string;
  /** Where the client learns of it; undefined where only the org's own page may tell, since nobody vouches for a place. */
  readonly to: AnswerTo | undefined;
  readonly client: AppClient | undefined;

  constructor(error: string, description: string, to?: AnswerTo, client?: AppClient) {
    super(description);
    this.name = "AuthorizeProblem";
    this.error = error;
    this.to = to;
    this.client = client;
  }
}

/**
 * Reads an authorization request.
 * @throws AuthorizeProblem with Okta's codes and texts
 */
export function readAuthorizeRequest(
  given: URLSearchParams,
  issuer: Issuer,
  clients: ClientRegistry,
): AuthorizeRequest {
  const { client, redirectUri } = knownPlace(given, clients);
  const state = given.get("state") || undefined;
  const mode = given.get("response_mode") ?? "query";
  const to: AnswerTo = { redirectUri, state, mode: mode === "fragment" ? "fragment" : "query" };
  const problem = (error: string, description: string) => new AuthorizeProblem(error, description, to, client);
  try {
    const twice = duplicate(given);
    if (twice !== undefined)
      throw problem("invalid_request", "The request contained multiple parameters with the same name.");
    if (state === undefined) {
      throw problem("invalid_request", "The authentication request has an invalid 'state' parameter.");
    }
    if (mode !== "query" && mode !== "fragment") {
      throw problem(
        "unsupported_response_mode",
        "The response mode isn't supported by the authorization server. Valid response modes: [`query`, `fragment`].",
      );
    }
    if (given.get("response_type") !== "code") {
      throw problem("unsupported_response_type", "The response type contained in the request isn't supported.");
    }
    if (given.has("request") || given.has("request_uri")) {
      throw problem("request_not_supported", "The authorize request object is not supported by this client.");
    }
    if (!client.grantTypes.includes("authorization_code")) throw notConfigured(client);
    return {
      ...to,
      issuer,
      client,
      scopes: scopesOf(given, issuer, client),
      nonce: given.get("nonce") || undefined,
      ...presence(given),
      loginHint: given.get("login_hint") || undefined,
      challenge: challengeOf(given, client),
      ...assurance(given),
    };
  } catch (error) {
    throw error instanceof OAuthRefusal ? problem(error.error, error.message) : error;
  }
}

/** The client and a place that it has registered. Before both are sure, nothing may be sent anywhere. */
function knownPlace(given: URLSearchParams, clients: ClientRegistry): { client: AppClient; redirectUri: string } {
  const [clientId, ...otherIds] = given.getAll("client_id");
  const client = clientId === undefined || otherIds.length > 0 ? undefined : clients.find(clientId);
  if (client?.method !== "app") {
    throw new AuthorizeProblem("invalid_client", "Invalid value for 'client_id' parameter.");
  }
  if (client.applicationType === "service") {
    throw new AuthorizeProblem(
      "invalid_request",
      "Clients with 'application_type' of 'service' are not allowed to access the 'authorize' endpoint.",
    );
  }
  const [redirectUri, ...otherUris] = given.getAll("redirect_uri");
  if (redirectUri === undefined || otherUris.length > 0 || !client.redirectUris.includes(redirectUri)) {
    throw new AuthorizeProblem(
      "invalid_request",
      "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
    );
  }
  return { client, redirectUri };
}

/** @throws OAuthRefusal invalid_scope, access_denied */
function scopesOf(given: URLSearchParams, issuer: Issuer, client: AppClient): string[] {
  const scopes = issuer.requestedScopes(given.get("scope"));
  if (!scopes.includes("openid") && scopes.some(needsOpenId)) {
    throw new OAuthRefusal(
      "access_denied",
      "Requests for ID tokens or access tokens with OpenID scopes require the `openid` scope.",
    );
  }
  if (scopes.includes("offline_access") && !client.grantTypes.includes("refresh_token")) {
    throw new OAuthRefusal("invalid_scope", "The following scopes are not allowed for this request: [offline_access].");
  }
  return scopes;
}

/** `prompt` and `max_age`. @throws OAuthRefusal invalid_request */
function presence(given: URLSearchParams): Pick<AuthorizeRequest, "prompts" | "maxAgeSeconds"> {
  const asked = (given.get("prompt") ?? "").split(" ").filter(Boolean);
  const prompts = new Set(PROMPTS.filter((prompt) => asked.includes(prompt)));
  if (prompts.size !== new Set(asked).size || (prompts.has("none") && prompts.size > 1)) {
    throw new OAuthRefusal(
      "invalid_request",
      "Invalid value for 'prompt' parameter. Supported values: [none, consent, login, login consent]",
    );
  }
  const maxAge = given.get("max_age");
  if (maxAge !== null && (!/^\d{1,10}$/.test(maxAge) || Number(maxAge) > 2 ** 31 - 1)) {
    throw new OAuthRefusal(
      "invalid_request",
      "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.",
    );
  }
  if (prompts.has("none") && Number(maxAge ?? 1) === 0) {
    throw new OAuthRefusal(
      "invalid_request",
      "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.",
    );
  }
  return { prompts, maxAgeSeconds: maxAge === null ? undefined : Number(maxAge) };
}

/** The S256 challenge. @throws OAuthRefusal invalid_request */
function challengeOf(given: URLSearchParams, client: AppClient): string | undefined {
  const challenge = given.get("code_challenge");
  if (challenge === null) {
    const mustHave = client.pkceRequired || client.authMethod === "none";
    if (!mustHave && !given.has("code_challenge_method")) return undefined;
    throw new OAuthRefusal("invalid_request", "PKCE code challenge is required by the application.");
  }
  if (given.get("code_challenge_method") !== "S256") {
    throw new OAuthRefusal("invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]");
  }
  if (!/^[\w-]{43}$/.test(challenge)) {
    throw new OAuthRefusal("invalid_request", "PKCE code challenge contains illegal characters.");
  }
  return challenge;
}

/** The first assurance that the org knows. @throws OAuthRefusal access_denied where it knows none of them */
function assurance(given: URLSearchParams): Pick<AuthorizeRequest, "acr" | "secondFactor"> {
  const asked = (given.get("acr_values") ?? "").split(" ").filter(Boolean);
  const acr = asked.find((value) => Object.hasOwn(SECOND_FACTOR, value));
  if (asked.length > 0 && acr === undefined) {
    throw new OAuthRefusal("access_denied", "'acr_values' not supported.");
  }
  return { acr, secondFactor: acr !== undefined && SECOND_FACTOR[acr] === true };
}

/** The address to which an answer goes. Every value is encoded, so that none can pose as another parameter. */
export function answerAddress({ redirectUri, mode, state }: AnswerTo, answer: Record<string, string>): string {
  const parameters = new URLSearchParams({ ...answer, ...(state !== undefined && { state }) });
  const address = new URL(redirectUri);
  if (mode === "fragment") address.hash = parameters.toString();
  else for (const [name, value] of parameters) address.searchParams.append(name, value);
  return address.href;
}
