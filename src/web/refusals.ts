/** The path of the endpoint of MCP. */
export const MCP_PATH = "/mcp";

/** The path of the metadata that tells clients where to get tokens (RFC 9728, section 3.1). */
export const RESOURCE_METADATA_PATH = "/.well-known/oauth-protected-resource";

/** The documents of the authorization server (RFC 8414, section 3; OpenID Connect Discovery, section 4). */
export const PROVIDER_DOCUMENTS: readonly string[] = [
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
];

/** The reasons of RFC 6750, section 3.1, for which a request is refused. */
type BearerError = "invalid_request" | "invalid_token" | "insufficient_scope";

/** A refusal of a request, as it is sent. */
export interface HttpRefusal {
  status: number;
  headers: Record<string, string>;
  body: { error: string; error_description: string };
}

/** A refusal in our words. Its answer is never kept by anybody. */
export function refusal(
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): HttpRefusal {
  return {
    status,
    headers: { "cache-control": "no-store", ...headers },
    body: { error, error_description: description },
  };
}

export interface ChallengeOptions {
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The scopes that are needed, all at once. */
  scopes: readonly string[];
}

/** A text with the characters alone that a description may have (RFC 6750, section 3). */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
}

/**
 * The refusal of a request without a right token (RFC 6750, section 3; RFC 9728, section 5.1). A request without any
 * credentials is told of no error.
 */
export function challenge(
  { publicUrl, scopes }: ChallengeOptions,
  error: BearerError | undefined,
  description: string,
): HttpRefusal {
  const status = error === "insufficient_scope" ? 403 : error === "invalid_request" ? 400 : 401;
  const parts = [
    ...(error === undefined ? [] : [`error="${error}"`, `error_description="${quotable(description)}"`]),
    `resource_metadata="${publicUrl}${RESOURCE_METADATA_PATH}${MCP_PATH}"`,
    `scope="${scopes.join(" ")}"`,
  ];
  return refusal(status, error ?? "invalid_token", description, { "www-authenticate": `Bearer ${parts.join(", ")}` });
}
