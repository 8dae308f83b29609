import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { CustomServer } from "../../sandbox/custom-server.js";
import { ADMIN_LOGIN, MCP_SERVER_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { DirectIssue } from "../../sandbox/sign-in/control.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { BOB_LOGIN } from "./company-org.js";
import { type CompanyWebOptions, startCompanyWeb, type TestRole } from "./company-server.js";

/** The client of people, which the operator made at Okta. */
export const NATIVE_CLIENT_ID = "0oaNativeClient000001";
/** A client that is known to the authorization server and not listed in serve.json. */
export const OTHER_CLIENT_ID = "0oaOtherClient0000001";
/** A program that calls for itself. */
export const MACHINE_CLIENT_ID = "0oaMachineClient00001";
/** The client with which the server introspects. */
export const INTROSPECTOR_ID = "0oaIntrospector000001";
/** The service app of a role. */
export const ROLE_CLIENT_ID = "0oaRoleService0000001";
/** The service app that reads groups. */
export const DIRECTORY_CLIENT_ID = "0oaDirectory000000001";

const INTROSPECTOR_SECRET = "i".repeat(40);

/** A private key as a file, and its public half as an app at Okta has it. */
export function appKey(kid: string) {
  const { privateKey, publicKey } = newKeyPair({ type: "ec", namedCurve: "P-256" });
  return {
    pem: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kty: "EC", kid, alg: "ES256", use: "sig" }] },
  };
}

/** A key that the org does not know. */
export const strangeKey = () => appKey("strange").pem;

/** A role that acts as a service app, which `startTokenWeb` adds. */
export const SERVICE_ROLE = {
  act_as: "service",
  service: { client_id: ROLE_CLIENT_ID, private_key_file: "role.pem", key_id: "role" },
};

export interface TokenWebOptions extends Omit<CompanyWebOptions, "roles"> {
  signIn?: "native" | "introspect" | "bearer";
  /** Members of `tokens` that replace those of the test's own. */
  tokens?: Record<string, unknown>;
  /** By default one of the service app, for Ada, that reads users and manages groups. */
  roles?: readonly TestRole[];
  /** Custom authorization servers besides those of the server. */
  moreServers?: readonly CustomServer[];
  /** True where tokens tell groups; otherwise the directory does. By default those of native do. */
  groupsClaim?: boolean;
}

const ROLES: readonly TestRole[] = [
  { name: "helpdesk", scopes: ["okta.users.read", "okta.groups.manage"], ...SERVICE_ROLE },
];

/** The second custom authorization server of the org, for the same audience. */
export const TWIN_SERVER_ID = "ausTwin0000000000001";

/**
 * Starts an org with a custom authorization server for the server of a company, and that server, which knows callers by
 * tokens of others.
 */
export async function startTokenWeb(options: TokenWebOptions = {}) {
  const { signIn = "native", groupsClaim = signIn === "native", roles = ROLES } = options;
  const [roleKey, directoryKey] = [appKey("role"), appKey("directory")];
  const started = await startCompanyWeb({
    ...options,
    roles,
    files: {
      "role.pem": roleKey.pem,
      "directory.pem": directoryKey.pem,
      introspector: INTROSPECTOR_SECRET,
      ...options.files,
    },
    customServers: (publicUrl) => [
      ...(options.moreServers ?? []),
      ...[MCP_SERVER_ID, TWIN_SERVER_ID].map((id) => ({
        id,
        audience: `${publicUrl}/mcp`,
        scopes: [
          { name: "mcp:read", published: true },
          { name: "mcp:write", published: true },
        ],
        ...(groupsClaim && { groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" } as const }),
      })),
    ],
    arrange(org, publicUrl) {
      const orgScopes = [...new Set(roles.flatMap(({ scopes }) => scopes))];
      addOAuthApp(org, {
        id: NATIVE_CLIENT_ID,
        type: "native",
        redirectUris: ["http://127.0.0.1/cb"],
        scopes: orgScopes,
      });
      addOAuthApp(org, {
        id: OTHER_CLIENT_ID,
        type: "native",
        redirectUris: ["http://127.0.0.1/cb"],
        scopes: orgScopes,
      });
      addOAuthApp(org, { id: MACHINE_CLIENT_ID, type: "service", secret: "m".repeat(40) });
      addOAuthApp(org, {
        id: INTROSPECTOR_ID,
        type: "web",
        secret: INTROSPECTOR_SECRET,
        redirectUris: ["http://127.0.0.1/cb"],
      });
      const auth = "private_key_jwt" as const;
      addOAuthApp(org, { id: ROLE_CLIENT_ID, type: "service", auth, jwks: roleKey.jwks as never, scopes: orgScopes });
      addOAuthApp(org, {
        id: DIRECTORY_CLIENT_ID,
        type: "service",
        auth,
        jwks: directoryKey.jwks as never,
        scopes: ["okta.users.read"],
      });
      options.arrange?.(org, publicUrl);
    },
    serve: (origin) => ({
      sign_in: signIn,
      tokens: {
        ...(signIn !== "bearer" && { issuer: `${origin}/oauth2/${MCP_SERVER_ID}` }),
        clients: [NATIVE_CLIENT_ID],
        ...(groupsClaim && { groups_claim: "groups" }),
        ...(signIn !== "native" && { client_id: INTROSPECTOR_ID, client_secret_file: "introspector" }),
        ...(signIn === "bearer" && { accept_nonconformant: true }),
        ...options.tokens,
      },
      ...(!groupsClaim && {
        directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" },
      }),
      ...(typeof options.serve === "function" ? options.serve(origin) : options.serve),
    }),
  });
  const { company, call } = started;
  const serverId = signIn === "bearer" ? undefined : MCP_SERVER_ID;
  /** A token as a client has it after a person has signed in with it; Ada's with both scopes by default. */
  async function issue(how: Partial<DirectIssue> & { serverId?: string | undefined } = {}) {
    const { serverId: from = serverId, ...rest } = how;
    const scopes =
      serverId === undefined ? ["openid", "okta.users.read", "okta.groups.manage"] : ["mcp:read", "mcp:write"];
    return company.control.issueFrom(from, { clientId: NATIVE_CLIENT_ID, login: ADMIN_LOGIN, scopes, ...rest });
  }
  const tokenOf = async (how: Parameters<typeof issue>[0] = {}) => String((await issue(how)).access_token);
  /** The list of tools with a token: the smallest request that shows whether it counts. */
  const listWith = (token: string) => call(token, "tools/list");
  const callTool = (token: string, name: string, args: object = {}) =>
    call(token, "tools/call", { name, arguments: args });
  const issuer = `${company.origin}/oauth2/${MCP_SERVER_ID}`;
  return { ...started, issue, tokenOf, listWith, callTool, issuer, keysPath: `/oauth2/${MCP_SERVER_ID}/v1/keys` };
}

/** The running parts of a company whose callers are known by tokens of others. */
export type TokenWeb = Awaited<ReturnType<typeof startTokenWeb>>;

/** The claims that the authorization server would give Ada. */
export function adasClaims({ company, issuer, publicUrl }: TokenWeb) {
  const now = Math.floor(company.clock.now() / 1000);
  return {
    ver: 1,
    jti: "AT.test",
    iss: issuer,
    aud: `${publicUrl}/mcp`,
    sub: ADMIN_LOGIN,
    uid: company.person().id,
    cid: NATIVE_CLIENT_ID,
    scp: ["mcp:read", "mcp:write"],
    groups: company.org.groups
      .all()
      .filter(({ profile }) => profile.name === "okta-mcp-helpdesk")
      .map(({ id }) => id),
    iat: now,
    exp: now + 600,
  };
}

/** A change of one or several claims. */
export const put = (change: Record<string, unknown>) => (claims: Record<string, unknown>) => ({ ...claims, ...change });

/** The statuses of requests with tokens, one after the other. */
export async function statusesOf(web: TokenWeb, tokens: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const token of tokens) statuses.push((await web.listWith(token)).status);
  return statuses;
}

/** A token that a test signs itself, with a key of its own that the authorization server may publish. */
export async function ownSigner(alg = "RS256", keyId?: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = keyId ?? (await calculateJwkThumbprint(jwk));
  const sign = (claims: JWTPayload, header: Record<string, unknown> = {}, key: CryptoKey | Uint8Array = privateKey) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key);
  return { jwk: { ...jwk, kid, alg, use: "sig" }, kid, sign, privateKey, publicKey };
}

export { BOB_LOGIN };
