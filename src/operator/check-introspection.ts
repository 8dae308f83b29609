import * as oauth from "oauth4webapi";
import { clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { oauthFetch } from "../auth/oauth-http.js";
import { type CheckContext, introspectingApp } from "./check-context.js";
import { about, type Finding } from "./finding.js";

const TIME_LIMIT_MS = 15_000;

/** The endpoint that tells of tokens of an issuer (RFC 7662, section 2; Okta: `introspect`). */
export function introspectionEndpoint(issuer: string, orgUrl: string): string {
  return issuer === orgUrl ? `${orgUrl}/oauth2/v1/introspect` : `${issuer}/v1/introspect`;
}

/** Checks the app with which the server introspects, where it does: it asks about a token that nobody has. */
export async function checkIntrospection(context: CheckContext): Promise<Finding[]> {
  const { sign_in, tokens } = context.content;
  if (tokens === undefined || sign_in === "native") return [];
  const { ok, wrong, unknown } = about("introspection");
  const app = introspectingApp(context);
  if (app === undefined) return [];
  const { fetch, clock, orgUrl } = context;
  const issuer = (tokens.issuer ?? orgUrl).replace(/\/$/, "");
  const endpoint = introspectionEndpoint(issuer, orgUrl);
  const server = { issuer, introspection_endpoint: endpoint };
  const http = { orgUrl: new URL(endpoint).origin, fetch, clock, timeoutMs: TIME_LIMIT_MS };
  try {
    const response = await oauth.introspectionRequest(
      server,
      { client_id: app.clientId },
      await clientAuthentication({ ...app, clock }, endpoint),
      `check-${oauth.generateRandomState()}`,
      {
        [oauth.customFetch]: oauthFetch(http, undefined, () => {}) as never,
        [oauth.allowInsecureRequests]: endpoint.startsWith("http://"),
      },
    );
    if (response.status === 200) return [ok(`${app.clientId} may ask ${endpoint} about tokens.`)];
    return [
      wrong(
        `Okta does not accept ${app.clientId} at ${endpoint} (status ${response.status}).`,
        "Compare tokens.client_id and the secret or key with the app in Okta. It has to be a confidential app.",
        "invalid_client",
      ),
    ];
  } catch (error) {
    if (!(error instanceof OAuthFailure)) throw error;
    return [unknown(`The introspection was not tried: ${error.message}.`, "Check again.", "okta_unreachable")];
  }
}
