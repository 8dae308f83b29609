import { randomUUID } from "node:crypto";
import type { Org } from "./org.js";
import type { SignInControl } from "./sign-in/control.js";

/** How an app wants to be told whose access ends (Okta: schema `GlobalTokenRevocation`). */
export interface UniversalLogout {
  /** The app's endpoint. */
  endpoint: string;
  subjectFormat: "EMAIL" | "ISS_SUB";
  /** The client of the app, for which the token is made. */
  clientId: string;
}

/** What departs from a right request, for tests. */
export interface LogoutChange {
  /** Claims that replace others; undefined leaves one out. */
  claims?: Record<string, unknown>;
  typ?: string;
  by?: "org" | "stranger";
  body?: unknown;
}

const LIFE_SECONDS = 300;

/** The body of the request about a user. */
export function logoutBody(org: Org, login: string, subjectFormat: UniversalLogout["subjectFormat"]): object {
  const user = org.users.findByLogin(login);
  if (user === undefined) throw new RangeError(`The org has nobody with the login ${login}.`);
  return subjectFormat === "EMAIL"
    ? { sub_id: { format: "email", email: user.profile.email } }
    : { sub_id: { format: "iss_sub", iss: org.origin, sub: user.id } };
}

/** The token with which the org proves itself. */
export function logoutToken(
  org: Org,
  control: Pick<SignInControl, "signAsOrg">,
  { endpoint, clientId }: Pick<UniversalLogout, "endpoint" | "clientId">,
  { claims = {}, typ = "global-token-revocation+jwt", by }: LogoutChange = {},
): Promise<string> {
  const nowSeconds = Math.floor(org.now() / 1000);
  const times = { iat: nowSeconds, nbf: nowSeconds - LIFE_SECONDS, exp: nowSeconds + LIFE_SECONDS };
  const all = { jti: randomUUID(), iss: org.origin, sub: clientId, aud: endpoint, ...times, ...claims };
  return control.signAsOrg(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)), typ, by);
}

/**
 * Tells an app to end everything of a user, as the org does for an admin or for Identity Threat Protection.
 * @returns the status of its answer, which alone counts for Okta
 */
export async function signOutOfApp(
  org: Org,
  control: Pick<SignInControl, "signAsOrg">,
  app: UniversalLogout,
  login: string,
  change: LogoutChange = {},
): Promise<number> {
  const token = await logoutToken(org, control, app, change);
  const answer = await fetch(app.endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(change.body ?? logoutBody(org, login, app.subjectFormat)),
  });
  return answer.status;
}
