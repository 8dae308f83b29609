import * as oauth from "oauth4webapi";
import { clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { oauthFetch } from "../auth/oauth-http.js";
import { SCOPES } from "../okta/scopes.js";
import { scopesToSignIn } from "../people/sign-on-schema.js";
import { quoteOkta } from "../text/quote.js";
import { probeAuthorize, redirectUriOf, signInBase } from "./authorize-probe.js";
import { type CheckContext, webApp } from "./check-context.js";
import { about, type Finding } from "./finding.js";

const TIME_LIMIT_MS = 15_000;

/** The scopes with which a person says who they are, and those of the roles that act as the person. */
function scopesToAsk({ roles, content, orgUrl }: CheckContext) {
  const ofRoles = new Set<string>(roles.filter(({ actAs }) => actAs === "user").flatMap(({ scopes }) => [...scopes]));
  const isCustom = signInBase({ content, orgUrl }) !== `${orgUrl}/oauth2`;
  return { identity: scopesToSignIn(content.sign_on.scopes, isCustom), ofRoles: [...ofRoles].sort() };
}

/** Checks the web app in Okta: that it is known, where it sends people, how it proves itself, what it may ask for. */
export async function checkWebApp(context: CheckContext): Promise<Finding[]> {
  const { content } = context;
  const clientId = content.okta.client_id;
  if (clientId === undefined) {
    return [
      about("web app").note(
        "serve.json names no web app (okta.client_id): nobody can sign in to the pages, so that what needs an approval is refused to clients that cannot be asked.",
      ),
    ];
  }
  const redirect = await checkRedirectUri(context, clientId);
  const findings = [redirect, secondFactor()];
  if (redirect.state === "ok") findings.push(...(await checkScopes(context, clientId)));
  if (redirect.code !== "okta_unreachable") findings.push(...(await checkProof(context)));
  return findings;
}

/** Okta's policies decide it, and no app may read them without an admin's right. */
function secondFactor(): Finding {
  return about("second factor").unknown(
    "Whether people are asked for a second factor is decided by the app's authentication policy in Okta.",
    "Security > Authentication Policies: give the app a policy that asks for two factors.",
  );
}

async function checkRedirectUri(context: CheckContext, clientId: string): Promise<Finding> {
  const { ok, wrong, unknown } = about("redirect URI");
  const redirectUri = redirectUriOf(context);
  const probed = await probeAuthorize(context, clientId, ["openid"], {}, signInBase(context));
  if (probed.to === "client") return ok(`Okta sends people back to ${redirectUri}.`);
  if (probed.to === "nobody") {
    return unknown(`Okta did not answer (${probed.reason}).`, "Check again.", "okta_unreachable");
  }
  if (probed.fault === "redirect_uri") {
    return wrong(
      `Okta does not send people back to ${redirectUri}: the app has no such redirect URI.`,
      `Add exactly ${redirectUri} in the Admin Console: Applications > the app > General > Sign-in redirect URIs. No slash at the end, http or https as it stands here. Or correct public_url.`,
      "redirect_uri_mismatch",
    );
  }
  if (probed.fault === "client") {
    return wrong(
      `Okta knows no active web app with the client id ${clientId}.`,
      "Compare okta.client_id with Applications > the app > General > Client ID. The app has to be an OIDC Web Application and active.",
      "invalid_client",
    );
  }
  return unknown(
    `Okta answered with a page (status ${probed.status}) that says nothing of the redirect URI.`,
    `Compare it by hand: ${redirectUri} has to stand under Sign-in redirect URIs.`,
  );
}

/**
 * Finds out which scopes the org refuses before anybody signs in. A scope that no role needs tells whether an org checks
 * that at this point at all.
 */
async function checkScopes(context: CheckContext, clientId: string): Promise<Finding[]> {
  const { ok, wrong, unknown } = about("scopes of the web app");
  const { identity, ofRoles } = scopesToAsk(context);
  const lasting = ofRoles.length === 0 ? [] : ["offline_access"];
  const refuses = async (scopes: readonly string[], base?: string) => {
    const probed = await probeAuthorize(context, clientId, [...new Set(["openid", ...scopes])], {}, base);
    return probed.to === "client" && (probed.error === "invalid_scope" || probed.error === "access_denied");
  };
  const refused: string[] = [];
  const see = async (wanted: readonly string[], base?: string) => {
    if (!(await refuses(wanted, base))) return;
    for (const scope of wanted) if (!refused.includes(scope) && (await refuses([scope], base))) refused.push(scope);
  };
  // Rights at Okta's API are given out by the org's own authorization server, whichever one signs people in.
  await see([...identity, ...lasting], signInBase(context));
  if (ofRoles.length > 0) await see([...lasting, ...ofRoles]);
  if (refused.length > 0) {
    const api = refused.filter((scope) => scope.startsWith("okta."));
    const rest = refused.filter((scope) => !scope.startsWith("okta."));
    const steps = [
      ...(api.length === 0 ? [] : [`Grant ${api.join(", ")}: Applications > the app > Okta API Scopes.`]),
      ...(rest.includes("offline_access") ? ["Tick the grant type Refresh Token on the app's General tab."] : []),
      ...(rest.some((scope) => scope !== "offline_access")
        ? [
            `Let the authorization server have ${rest.filter((scope) => scope !== "offline_access").join(", ")}, or correct sign_on.scopes.`,
          ]
        : []),
    ];
    return [wrong(`Okta refuses the app ${refused.join(", ")}.`, steps.join(" "), "scope_not_granted")];
  }
  if (ofRoles.length === 0) return [ok("Okta lets the app ask who somebody is. No role acts as the person.")];
  const control = Object.keys(SCOPES).find((scope) => !ofRoles.includes(scope)) ?? "okta.users.read";
  const names = `${ofRoles.join(", ")} and offline_access`;
  return (await refuses([control]))
    ? [ok(`The app may ask for ${names}.`)]
    : [
        unknown(
          `Okta refuses none of ${names} before a person signs in. Whether all are granted shows with the first sign-in.`,
          "Compare with Applications > the app > Okta API Scopes. After the first sign-in `okta-mcp serve check --live` tells.",
        ),
      ];
}

/** Checks that the app proves itself: Okta refuses a made-up code of a client that it knows with invalid_grant. */
async function checkProof(context: CheckContext): Promise<Finding[]> {
  const { ok, wrong, unknown } = about("proof of the web app");
  const { orgUrl, fetch, clock } = context;
  const app = webApp(context);
  // Why a file cannot be read is said where keys are checked.
  if (app === undefined) return [];
  const server = { issuer: orgUrl, token_endpoint: `${orgUrl}/oauth2/v1/token` };
  const how = app.privateKey === undefined ? "client secret" : "private key";
  try {
    const response = await oauth.genericTokenEndpointRequest(
      server,
      { client_id: app.clientId },
      await clientAuthentication({ ...app, clock }, server.token_endpoint),
      "authorization_code",
      {
        code: `check-${oauth.generateRandomState()}`,
        redirect_uri: redirectUriOf(context),
        code_verifier: oauth.generateRandomCodeVerifier(),
      },
      {
        [oauth.customFetch]: oauthFetch(
          { orgUrl, fetch, clock, timeoutMs: TIME_LIMIT_MS },
          undefined,
          () => {},
        ) as never,
        [oauth.allowInsecureRequests]: orgUrl.startsWith("http://"),
      },
    );
    const body = (await response.json()) as { error?: unknown; error_description?: unknown };
    const said = typeof body.error_description === "string" ? `: ${quoteOkta(body.error_description)}` : "";
    if (body.error === "invalid_grant") return [ok(`Okta accepts the ${how} of ${app.clientId}.`)];
    if (body.error === "invalid_client") {
      return [
        wrong(
          `Okta does not accept the ${how} of ${app.clientId}${said}.`,
          how === "client secret"
            ? "Compare the file of okta.client_secret_file with Applications > the app > General > Client Credentials: the secret has to be there and active."
            : "Register the public key: Applications > the app > General > Client Credentials > Public key / Private key, with the key id that okta.key_id or the file names. A clock that is wrong has the same effect.",
          "invalid_client",
        ),
      ];
    }
    if (body.error === "unauthorized_client" || body.error === "unsupported_grant_type") {
      return [
        wrong(
          `The app may not sign people in by code${said}.`,
          "Tick the grant type Authorization Code on the app's General tab.",
          "invalid_client",
        ),
      ];
    }
    return [unknown(`Okta's answer to a made-up code was ${quoteOkta(String(body.error ?? response.status))}${said}.`)];
  } catch (error) {
    if (!(error instanceof OAuthFailure)) throw error;
    return [unknown(`The proof was not tried: ${error.message}.`, "Check again.", "okta_unreachable")];
  }
}
