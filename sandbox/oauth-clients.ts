import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from "jose";
import { isWeak } from "./dpop.js";
import { OAuthRefusal } from "./oauth-reply.js";
import { createReplayGuard } from "./replay-guard.js";
import type { SandboxRequest } from "./route.js";

interface ClientBase {
  id: string;
  /** The app's name, as the org's admins gave it. */
  label: string;
  /** The Okta API scopes granted to the app; undefined where it was granted all. */
  scopes?: readonly string[] | undefined;
  /** "Require Demonstrating Proof of Possession (DPoP) header in token requests". */
  dpopRequired?: boolean | undefined;
}

/** A native app: a public client that signs people in with the device grant. */
export interface DeviceClient extends ClientBase {
  method: "device";
}

/** A service app. It proves its identity with a key whose public half the org has. */
export interface ServiceClient extends ClientBase {
  method: "service";
  jwks: JSONWebKeySet;
}

/** An app registered with the org. */
export type OAuthClient = DeviceClient | ServiceClient;

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
/** The most by which a client's clock may be ahead. */
const CLOCK_TOLERANCE_MS = 60_000;
/** The longest life of an assertion that Okta accepts. */
const LONGEST_ASSERTION_MS = 3_600_000;

/** The apps that the org knows, and the check of their identity. */
export interface ClientRegistry {
  add(client: OAuthClient): void;
  /**
   * Finds the client of a request to an OAuth endpoint: a public client by its `client_id`, a service by a signed
   * assertion (RFC 7523, section 3).
   * @throws OAuthRefusal invalid_client, invalid_request
   */
  authenticate(request: SandboxRequest): Promise<OAuthClient>;
}

const rejected = (description: string) => new OAuthRefusal("invalid_client", description, 401);

/**
 * The registry of one org.
 * @param now epoch milliseconds
 * @param works false for an app that was deactivated or deleted; it counts as no client then
 */
export function createClientRegistry(
  initial: readonly OAuthClient[],
  now: () => number,
  works: (clientId: string) => boolean,
): ClientRegistry {
  const clients = new Map(initial.map((client) => [client.id, client]));
  const find = (id: string) => (works(id) ? clients.get(id) : undefined);
  const assertions = createReplayGuard(now);

  async function checkAssertion(client: ServiceClient, assertion: string, endpoint: string): Promise<void> {
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
      if (client?.method !== "service" || (named !== null && named !== client.id)) {
        throw rejected("The client_assertion's subject is not a service app of this org.");
      }
      await checkAssertion(client, assertion, request.url.origin + request.url.pathname);
      return client;
    } catch (error) {
      throw error instanceof OAuthRefusal ? error : rejected(assertionProblem(error));
    }
  }

  return {
    add: (client) => void clients.set(client.id, client),
    async authenticate(request) {
      const assertion = request.form.get("client_assertion");
      const clientId = request.form.get("client_id");
      const secretGiven = request.form.has("client_secret") || request.headers.has("authorization");
      if (assertion !== null && secretGiven) {
        throw new OAuthRefusal(
          "invalid_request",
          "Can't supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a `client_assertion` in the post body.",
        );
      }
      if (assertion !== null) return byAssertion(request, assertion);
      if (secretGiven) throw rejected("The client is not configured for authentication with a secret.");
      if (clientId === null) throw rejected("No client credentials found");
      const client = find(clientId);
      if (client === undefined) throw rejected("Invalid value for the `client_id` parameter");
      if (client.method !== "device") throw rejected("Client authentication is required: no client_assertion found.");
      return client;
    },
  };
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
