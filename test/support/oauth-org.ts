import { onTestFinished } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { Org } from "../../sandbox/org.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import type { Route } from "../../sandbox/route.js";
import { startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "./authorization.js";
import { testClock } from "./oauth.js";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** The scopes that a device sign-in of `startOrg` asks for by default. */
export const SCOPES = "openid profile email offline_access okta.users.read okta.groups.manage";

/** An operation that needs a token and does not depend on the sandbox's other routes. */
export const GUARDED: Route = {
  method: "GET",
  template: "/api/v1/guarded",
  scope: "okta.users.read",
  handle: () => ({ status: 200, json: {} }),
};

/**
 * Starts an org with one person, after `arrange` has filled it. Returns it with functions that call its authorization
 * server.
 */
export async function startOrg(options: OrgAuthorizationOptions = {}, arrange: (org: Org) => void = () => {}) {
  const clock = testClock();
  const authorization = (org: Org) => {
    arrange(org);
    const server = testAuthorization(options)(org);
    return { ...server, routes: [...server.routes, GUARDED] };
  };
  const sandbox = await startSandbox({ seed: null, now: clock.now, authorization });
  onTestFinished(sandbox.close);
  const admin = sandbox.org.addUser({
    profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" },
  });
  const { origin } = sandbox;
  const control = sandbox.authorization.control;

  async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
    const response = await fetch(origin + path, { method: "POST", body: new URLSearchParams(form), headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }
  const token = (form: Record<string, string>, headers?: Record<string, string>) =>
    post("/oauth2/v1/token", { client_id: DEVICE_CLIENT_ID, ...form }, headers);
  const start = async (scope = SCOPES) =>
    (await post("/oauth2/v1/device/authorize", { client_id: DEVICE_CLIENT_ID, scope })).body;
  const poll = (code: { device_code: string }, headers?: Record<string, string>) =>
    token({ grant_type: DEVICE_GRANT, device_code: code.device_code }, headers);
  const refresh = (refreshToken: string, form: Record<string, string> = {}, headers?: Record<string, string>) =>
    token({ grant_type: "refresh_token", refresh_token: refreshToken, ...form }, headers);
  const introspect = async (value: string) =>
    (await post("/oauth2/v1/introspect", { client_id: DEVICE_CLIENT_ID, token: value })).body;
  const api = (headers: Record<string, string>, path = GUARDED.template) => {
    const url = new URL(path, origin);
    return sandbox.authorization.authenticate({ method: "GET", url, headers: new Headers(headers) });
  };

  async function signIn(scope = SCOPES) {
    const code = await start(scope);
    control.approve(code.user_code);
    return (await poll(code)).body;
  }
  return { sandbox, clock, origin, admin, control, post, token, start, poll, refresh, introspect, api, signIn };
}
