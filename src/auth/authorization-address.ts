import * as oauth from "oauth4webapi";

/** The request with which a browser is sent to an authorization server for a code. */
export interface CodeRequest {
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  state: string;
  nonce: string;
  /** The verifier of PKCE (RFC 7636). */
  verifier: string;
  /** Further parameters, by name. One that is undefined is left out. */
  more?: Readonly<Record<string, string | undefined>>;
}

/**
 * The address to which a browser goes for a code, with PKCE (RFC 6749, section 4.1.1; RFC 7636; OpenID Connect Core,
 * section 3.1.2.1).
 * @param endpoint the authorization endpoint
 */
export async function authorizationAddress(endpoint: string, request: CodeRequest): Promise<string> {
  const { clientId, redirectUri, scopes, state, nonce, verifier, more } = request;
  const url = new URL(endpoint);
  const parameters: Record<string, string | undefined> = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    response_mode: "query",
    scope: scopes.join(" "),
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
