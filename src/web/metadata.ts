import { MCP_PATH } from "./refusals.js";

/** What clients have to know of /mcp to get tokens for it (RFC 9728, section 2). All of it follows from the settings. */
export function resourceMetadata(
  publicUrl: string,
  authorizationServers: readonly string[],
  scopes: readonly string[],
) {
  return {
    resource: `${publicUrl}${MCP_PATH}`,
    ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
    scopes_supported: scopes,
    bearer_methods_supported: ["header"],
    resource_name: "okta-mcp",
  };
}
