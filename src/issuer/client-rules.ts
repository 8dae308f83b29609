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

/** The members that a client may set. Others would let it have pages fetched or shown, or keys used. */
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
  "token_endpoint_auth_method",
  "scope",
]);

/**
 * Brings what a client says of itself into the only form that is taken: authorization code with PKCE for a public
 * client, or for one with a secret where it asks for one. Most clients leave `application_type` out, which would make
 * their loopback ports fixed; it follows from where codes go.
 * @throws errors.InvalidRedirectUri, errors.InvalidClientMetadata (RFC 7591, section 3.2.2)
 */
export function applyClientRules(metadata: ClientMetadata, rules: RedirectRules): void {
  const { redirect_uris: uris } = metadata;
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAX_REDIRECTS) {
    throw refusedRedirect(`redirect_uris has to be a list of 1 to ${MAX_REDIRECTS} addresses`);
  }
  const kinds = new Set<RedirectKind>();
  for (const uri of uris) {
    const kind = redirectKind(uri, rules);
    if (kind === undefined) {
      throw refusedRedirect(
        "a redirect URI is not allowed here: use http on loopback, a private scheme or https host that the server lists, without user, fragment or wildcard",
      );
    }
    kinds.add(kind);
  }
  if (kinds.has("https") && kinds.size > 1) {
    throw new errors.InvalidClientMetadata("redirect URIs of the web and of this machine cannot be mixed");
  }
  for (const member of Object.keys(metadata)) if (!KEPT.has(member)) delete metadata[member];
  metadata.application_type = kinds.has("https") ? "web" : "native";
  metadata.grant_types = ["authorization_code", "refresh_token"];
  metadata.response_types = ["code"];
  const method = metadata.token_endpoint_auth_method;
  if (method !== "client_secret_basic" && method !== "client_secret_post") {
    metadata.token_endpoint_auth_method = "none";
  }
  metadata.client_name = clientName(metadata.client_name);
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
