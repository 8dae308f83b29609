import Provider, { type Adapter, type Configuration, errors, type JWK, type KoaContextWithOIDC } from "oidc-provider";
import { applyClientRules, type ClientMetadata } from "./client-rules.js";
import type { RedirectRules } from "./redirect-rules.js";

/** The one scope of this server's own tokens. What a person may do follows from their roles, at each call. */
export const MCP_SCOPE = "mcp";

/** The lives of what the authorization server gives out, in seconds. */
const LIVES = {
  accessToken: 10 * 60,
  code: 60,
  interaction: 10 * 60,
  refreshToken: 30 * 24 * 3_600,
  session: 12 * 3_600,
};

/** The path under which the authorization server's own pages and endpoints stand. */
export const OAUTH_PATH = "/oauth";

export interface IssuerOptions {
  /** The address at which clients reach this server, without a slash at its end. It is the issuer. */
  publicUrl: string;
  /** The address of /mcp, for which alone tokens are given out. */
  resource: string;
  /** Opens the storage of one kind of thing, such as `RefreshToken`. */
  adapter: (kind: string) => Adapter;
  /** The keys that sign tokens, private parts included; the first signs. */
  signingKeys: readonly JWK[];
  cookieKeys: readonly string[];
  /** Clients that are known beforehand. */
  clients: readonly { client_id: string; name: string; redirect_uris: readonly string[] }[];
  redirects: RedirectRules;
  /** True where clients may register themselves. */
  dynamic: boolean;
  /** Decides about a client whose id is the address of its document; undefined where none is taken. */
  allowDocument: ((clientId: URL) => boolean) | undefined;
  /** True for a person who may still sign in. */
  isActive(personId: string): Promise<boolean>;
  /** Shows an error to a person. It is never sent on to a client whose address is not sure. */
  showError(context: KoaContextWithOIDC, code: string): Promise<void>;
}

/** The value of `resource` that a client sent; undefined where it is not ours (RFC 8707, section 2). */
function ourResource(given: string, resource: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  // Some clients send a query or a slash at the end. Both mean the same place here.
  url.search = "";
  return url.hash === "" && url.href.replace(/\/$/, "") === resource ? resource : undefined;
}

/** What the authorization server can do besides codes and tokens. Everything that is not needed is off. */
function featuresOf({ resource, dynamic, allowDocument }: IssuerOptions): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    revocation: { enabled: true },
    registration: { enabled: dynamic, initialAccessToken: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => resource,
      useGrantedResource: async () => true,
      getResourceServerInfo: async (_context, indicator) => {
        if (ourResource(indicator, resource) === undefined) {
          throw new errors.InvalidTarget(`tokens are given out for ${resource} alone`);
        }
        return {
          scope: MCP_SCOPE,
          audience: resource,
          accessTokenTTL: LIVES.accessToken,
          // Each request looks the grant up anyway, so a token needs to say nothing by itself.
          accessTokenFormat: "opaque",
        };
      },
    },
    ...(allowDocument === undefined
      ? {}
      : {
          clientIdMetadataDocument: {
            enabled: true,
            ack: "draft-02",
            allowFetch: async (_context: unknown, clientId: string) =>
              URL.canParse(clientId) && allowDocument(new URL(clientId)),
          },
        }),
  };
}

/**
 * Our own authorization server (OAuth 2.1: code with PKCE, rotating refresh tokens), in front of the org's. It gives out
 * tokens for /mcp alone, none of which is of any use at Okta.
 */
export function createIssuer(options: IssuerOptions): Provider {
  const { publicUrl, redirects } = options;
  const known = new Set(options.clients.map(({ client_id }) => client_id));
  const configuration: Configuration = {
    adapter: options.adapter as never,
    clients: options.clients.map(({ client_id, name, redirect_uris }) => ({
      client_id,
      client_name: name,
      redirect_uris: [...redirect_uris],
      token_endpoint_auth_method: "none",
    })),
    clientAuthMethods: ["none", "client_secret_basic", "client_secret_post"],
    clientDefaults: {
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
    },
    // The rules run before the library's own, for every client, however it came here.
    extraClientMetadata: {
      properties: ["okta_mcp"],
      validator(_context, _key, _value, metadata) {
        const own = metadata as ClientMetadata;
        if (!known.has(String(own.client_id))) applyClientRules(own, redirects);
      },
    },
    scopes: [MCP_SCOPE],
    claims: {},
    responseTypes: ["code"],
    subjectTypes: ["public"],
    pkce: { required: () => true },
    jwks: { keys: [...options.signingKeys] },
    cookies: {
      keys: [...options.cookieKeys],
      names: { session: "okta-mcp.session", interaction: "okta-mcp.interaction", resume: "okta-mcp.resume" },
      long: { httpOnly: true, sameSite: "lax", signed: true, path: "/" },
      short: { httpOnly: true, sameSite: "lax", signed: true },
    },
    ttl: {
      AccessToken: LIVES.accessToken,
      AuthorizationCode: LIVES.code,
      Grant: LIVES.refreshToken,
      Interaction: LIVES.interaction,
      RefreshToken: LIVES.refreshToken,
      Session: LIVES.session,
    },
    rotateRefreshToken: true,
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: async () => false,
    features: featuresOf(options),
    interactions: { url: (_context, { uid }) => `${OAUTH_PATH}/interaction/${uid}` },
    routes: {
      authorization: `${OAUTH_PATH}/authorize`,
      token: `${OAUTH_PATH}/token`,
      registration: `${OAUTH_PATH}/register`,
      revocation: `${OAUTH_PATH}/revoke`,
      jwks: `${OAUTH_PATH}/jwks`,
    },
    findAccount: async (_context, id) =>
      (await options.isActive(id)) ? { accountId: id, claims: async () => ({ sub: id }) } : undefined,
    renderError: (context, { error }) => options.showError(context, error),
    clientBasedCORS: () => true,
  };
  const provider = new Provider(publicUrl, configuration);
  // What the library builds addresses from is set by us on each request, from the public address alone.
  provider.proxy = true;
  return provider;
}
