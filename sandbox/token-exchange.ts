import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import type { GrantCheck } from "./grants.js";
import type { Issuer, Issuers } from "./issuers.js";
import type { OAuthClient } from "./oauth-clients.js";
import { OAuthRefusal } from "./oauth-reply.js";
import { required } from "./oauth-route.js";
import { isOpenIdScope } from "./oauth-scopes.js";
import type { Grant, TokenReply } from "./token-types.js";

/** RFC 8693, section 2.1. */
export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** RFC 8693, section 3. */
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

export interface ExchangeParts {
  /** Epoch milliseconds. */
  now: () => number;
  issuers: Issuers;
  counts: GrantCheck;
}

interface ExchangeRequest {
  issuer: Issuer;
  client: OAuthClient;
  form: URLSearchParams;
  /** Thumbprint of the key that the new token is bound to. */
  key: string | undefined;
}

const invalidSubject = () => new OAuthRefusal("invalid_request", "'subject_token' is invalid.");

/**
 * Exchanges the access token of a person for one of this custom authorization server ("on-behalf-of"): a service that a
 * person's app called goes on to the next service in the person's name. Source: Okta's guide "Set up OAuth 2.0
 * On-Behalf-Of Token Exchange", and Okta's list of OAuth errors.
 */
export function byExchange({ now, issuers, counts }: ExchangeParts) {
  /**
   * The sign-in that a subject token stands for.
   * @throws OAuthRefusal invalid_request, access_denied, invalid_grant
   */
  async function subjectOf(issuer: Issuer, token: string): Promise<Grant & { user: object }> {
    const from = await issuerOf(token);
    if (from.id !== issuer.id && !issuer.trustedServers.includes(from.id ?? "")) {
      throw new OAuthRefusal("access_denied", "The 'subject_token' issuer isn't a trusted authorization server.", 403);
    }
    const grant = from.tokens.active(token)?.grant;
    if (grant === undefined || !counts(grant)) {
      throw new OAuthRefusal(
        "invalid_grant",
        "The 'subject_token' either expired or the session associated with it was terminated.",
      );
    }
    const { user } = grant;
    // A service's own token speaks for nobody on whose behalf something could be done.
    if (user === undefined) throw invalidSubject();
    return { ...grant, user };
  }

  /** The server of the org that signed the access token. @throws OAuthRefusal invalid_request */
  async function issuerOf(token: string): Promise<Issuer> {
    try {
      const claims = decodeJwt(token);
      const found = issuers.all().find(({ url }) => url() === claims.iss);
      if (found === undefined || claims.cid === undefined) throw invalidSubject();
      const keys = createLocalJWKSet((await found.keys.published()) as JSONWebKeySet);
      // The time of the token is looked at later, since another refusal tells of it.
      await jwtVerify(token, keys, { currentDate: new Date((claims.iat ?? 0) * 1000) });
      return found;
    } catch {
      throw invalidSubject();
    }
  }

  return async ({ issuer, client, form, key }: ExchangeRequest): Promise<{ grant: Grant; reply: TokenReply }> => {
    checkRequest(issuer, client, form);
    const { user } = await subjectOf(issuer, required(form, "subject_token"));
    const scopes = scopesOf(issuer, client, form.get("scope"));
    issuer.checkPolicy(client, TOKEN_EXCHANGE);
    const grant: Grant = { client, user, scopes, authTimeMs: now(), boundTo: key, revoked: false };
    return { grant, reply: { ...(await issuer.tokens.issue(grant, scopes)), issued_token_type: ACCESS_TOKEN } };
  };
}

/** @throws OAuthRefusal where this client cannot exchange at all, or asks for something else than an access token */
function checkRequest(issuer: Issuer, client: OAuthClient, form: URLSearchParams): void {
  const invalid = (description: string) => new OAuthRefusal("invalid_request", description);
  if (client.method !== "app" || client.applicationType !== "service") {
    throw invalid("Only service clients may use on-behalf token exchange.");
  }
  if (form.get("subject_token_type") !== ACCESS_TOKEN) {
    throw invalid("'subject_token_type' is invalid or not supported.");
  }
  if ((form.get("requested_token_type") ?? ACCESS_TOKEN) !== ACCESS_TOKEN) {
    throw invalid("'requested_token_type' is invalid or not supported.");
  }
  if (form.has("actor_token_type")) throw invalid("'actor_token_type' is invalid or not supported.");
  if (form.has("actor_token")) throw invalid("'actor_token' is invalid.");
  if (form.has("resource")) throw new OAuthRefusal("invalid_target", "'resource' is invalid or not supported.");
  if (form.get("audience") !== issuer.audience()) {
    throw new OAuthRefusal(
      "invalid_target",
      "Token Exchange requests must include a valid audience of the authorization server.",
    );
  }
}

/** @throws OAuthRefusal invalid_scope, consent_required */
function scopesOf(issuer: Issuer, client: OAuthClient, parameter: string | null): string[] {
  const scopes = issuer.requestedScopes(parameter);
  const openId = scopes.find(isOpenIdScope);
  if (openId !== undefined) {
    throw new OAuthRefusal(
      "invalid_scope",
      `Can't request '${openId}' scopes using the Token Exchange flow for a service app.`,
    );
  }
  const open = issuer.needConsent(client, scopes);
  if (open.length > 0) {
    throw new OAuthRefusal("consent_required", `The following scopes require user consent: [${open.join(", ")}].`);
  }
  return scopes;
}
