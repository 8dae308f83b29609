import { errors } from "oidc-provider";
import { visible } from "../text/quote.js";
import { type RedirectKind, type RedirectRules, redirectKind } from "./redirect-rules.js";

/** What a client says of itself (RFC 7591, section 2). All of it is text of a stranger. */
export interface ClientMetadata {
  redirect_uris?: unknown;
  application_type?: unknown;
  client_name?: unknown;
  grant_types?: unknown;
  response_types?: unknown;
  token_endpoint_auth_method?: unknown;
  [member: string]: unknown;
}

const MAX_REDIRECTS = 20;
const MAX_NAME_CHARS = 100;
const MAX_KEYS = 10;

/**
 * The members that a client may set. Others would let it have pages fetched or shown, or keys used. `scope` is none of
 * them: each request names its scopes, and a client may step up to more later.
 */
const KEPT: ReadonlySet<string> = new Set([
  "client_id",
  "client_id_issued_at",
  "client_secret",
  "client_secret_expires_at",
  "client_name",
  "redirect_uris",
  "application_type",
  "grant_types",
  "response_types",
  "response_modes",
  "token_endpoint_auth_method",
  "jwks",
]);

/** The ways in which a client proves who it is. All others are `none`: a public client with PKCE. */
export const CLIENT_AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] as const;

type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/**
 * Brings what a client says of itself into the only form that is taken: authorization code with PKCE for a public
 * client, or for one with a secret or keys where it asks for that. Most clients leave `application_type` out, which
 * would make their loopback ports fixed; it follows from where codes go to.
 * @throws errors.InvalidRedirectUri, errors.InvalidClientMetadata (RFC 7591, section 3.2.2)
 */
export function applyClientRules(metadata: ClientMetadata, rules: RedirectRules): void {
  const kinds = applyRedirects(metadata, rules);
  const method = applyAuthMethod(metadata);
  for (const member of Object.keys(metadata)) if (!KEPT.has(member)) delete metadata[member];
  metadata.application_type = kinds.has("loopback") || kinds.has("private") ? "native" : "web";
  metadata.grant_types = ["authorization_code", "refresh_token"];
  metadata.response_types = ["code"];
  metadata.response_modes = ["query"];
  metadata.token_endpoint_auth_method = method;
  metadata.client_name = clientName(metadata.client_name);
}

/**
 * Leaves of the redirect URIs those that are allowed. VS Code names addresses on the web beside those of the person's
 * machine in every registration and uses either, so that an address whose host is not listed is left out (RFC 7591,
 * section 3.2.1: the answer tells what was registered) and every other fault refuses the whole.
 * @returns the kinds of those that are left
 */
function applyRedirects(metadata: ClientMetadata, rules: RedirectRules): Set<RedirectKind> {
  const { redirect_uris: uris } = metadata;
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAX_REDIRECTS) {
    throw refusedRedirect(`redirect_uris has to be a list of 1 to ${MAX_REDIRECTS} addresses`);
  }
  const kinds = uris.map((uri) => redirectKind(uri, rules));
  const listed = uris.filter((_, index) => kinds[index] !== "unlisted");
  if (kinds.includes(undefined) || listed.length === 0) {
    throw refusedRedirect(
      "a redirect URI is not allowed here: use http on loopback, a private scheme or https host that the server lists, without user, fragment or wildcard",
    );
  }
  metadata.redirect_uris = listed;
  return new Set(kinds.filter((kind) => kind !== undefined && kind !== "unlisted"));
}

/** Settles how a client proves who it is, and drops what belongs to another way. */
function applyAuthMethod(metadata: ClientMetadata): ClientAuthMethod {
  const method = CLIENT_AUTH_METHODS.find((known) => known === metadata.token_endpoint_auth_method) ?? "none";
  if (method === "private_key_jwt") {
    const keys = (metadata.jwks as { keys?: unknown } | null | undefined)?.keys;
    // Keys at another address would have to be fetched from there again and again, while tokens are given out.
    if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) {
      throw new errors.InvalidClientMetadata(
        `private_key_jwt needs the public keys themselves: jwks with 1 to ${MAX_KEYS} keys; jwks_uri is not read`,
      );
    }
  } else {
    delete metadata.jwks;
  }
  if (method === "none") {
    delete metadata.client_secret;
    delete metadata.client_secret_expires_at;
  }
  return method;
}

/** The refusal of a redirect URI, with the reason in place of the library's one sentence. */
function refusedRedirect(why: string): errors.InvalidRedirectUri {
  const error = new errors.InvalidRedirectUri();
  error.error_description = why;
  return error;
}

/** A client's name as a person may be shown it: one line, nothing invisible. */
function clientName(name: unknown): string {
  const text = typeof name === "string" ? visible(name.slice(0, MAX_NAME_CHARS)).trim() : "";
  return text === "" ? "A program without a name" : text;
}
