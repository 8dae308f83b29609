import { createPublicKey } from "node:crypto";
import type { JSONWebKeySet } from "jose";
import type { Rehearsal, RehearsedApp } from "../../../sandbox/rehearsal.js";
import type { AppCredentials } from "../../auth/client-authentication.js";
import { SCOPES } from "../../okta/scopes.js";
import { loadServe, serveFileError } from "../../people/load-serve.js";
import { SERVE_CHECKS } from "./serve-checks.js";

/** What a serve.json expects of its org, so that the pretend org can have it. */
export interface RehearsedSettings extends Rehearsal {
  /** The address of the org in the file. */
  orgUrl: string;
}

const DIRECTORY_SCOPES = ["okta.users.read", "okta.groups.read", "okta.apps.read"];

/**
 * Reads what a serve.json expects of its org: apps with their public keys, and groups.
 * @throws OktaMcpError bad_config with every mistake of the file
 */
export function readRehearsal(file: string): RehearsedSettings {
  const loaded = loadServe(file, SERVE_CHECKS);
  if ("problems" in loaded) throw serveFileError(file, loaded.problems);
  const { content, roles, apps } = loaded;
  const groups = new Map<string, string[]>();
  const add = (id: string, gives: string) => groups.set(id, [...(groups.get(id) ?? []), gives]);
  for (const { name, groups: ids } of roles) for (const id of ids) add(id, name);
  for (const id of content.admins?.groups ?? []) add(id, "admin-pages");
  return {
    orgUrl: content.okta.org_url,
    redirectUri: `${content.public_url.replace(/\/$/, "")}/auth/sso/callback/okta`,
    apps: [
      ...appOf(apps.okta, "web", Object.keys(SCOPES)),
      ...appOf(apps.directory, "service", DIRECTORY_SCOPES),
      ...roles.flatMap(({ service, scopes }) =>
        appOf(service && { clientId: service.clientId, privateKey: service.key }, "service", scopes),
      ),
    ],
    groups,
  };
}

function appOf(app: AppCredentials | undefined, sort: RehearsedApp["sort"], scopes: readonly string[]): RehearsedApp[] {
  if (app === undefined) return [];
  const { clientId, clientSecret, privateKey } = app;
  const publicKey = privateKey && createPublicKey(privateKey.key).export({ format: "jwk" });
  const jwks = privateKey && {
    keys: [{ ...publicKey, kid: privateKey.kid, alg: privateKey.alg, use: "sig" }],
  };
  return [{ clientId, sort, secret: clientSecret, jwks: jwks as JSONWebKeySet | undefined, scopes }];
}
