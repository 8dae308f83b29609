import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from "jose";
import type { AppClient } from "./app-clients.js";
import type { ClientBase } from "./client-base.js";
import { isWeak } from "./dpop.js";
import { OAuthRefusal } from "./oauth-reply.js";
import { createReplayGuard } from "./replay-guard.js";
import type { SandboxRequest } from "./route.js";
import { sameText } from "./same-text.js";

/** A native app: a public client that signs people in with the device grant. */
export interface DeviceClient extends ClientBase {
  method: "device";
}

/** A service app. It proves its identity with a key whose public half the org has. */
export interface ServiceClient extends ClientBase {
  method: "service";
  jwks: JSONWebKeySet;
}

/** An app registered with the org: one of the two that a sandbox is started with, or one of the org's own list. */
export type OAuthClient = DeviceClient | ServiceClient | AppClient;

/** The methods by which a client with a secret may send it. Okta takes both from each. */
const WITH_SECRET: readonly string[] = ["client_secret_basic", "client_secret_post"];

/** True for a client that proves its identity. */
export function isConfidential(client: OAuthClient): boolean {
  return client.method === "service" || (client.method === "app" && client.authMethod !== "none");
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
/** The most by which a client's clock may be ahead. */
const CLOCK_TOLERANCE_MS = 60_000;
/** The longest life of an assertion that Okta accepts. */
const LONGEST_ASSERTION_MS = 3_600_000;

/** The apps that the org knows, and the check of their identity. */
export interface ClientRegistry {
  add(client: OAuthClient): void;
  /** A client as it is now; undefined where there is none of this id, and where its app does not work any more. */
  find(clientId: string): OAuthClient | undefined;
  /**
   * Finds the client of a request to an OAuth endpoint: a public client by its `client_id`, one with a secret by that
   * (RFC 6749, section 2.3.1), one with a key by a signed assertion (RFC 7523, section 3).
   * @throws OAuthRefusal invalid_client, invalid_request
   */
  authenticate(request: SandboxRequest): Promise<OAuthClient>;
}

const rejected = (description: string) => new OAuthRefusal("invalid_client", description, 401);

/**
 * The registry of one org.
 * @param now epoch milliseconds
 * @param works false for an app that was deactivated or deleted; it counts as no client then
 * @param findApp the client that an app of the org's own list is, if it works
 */
export function createClientRegistry(
  initial: readonly OAuthClient[],
  now: () => number,
  works: (clientId: string) => boolean,
  findApp: (clientId: string) => AppClient | undefined,
): ClientRegistry {
  const clients = new Map(initial.map((client) => [client.id, client]));
  const find = (id: string) => (works(id) ? (clients.get(id) ?? findApp(id)) : undefined);
  const assertions = createReplayGuard(now);

  async function checkAssertion(client: ServiceClient | AppClient, assertion: string, endpoint: string): Promise<void> {
    const { kid } = decodeProtectedHeader(assertion);
    const known = kid === undefined ? undefined : client.jwks.keys.find((key) => key.kid === kid);
    if (known === undefined) throw rejected("The client_assertion JWT kid is invalid.");
    if (isWeak(known)) throw rejected("The client_assertion is signed with a key that is too weak to prove anything.");
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks), {
      algorithms: ASSERTION_ALGORITHMS,
      subject: client.id,
      issuer: client.id,
      audience: endpoint,
      currentDate: new Date(now()),
      requiredClaims: ["exp"],
    });
    const expiresAtMs = (payload.exp ?? 0) * 1000;
    if (expiresAtMs > now() + LONGEST_ASSERTION_MS) {
      throw rejected("The client_assertion token has an expiration too far in the future.");
    }
    if ((payload.iat ?? 0) * 1000 > now() + CLOCK_TOLERANCE_MS) {
      throw rejected("The client_assertion token was issued in the future.");
    }
    if (payload.jti !== undefined && !assertions.firstUse(`${client.id} ${payload.jti}`, expiresAtMs)) {
      throw rejected("The client_assertion token has already been used.");
    }
  }

  async function byAssertion(request: SandboxRequest, assertion: string): Promise<OAuthClient> {
    if (request.form.get("client_assertion_type") !== ASSERTION_TYPE) {
      throw new OAuthRefusal("invalid_request", "The `client_assertion_type` is invalid.");
    }
    try {
      const client = find(String(decodeJwt(assertion).sub));
      const named = request.form.get("client_id");
      const hasKey =
        client?.method === "service" || (client?.method === "app" && client.authMethod === "private_key_jwt");
      if (!hasKey || (named !== null && named !== client.id)) {
        throw rejected("The client_assertion's subject is not a service app of this org, nor another app with a key.");
      }
      await checkAssertion(client, assertion, request.url.origin + request.url.pathname);
      return client;
    } catch (error) {
      throw error instanceof OAuthRefusal ? error : rejected(assertionProblem(error));
    }
  }

  function bySecret(request: SandboxRequest): OAuthClient {
    const [id, secret] = request.headers.has("authorization")
      ? basicCredentials(request.headers.get("authorization") ?? "")
      : [request.form.get("client_id") ?? "", request.form.get("client_secret") ?? ""];
    const named = request.form.get("client_id");
    const client = find(id);
    if (client === undefined || (named !== null && named !== id)) {
      throw rejected("Invalid value for the `client_id` parameter");
    }
    if (client.method !== "app" || !WITH_SECRET.includes(client.authMethod)) {
      throw rejected("The client is not configured for authentication with a secret.");
    }
    if (client.secret === undefined || !sameText(secret, client.secret)) {
      throw rejected("The client secret supplied for a confidential client is invalid.");
    }
    return client;
  }

  return {
    add: (client) => void clients.set(client.id, client),
    find,
    async authenticate(request) {
      const assertion = request.form.get("client_assertion");
      // A public client may name itself in the query (Okta's /introspect).
      const clientId = request.form.get("client_id") ?? request.query.get("client_id");
      const [inHeader, inBody] = [request.headers.has("authorization"), request.form.has("client_secret")];
      if (request.query.has("client_secret") || request.query.has("client_assertion")) {
        throw new OAuthRefusal("invalid_request", "Client credentials cannot be supplied via query parameters.");
      }
      if ((assertion !== null && (inHeader || inBody)) || (inHeader && inBody)) {
        throw new OAuthRefusal(
          "invalid_request",
          "Can't supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a `client_assertion` in the post body.",
        );
      }
      if (assertion !== null) return byAssertion(request, assertion);
      if (inHeader || inBody) return bySecret(request);
      if (clientId === null) throw rejected("No client credentials found");
      const client = find(clientId);
      if (client === undefined) throw rejected("Invalid value for the `client_id` parameter");
      if (isConfidential(client)) throw rejected(`Client authentication is required: no ${proofOf(client)} found.`);
      return client;
    },
  };
}

/** The proof of identity that a confidential client owes. */
function proofOf(client: OAuthClient): string {
  return client.method === "app" && WITH_SECRET.includes(client.authMethod) ? "client_secret" : "client_assertion";
}

/**
 * Id and secret of a Basic header, both form-encoded (RFC 6749, section 2.3.1).
 * @throws OAuthRefusal invalid_client
 */
function basicCredentials(header: string): [id: string, secret: string] {
  const encoded = /^basic +([a-z0-9+/=_-]+)$/i.exec(header)?.[1];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8")) ?? [];
  if (!id || secret === undefined) {
    throw rejected("Found Authentication header but was not valid client credentials.");
  }
  try {
    const plain = (part: string) => decodeURIComponent(part.replaceAll("+", " "));
    return [plain(id), plain(secret)];
  } catch {
    return [id, secret];
  }
}

/** The fault of a client assertion, in an org's words. */
function assertionProblem(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The client_assertion token is expired.";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === "aud"
      ? "The audience claim for client_assertion must be the endpoint invoked for the request."
      : `The ${error.claim} claim of the client_assertion is missing or wrong.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "The client_assertion is signed with an unsupported algorithm.";
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return "The client_assertion signature is invalid.";
  }
  return "The client_assertion is not a JWT that can be verified.";
}
