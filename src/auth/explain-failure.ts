import { OktaMcpError } from "../errors/index.js";
import { quoteOkta } from "../text/quote.js";
import { type FailureContext, type OAuthFailure, oktaSaid } from "./oauth-failure.js";

const FOR_OPERATOR = "Ask who runs this server; `okta-mcp serve check` tells them the same.";
const APP_PAGE = "In the Okta Admin Console, open the app (Applications > Applications > your app)";

/** Advice for a failure, in the words of the Admin Console, by the method of the sign-in. */
const ADVICE = {
  client: {
    device: `${APP_PAGE} and check on its General tab that the Client ID is the one in OKTA_CLIENT_ID, that Client authentication is None (an OIDC Native Application) and that the app is active.`,
    code: `${APP_PAGE} and check on its General tab that the Client ID is the client_id of the API's settings, that the app proves its identity as the settings say (Client authentication None, where they have neither a secret nor a key), and that the app is active.`,
    "private-key": `${APP_PAGE} and check on its General tab that the Client ID is the one in OKTA_CLIENT_ID, that Client authentication is Public key / Private key, that the key with the KID in OKTA_KEY_ID is listed and active, and that the app is active. A clock that is wrong here has the same effect.`,
    "role-app": `${FOR_OPERATOR} ${APP_PAGE} and check on its General tab that the Client ID is the one in roles[].service of serve.json, that the key of private_key_file is listed and active, and that the app is active. A clock that is wrong there has the same effect.`,
  },
  grant: {
    device: `${APP_PAGE}, edit General Settings on its General tab and tick the grant types Device Authorization and Refresh Token.`,
    code: `${APP_PAGE}, edit General Settings on its General tab and tick the grant types Authorization Code and Refresh Token. The access policy of the authorization server (Security > API > the server > Access Policies) has to allow them too.`,
    "private-key": `${APP_PAGE} and check on its General tab that it is an API Services app with the grant type Client Credentials.`,
    "role-app": `${FOR_OPERATOR} ${APP_PAGE} and check on its General tab that it is an API Services app with the grant type Client Credentials.`,
  },
  proof: `Check this machine's clock. ${APP_PAGE}; its General tab has the setting "Require Demonstrating Proof of Possession (DPoP) header in token requests".`,
} as const;

/**
 * Puts a failure into words and codes for callers. `invalid_grant`, `access_denied` and `expired_token` mean different
 * things in different places; code that knows better handles them before.
 */
export function explain(failure: OAuthFailure, context: FailureContext): OktaMcpError {
  switch (failure.kind) {
    case "refused":
      return explainRefusal(failure, context);
    case "busy":
      return explainBusy(failure, context);
    case "network":
      return new OktaMcpError(
        "unreachable",
        `${context.what} failed on the way to ${context.orgUrl}: ${failure.message}.`,
        {
          ...(failure.fix === undefined ? {} : { fix: failure.fix }),
        },
      );
    case "unusable":
      return explainUnusable(failure, context);
  }
}

function explainRefusal(failure: OAuthFailure, context: FailureContext): OktaMcpError {
  const { method: used } = context;
  const method = used === "device" || used === "code" || used === "role-app" ? used : "private-key";
  const said = oktaSaid(failure);
  switch (failure.error) {
    case "invalid_client":
      return rejected(
        `Okta does not accept the app ${context.clientId} as it presents itself${said}.`,
        ADVICE.client[method],
      );
    case "unauthorized_client":
    case "unsupported_grant_type":
      return rejected(`The app ${context.clientId} may not sign in this way${said}.`, ADVICE.grant[method]);
    case "invalid_dpop_proof":
    case "use_dpop_nonce":
      return rejected(`Okta refuses the proof of possession (DPoP) that it demands${said}.`, ADVICE.proof);
    case "invalid_scope":
    case "consent_required":
      return refusedScopes(said, context);
    case "access_denied":
      return rejected(
        `${context.what} was refused by Okta${said}.`,
        used === "code"
          ? `${APP_PAGE} and check its Assignments; then Security > API > the authorization server > Access Policies: a rule has to let this app and this person have these scopes.`
          : `${APP_PAGE} and check its Assignments, its sign-on policy and the network zones it may be used from.`,
      );
    default:
      return rejected(`${context.what} was refused by Okta with ${quoteOkta(failure.error, 60)}${said}.`, undefined);
  }
}

function rejected(message: string, fix: string | undefined): OktaMcpError {
  return new OktaMcpError("client_rejected", message, fix === undefined ? {} : { fix });
}

/** The error about refused scopes of the authorization server of an API. */
function refusedByServer(said: string, { orgUrl, clientId, scopes, api }: FailureContext): OktaMcpError {
  return new OktaMcpError(
    "missing_scope",
    `The authorization server ${orgUrl} gives the app ${clientId} not all of the scopes asked for (${scopes.join(", ")})${said}.`,
    {
      fix: `In the Okta Admin Console, open Security > API > the authorization server: each of these has to stand on its Scopes tab and in a rule of its Access Policies; or take the ones it should not have out of apis.${api}.auth.scopes. For offline_access the app also needs the grant type Refresh Token (General tab).`,
      data: { scopes },
    },
  );
}

/** The error about refused scopes. Okta does not always name the scope, so all that were asked for are named. */
function refusedScopes(said: string, context: FailureContext): OktaMcpError {
  const { clientId, scopes, method } = context;
  if (method === "code") return refusedByServer(said, context);
  const isRole = method === "role-app";
  const [before, setting] = isRole ? [`${FOR_OPERATOR} `, "the scopes of the role in serve.json"] : ["", "OKTA_SCOPES"];
  const ofOkta = scopes.filter((scope) => scope.startsWith("okta."));
  const refreshable =
    method === "device" ? " For offline_access the app also needs the grant type Refresh Token (General tab)." : "";
  return new OktaMcpError(
    "missing_scope",
    `Okta grants the app ${clientId} not all of the scopes asked for (${ofOkta.join(", ") || "none"})${said}.`,
    {
      fix: `${before}${APP_PAGE} and grant each of these on its Okta API Scopes tab, or take the ones it should not have out of ${setting}.${refreshable}`,
      data: { scopes: ofOkta },
    },
  );
}

function explainBusy(failure: OAuthFailure, { what }: FailureContext): OktaMcpError {
  if (failure.status !== 429) {
    return new OktaMcpError("okta_down", `${what} failed: ${failure.message}.`);
  }
  const retryAfterSeconds = Math.ceil((failure.retryAfterMs ?? 60_000) / 1000);
  return new OktaMcpError("rate_limited", `${what} failed: Okta's rate limit is used up.`, {
    fix: `Wait ${retryAfterSeconds} s, then try again.`,
    retryAfterSeconds,
  });
}

function explainUnusable(failure: OAuthFailure, { what, orgUrl, api }: FailureContext): OktaMcpError {
  const setting =
    api === undefined ? "your Okta org (OKTA_ORG_URL)" : `the authorization server (apis.${api}.auth.issuer)`;
  return new OktaMcpError("unreachable", `${what} failed: ${failure.message}.`, {
    fix:
      failure.fix ??
      `Check that ${orgUrl} is the address of ${setting} and that no proxy or sign-in page of the network answers in its place.`,
  });
}
