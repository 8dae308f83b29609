import { DPOP_ALGORITHMS } from "./dpop.js";
import type { Issuer } from "./issuers.js";

const AUTH_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/** The claims of an ID token and of /userinfo here. */
const ID_CLAIMS = `iss ver sub aud iat exp jti auth_time amr idp nonce name nickname preferred_username given_name
  middle_name family_name email email_verified zoneinfo locale updated_at at_hash`.split(/\s+/);

/**
 * An authorization server's metadata (RFC 8414; schema `OidcMetadata` of Okta's OAuth document). It names only what the
 * sandbox has.
 */
export function serverMetadata(issuer: Issuer, origin: string): Record<string, unknown> {
  const endpoint = (name: string) => `${issuer.base()}/v1/${name}`;
  const isOrg = issuer.id === undefined;
  return {
    issuer: issuer.url(),
    authorization_endpoint: endpoint("authorize"),
    token_endpoint: endpoint("token"),
    userinfo_endpoint: endpoint("userinfo"),
    // Okta announces it, though it takes only the token of an administrator.
    registration_endpoint: `${origin}/oauth2/v1/clients`,
    jwks_uri: endpoint("keys"),
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      "client_credentials",
      ...(isOrg ? ["urn:ietf:params:oauth:grant-type:device_code"] : []),
    ],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: issuer.publishedScopes,
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    claims_supported: isOrg ? ID_CLAIMS : [...ID_CLAIMS, "cid", "uid", "scp"],
    code_challenge_methods_supported: ["S256"],
    introspection_endpoint: endpoint("introspect"),
    introspection_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint: endpoint("revoke"),
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    end_session_endpoint: endpoint("logout"),
    request_parameter_supported: false,
    ...(isOrg && { device_authorization_endpoint: endpoint("device/authorize") }),
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
  };
}
