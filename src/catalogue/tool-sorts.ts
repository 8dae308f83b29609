import type { Tool } from "../tool.js";

/**
 * True for a tool that does something itself, at Okta or at a company's API. Any other one tells of this server, or makes
 * calls of other tools, each of which counts and is checked.
 */
export function actsItself({ scope, api }: Pick<Tool, "scope" | "api">): boolean {
  return scope !== null || api !== undefined;
}

/** True for a tool that needs somebody signed in to Okta: it goes there, or its calls of other tools do. */
export function needsOkta({ scope, api, effect }: Pick<Tool, "scope" | "api" | "effect">): boolean {
  return api === undefined && (scope !== null || effect !== "reads");
}
