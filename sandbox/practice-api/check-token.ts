import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { Problem } from "./problem.js";
import { GPID_ATTRIBUTE } from "./staff.js";

/** Whoever a token speaks for. */
export interface TokenHolder {
  /** The person's login, or the client's id where a service acts for itself. */
  subject: string;
  /** Undefined where a service acts for itself. */
  userId: string | undefined;
  clientId: string;
  scopes: readonly string[];
  gpid: string | undefined;
  employeeNumber: string | undefined;
}

/** An authorization server whose tokens count, and the audience that they must be for. */
export interface TrustedIssuer {
  issuer: string;
  audience: string;
}

/** How long the API waits for the keys of an authorization server, in milliseconds. */
const KEYS_TIMEOUT_MS = 5_000;

/**
 * The check of Bearer tokens (RFC 6750) that are JWTs: signature by the server's published keys, issuer, audience, time.
 * @param now epoch milliseconds
 */
export function tokenCheck(trusted: readonly TrustedIssuer[], now: () => number) {
  const known = trusted.map(({ issuer, audience }) => ({
    issuer,
    audience,
    // A key that is not known yet is looked up at once, since a rehearsal changes keys more often than a company does.
    keys: createRemoteJWKSet(new URL(`${issuer}/v1/keys`), { cooldownDuration: 0, timeoutDuration: KEYS_TIMEOUT_MS }),
  }));

  /** @throws Problem 401, 503 */
  return async function holderOf(headers: Headers): Promise<TokenHolder> {
    const header = headers.get("authorization");
    if (header === null) throw new Problem(401, "Not authenticated", { "WWW-Authenticate": "Bearer" });
    const token = /^bearer +([\w.~+/=-]+)$/i.exec(header)?.[1];
    if (token === undefined) throw invalid("The Authorization header has no Bearer token");
    const issuer = issuerOf(token);
    const server = known.find((one) => one.issuer === issuer);
    if (server === undefined) throw invalid("The token comes from an authorization server that does not count here");
    const { keys, ...expected } = server;
    try {
      const demands = { ...expected, algorithms: ["RS256"], currentDate: new Date(now()), requiredClaims: ["exp"] };
      return holder((await jwtVerify(token, keys, demands)).payload);
    } catch (error) {
      throw error instanceof Problem ? error : problemOf(error);
    }
  };
}

/** @throws Problem 403 insufficient_scope (RFC 6750, section 3.1) */
export function checkScope({ scopes }: TokenHolder, scope: string): void {
  if (scopes.includes(scope)) return;
  throw new Problem(403, `Not enough permissions: the token has no scope ${scope}`, {
    "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"`,
  });
}

/** The issuer that a token names. Nothing is proved by it yet. */
function issuerOf(token: string): unknown {
  try {
    const [, payload = ""] = token.split(".");
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).iss;
  } catch {
    throw invalid("The token is not a JWT");
  }
}

function holder(claims: JWTPayload): TokenHolder {
  const text = (name: string) => (typeof claims[name] === "string" ? claims[name] : undefined);
  const { scp } = claims;
  // Only an access token names the client that it was given to.
  const clientId = text("cid");
  if (clientId === undefined || claims.sub === undefined) throw invalid("The token is not an access token");
  return {
    subject: claims.sub,
    userId: text("uid"),
    clientId,
    scopes: Array.isArray(scp) ? scp.map(String) : [],
    gpid: text(GPID_ATTRIBUTE),
    employeeNumber: text("employeeNumber"),
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof errors.JWTExpired) return invalid("Token expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return invalid(error.claim === "aud" ? "The token is for another audience" : `The claim ${error.claim} is wrong`);
  }
  const unsigned = [errors.JWSSignatureVerificationFailed, errors.JWKSNoMatchingKey, errors.JWSInvalid];
  if (unsigned.some((kind) => error instanceof kind)) return invalid("The signature of the token is wrong");
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JWTInvalid) return invalid("Invalid token");
  return new Problem(503, "The keys of the authorization server cannot be read at the moment");
}

function invalid(description: string): Problem {
  const challenge = `Bearer error="invalid_token", error_description="${description}"`;
  return new Problem(401, description, { "WWW-Authenticate": challenge });
}
