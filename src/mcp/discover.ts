import { CAPABILITIES } from "./adapter.js";
import { SERVER_KEY, STATELESS_VERSION } from "./envelope.js";
import type { McpService } from "./service.js";

/** The life of the answer for a client. It follows from the settings, which stay the same as long as the server runs. */
export const DISCOVER_TTL_MS = 3_600_000;

/**
 * The answer to `server/discover` (MCP 2026-07-28, "Discovery"). It needs no library, so that a client that only looks
 * for its revision has it at once.
 */
export function discovered({ identity, instructions }: Pick<McpService, "identity" | "instructions">) {
  return {
    supportedVersions: [STATELESS_VERSION],
    capabilities: CAPABILITIES,
    instructions,
    resultType: "complete" as const,
    ttlMs: DISCOVER_TTL_MS,
    cacheScope: "private" as const,
    _meta: { [SERVER_KEY]: identity },
  };
}
