import { createPublicKey } from "node:crypto";
import type { JSONWebKeySet } from "jose";
import type { Rehearsal, RehearsedApp, RehearsedServer } from "../../../sandbox/rehearsal.js";
import { type ApiTokenSource, readApiAuth } from "../../apis/api-auth.js";
import type { AppCredentials } from "../../auth/client-authentication.js";
import { SCOPES } from "../../okta/scopes.js";
import { loadServe, serveFileError } from "../../people/load-serve.js";
import type { ServeFile } from "../../people/serve-fields.js";
import { SERVE_CHECKS } from "./serve-checks.js";

/** What a serve.json expects of its org, so that the pretend org can have it. */
export interface RehearsedSettings extends Rehearsal {
  /** The address of the org in the file. */
  orgUrl: string;
}

/** Scopes of OpenID Connect, which every authorization server has. */
const STANDARD_SCOPES = ["openid", "profile", "email", "address", "phone", "offline_access"];

const DIRECTORY_SCOPES = ["okta.users.read", "okta.groups.read", "okta.apps.read"];

/**
 * Reads what a serve.json expects of its org: apps with their public keys, and groups.
 * @throws OktaMcpError bad_config with every mistake of the file
 */
export function readRehearsal(file: string): RehearsedSettings {
  const loaded = loadServe(file, SERVE_CHECKS);
  if ("problems" in loaded) throw serveFileError(file, loaded.problems);
  const { content, roles, apps, file: path } = loaded;
  const publicUrl = content.public_url.replace(/\/$/, "");
  const groups = new Map<string, string[]>();
  const add = (id: string, gives: string) => groups.set(id, [...(groups.get(id) ?? []), gives]);
  for (const { name, groups: ids } of roles) for (const id of ids) add(id, name);
  for (const id of content.admins?.groups ?? []) add(id, "admin-pages");
  const sources = apiSources(content, path);
  return {
    orgUrl: content.okta.org_url,
    servers: [...tokenServer(content, publicUrl), ...sources.map(({ source, claims }) => serverOf(source, claims))],
    apps: [
      ...appOf(apps.okta, "web", Object.keys(SCOPES), [`${publicUrl}/auth/sso/callback/okta`]),
      ...appOf(apps.directory, "service", DIRECTORY_SCOPES),
      ...roles.flatMap(({ service, scopes }) =>
        appOf(service && { clientId: service.clientId, privateKey: service.key }, "service", scopes),
      ),
      ...sources.flatMap(({ name, source }) => apiApp(name, source, publicUrl)),
    ],
    groups,
  };
}

/** An API whose tokens an authorization server gives out, and the claims that arguments are bound to. */
interface ApiSource {
  name: string;
  source: ApiTokenSource & { kind: string };
  claims: string[];
}

/** @throws OktaMcpError bad_config for a secret or key that cannot be read */
function apiSources({ apis }: ServeFile, file: string): ApiSource[] {
  const problems: string[] = [];
  const sources = Object.entries(apis).flatMap(([name, { auth, bind }]) => {
    const source = readApiAuth(auth, file, (member, problem) =>
      problems.push(`apis.${name}.auth.${member} ${problem}.`),
    );
    const claims = Object.values(bind).flatMap((names) => names.map((claim) => claim.replace(/^claim:/, "")));
    return source === undefined || !("issuer" in source) ? [] : [{ name, source, claims }];
  });
  if (problems.length > 0) throw serveFileError(file, problems);
  return sources;
}

/** The id of a custom authorization server, by its issuer. */
const serverId = (issuer: string) => issuer.replace(/\/$/, "").split("/").at(-1) ?? "";

/** Claims that every access token has. */
const STANDARD_CLAIMS = ["sub", "uid", "cid"];

function serverOf({ issuer, audience, scopes }: ApiTokenSource, claims: readonly string[]): RehearsedServer {
  return {
    id: serverId(issuer),
    audience,
    scopes: scopes.filter((scope) => !STANDARD_SCOPES.includes(scope)),
    published: false,
    claims: claims.filter((name) => !STANDARD_CLAIMS.includes(name)),
  };
}

/** The server whose tokens callers bring, where that is a custom one. */
function tokenServer({ tokens, okta }: ServeFile, publicUrl: string): RehearsedServer[] {
  if (tokens?.issuer === undefined || new URL(tokens.issuer).pathname === new URL(okta.org_url).pathname) return [];
  const { issuer, audience = `${publicUrl}/mcp`, scopes } = tokens;
  return [{ id: serverId(issuer), audience, scopes: [scopes.read, scopes.write], published: true, claims: [] }];
}

function apiApp(name: string, { kind, client }: ApiSource["source"], publicUrl: string): RehearsedApp[] {
  if (kind === "user_grant") return appOf(client, "web", [], [`${publicUrl}/connect/${name}/callback`]);
  return appOf(client, "service", []).map((app) => ({ ...app, exchanges: kind === "exchange" }));
}

function appOf(
  app: AppCredentials | undefined,
  sort: RehearsedApp["sort"],
  scopes: readonly string[],
  redirectUris: readonly string[] = [],
): RehearsedApp[] {
  if (app === undefined) return [];
  const { clientId, clientSecret, privateKey } = app;
  const publicKey = privateKey && createPublicKey(privateKey.key).export({ format: "jwk" });
  const jwks = privateKey && {
    keys: [{ ...publicKey, kid: privateKey.kid, alg: privateKey.alg, use: "sig" }],
  };
  return [{ clientId, sort, secret: clientSecret, jwks: jwks as JSONWebKeySet | undefined, scopes, redirectUris }];
}
