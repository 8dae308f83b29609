import type { Session } from "../../auth/session.js";
import { OktaMcpError } from "../../errors/index.js";
import { nearest } from "../../text/nearest.js";
import { visible, visibleStart } from "../../text/quote.js";
import type { Connection } from "../connection.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";

/**
 * The session of an API to which a person signs in.
 * @throws OktaMcpError bad_input where there is no such API, or nobody signs in to it
 */
export function apiSession({ own }: Pick<Connection, "own">, name: string): Session {
  const session = own?.sessions.get(name);
  if (session !== undefined) return session;
  const names = [...(own?.sessions.keys() ?? [])];
  const meant = nearest(name, names);
  throw usageError(
    `There is no API ${visibleStart(name)} to which a person signs in.`,
    meant !== undefined
      ? `Did you mean ${meant}?`
      : names.length > 0
        ? `These there are: ${names.join(", ")}.`
        : "OKTA_MCP_APIS (or --apis) names a file with APIs; those whose auth.kind is user_grant take a sign-in.",
  );
}

/** Signs a person in to an API with a browser of this machine, and tells what came of it. */
export async function signInToApi(
  io: Io,
  connection: Pick<Connection, "own">,
  name: string,
  options: { browser: boolean; signal: AbortSignal },
): Promise<void> {
  const session = apiSession(connection, name);
  const { signIn } = await import("../sign-in-link.js");
  await signIn(io, session, options);
  const { user, tokenKept, grantedScopes = [], configuredScopes } = await session.status();
  io.note(`${io.style("green", "Signed in")} to the API ${name}${user ? ` as ${visible(user)}` : ""}.`);
  io.note(`The sign-in is kept in: ${visible(tokenKept)}.`);
  const missing = configuredScopes.filter((scope) => !grantedScopes.includes(scope));
  if (missing.length > 0) io.note(`${io.style("yellow", "Not granted:")} ${missing.map(visible).join(" ")}`);
}

/**
 * Signs a person out of an API, and tells what came of it.
 * @throws OktaMcpError bad_config where the store does not let the tokens be deleted
 */
export async function signOutOfApi(io: Io, connection: Pick<Connection, "own">, name: string): Promise<void> {
  const session = apiSession(connection, name);
  await session.restore();
  const { signedIn } = await session.status();
  const { revoked } = await session.signOut();
  if (!signedIn && revoked) io.note(`Nobody was signed in to the API ${name}; nothing is kept here.`);
  else if (revoked) io.note(`Signed out of the API ${name}: the tokens were revoked at Okta and deleted here.`);
  else {
    io.note(`Signed out of the API ${name}: the tokens were deleted here.`);
    io.note(
      `${io.style("yellow", "Notice:")} Okta could not be told, so they were not revoked there. An access token ends by itself; to end the rest too, clear the user's sessions and tokens in the Okta Admin Console.`,
    );
  }
}

/** What is known of the sign-in to an API, for `okta-mcp status`. */
export interface ApiSignIn {
  api: string;
  issuer: string;
  client_id: string | null;
  signed_in: boolean;
  user: string | null;
  configured_scopes: string[];
  granted_scopes: string[] | null;
  expires_at: string | null;
  token_kept: string;
}

/** The sign-ins to APIs, as they are kept. It asks no server. */
export async function apiSignIns({ own }: Pick<Connection, "own">): Promise<ApiSignIn[]> {
  await own?.restore();
  return Promise.all(
    [...(own?.sessions ?? [])].map(async ([api, session]) => {
      const status = await session.status();
      return {
        api,
        issuer: status.org,
        client_id: status.clientId ?? null,
        signed_in: status.signedIn,
        user: status.user ?? null,
        configured_scopes: status.configuredScopes,
        granted_scopes: status.grantedScopes ?? null,
        expires_at: status.expiresAtMs === undefined ? null : new Date(status.expiresAtMs).toISOString(),
        token_kept: status.tokenKept,
      };
    }),
  );
}

/** One sign-in to an API, in a line for a person. */
export function apiSignInWords({ api, signed_in, user, token_kept }: ApiSignIn): string {
  if (!signed_in) return `${api}: nobody is signed in; okta-mcp login --api ${api}`;
  return `${api}: signed in${user === null ? "" : ` as ${visible(user)}`}; kept in ${visible(token_kept)}`;
}

/** @throws OktaMcpError bad_config where there is neither an org nor an API to which a person signs in */
export function requireApiSessions({ own }: Pick<Connection, "own">): string[] {
  const names = [...(own?.sessions.keys() ?? [])];
  if (names.length > 0) return names;
  throw new OktaMcpError(
    "bad_config",
    "There is nothing to sign in to: no Okta org is set, and no API takes a sign-in.",
    {
      fix: "Set OKTA_ORG_URL, OKTA_CLIENT_ID and OKTA_SCOPES, or give an API the auth.kind user_grant.",
    },
  );
}
