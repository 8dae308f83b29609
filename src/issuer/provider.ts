import type { IncomingMessage } from "node:http";
import Provider, { type Adapter, type Configuration, errors, type JWK, type KoaContextWithOIDC } from "oidc-provider";
import type { Log } from "../log.js";
import type { PublicFetch } from "../net/public-fetch.js";
import { MAX_SIGNED_LIFE_MS } from "../store/signing-keys.js";
import type { PersonState } from "../upstream/person-checks.js";
import type { Observer } from "../watch/observer.js";
import type { AddressLimits } from "./address-limits.js";
import type { ClientDirectory } from "./client-directory.js";
import { documentFetch, MAX_DOCUMENT_BYTES } from "./client-documents.js";
import { applyClientRules, CLIENT_AUTH_METHODS, type ClientMetadata } from "./client-rules.js";
import { isStillThere } from "./org-check.js";
import { ALL_OWN_SCOPES } from "./own-scopes.js";
import { OAUTH_PATH, ourResource, surround } from "./provider-requests.js";
import type { RedirectRules } from "./redirect-rules.js";

export { OAUTH_PATH } from "./provider-requests.js";

/** The lives of what the authorization server gives out, in seconds. */
const LIVES = {
  accessToken: 10 * 60,
  // The clocks of two instances may differ by a minute and more. A code counts once in any case.
  code: 5 * 60,
  idToken: MAX_SIGNED_LIFE_MS / 1000,
  interaction: 10 * 60,
  refreshToken: 30 * 24 * 3_600,
  session: 12 * 3_600,
};

/** The algorithms with which a client may sign that it is itself. */
const CLIENT_ALGORITHMS = ["ES256", "RS256", "PS256"] as const;

/** An error that a person is shown, since there is no safe address to send it to. */
export interface ShownError {
  /** A code of RFC 6749, section 4.1.2.1, or of RFC 7591, section 3.2.2. */
  code: string;
  /** The cause in the library's or our words, for whoever makes the client. */
  description: string | undefined;
}

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
  clients: ClientDirectory;
  redirects: RedirectRules;
  /** True where clients may register themselves. */
  dynamic: boolean;
  /** Decides about a client whose id is the address of its document; undefined where none is taken. */
  allowDocument: ((clientId: URL) => boolean) | undefined;
  /** The way to such a document. */
  fetchDocument: PublicFetch;
  /** What one address may ask for. */
  limits: AddressLimits;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string;
  /** True for a person who may still sign in. */
  isActive(personId: string): Promise<boolean>;
  /** Asks the org whether a person is still there. @throws SignInFailure where it does not tell */
  askOrg(personId: string): Promise<PersonState>;
  /** True where the org can be asked without the person. Otherwise no refresh token is given out. */
  canAskOrg(personId: string): Promise<boolean>;
  /** Told of refusals. */
  observer: Observer;
  /** Shows an error to a person. It is never sent on to a client whose address is not sure. */
  showError(context: KoaContextWithOIDC, error: ShownError): Promise<void>;
  log: Log;
}

/** What the authorization server can do besides codes and tokens. Everything that is not needed is off. */
function featuresOf({ resource, dynamic, allowDocument }: IssuerOptions): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    revocation: {
      enabled: true,
      // A token of another client stays, and its holder is told the same as for a token that never was.
      allowedPolicy: async (_context, client, token) => token.clientId === client.clientId,
    },
    registration: { enabled: dynamic, initialAccessToken: false, issueRegistrationAccessToken: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: async (_context, _client, several) => {
        if (several !== undefined) throw new errors.InvalidTarget("one resource at a time");
        return resource;
      },
      useGrantedResource: async () => true,
      getResourceServerInfo: async ({ oidc }, indicator) => {
        if (Array.isArray(oidc.params?.resource)) throw new errors.InvalidTarget("one resource at a time");
        if (ourResource(indicator, resource) === undefined) {
          throw new errors.InvalidTarget(`tokens are given out for ${resource} alone`);
        }
        return {
          scope: ALL_OWN_SCOPES,
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
            // Each use of a client asks for its document, so one that says nothing of its life is kept for a while.
            cacheDuration: { min: 300, max: 86_400 },
            allowFetch: async (_context: unknown, clientId: string) =>
              URL.canParse(clientId) && allowDocument(new URL(clientId)),
          },
        }),
  };
}

/** What clients may be, and how they prove who they are. */
function clientsOf({ clients, redirects }: IssuerOptions): Configuration {
  return {
    clientAuthMethods: [...CLIENT_AUTH_METHODS],
    enabledJWA: { clientAuthSigningAlgValues: [...CLIENT_ALGORITHMS] },
    clientDefaults: {
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      // Most programs on a machine say nothing, and none of them can keep a secret.
      token_endpoint_auth_method: "none",
      id_token_signed_response_alg: "ES256",
    },
    // The rules run before the library's own, for every client, however it came here.
    extraClientMetadata: {
      properties: ["okta_mcp"],
      validator(_context, _key, _value, metadata) {
        const own = metadata as ClientMetadata;
        if (!clients.isKnown(String(own.client_id))) applyClientRules(own, redirects);
      },
    },
  };
}

/**
 * Our own authorization server (OAuth 2.1: code with PKCE, rotating refresh tokens), in front of the org's. It gives out
 * tokens for /mcp alone, none of which is of any use at Okta.
 */
export function createIssuer(options: IssuerOptions): Provider {
  const { publicUrl, resource } = options;
  const configuration: Configuration = {
    ...clientsOf(options),
    adapter: options.adapter as never,
    scopes: ALL_OWN_SCOPES.split(" "),
    claims: {},
    responseTypes: ["code"],
    subjectTypes: ["public"],
    pkce: { required: () => true },
    jwks: { keys: [...options.signingKeys] },
    cookies: {
      keys: [...options.cookieKeys],
      names: {
        // With https no other host of the company's domain can set this one.
        session: publicUrl.startsWith("https:") ? "__Host-okta-mcp.session" : "okta-mcp.session",
        interaction: "okta-mcp.interaction",
        resume: "okta-mcp.resume",
      },
      long: { httpOnly: true, sameSite: "lax", signed: true, path: "/" },
      short: { httpOnly: true, sameSite: "lax", signed: true },
    },
    ttl: {
      AccessToken: LIVES.accessToken,
      AuthorizationCode: LIVES.code,
      Grant: LIVES.refreshToken,
      IdToken: LIVES.idToken,
      Interaction: LIVES.interaction,
      RefreshToken: LIVES.refreshToken,
      Session: LIVES.session,
    },
    // The library would answer a client that has a grant in this browser without a word to anybody. Whether the person
    // is still there, and has allowed this very host and these scopes, is decided at each request.
    async loadExistingGrant({ oidc }) {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    issueRefreshToken: async (_context, client, { accountId }) =>
      client.grantTypeAllowed("refresh_token") && accountId !== undefined && (await options.canAskOrg(accountId)),
    expiresWithSession: async () => false,
    features: featuresOf(options),
    fetch: documentFetch(options),
    fetchResponseBodyLimits: { "client_id metadata document": MAX_DOCUMENT_BYTES },
    interactions: { url: (_context, { uid }) => `${OAUTH_PATH}/interaction/${uid}` },
    routes: {
      authorization: `${OAUTH_PATH}/authorize`,
      token: `${OAUTH_PATH}/token`,
      registration: `${OAUTH_PATH}/register`,
      revocation: `${OAUTH_PATH}/revoke`,
      jwks: `${OAUTH_PATH}/jwks`,
    },
    async findAccount(context, id, token) {
      const { oidc } = context;
      // The library asks for the person before it looks at the resource of a request for a token.
      const { params } = oidc;
      if (params !== undefined && typeof params.resource === "string") {
        params.resource = ourResource(params.resource, resource) ?? params.resource;
      }
      const isThere =
        token?.kind === "RefreshToken"
          ? await isStillThere(context, () => options.askOrg(id))
          : await options.isActive(id);
      return isThere ? { accountId: id, claims: async () => ({ sub: id }) } : undefined;
    },
    renderError: (context, { error, error_description: description }) =>
      options.showError(context, { code: error, description }),
    clientBasedCORS: () => true,
  };
  const provider = new Provider(publicUrl, configuration);
  // What the library builds addresses from is set by us on each request, from the public address alone.
  provider.proxy = true;
  surround(provider, options);
  return provider;
}
