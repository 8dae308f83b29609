import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { Org } from "../../sandbox/org.js";
import { type LogoutChange, signOutOfApp } from "../../sandbox/universal-logout.js";
import type { CompanyWeb, CompanyWebOptions } from "./company-server.js";
import { appKey, DIRECTORY_CLIENT_ID } from "./company-tokens.js";

export const HOOK_SECRET = `hook-${"h".repeat(32)}`;
export const LEAVE_NOTE = { eventType: "user.lifecycle.suspend", displayMessage: "Suspend Okta user" };

/** The scopes of a directory app that may know everything that is asked. */
export const ALL_KNOWN = ["okta.users.read", "okta.groups.read", "okta.apps.read"];

/** A company with a directory app and an event hook. */
export function withDirectory(scopes: readonly string[] = ALL_KNOWN, leaving: object = {}): CompanyWebOptions {
  const key = appKey("directory");
  return {
    files: { "directory.pem": key.pem, hook: HOOK_SECRET },
    arrange: (org: Org) =>
      void addOAuthApp(org, {
        id: DIRECTORY_CLIENT_ID,
        type: "service",
        auth: "private_key_jwt",
        jwks: key.jwks as never,
        scopes: [...scopes],
      }),
    serve: {
      directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" },
      leaving: { event_hook_secret_files: ["hook"], ...leaving },
    },
  };
}

/** Has the org tell the server to end everything of somebody. @returns the status of its answer */
export function revoke(
  { company, publicUrl }: Pick<CompanyWeb, "company" | "publicUrl">,
  {
    subjectFormat = "ISS_SUB",
    login = ADMIN_LOGIN,
    ...change
  }: LogoutChange & { subjectFormat?: "EMAIL" | "ISS_SUB"; login?: string } = {},
): Promise<number> {
  const endpoint = `${publicUrl}/okta/global-token-revocation`;
  const app = { endpoint, subjectFormat, clientId: WEB_CLIENT_ID };
  return signOutOfApp(company.org, company.control, app, login, change);
}

/** The reasons of the ends of people's access, the newest first. */
export async function endings({ store }: Pick<CompanyWeb, "store">): Promise<unknown[]> {
  return (await store.audit.page({ action: "access_ended", limit: 50 })).map(({ detail }) => detail?.why);
}
