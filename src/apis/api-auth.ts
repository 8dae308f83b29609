import { fitsHeader } from "../auth/access-token.js";
import type { AppCredentials } from "../auth/client-authentication.js";
import { readApp, secretText } from "../config/app-files.js";
import type { ApiSettings } from "./apis-schema.js";

/** The app and the authorization server that give out tokens for an API. */
export interface ApiTokenSource {
  /** The issuer, as the settings have it. */
  issuer: string;
  client: AppCredentials;
  /** The scopes to ask for. */
  scopes: readonly string[];
  /** The audience of every token that is sent to the API. */
  audience: string;
}

/** How an API knows who calls, with every secret read from its file. */
export type ApiAuth =
  | { kind: "none" }
  | { kind: "api_key"; in: "header" | "query"; name: string; key: string }
  | ({ kind: "client_credentials" | "user_grant" | "exchange" } & ApiTokenSource);

/** True where calls carry the identity of an app, whoever makes them. */
export function isAppIdentity({ kind }: Pick<ApiAuth, "kind">): boolean {
  return kind === "client_credentials" || kind === "api_key";
}

/**
 * Reads the secret or key of an API's `auth`.
 * @param auth as its schema has checked it
 * @param settingsFile the path of the file of settings, from whose folder relative paths begin
 * @param mistake receives every mistake of a member, as the rest of a sentence that begins with the member's name
 * @returns undefined where there was a mistake
 */
export function readApiAuth(
  auth: ApiSettings["auth"],
  settingsFile: string,
  mistake: (member: string, problem: string) => void,
): ApiAuth | undefined {
  const { kind, issuer, scopes, audience, file, in: place, name } = auth;
  if (kind === "none") return { kind };
  if (kind === "api_key") {
    const key = file && secretText(file, settingsFile, (problem) => mistake("file", problem))?.trim();
    if (key === undefined || key === "" || name === undefined || place === undefined || place === "cookie") {
      return undefined;
    }
    if (place === "header" && !isHeaderValue(key)) {
      mistake("file", "holds a key that no header can carry. It has to be one line of ASCII text");
      return undefined;
    }
    return { kind, in: place, name, key };
  }
  const client = readApp(auth, settingsFile, mistake);
  if (client === undefined || issuer === undefined || scopes === undefined || audience === undefined) return undefined;
  return { kind, issuer, client, scopes, audience };
}

/** Visible ASCII with blanks inside (RFC 9110, section 5.5). */
function isHeaderValue(value: string): boolean {
  return value.split(" ").every((part) => part === "" || fitsHeader(part));
}
