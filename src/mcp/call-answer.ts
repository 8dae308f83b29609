import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { Settled } from "../call/invoke.js";
import type { Reader } from "../errors/index.js";
import { errorText, renderError } from "../errors/render.js";
import { resultText } from "../results/result-text.js";

/** The key under `_meta` for the source of an answer (MCP, "General fields": a prefix, then a name). */
const PROVENANCE_KEY = "okta-mcp/provenance";

/**
 * Marks an answer as data of the org, for clients and gateways that separate data from instructions. Every answer has
 * it, since an error may quote the org as well.
 */
function provenance(org: string): { [key: string]: unknown } {
  return { [PROVENANCE_KEY]: { source: "okta-org", org, trust: "data" } };
}

export interface AnswerOptions {
  /** The org that the session is with. */
  orgUrl: string;
  /** True where the plain form is added for programs. */
  structuredContent: boolean;
  /** The reader of the errors; by default a model. */
  reader?: Reader;
}

/** The answer to `tools/call` (MCP, `CallToolResult`). */
export function callAnswer(outcome: Settled, { orgUrl, structuredContent, reader }: AnswerOptions): CallToolResult {
  const isError = "error" in outcome;
  const text = isError ? errorText(outcome.error, reader) : resultText(outcome.result);
  const structured = () => (isError ? { error: renderError(outcome.error, reader) } : outcome.result);
  return {
    _meta: provenance(orgUrl),
    ...(isError ? { isError } : {}),
    content: [{ type: "text", text }],
    ...(structuredContent ? { structuredContent: structured() } : {}),
  };
}
