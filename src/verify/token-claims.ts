import { isIdToken, tokenScopes, wrongTime } from "../auth/verified-jwt.js";
import { isObject } from "../json/json.js";
import { groupsIn } from "../upstream/group-claim.js";

/** The facts of a token, once it is sure who gave it out. */
export interface TokenFacts {
  clientId: string;
  /** The id of the person at the org; undefined where a program has the token for itself. */
  userId: string | undefined;
  /** The login of the person. */
  login: string | undefined;
  scopes: ReadonlySet<string>;
  /** The ids of the person's groups; undefined where the token does not tell them. */
  groups: readonly string[] | undefined;
  /** Epoch milliseconds. */
  expiresAtMs: number;
  /** The time since it was given out, in milliseconds; infinite where the token does not tell. */
  ageMs: number;
}

/** The settings by which tokens of others count. */
export interface TokenRules {
  /** Exactly as in the token. */
  issuer: string;
  audience: string;
  /** The other audiences that a token may have as well. Each of these servers could use it here. */
  sharedAudiences: ReadonlySet<string>;
  /** The clients whose tokens count for a person. */
  clients: ReadonlySet<string>;
  /** The clients whose tokens count for themselves. */
  machines: ReadonlySet<string>;
  /** The scope without which a token is for something else; undefined where none is. */
  neededScope: string | undefined;
  /** The claim with the ids of groups. */
  groupsClaim: string | undefined;
}

/** The outcome of a check. `detail` is for the log alone, since it has text of the token. */
export type CheckedClaims =
  | { facts: TokenFacts }
  | { refused: { kind: "invalid" | "no_scope"; why: string; detail?: Record<string, unknown> } };

const MAX_TEXT_CHARS = 256;

const invalid = (why: string, detail?: Record<string, unknown>): CheckedClaims => ({
  refused: { kind: "invalid", why, ...(detail && { detail }) },
});

/**
 * Checks the claims of an access token of Okta's, which come from a verified JWT or from an introspection: who gave it
 * out, for whom, to which client, until when and for whom it stands (RFC 9068, section 4; Okta: `IntrospectionResponse`).
 * @param nowMs the issuer's time, in epoch milliseconds
 */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  rules: TokenRules,
  nowMs: number,
): CheckedClaims {
  if (claims.iss !== rules.issuer) return invalid("The token comes from another issuer.", { issuer: claims.iss });
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(rules.audience))
    return invalid("The token is for another audience.", { audience: claims.aud });
  // Another server that it is for could send it here (RFC 9700, section 2.3).
  if (!audiences.every((one) => one === rules.audience || rules.sharedAudiences.has(one)))
    return invalid("The token is for other servers too.", { audience: claims.aud });
  if (isIdToken(claims)) return invalid("The token is an ID token.");
  // Whoever holds the token would have to prove a key, which nobody asks for here (RFC 9449, section 7.1).
  if (isObject(claims.cnf)) return invalid("The token is bound to a key.");
  const late = wrongTime(claims, nowMs / 1000);
  if (late !== undefined) return invalid(late);
  const clientId = textOf(claims.cid ?? claims.client_id);
  const scopes = tokenScopes(claims);
  if (clientId === undefined || scopes === undefined) return invalid("The token is no access token.");
  const subject = textOf(claims.sub);
  const userId = textOf(claims.uid);
  if (subject === undefined || (claims.uid !== undefined && userId === undefined)) {
    return invalid("The token does not tell whom it stands for.");
  }
  if (userId === undefined && subject !== clientId) return invalid("The token does not tell whom it stands for.");
  const listed = userId === undefined ? rules.machines : rules.clients;
  if (!listed.has(clientId)) {
    const list = userId === undefined ? "machines" : "tokens.clients";
    return invalid("Tokens of this client do not count here.", { client: clientId, not_in: list });
  }
  if (rules.neededScope !== undefined && !scopes.has(rules.neededScope)) {
    return {
      refused: { kind: "no_scope", why: `The token has no ${rules.neededScope}.`, detail: { client: clientId } },
    };
  }
  return {
    facts: {
      clientId,
      userId,
      login: userId === undefined ? undefined : subject,
      scopes,
      groups: rules.groupsClaim === undefined ? undefined : groupsIn(claims[rules.groupsClaim]),
      expiresAtMs: Number(claims.exp) * 1000,
      ageMs: claims.iat === undefined ? Number.POSITIVE_INFINITY : nowMs - Number(claims.iat) * 1000,
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT_CHARS ? value : undefined;
}
