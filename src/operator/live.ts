import * as oauth from "oauth4webapi";
import { clientAuthentication } from "../auth/client-authentication.js";
import { OAuthFailure } from "../auth/oauth-failure.js";
import { oauthFetch } from "../auth/oauth-http.js";
import type { Store } from "../store/open-store.js";
import { quoteOkta } from "../text/quote.js";
import { probeAuthorize } from "./authorize-probe.js";
import { ask, type CheckContext, DIRECTORY_SCOPES, directoryApp, webApp } from "./check-context.js";
import { metadataOf } from "./check-org.js";
import { about, type Finding } from "./finding.js";

export interface LiveOptions {
  store: Store | undefined;
  /** Asks before something shows in the org. @returns false where the person does not want it */
  mayShow(what: string): Promise<boolean>;
}

/** An id of a group, as Okta makes them. A name may look otherwise. */
const GROUP_ID = /^00g[A-Za-z0-9]{10,40}$/;
const ASSERTION_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const TIME_LIMIT_MS = 15_000;

/**
 * Measures on an org what Okta's documents leave open and this server rests on. What needs a person is read from the
 * sign-ins that there have been.
 */
export async function measureLive(context: CheckContext, options: LiveOptions): Promise<Finding[]> {
  return [
    await groupIds(options),
    await offlineAccess(options),
    await assurance(context),
    await introspectionOfOthers(context, options),
    ...(await rateLimits(context)),
    await crossAppAccess(context),
    about("live: refresh token leeway").unknown(
      "Not tried: it would use up somebody's refresh token. This server renews one at a time and does not need the leeway.",
    ),
    about("live: DPoP").unknown("Not tried: it needs a change of the app. Leave DPoP off for the web app."),
    about("live: Universal Logout").unknown("Not tried: this version has no place for it."),
  ];
}

async function groupIds({ store }: LiveOptions): Promise<Finding> {
  const { ok, wrong, unknown } = about("live: ids in the groups claim");
  const seen = await store?.people.groupsSeen();
  if (seen === undefined || seen.groups.size === 0) {
    return unknown("Nobody has signed in with a group yet.", "Sign in once through the server, then measure again.");
  }
  const names = [...seen.groups].filter((group) => !GROUP_ID.test(group)).length;
  return names === 0
    ? ok(`The org gives ids of groups (${seen.groups.size} were seen).`)
    : wrong(
        `${names} of ${seen.groups.size} values are no ids of groups, so the claim lists names.`,
        'Use an expression as the value of the claim: getFilteredGroups({"00g…"}, "group.id", 100). Or add a directory app.',
        "groups_claim_missing",
      );
}

async function offlineAccess({ store }: LiveOptions): Promise<Finding> {
  const { ok, wrong, unknown } = about("live: offline_access with okta.* scopes");
  const grants = (await store?.upstream.seen()) ?? [];
  const atOkta = grants.filter(({ scopes }) => scopes.some((scope) => scope.startsWith("okta.")));
  if (atOkta.length === 0) {
    return unknown("Nobody has granted access at Okta yet.", "Sign in once with a role that acts as user.");
  }
  return atOkta.some(({ isRenewable }) => isRenewable)
    ? ok("The web app gets refresh tokens together with okta.* scopes.")
    : wrong(
        "The web app gets okta.* scopes and no refresh token: people have to sign in anew every hour.",
        "Tick the grant type Refresh Token on the app's General tab.",
      );
}

async function assurance(context: CheckContext): Promise<Finding> {
  const { ok, unknown } = about("live: acr_values at the org");
  const clientId = context.content.okta.client_id;
  if (clientId === undefined) return unknown("There is no web app to ask with.");
  const probed = await probeAuthorize(context, clientId, ["openid"], { acr_values: "urn:okta:loa:2fa:any" });
  if (probed.to !== "client") return unknown("The org did not answer to the redirect URI.");
  return probed.error === "login_required"
    ? ok("The org takes acr_values and asks for a sign-in.")
    : unknown(`The org answered ${quoteOkta(probed.error ?? "nothing")} ${quoteOkta(probed.description ?? "")}.`);
}

async function introspectionOfOthers(context: CheckContext, { mayShow }: LiveOptions): Promise<Finding> {
  const { ok, note, unknown } = about("live: introspection across clients");
  const [asker, owner] = [webApp(context), directoryApp(context)];
  if (asker === undefined || owner === undefined) {
    return unknown("It needs the web app, which asks, and a directory app, whose token is asked about.");
  }
  if (!(await mayShow("The directory app gets a token, and the web app asks what it is worth."))) {
    return unknown("Not tried, as you wished.");
  }
  const { orgUrl, fetch, clock } = context;
  const endpoint = `${orgUrl}/oauth2/v1/introspect`;
  const { session } = context.openApp(owner, DIRECTORY_SCOPES);
  const http = oauthFetch({ orgUrl, fetch, clock, timeoutMs: TIME_LIMIT_MS }, undefined, () => {});
  const how = { [oauth.customFetch]: http as never, [oauth.allowInsecureRequests]: orgUrl.startsWith("http://") };
  try {
    const token = await session.token();
    const { authorization = "" } = await token.headers("GET", new URL(orgUrl));
    const value = authorization.split(" ")[1] ?? "";
    const server = { issuer: orgUrl, introspection_endpoint: endpoint };
    const proof = await clientAuthentication({ ...asker, clock }, endpoint);
    const response = await oauth.introspectionRequest(server, { client_id: asker.clientId }, proof, value, how);
    const { active } = (await response.json()) as { active?: unknown };
    return active === true
      ? ok("A client may introspect the tokens of another client.")
      : note("A client may not introspect the tokens of another client: use sign_in native, or one client for both.");
  } catch (error) {
    if (error instanceof OAuthFailure) return unknown(`Not measured: ${error.message}.`);
    return unknown("Not measured: the directory app got no token.", "See the check of the directory app.");
  } finally {
    session.close();
  }
}

async function rateLimits(context: CheckContext): Promise<Finding[]> {
  const { orgUrl, content } = context;
  const clientId = content.okta.client_id ?? "none";
  const form = { client_id: clientId, grant_type: "authorization_code", code: "measure", token: "measure" };
  const paths = ["/oauth2/v1/token", "/oauth2/v1/introspect"];
  const answers = await Promise.all(
    paths.map(async (path) => [path, await ask(context, new URL(orgUrl + path), { method: "POST", form })] as const),
  );
  const found = answers.map(([path, answer]): readonly [string, string | null] => [
    path,
    "reason" in answer ? null : answer.headers.get("x-rate-limit-limit"),
  ]);
  const probed = await probeAuthorize(context, clientId, ["openid"]);
  found.push(["/oauth2/v1/authorize", probed.to === "client" ? probed.headers.get("x-rate-limit-limit") : null]);
  return found.map(([path, limit]) => {
    const { ok, unknown } = about(`live: rate limit of ${path}`);
    return limit === null ? unknown("The answer does not tell it.") : ok(`${limit.slice(0, 20)} in its window.`);
  });
}

async function crossAppAccess(context: CheckContext): Promise<Finding> {
  const { ok, note, unknown } = about("live: Cross App Access");
  const issuer = context.content.tokens?.issuer?.replace(/\/$/, "");
  if (issuer === undefined) return unknown("The settings name no custom authorization server.");
  const found = await metadataOf(context, issuer);
  if ("why" in found) return unknown(`${found.why}.`);
  const grants = found.metadata.grant_types_supported;
  return Array.isArray(grants) && grants.includes(ASSERTION_GRANT)
    ? ok("The authorization server takes assertions of clients.")
    : note("The authorization server announces no grant by assertion (ID-JAG).");
}
