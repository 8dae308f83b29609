import { type CustomServer, checkedServer, type PersonClaim } from "./custom-server.js";
import type { Directory } from "./directory.js";
import { createKeyRing, type KeyRing } from "./key-ring.js";
import type { OAuthClient } from "./oauth-clients.js";
import { OAuthRefusal } from "./oauth-reply.js";
import { OPENID_SCOPE_NAMES, requestedScopes } from "./oauth-scopes.js";
import { notFound } from "./okta-error.js";
import type { SandboxRequest } from "./route.js";
import type { Signer } from "./signer.js";
import type { TokenFaults } from "./token-faults.js";
import type { ClaimSource, Tokens } from "./token-types.js";
import { createTokens } from "./tokens.js";

/** The type in the header of the org's own access tokens, which nobody but Okta may read. */
const INTERNAL_TOKEN = "application/okta-internal-at+jwt";

/** One authorization server: the org's own, or a custom one. */
export interface Issuer {
  /** Undefined for the org's own. */
  readonly id: string | undefined;
  readonly url: () => string;
  /** The address in front of `/v1/token` and its like. */
  readonly base: () => string;
  readonly audience: () => string;
  readonly keys: KeyRing;
  readonly tokens: Tokens;
  /** The scopes that the metadata name. */
  readonly publishedScopes: readonly string[];
  /** The other custom servers whose access tokens may be exchanged here, by id. */
  readonly trustedServers: readonly string[];
  /**
   * Reads the `scope` parameter of a request.
   * @throws OAuthRefusal invalid_scope
   */
  requestedScopes(parameter: string | null): string[];
  /** Those of the scopes that the client may have at the moment. */
  grantable(client: OAuthClient, scopes: readonly string[]): string[];
  /** Those of the scopes to which a person has to consent. */
  needConsent(client: OAuthClient, scopes: readonly string[]): string[];
  /** The claims about a person at /userinfo besides those of the scopes. */
  atUserinfo(userId: string): Record<string, unknown>;
  /** @throws OAuthRefusal access_denied where no policy lets this client use this grant type */
  checkPolicy(client: OAuthClient, grantType: string): void;
}

/** The authorization servers of one org. */
export interface Issuers {
  readonly org: Issuer;
  all(): Issuer[];
  /** The server that a request's path names. @throws OktaRefusal 404 E0000007 for one that there is not */
  of(request: SandboxRequest): Issuer;
  /** By id; undefined names the org's own. @throws RangeError for one that there is not */
  get(id: string | undefined): Issuer;
}

export interface IssuerOptions {
  origin: () => string;
  /** Epoch milliseconds. */
  now: () => number;
  directory: Directory;
  faults: TokenFaults;
  custom: readonly CustomServer[];
  signer?: (() => Promise<Signer>) | undefined;
  accessTokenLifetimeSeconds: number;
  refreshTokenLifetimeSeconds: number;
  rotationGraceMs: number;
  /** Those of the Okta API scopes that the org grants to this client at the moment. */
  grantable: (client: OAuthClient, scopes: readonly string[]) => string[];
}

export function createIssuers(options: IssuerOptions): Issuers {
  const org = orgIssuer(options);
  const custom = new Map(options.custom.map((server) => [server.id, customIssuer(options, server)]));
  return {
    org,
    all: () => [org, ...custom.values()],
    of({ params: { authorizationServerId: id } }) {
      if (id === undefined) return org;
      const found = custom.get(id);
      if (found === undefined) throw notFound(id, "AuthorizationServer");
      return found;
    },
    get(id) {
      const found = id === undefined ? org : custom.get(id);
      if (found === undefined) throw new RangeError(`The org has no authorization server ${id}.`);
      return found;
    },
  };
}

/** The claims about a person that the scopes give, as at Okta. */
function personClaims({ claimsOf }: Directory, userId: string, scopes: readonly string[]): Record<string, unknown> {
  const { profile, email } = claimsOf(userId);
  const { name, preferred_username } = profile;
  // Next to an access token, an ID token has only the main claims of `profile`. The others are at /userinfo.
  return { ...(scopes.includes("profile") && { name, preferred_username }), ...(scopes.includes("email") && email) };
}

function orgIssuer({ grantable, ...options }: IssuerOptions): Issuer {
  const { origin, directory } = options;
  const keys = createKeyRing(options.signer);
  const claims: ClaimSource = {
    // The org's access tokens have no groups claim.
    access: () => ({}),
    id: ({ client }, user, scopes) => ({
      ...personClaims(directory, user.id, scopes),
      ...(scopes.includes("groups") && groupsOf(directory, client, user.id)),
    }),
  };
  const tokens = createTokens({
    ...options,
    keys,
    claims,
    issuer: origin,
    audience: origin,
    accessTokenType: INTERNAL_TOKEN,
  });
  return {
    id: undefined,
    url: origin,
    base: () => `${origin()}/oauth2`,
    audience: origin,
    keys,
    tokens,
    publishedScopes: OPENID_SCOPE_NAMES,
    trustedServers: [],
    requestedScopes,
    grantable,
    needConsent: () => [],
    atUserinfo: () => ({}),
    checkPolicy() {},
  };
}

/** The groups claim of the org's tokens for an app; empty where the app has none. */
export function groupsOf(directory: Directory, client: OAuthClient, userId: string): Record<string, unknown> {
  const claim = client.method === "app" ? client.groupsClaim : undefined;
  return claim === undefined ? {} : { [claim.name ?? "groups"]: directory.groupsOf(userId, claim) };
}

function customIssuer({ origin, directory, ...options }: IssuerOptions, given: CustomServer): Issuer {
  const server = checkedServer(given);
  const { id, audience, groupsClaim } = server;
  const url = () => `${origin()}/oauth2/${id}`;
  // A custom authorization server has no scope `groups` of its own.
  const openId = OPENID_SCOPE_NAMES.filter((name) => name !== "groups");
  const scopeNames = [...server.scopes.map(({ name }) => name), ...openId];
  const keys = createKeyRing();
  const groups = (userId: string) =>
    groupsClaim === undefined ? {} : { [groupsClaim.name ?? "groups"]: directory.groupsOf(userId, groupsClaim) };
  const attributes = (userId: string, when: readonly PersonClaim["when"][]) =>
    Object.fromEntries(
      (server.personClaims ?? [])
        .filter((claim) => when.includes(claim.when))
        .map(({ name, attribute }) => [name, directory.attributeOf(userId, attribute)])
        .filter(([, value]) => value !== undefined),
    );
  const claims: ClaimSource = {
    access: ({ user, client }, scopes) => ({
      ...(user && groups(user.id)),
      ...(user && accessClaims(server, directory, user.id, scopes)),
      ...server.claims?.({ userId: user?.id, clientId: client.id }),
    }),
    id: (_grant, user, scopes) => ({
      ...personClaims(directory, user.id, scopes),
      ...groups(user.id),
      ...attributes(user.id, ["always"]),
    }),
  };
  const tokens = createTokens({
    ...options,
    keys,
    claims,
    issuer: url,
    audience: () => audience,
    accessTokenLifetimeSeconds: server.accessTokenLifetimeSeconds,
    refreshTokenLifetimeSeconds: server.refreshTokenLifetimeSeconds,
  });
  return {
    id,
    url,
    base: url,
    audience: () => audience,
    keys,
    tokens,
    publishedScopes: [...server.scopes.filter(({ published }) => published).map(({ name }) => name), ...openId],
    trustedServers: server.trustedServers ?? [],
    requestedScopes: (parameter) => customScopes(server, scopeNames, parameter),
    grantable: (_client, scopes) => [...scopes],
    atUserinfo: (userId) => ({ ...groups(userId), ...attributes(userId, ["always", "userinfo"]) }),
    needConsent(client, scopes) {
      if (client.method !== "app" || !client.consentRequired) return [];
      return server.scopes.filter(({ name, consent }) => consent && scopes.includes(name)).map(({ name }) => name);
    },
    checkPolicy(client, grantType) {
      const named = server.clients?.includes(client.id) ?? true;
      const allowed = grantType === "refresh_token" || (server.grantTypes?.includes(grantType) ?? true);
      if (!named || !allowed) {
        throw new OAuthRefusal(
          "access_denied",
          "Policy evaluation failed for this request, please check the policy configurations.",
          401,
        );
      }
    },
  };
}

/** The claims about a person in an access token with these scopes. */
function accessClaims(
  { accessClaims: claims = [] }: CustomServer,
  directory: Directory,
  userId: string,
  granted: readonly string[],
): Record<string, unknown> {
  const values = claims
    .filter(({ scopes }) => scopes === undefined || scopes.some((scope) => granted.includes(scope)))
    .map(({ name, attribute }) => [name, directory.attributeOf(userId, attribute)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function customScopes({ scopes }: CustomServer, known: readonly string[], parameter: string | null): string[] {
  const asked = [...new Set((parameter ?? "").split(" ").filter(Boolean))];
  const wanted = asked.length > 0 ? asked : scopes.filter((scope) => scope.default).map(({ name }) => name);
  if (wanted.length === 0) {
    throw new OAuthRefusal(
      "invalid_scope",
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    );
  }
  if (!wanted.every((scope) => known.includes(scope))) {
    throw new OAuthRefusal(
      "invalid_scope",
      "One or more scopes are not configured for the authorization server resource.",
    );
  }
  return wanted;
}
