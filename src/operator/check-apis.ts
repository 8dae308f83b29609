import * as oauth from "oauth4webapi";
import type { ApiTokenSource } from "../apis/api-auth.js";
import { type ApiIssuer, WrongToken } from "../apis/api-issuer.js";
import { OAuthFailure, oktaSaid } from "../auth/oauth-failure.js";
import type { CompanyApi } from "../upstream/company-apis.js";
import { readProbe } from "./authorize-probe.js";
import { ask, type CheckContext } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** An API with an authorization server, and how tokens are got there. */
interface Checked {
  context: CheckContext;
  name: string;
  issuer: ApiIssuer;
  source: ApiTokenSource;
  kind: CompanyApi["api"]["auth"]["kind"];
}

/**
 * Checks each of the company's APIs: its tools, its authorization server, the app there, and where people are sent back.
 * Nobody signs in, and the API itself is not asked.
 */
export async function checkApis(context: CheckContext): Promise<Finding[]> {
  const findings = await Promise.all(context.apis.all().map((one) => checkApi(context, one)));
  return findings.flat();
}

async function checkApi(context: CheckContext, one: CompanyApi): Promise<Finding[]> {
  const { api, issuer, roles } = one;
  const { name, auth, chosen, skipped } = api;
  const { ok } = about(`API ${name}`);
  const tools = ok(
    `${chosen.length} of ${chosen.length + skipped.length} operations are tools, for ${[...roles].join(", ")}. \`okta-mcp apis check\` lists them.`,
  );
  if (issuer === undefined || !("issuer" in auth)) return [tools];
  const checked: Checked = { context, name, issuer, source: auth, kind: auth.kind };
  const server = await checkIssuer(checked);
  if (server.state !== "ok") return [tools, server];
  const redirect = auth.kind === "user_grant" ? [await checkRedirect(checked)] : [];
  return [tools, server, ...redirect, ...(await checkClient(checked))];
}

async function checkIssuer({ name, issuer }: Checked): Promise<Finding> {
  const { ok, wrong, unknown } = about(`API ${name}: authorization server`);
  try {
    await issuer.look();
    return ok(`${issuer.issuer} answers with its metadata.`);
  } catch (error) {
    if (!(error instanceof OAuthFailure)) throw error;
    if (error.passing) {
      return unknown(`${issuer.issuer} does not answer: ${error.message}.`, "Check again.", "okta_unreachable");
    }
    return wrong(
      `${error.message}.`.replace(/^./, (first) => first.toUpperCase()),
      `Set apis.${name}.auth.issuer to the Issuer URI under Security > API > Authorization Servers > the server of this API.`,
      "issuer_mismatch",
    );
  }
}

async function checkRedirect({ context, name, issuer, source }: Checked): Promise<Finding> {
  const { ok, wrong, unknown } = about(`API ${name}: redirect URI`);
  const { clientId } = source.client;
  const redirectUri = `${context.publicUrl}/connect/${name}/callback`;
  const random = oauth.generateRandomState;
  const parts = { state: random(), nonce: random(), verifier: oauth.generateRandomCodeVerifier() };
  const url = new URL(
    await issuer.authorizationAddress({
      redirectUri,
      scopes: ["openid", "offline_access", ...source.scopes],
      ...parts,
    }),
  );
  url.searchParams.set("prompt", "none");
  const probed = readProbe(await ask(context, url, { headers: { Accept: "text/html" } }), redirectUri);
  if (probed.to === "nobody") {
    return unknown(`The authorization server did not answer (${probed.reason}).`, "Check again.", "okta_unreachable");
  }
  if (probed.to === "page") {
    if (probed.fault === "redirect_uri") {
      return wrong(
        `People are not sent back to ${redirectUri}: the app ${clientId} has no such redirect URI.`,
        `Add exactly ${redirectUri} in the Admin Console: Applications > the app > General > Sign-in redirect URIs.`,
        "redirect_uri_mismatch",
      );
    }
    if (probed.fault === "client") {
      return wrong(
        `Okta knows no active web app with the client id ${clientId}.`,
        `Compare apis.${name}.auth.client_id with Applications > the app > General > Client ID.`,
        "invalid_client",
      );
    }
    return unknown(
      `The answer was a page (status ${probed.status}) that says nothing of the redirect URI.`,
      `Compare it by hand: ${redirectUri} has to stand under Sign-in redirect URIs.`,
    );
  }
  if (probed.error === "invalid_scope" || probed.error === "access_denied") {
    return wrong(
      `The authorization server refuses the app ${clientId} one of ${source.scopes.join(", ")}, offline_access.`,
      "Security > API > Authorization Servers > the server: the scopes have to be there, and the rule of an access policy has to give them to the app for Authorization Code. Tick Refresh Token on the app's General tab.",
      "scope_not_granted",
    );
  }
  return ok(`People are sent back to ${redirectUri}.`);
}

/** Tries the proof of the app with something made up, which a server that knows the app refuses for being made up. */
async function checkClient(checked: Checked): Promise<Finding[]> {
  const { name, issuer, source, kind, context } = checked;
  const { ok, wrong, unknown } = about(`API ${name}: app`);
  const { clientId } = source.client;
  const { scopes, audience } = source;
  try {
    const client = await issuer.client();
    const made = `check-${oauth.generateRandomState()}`;
    if (kind === "client_credentials") {
      await issuer.check((await client.clientCredentials(scopes)).accessToken, { scopes });
      return [ok(`${clientId} gets tokens for ${audience} with ${scopes.join(", ")}.`)];
    }
    if (kind === "exchange") await client.exchangeToken({ subjectToken: made, audience, scopes });
    else {
      const redirectUri = `${context.publicUrl}/connect/${name}/callback`;
      const callback = new URLSearchParams({ code: made, state: made, iss: (await issuer.look()).issuer });
      const verifier = oauth.generateRandomCodeVerifier();
      await client.redeemCode({ callback, state: made, nonce: made, verifier, redirectUri });
    }
    return [unknown(`The authorization server took a made-up proof of ${clientId}.`)];
  } catch (error) {
    if (error instanceof WrongToken) {
      return [
        wrong(
          `The token that ${issuer.issuer} gives out must not be sent to the API. ${error.message}`,
          `Compare apis.${name}.auth.audience and scopes with the authorization server.`,
        ),
      ];
    }
    if (!(error instanceof OAuthFailure)) throw error;
    return [proofOf(checked, error)];
  }
}

function proofOf({ name, source, kind }: Checked, error: OAuthFailure): Finding {
  const { ok, wrong, unknown } = about(`API ${name}: app`);
  const { clientId } = source.client;
  const said = oktaSaid(error);
  switch (error.error) {
    case "invalid_client":
      return wrong(
        `Okta does not accept the app ${clientId} as it proves itself${said}.`,
        `Compare apis.${name}.auth.client_id and its secret or key with Applications > the app > General > Client Credentials.`,
        "invalid_client",
      );
    case "unauthorized_client":
    case "unsupported_grant_type":
      return wrong(
        `The app ${clientId} may not get tokens by kind ${kind}${said}.`,
        kind === "exchange"
          ? "The app has to be an API Services app with the grant type Token Exchange."
          : "Tick the grant types Authorization Code and Refresh Token on the app's General tab.",
        "invalid_client",
      );
    case "access_denied":
    case "invalid_scope":
      return wrong(
        `The authorization server refuses the app ${clientId}${said}.`,
        "Security > API > Authorization Servers > the server > Access Policies: a rule has to give the scopes to the app for this grant type.",
        "policy_denied",
      );
    case "":
      return unknown(`The proof was not tried: ${error.message}.`, "Check again.", "okta_unreachable");
    default:
      return ok(
        `Okta accepts the proof of ${clientId}. Whether its tokens are for ${source.audience} shows with the first call; others are never sent.`,
      );
  }
}
