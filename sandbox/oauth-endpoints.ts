import type { DeviceCode, DeviceCodes } from "./device-codes.js";
import { DPOP_ALGORITHMS, DpopProblem, type DpopVerifier } from "./dpop.js";
import type { ClientRegistry, OAuthClient } from "./oauth-clients.js";
import type { OAuthEvents } from "./oauth-events.js";
import { OAuthRefusal, oauthReply } from "./oauth-reply.js";
import { isOpenIdScope, OPENID_SCOPE_NAMES, requestedScopes } from "./oauth-scopes.js";
import type { Route, SandboxReply, SandboxRequest } from "./route.js";
import type { Grant, Tokens } from "./tokens.js";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const GRANT_TYPES = [DEVICE_GRANT, "refresh_token", "client_credentials"] as const;
type GrantType = (typeof GRANT_TYPES)[number];

const GRANT_TYPES_OF: Record<OAuthClient["method"], readonly GrantType[]> = {
  device: [DEVICE_GRANT, "refresh_token"],
  service: ["client_credentials"],
};

/** The present strictness of the org. */
export interface OrgMood {
  /** True where every device sign-in is allowed at once. */
  autoApprove: boolean;
  /** The only Okta API scopes that are granted; undefined grants all scopes of the app. */
  grantOnly: ReadonlySet<string> | undefined;
  refuseRefresh: boolean;
  /** True where every client has to prove its key at the token endpoint. */
  demandDpop: boolean;
  /** True where the API, too, asks for a nonce in proofs. */
  demandApiNonce: boolean;
}

export interface EndpointParts {
  origin: () => string;
  /** Epoch milliseconds. */
  now: () => number;
  clients: ClientRegistry;
  codes: DeviceCodes;
  tokens: Tokens;
  dpop: DpopVerifier;
  mood: OrgMood;
  isActive: (userId: string) => boolean;
  /** Those of the scopes that the org grants to this client at the moment. */
  grantable: (client: OAuthClient, scopes: readonly string[]) => string[];
  events: OAuthEvents;
  /** Decides on a device sign-in in the person's name. */
  decide: (code: DeviceCode, decision: "allow" | "deny") => void;
}

/** The OAuth endpoints of an org authorization server, as routes. */
export function oauthEndpoints(parts: EndpointParts): Route[] {
  const { origin, now, clients, codes, tokens, mood, events, decide } = parts;

  async function deviceAuthorize(request: SandboxRequest): Promise<SandboxReply> {
    const client = await clients.authenticate(request);
    if (client.method !== "device") throw notConfigured(client);
    const code = codes.start(client, requestedScopes(request.form.get("scope")));
    if (mood.autoApprove) decide(code, "allow");
    // Okta also answers with the domain that the request went to.
    const page = `${request.url.origin}/activate`;
    return oauthReply({
      device_code: code.deviceCode,
      user_code: code.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${code.userCode}`,
      expires_in: Math.round((code.expiresAtMs - now()) / 1000),
      interval: code.intervalMs / 1000,
    });
  }

  async function revoke(request: SandboxRequest): Promise<SandboxReply> {
    const client = await clients.authenticate(request);
    const grant = tokens.revoke(client, required(request.form, "token"));
    if (grant !== undefined) events.revoked(grant);
    return oauthReply();
  }

  async function introspect(request: SandboxRequest): Promise<SandboxReply> {
    const client = await clients.authenticate(request);
    const value = required(request.form, "token");
    const access = tokens.active(value);
    const found = access ?? tokens.activeRefresh(value);
    if (found === undefined || found.grant.client.id !== client.id) return oauthReply({ active: false });
    const { user, boundTo: jkt, scopes } = found.grant;
    return oauthReply({
      active: true,
      token_type: jkt === undefined ? "Bearer" : "DPoP",
      scope: (access?.scopes ?? scopes).join(" "),
      client_id: client.id,
      username: user?.login ?? client.id,
      sub: user?.login ?? client.id,
      exp: Math.floor(found.expiresAtMs / 1000),
      ...(jkt && { cnf: { jkt } }),
      ...(access && {
        iat: Math.floor(access.issuedAtMs / 1000),
        iss: origin(),
        aud: origin(),
        jti: access.jti,
        ...(user && { uid: user.id }),
      }),
    });
  }

  return [
    endpoint("POST", "/oauth2/v1/device/authorize", deviceAuthorize),
    endpoint("POST", "/oauth2/v1/token", tokenEndpoint(parts)),
    endpoint("POST", "/oauth2/v1/revoke", revoke),
    endpoint("POST", "/oauth2/v1/introspect", introspect),
    endpoint("GET", "/oauth2/v1/keys", async () => oauthReply(await tokens.keys())),
    endpoint("GET", "/.well-known/openid-configuration", () => oauthReply(serverMetadata(origin()))),
    endpoint("GET", "/.well-known/oauth-authorization-server", () => oauthReply(serverMetadata(origin()))),
  ];
}

/** Answers requests for tokens, by whichever grant they come (RFC 6749, section 3.2). */
function tokenEndpoint(parts: EndpointParts): (request: SandboxRequest) => Promise<SandboxReply> {
  const { now, clients, codes, tokens, dpop, mood, isActive, grantable, events } = parts;

  /** The key to which the tokens of this request are bound, if any (RFC 9449, section 5). */
  async function boundTo(client: OAuthClient, request: SandboxRequest): Promise<string | undefined> {
    if (!client.dpopRequired && !mood.demandDpop && !request.headers.has("dpop")) return undefined;
    try {
      return await dpop.verify(request, { nonce: true });
    } catch (error) {
      if (!(error instanceof DpopProblem)) throw error;
      const headers: Record<string, string> = error.error === "use_dpop_nonce" ? { "DPoP-Nonce": dpop.nonce() } : {};
      throw new OAuthRefusal(error.error, error.message, 400, headers);
    }
  }

  async function grantByDevice(client: OAuthClient, form: URLSearchParams, key: string | undefined) {
    if (client.method !== "device") throw notConfigured(client);
    const { code, user, approvedAtMs } = codes.redeem(client, required(form, "device_code"));
    const scopes = grantable(client, code.scopes);
    const grant: Grant = { client, user, scopes, authTimeMs: approvedAtMs, boundTo: key, revoked: false };
    return { grant, reply: await tokens.issue(grant, scopes) };
  }

  async function grantByRefresh(client: OAuthClient, form: URLSearchParams, key: string | undefined) {
    const refreshToken = required(form, "refresh_token");
    const known = tokens.activeRefresh(refreshToken)?.grant;
    if (mood.refuseRefresh || (known?.user && !isActive(known.user.id))) {
      throw new OAuthRefusal("invalid_grant", "The refresh token is invalid or expired.");
    }
    if (known?.boundTo !== undefined && known.boundTo !== key) {
      throw new OAuthRefusal("invalid_dpop_proof", "The DPoP proof JWT is signed with another key than before.");
    }
    const wanted = form.has("scope") ? requestedScopes(form.get("scope")) : known?.scopes;
    if (known !== undefined && wanted?.some((scope) => !known.scopes.includes(scope))) {
      throw new OAuthRefusal("invalid_scope", "The scopes requested are not a subset of those granted before.");
    }
    const grant = tokens.rotate(client, refreshToken, events.reused);
    return { grant, reply: await tokens.issue(grant, grantable(client, wanted ?? grant.scopes)) };
  }

  async function grantByCredentials(client: OAuthClient, form: URLSearchParams, key: string | undefined) {
    const wanted = requestedScopes(form.get("scope"));
    const openId = wanted.find(isOpenIdScope);
    if (openId !== undefined) {
      throw new OAuthRefusal("invalid_scope", `Cannot request '${openId}' scopes using client credentials.`);
    }
    const scopes = grantable(client, wanted);
    if (scopes.length === 0) {
      throw new OAuthRefusal("consent_required", "You are not allowed any of the requested scopes.");
    }
    const grant: Grant = { client, user: undefined, scopes, authTimeMs: now(), boundTo: key, revoked: false };
    return { grant, reply: await tokens.issue(grant, scopes) };
  }

  const grantBy = {
    [DEVICE_GRANT]: grantByDevice,
    refresh_token: grantByRefresh,
    client_credentials: grantByCredentials,
  } satisfies Record<GrantType, unknown>;

  return async (request) => {
    const client = await clients.authenticate(request);
    try {
      const asked = required(request.form, "grant_type");
      const grantType = GRANT_TYPES.find((known) => known === asked);
      if (grantType === undefined) {
        throw new OAuthRefusal("unsupported_grant_type", "The grant type in the request isn't supported.");
      }
      if (!GRANT_TYPES_OF[client.method].includes(grantType)) throw notConfigured(client);
      const key = await boundTo(client, request);
      const { grant, reply } = await grantBy[grantType](client, request.form, key);
      events.issued(grant, reply);
      return oauthReply(reply, key === undefined ? {} : { "DPoP-Nonce": dpop.nonce() });
    } catch (error) {
      // The other codes are part of an orderly sign-in.
      const orderly = ["authorization_pending", "slow_down", "use_dpop_nonce"];
      if (error instanceof OAuthRefusal && !orderly.includes(error.error)) events.refused(client, error.error);
      throw error;
    }
  };
}

/** A route whose refusals become its answers. */
function endpoint(
  method: Route["method"],
  template: string,
  handle: (request: SandboxRequest) => SandboxReply | Promise<SandboxReply>,
): Route {
  return {
    method,
    template,
    async handle(request) {
      try {
        for (const name of new Set(request.form.keys())) {
          if (request.form.getAll(name).length > 1) {
            throw new OAuthRefusal("invalid_request", `The \`${name}\` parameter is given more than once.`);
          }
        }
        return await handle(request);
      } catch (error) {
        if (error instanceof OAuthRefusal) return error.reply();
        throw error;
      }
    },
  };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new OAuthRefusal("invalid_request", `The \`${name}\` parameter is required.`);
  return value;
}

function notConfigured(client: OAuthClient): OAuthRefusal {
  const types = GRANT_TYPES_OF[client.method].join(", ");
  return new OAuthRefusal(
    "unauthorized_client",
    `The client is not authorized to use the provided grant type. Configured grant types: [${types}].`,
  );
}

/** The server's metadata (RFC 8414; schema `OidcMetadata` of Okta's OAuth document). */
function serverMetadata(issuer: string): Record<string, unknown> {
  const authMethods = ["private_key_jwt", "none"];
  return {
    issuer,
    token_endpoint: `${issuer}/oauth2/v1/token`,
    device_authorization_endpoint: `${issuer}/oauth2/v1/device/authorize`,
    revocation_endpoint: `${issuer}/oauth2/v1/revoke`,
    introspection_endpoint: `${issuer}/oauth2/v1/introspect`,
    jwks_uri: `${issuer}/oauth2/v1/keys`,
    grant_types_supported: [...GRANT_TYPES],
    response_types_supported: [],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: OPENID_SCOPE_NAMES,
    token_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_methods_supported: authMethods,
    introspection_endpoint_auth_methods_supported: authMethods,
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
  };
}
