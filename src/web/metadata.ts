import type { McpScopes } from "../issuer/own-scopes.js";
import { MCP_PATH } from "./refusals.js";

/** What clients have to know of /mcp to get tokens for it (RFC 9728, section 2). All of it follows from the settings. */
export function resourceMetadata(publicUrl: string, authorizationServers: readonly string[], scopes: McpScopes) {
  return {
    resource: `${publicUrl}${MCP_PATH}`,
    authorization_servers: authorizationServers,
    scopes_supported: [scopes.read, scopes.write],
    bearer_methods_supported: ["header"],
    resource_name: "okta-mcp",
  };
}
