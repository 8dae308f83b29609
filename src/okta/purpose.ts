import type { ObjectKind } from "./objects.js";

/**
 * The purpose for which a text of the engine sends its reader to a tool. The text knows the purpose, and the
 * tools say which of them serves it, so that the engine names no tool.
 */
export type Purpose = `find ${ObjectKind}` | `show ${ObjectKind}` | "undo change" | "explain scopes";

/** Gives the name of the tool that serves a purpose; undefined where no tool that is on does. */
export type ToolFor = (purpose: Purpose) => string | undefined;

/** " with" and the tool that serves a purpose, as a part of a sentence; empty where no tool that is on does. */
export function withTool(toolFor: ToolFor, purpose: Purpose): string {
  const name = toolFor(purpose);
  return name === undefined ? "" : ` with ${name}`;
}
