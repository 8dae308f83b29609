/** The endpoints of one of Okta's authorization servers that this server asks about tokens. */
export interface IssuerEndpoints {
  issuer: string;
  /** The public keys (Okta: `oauthKeys`, `oauthKeysCustomAS`). */
  keys: URL;
  /** Token introspection (Okta: `introspect`, `introspectCustomAS`). */
  introspection: URL;
}

/**
 * The endpoints of the org's own authorization server, whose issuer is the org's origin, or of a custom one, whose
 * issuer ends with `/oauth2/{id}`. Okta's document fixes them. They are not discovered, so that no answer can send
 * tokens to another place.
 * @param given the issuer, with or without a slash at its end
 */
export function issuerEndpoints(given: string): IssuerEndpoints {
  const issuer = given.replace(/\/$/, "");
  const base = new URL(issuer).pathname === "/" ? `${issuer}/oauth2` : issuer;
  return { issuer, keys: new URL(`${base}/v1/keys`), introspection: new URL(`${base}/v1/introspect`) };
}
