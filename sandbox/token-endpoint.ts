import type { DeviceCodes } from "./device-codes.js";
import { DpopProblem, type DpopVerifier } from "./dpop.js";
import type { GrantCheck } from "./grants.js";
import type { Issuer, Issuers } from "./issuers.js";
import type { ClientRegistry, OAuthClient } from "./oauth-clients.js";
import type { OAuthEvents } from "./oauth-events.js";
import { OAuthRefusal, oauthReply } from "./oauth-reply.js";
import { required } from "./oauth-route.js";
import { isOpenIdScope } from "./oauth-scopes.js";
import type { OrgMood } from "./org-mood.js";
import type { SandboxReply, SandboxRequest } from "./route.js";
import type { AuthorizationCodes } from "./sign-in/codes.js";
import { byExchange, TOKEN_EXCHANGE } from "./token-exchange.js";
import type { Grant, TokenReply } from "./token-types.js";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const GRANT_TYPES = [
  DEVICE_GRANT,
  "authorization_code",
  "refresh_token",
  "client_credentials",
  TOKEN_EXCHANGE,
] as const;
type GrantType = (typeof GRANT_TYPES)[number];

export interface TokenEndpointParts {
  /** Epoch milliseconds. */
  now: () => number;
  issuers: Issuers;
  clients: ClientRegistry;
  deviceCodes: DeviceCodes;
  codes: AuthorizationCodes;
  dpop: DpopVerifier;
  mood: OrgMood;
  /** True for a grant whose tokens still count. */
  counts: GrantCheck;
  events: OAuthEvents;
}

/** One request for tokens, from a client that has proved who it is. */
interface Asking {
  issuer: Issuer;
  client: OAuthClient;
  form: URLSearchParams;
  /** Thumbprint of the key that the tokens are bound to. */
  key: string | undefined;
}

interface Granted {
  grant: Grant;
  reply: TokenReply;
}

/** Answers requests for tokens, by whichever grant they come (RFC 6749, section 3.2). */
export function tokenEndpoint(parts: TokenEndpointParts): (request: SandboxRequest) => Promise<SandboxReply> {
  const { issuers, clients, dpop, mood, events } = parts;
  const grantBy = {
    [DEVICE_GRANT]: byDevice(parts),
    authorization_code: byCode(parts),
    refresh_token: byRefresh(parts),
    client_credentials: byCredentials(parts),
    [TOKEN_EXCHANGE]: byExchange(parts),
  } satisfies Record<GrantType, unknown>;

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

  return async (request) => {
    const issuer = issuers.of(request);
    const client = await clients.authenticate(request);
    try {
      const asked = required(request.form, "grant_type");
      const grantType = GRANT_TYPES.find((known) => known === asked);
      if (grantType === undefined || (grantType === DEVICE_GRANT && issuer.id !== undefined)) {
        throw new OAuthRefusal("unsupported_grant_type", "The grant type in the request isn't supported.");
      }
      // The org's own server exchanges tokens for single sign-on between native apps alone, which the sandbox has not.
      if (grantType === TOKEN_EXCHANGE && issuer.id === undefined) {
        throw new OAuthRefusal("unsupported_grant_type", `'${TOKEN_EXCHANGE}' grant type is not supported.`);
      }
      checkGrantType(client, grantType, issuer);
      const key = await boundTo(client, request);
      const { grant, reply } = await grantBy[grantType]({ issuer, client, form: request.form, key });
      events.issued(grant, reply, issuer.id);
      return oauthReply(reply, key === undefined ? {} : { "DPoP-Nonce": dpop.nonce() });
    } catch (error) {
      // The other codes are part of an orderly sign-in.
      const orderly = ["authorization_pending", "slow_down", "use_dpop_nonce"];
      if (error instanceof OAuthRefusal && !orderly.includes(error.error)) {
        events.refused(client, error.error, issuer.id);
      }
      throw error;
    }
  };
}

function byDevice({ issuers, deviceCodes }: TokenEndpointParts) {
  return async ({ client, form, key }: Asking): Promise<Granted> => {
    if (client.method !== "device") throw notConfigured(client);
    const { code, user, approvedAtMs } = deviceCodes.redeem(client, required(form, "device_code"));
    const scopes = issuers.org.grantable(client, code.scopes);
    const grant: Grant = { client, user, scopes, authTimeMs: approvedAtMs, boundTo: key, revoked: false };
    return { grant, reply: await issuers.org.tokens.issue(grant, scopes) };
  };
}

function byCode({ codes, counts }: TokenEndpointParts) {
  return async ({ issuer, client, form, key }: Asking): Promise<Granted> => {
    const code = codes.redeem({
      issuer,
      clientId: client.id,
      code: required(form, "code"),
      redirectUri: form.get("redirect_uri"),
      verifier: form.get("code_verifier"),
    });
    const { user, scopes, authTimeMs, amr, acr, nonce } = code;
    const grant: Grant = { client, user, scopes, authTimeMs, boundTo: key, amr, acr, revoked: false };
    if (!counts(grant)) throw new OAuthRefusal("invalid_grant", "The authorization code is invalid or has expired.");
    return { grant, reply: await issuer.tokens.issue(grant, scopes, { nonce }) };
  };
}

function byRefresh({ mood, counts, events }: TokenEndpointParts) {
  return async ({ issuer, client, form, key }: Asking): Promise<Granted> => {
    const refreshToken = required(form, "refresh_token");
    const known = issuer.tokens.activeRefresh(refreshToken)?.grant;
    if (mood.refuseRefresh || (known !== undefined && !counts(known))) {
      throw new OAuthRefusal("invalid_grant", "The refresh token is invalid or expired.");
    }
    if (known?.boundTo !== undefined && known.boundTo !== key) {
      throw new OAuthRefusal("invalid_dpop_proof", "The DPoP proof JWT is signed with another key than before.");
    }
    const wanted = form.has("scope") ? issuer.requestedScopes(form.get("scope")) : known?.scopes;
    if (known !== undefined && wanted?.some((scope) => !known.scopes.includes(scope))) {
      throw new OAuthRefusal("invalid_scope", "The scopes requested are not a subset of those granted before.");
    }
    const { grant, staying } = issuer.tokens.use(client, refreshToken, (reused) => events.reused(reused, issuer.id));
    const scopes = issuer.grantable(client, wanted ?? grant.scopes);
    return { grant, reply: await issuer.tokens.issue(grant, scopes, { refreshToken: staying }) };
  };
}

function byCredentials({ now }: TokenEndpointParts) {
  return async ({ issuer, client, form, key }: Asking): Promise<Granted> => {
    const wanted = issuer.requestedScopes(form.get("scope"));
    const openId = wanted.find(isOpenIdScope);
    if (openId !== undefined) {
      throw new OAuthRefusal("invalid_scope", `Cannot request '${openId}' scopes using client credentials.`);
    }
    const open = issuer.needConsent(client, wanted);
    if (open.length > 0) {
      throw new OAuthRefusal(
        "consent_required",
        `The following scopes require user consent and cannot be granted for the client credentials grant type: [${open.join(", ")}].`,
      );
    }
    issuer.checkPolicy(client, "client_credentials");
    const scopes = issuer.grantable(client, wanted);
    if (scopes.length === 0) {
      throw new OAuthRefusal("consent_required", "You are not allowed any of the requested scopes.");
    }
    const grant: Grant = { client, user: undefined, scopes, authTimeMs: now(), boundTo: key, revoked: false };
    return { grant, reply: await issuer.tokens.issue(grant, scopes) };
  };
}

/** The grant types that a client is configured for. */
function grantTypesOf(client: OAuthClient): readonly string[] {
  if (client.method === "app") return client.grantTypes;
  return client.method === "device" ? [DEVICE_GRANT, "refresh_token"] : ["client_credentials"];
}

/** @throws OAuthRefusal where this client cannot use this grant type at this server */
function checkGrantType(client: OAuthClient, grantType: GrantType, { id }: Issuer): void {
  if (!grantTypesOf(client).includes(grantType)) throw notConfigured(client);
  if (grantType !== "client_credentials" || id !== undefined || client.method !== "app") return;
  if (client.applicationType !== "service") {
    throw new OAuthRefusal(
      "invalid_client",
      "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
      401,
    );
  }
  if (client.authMethod !== "private_key_jwt") {
    throw new OAuthRefusal(
      "invalid_client",
      "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.",
      401,
    );
  }
}

/** The refusal of a grant type that the client is not configured for. */
export function notConfigured(client: OAuthClient): OAuthRefusal {
  return new OAuthRefusal(
    "unauthorized_client",
    `The client is not authorized to use the provided grant type. Configured grant types: [${grantTypesOf(client).join(", ")}].`,
  );
}
