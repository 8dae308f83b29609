import type { SignInMethod } from "../okta/token.js";
import type { Session } from "./session.js";

/**
 * The one on whose behalf calls are made: the admin who signed in, or the service app. It is data from the org;
 * what the org does not tell is undefined.
 */
export interface Principal {
  /** The org's origin, which issues the tokens (`iss` of RFC 7519, section 4.1.1). */
  issuer: string;
  /** The id by which the issuer knows it (`sub`, section 4.1.2): a user's id, or the client id of a service app. */
  subject: string | undefined;
  /** The login of the person; undefined for a service app. */
  login: string | undefined;
  /** The client id of the app that the token was issued to. */
  client: string | undefined;
  method: SignInMethod;
}

/**
 * The person and the client for whom a company's server makes a call. Many of them may share one principal, as that of a
 * service app.
 */
export interface Requester {
  /** The server's own id of the person. */
  person: string;
  client: string;
  /** The id by which the org knows the person. */
  subject: string;
  login: string | undefined;
}

/** The principal of a session at this moment: nobody may be signed in yet, and another person may be later. */
export async function principalOf(session: Pick<Session, "status">): Promise<Principal> {
  const { org, clientId, user, subject, method } = await session.status();
  const isApp = method === "private-key" || method === "role-app";
  return { issuer: org, subject: isApp ? clientId : subject, login: user, client: clientId, method };
}

/** One text for each principal, by which what belongs to one is kept apart from what belongs to others. */
export function principalKey({ issuer, subject, login, client }: Principal): string {
  return JSON.stringify([issuer, client ?? null, subject ?? login ?? null]);
}

const MAX_CHARS = 256;

function shortText(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim.slice(0, MAX_CHARS) : undefined;
}

/**
 * The name and the id of a person by the claims of an ID token (OpenID Connect Core, section 5.1).
 * @param claims undefined where there is no token, or none that holds
 */
export function personIn(claims: Readonly<Record<string, unknown>> | undefined): {
  user: string | undefined;
  subject: string | undefined;
} {
  const { preferred_username, email, name, sub } = claims ?? {};
  const subject = shortText(sub);
  return { user: shortText(preferred_username ?? email ?? name) ?? subject, subject };
}

/** True where it is known who the principal is. A token may not tell, and two such tokens may be of two people. */
export function isKnown({ subject, login }: Principal): boolean {
  return subject !== undefined || login !== undefined;
}
