import { matchesGlob } from "../text/glob.js";
import { nearest } from "../text/nearest.js";
import type { Tool } from "../tool.js";

/** The characters of tool names and of patterns for them. */
export const TOOL_PATTERN = /^[A-Za-z0-9_*?-]{1,100}$/;

/** Patterns, and the setting or file that holds them. */
export interface ToolPatterns {
  /** Names of tools or areas, `*` and `?` standing for any characters and for one. */
  patterns: readonly string[];
  /** The place of the patterns for a person, e.g. "OKTA_MCP_TOOLS". */
  where: string;
}

/** The tools that the settings allow an assistant. */
export interface ToolChoice {
  /** The setting that turns all writing tools off; undefined where none does. */
  readOnly: string | undefined;
  /** Only these tools, where given. */
  include: ToolPatterns | undefined;
  /** Tools that are off, even if they are included. */
  exclude: readonly ToolPatterns[];
  /**
   * The reason why tools that read a file of this machine are off, as the end of a sentence; undefined where they are
   * not.
   */
  noFiles?: string | undefined;
}

/** The properties of a tool on which a choice depends. */
export type Choosable = Pick<Tool, "name" | "effect" | "staysOn" | "readsFile"> & { area: string };

/** Every tool. */
export const ALL_TOOLS: ToolChoice = { readOnly: undefined, include: undefined, exclude: [] };

/** One name for `email-domains`, `email_domains` and `Email-Domains`. */
function plain(name: string): string {
  return name.replaceAll("_", "-");
}

function matching({ patterns }: ToolPatterns, { name, area }: Choosable): string | undefined {
  return patterns.find((pattern) => [name, area].some((known) => matchesGlob(plain(pattern), plain(known))));
}

/** The reason why a choice leaves a tool out, as the end of a sentence; undefined where it does not. */
export function leftOutBecause(
  { readOnly, include, exclude, noFiles }: ToolChoice,
  tool: Choosable,
): string | undefined {
  if (noFiles !== undefined && tool.readsFile !== undefined) return noFiles;
  if (readOnly !== undefined && tool.effect !== "reads") return `${readOnly} leaves only tools on that read`;
  if (tool.staysOn) return undefined;
  for (const list of exclude) {
    const pattern = matching(list, tool);
    if (pattern !== undefined) return `${list.where} excludes ${pattern === tool.name ? "it" : pattern}`;
  }
  return include && matching(include, tool) === undefined ? `${include.where} does not name it` : undefined;
}

/** Most words that the name of an area is made of. */
const MAX_WORDS = 3;

/** Patterns in whose place somebody wrote the name of an area in words stand together, as `custom domains`. */
function joined(patterns: readonly string[], names: readonly string[]): string[] {
  const known = new Set(names.map(plain));
  const found: string[] = [];
  for (let at = 0; at < patterns.length; ) {
    const ends = Array.from({ length: MAX_WORDS - 1 }, (_, index) => at + MAX_WORDS - index);
    const end = ends.find(
      (one) => one <= patterns.length && known.has(patterns.slice(at, one).join("-").toLowerCase()),
    );
    found.push(patterns.slice(at, end ?? at + 1).join(" "));
    at = end ?? at + 1;
  }
  return found;
}

/** A line for each pattern that matches no tool and no area, with what was probably meant. */
export function unmatchedPatterns({ include, exclude }: ToolChoice, tools: readonly Choosable[]): string[] {
  const names = [...new Set(tools.flatMap(({ name, area }) => [name, area]))];
  // What most patterns are made of: everything that begins with the same verb.
  const patterns = [...new Set(tools.map(({ name }) => `${name.split("_")[0]}_*`))];
  return [...(include ? [include] : []), ...exclude].flatMap((list) =>
    joined(list.patterns, names)
      .filter((pattern) => !tools.some((tool) => matching({ ...list, patterns: [pattern] }, tool) !== undefined))
      .map((pattern) => {
        const area = names.find((name) => plain(name) === pattern.replaceAll(" ", "-"));
        const byVerb = pattern.includes("*") ? nearest(pattern, patterns) : undefined;
        const meant = area ?? byVerb ?? nearest(pattern.replace(/[*?]+/g, ""), names);
        const advice = meant ? `did you mean ${meant}?` : "`okta-mcp tools` lists all of them.";
        return `${list.where} holds ${pattern}, which matches no tool and no area; ${advice}`;
      }),
  );
}
