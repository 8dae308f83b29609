import * as oauth from "oauth4webapi";
import { ask, type CheckContext, type OrgAnswer } from "./check-context.js";

/** What an authorization request without a person came to. */
export type Probed =
  /** The org sent the answer to the redirect URI, so that client and redirect URI are right. */
  | { to: "client"; error: string | undefined; description: string | undefined; headers: Headers }
  /** The org told of the fault on a page of its own. */
  | { to: "page"; fault: "client" | "redirect_uri" | "other"; status: number }
  | { to: "nobody"; reason: string };

/** The path to which Okta sends people back. It stands in the app at Okta. */
export const redirectUriOf = ({ publicUrl }: Pick<CheckContext, "publicUrl">) => `${publicUrl}/auth/sso/callback/okta`;

/** The address in front of `/v1/authorize` of the authorization server with which people sign in. */
export function signInBase({ content, orgUrl }: Pick<CheckContext, "content" | "orgUrl">): string {
  const issuer = content.okta.issuer?.replace(/\/$/, "") ?? orgUrl;
  return issuer === orgUrl ? `${orgUrl}/oauth2` : issuer;
}

/** Okta's sentences on its error page; an apostrophe may be written as an entity. */
const ON_PAGE = {
  redirect_uri: /redirect_uri(?:'|&#?\w{2,5};)? parameter must be/i,
  client: /client_id(?:'|&#?\w{2,5};)? parameter|application_type/i,
} as const;

/**
 * Sends an authorization request with `prompt=none` (OpenID Connect Core, section 3.1.2.1). Nobody is asked and nobody
 * signs in: the org checks client, redirect URI and scopes and says that nobody is signed in.
 * @param base the address in front of `/v1/authorize`; by default that of the org's own authorization server
 */
export async function probeAuthorize(
  context: CheckContext,
  clientId: string,
  scopes: readonly string[],
  more: Record<string, string> = {},
  base = `${context.orgUrl}/oauth2`,
): Promise<Probed> {
  const redirectUri = redirectUriOf(context);
  const url = new URL(`${base}/v1/authorize`);
  const parameters = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: scopes.join(" "),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
    code_challenge_method: "S256",
    prompt: "none",
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return readProbe(await ask(context, url, { headers: { Accept: "text/html" } }), redirectUri);
}

/** Reads what an authorization request without a person came to. */
export function readProbe(answer: OrgAnswer, redirectUri: string): Probed {
  if ("reason" in answer) return { to: "nobody", reason: answer.reason };
  const location = answer.headers.get("location") ?? "";
  if (answer.status >= 300 && answer.status < 400 && URL.canParse(location)) {
    const url = new URL(location);
    const { searchParams } = url;
    const wanted = new URL(redirectUri);
    if (url.origin === wanted.origin && url.pathname === wanted.pathname) {
      return {
        to: "client",
        error: searchParams.get("error") ?? undefined,
        description: searchParams.get("error_description") ?? undefined,
        headers: answer.headers,
      };
    }
  }
  const fault = ON_PAGE.redirect_uri.test(answer.text)
    ? "redirect_uri"
    : ON_PAGE.client.test(answer.text)
      ? "client"
      : "other";
  return { to: "page", fault, status: answer.status };
}
