import * as oauth from "oauth4webapi";
import { onTestFinished } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp, type OAuthAppOptions } from "../../sandbox/oauth-app.js";
import type { Org } from "../../sandbox/org.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "./authorization.js";
import { type PlainBrowser, plainBrowser } from "./browser.js";
import { testClock } from "./oauth.js";

export const PLAIN_HTTP = { [oauth.allowInsecureRequests]: true };

/** The redirect URI of the company's web app. Nothing listens there. */
export const CALLBACK = "http://127.0.0.1:1/auth/sso/callback/okta";
export const BOB_LOGIN = "bob@acme-robotics.example";

export interface CompanyOptions {
  app?: OAuthAppOptions;
  authorization?: OrgAuthorizationOptions;
  arrange?: (org: Org) => void;
  /** The authorization server that the client uses; the org's own by default. */
  serverId?: string;
}

/**
 * Starts an org with two people, Ada and Bob, and a web app, and a client of `oauth4webapi` for it. That library refuses
 * every answer that departs from the standards.
 */
export async function startCompany(options: CompanyOptions = {}) {
  const clock = testClock();
  let secret: string | undefined;
  const authorization = (org: Org) => {
    org.addUser({ profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" } });
    org.addUser({ profile: { login: BOB_LOGIN, email: BOB_LOGIN, firstName: "Bob", lastName: "Builder" } });
    options.arrange?.(org);
    secret = addOAuthApp(org, { redirectUris: [CALLBACK], ...options.app }).clientSecret;
    return testAuthorization(options.authorization)(org);
  };
  const sandbox = await startSandbox({ seed: null, now: clock.now, authorization });
  onTestFinished(sandbox.close);
  const { origin, org } = sandbox;
  const { control } = sandbox.authorization;
  const issuer = new URL(options.serverId === undefined ? origin : `${origin}/oauth2/${options.serverId}`);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, PLAIN_HTTP));
  const client: oauth.Client = {
    client_id: options.app?.id ?? WEB_CLIENT_ID,
    [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
  };
  const auth = secret === undefined ? oauth.None() : oauth.ClientSecretBasic(secret);
  const person = (login = ADMIN_LOGIN) => {
    const user = org.users.findByLogin(login);
    if (user === undefined) throw new Error(`The org has no ${login}.`);
    return user;
  };
  return {
    sandbox,
    org,
    origin,
    clock,
    control,
    server,
    client,
    auth,
    secret,
    person,
    ...requests(server, client, auth),
  };
}

/** The code flow of one client, step by step. */
function requests(server: oauth.AuthorizationServer, client: oauth.Client, auth: oauth.ClientAuth) {
  /** The address of an authorization request; undefined leaves a parameter out. */
  async function begin(change: Record<string, string | undefined> = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const parameters: Record<string, string | undefined> = {
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      response_type: "code",
      scope: "openid profile email offline_access",
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...change,
    };
    const url = new URL(server.authorization_endpoint ?? "");
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return { url, verifier, state: url.searchParams.get("state") ?? "", nonce: url.searchParams.get("nonce") ?? "" };
  }
  type Begun = Awaited<ReturnType<typeof begin>>;

  /** Sends the code of a callback to the token endpoint. */
  async function exchange(location: URL, { verifier, state }: Begun, how: oauth.ClientAuth = auth) {
    const given = oauth.validateAuthResponse(server, client, location, state);
    return oauth.authorizationCodeGrantRequest(server, client, how, given, CALLBACK, verifier, PLAIN_HTTP);
  }

  /** The whole flow of a person who has a session, or in an org that signs somebody in by itself. */
  async function signInSilently(browser: PlainBrowser, change: Record<string, string | undefined> = {}) {
    const begun = await begin(change);
    const { location, html } = await browser.get(begun.url);
    if (location === undefined) throw new Error(`The org did not answer at once: ${html}`);
    const response = await exchange(location, begun);
    return oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: begun.nonce });
  }

  async function refresh(refreshToken: string, parameters: Record<string, string> = {}) {
    const options = { ...PLAIN_HTTP, additionalParameters: parameters };
    const response = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, options);
    return oauth.processRefreshTokenResponse(server, client, response);
  }

  const introspect = async (token: string, how: oauth.ClientAuth = auth) =>
    oauth.processIntrospectionResponse(
      server,
      client,
      await oauth.introspectionRequest(server, client, how, token, PLAIN_HTTP),
    );
  return { begin, exchange, signInSilently, refresh, introspect };
}

/** A browser in which a person is signed in. */
export function browserWith(cookie: string): PlainBrowser {
  const browser = plainBrowser();
  const [name = "", value = ""] = cookie.split("=");
  browser.cookies.set(name, value);
  return browser;
}
