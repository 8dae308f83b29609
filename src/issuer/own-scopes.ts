/** The names of the two scopes of tokens for /mcp. What a person may do follows from their roles besides, at each call. */
export interface McpScopes {
  /** The scope that every request needs. */
  read: string;
  /** The further scope that a call of a tool needs which does more than read. */
  write: string;
}

/** The scopes of our own authorization server. */
export const OWN_SCOPES: McpScopes = { read: "mcp:read", write: "mcp:write" };

const ALL: readonly string[] = [OWN_SCOPES.read, OWN_SCOPES.write];

/** Both scopes, as a client asks for them. */
export const ALL_OWN_SCOPES = ALL.join(" ");

/** The scopes of ours that a text of scopes names, in our order. */
export function ownScopesIn(text: string | undefined): string[] {
  const named = new Set((text ?? "").split(" "));
  return ALL.filter((scope) => named.has(scope));
}

/**
 * Parameters of OpenID Connect (Core, section 3.1.2.1). They ask for something about an ID token or a claim, and this
 * server gives out neither.
 */
const OF_OPENID: readonly string[] = ["acr_values", "claims", "claims_locales", "id_token_hint", "max_age", "nonce"];

/**
 * The parameters of an authorization request with scopes of ours alone, as RFC 6749, section 3.3 allows: many clients
 * ask for those of OpenID Connect as well. A client that names none of ours gets both.
 */
export function withOwnScopes<Query extends Record<string, string | string[] | undefined>>(query: Query): Query {
  const { scope, ...others } = query;
  // A parameter that came twice is refused later.
  if (Array.isArray(scope)) return query;
  const named = ownScopesIn(scope);
  const kept = Object.entries(others).filter(([name]) => !OF_OPENID.includes(name));
  return {
    ...Object.fromEntries(kept),
    scope: named.length > 0 ? named.join(" ") : ALL_OWN_SCOPES,
  } as unknown as Query;
}
