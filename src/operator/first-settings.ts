import { createHash } from "node:crypto";
import { newKeyPair } from "../checks/key-pair.js";
import { canonical } from "../json/json.js";
import { fewestForAll } from "../okta/scopes.js";

/** What `serve init` asks for. */
export interface FirstAnswers {
  /** The org's origin. */
  orgUrl: string;
  /** The address at which clients will reach the server, without a slash at its end. */
  publicUrl: string;
  /** The client id of the web app in Okta. */
  clientId: string;
  roles: readonly FirstRole[];
}

/** A role of the first settings. */
export interface FirstRole {
  name: RoleName;
  /** Ids of Okta groups. */
  groups: readonly string[];
  /** The client id of its service app, for a role that does not act as the person. */
  serviceClientId?: string | undefined;
}

/** The roles with which a company can begin, from the least to the most. */
export const FIRST_ROLES = {
  reader: {
    words: "reads people, groups, apps and the System Log",
    entry: { read_only: true, scopes: ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"] },
  },
  helpdesk: {
    words: "creates, changes and deactivates people, changes groups and their members, and deletes nothing",
    entry: {
      scopes: ["okta.users.manage", "okta.groups.manage", "okta.apps.read", "okta.logs.read"],
      exclude_tools: ["delete_*"],
      limits: { writes_per_day: 100, removals_per_day: 20 },
    },
  },
  admin: {
    words: "has every tool",
    entry: { scopes: fewestForAll(), limits: { removals_per_day: 20 } },
  },
} as const;

export type RoleName = keyof typeof FIRST_ROLES;

export const isRoleName = (name: string): name is RoleName => Object.hasOwn(FIRST_ROLES, name);

/** A file of the first settings. */
export interface FirstFile {
  /** The path from the folder of serve.json. */
  path: string;
  text: string;
}

/** A key whose public half belongs into an app at Okta. */
export interface FirstKey {
  /** The app in words. */
  app: string;
  clientId: string;
  /** The public half as JWK (RFC 7517), to be pasted. */
  publicJwk: object;
}

export interface FirstSettings {
  /** The files, serve.json last. */
  files: FirstFile[];
  keys: FirstKey[];
  /** What to click in Okta, in order. */
  steps: string[];
}

/** Makes serve.json, its keys, and the list of what to click in Okta. Nothing is written. */
export function firstSettings(answers: FirstAnswers): FirstSettings {
  const { orgUrl, publicUrl, clientId, roles } = answers;
  const made = [
    newKeyFor("the web app", clientId, "keys/web-app.json"),
    ...roles.flatMap(({ name, serviceClientId }) =>
      serviceClientId === undefined
        ? []
        : [newKeyFor(`the service app of role ${name}`, serviceClientId, `keys/role-${name}.json`)],
    ),
  ];
  const serve = {
    public_url: publicUrl,
    listen: { host: "127.0.0.1", port: 8_480 },
    data_dir: "data",
    okta: { org_url: orgUrl, client_id: clientId, private_key_file: "keys/web-app.json" },
    sign_in: "proxy",
    roles: roles.map(({ name, groups, serviceClientId }) => ({
      name,
      groups,
      ...(serviceClientId === undefined
        ? { act_as: "user" }
        : { act_as: "service", service: { client_id: serviceClientId, private_key_file: `keys/role-${name}.json` } }),
      ...FIRST_ROLES[name].entry,
    })),
  };
  return {
    files: [...made.map(({ file }) => file), { path: "serve.json", text: `${JSON.stringify(serve, null, 2)}\n` }],
    keys: made.map(({ key }) => key),
    steps: stepsFor(answers),
  };
}

/** A new key of P-256. Its id is its thumbprint (RFC 7638), so that file and Okta name it alike. */
function newKeyFor(app: string, clientId: string, path: string): { file: FirstFile; key: FirstKey } {
  const { publicKey, privateKey } = newKeyPair({ type: "ec", namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(canonical({ crv, kty, x, y })).digest("base64url");
  const marks = { kid, use: "sig", alg: "ES256" };
  return {
    file: { path, text: `${JSON.stringify({ ...privateKey.export({ format: "jwk" }), ...marks }, null, 2)}\n` },
    key: { app, clientId, publicJwk: { kty, crv, x, y, ...marks } },
  };
}

function stepsFor({ orgUrl, publicUrl, clientId, roles }: FirstAnswers): string[] {
  const admin = orgUrl.replace(/^(https:\/\/[^.]+)\.(okta|oktapreview|okta-emea)\.com$/, "$1-admin.$2.com");
  const ofUser = roles.filter(({ serviceClientId }) => serviceClientId === undefined);
  const scopes = [...new Set(ofUser.flatMap(({ name }) => [...FIRST_ROLES[name].entry.scopes]))].sort();
  const groups = [...new Set(roles.flatMap((role) => [...role.groups]))];
  const list = groups.map((id) => `"${id}"`).join(", ");
  return [
    `Open the Admin Console (${admin}) > Applications > Applications > the app ${clientId}. It has to be an OIDC Web Application.`,
    "General > Client Credentials > Edit: choose Public key / Private key, Add key, and paste the public key of the web app from below. Save.",
    "General > General Settings > Edit: tick the grant types Authorization Code and Refresh Token.",
    `General > Sign-in redirect URIs: exactly ${publicUrl}/auth/sso/callback/okta`,
    "General > General Settings: leave Require Demonstrating Proof of Possession (DPoP) unticked.",
    `Sign On > OpenID Connect ID Token > Edit: Groups claim type Expression, name groups, value getFilteredGroups({${list}}, "group.id", 100)`,
    `Assignments: assign the groups ${groups.join(", ")} to the app.`,
    ...(scopes.length === 0 ? [] : [`Okta API Scopes: grant ${scopes.join(", ")}.`]),
    ...roles.flatMap(({ name, serviceClientId }) =>
      serviceClientId === undefined
        ? []
        : [
            `Open the app ${serviceClientId}, an API Services app for role ${name}: paste its public key from below, grant ${FIRST_ROLES[name].entry.scopes.join(", ")} (Okta API Scopes), and give it an admin role that reaches no further (Admin roles).`,
          ],
    ),
    "Security > Authentication Policies: choose a policy for the app that asks for a second factor.",
  ];
}
