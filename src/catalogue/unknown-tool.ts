import { OktaMcpError } from "../errors/index.js";
import { nearest } from "../text/nearest.js";
import type { Elsewhere } from "../tool.js";

/** A longer name is none of a tool. */
const MAX_NAME_CHARS = 100;

/** A name as it would be here: `okta_listUsers`, `okta-list-users` and `list_okta_users` are `list_users`. */
export function ownForm(name: string): string {
  return name
    .slice(0, MAX_NAME_CHARS)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && word !== "okta")
    .join("_");
}

const lettersOf = (word: string) => [...word].sort().join("");

/** True for one word that is written in two ways, also with letters that changed places. */
function sameWord(one: string, other: string): boolean {
  return lettersOf(one) === lettersOf(other) || nearest(one, [other]) !== undefined;
}

/** The tool that has the same words but for their spelling and order; another word is another job. */
function misspelt(name: string, tools: readonly string[]): string | undefined {
  const words = name.split("_");
  const alike = tools.filter((tool) => {
    const others = tool.split("_");
    return (
      others.length === words.length &&
      words.every((word) => others.some((other) => sameWord(word, other))) &&
      others.every((other) => words.some((word) => sameWord(word, other)))
    );
  });
  return nearest(name, alike);
}

/** The tool or place that does the job of an unknown tool, in a sentence or two; undefined where there is none. */
function insteadOf(name: string, tools: readonly string[], elsewhere: readonly Elsewhere[]): string | undefined {
  const own = ownForm(name);
  if (tools.includes(own)) return `Its name here is ${own}.`;
  const known = elsewhere.find(({ names }) => names.includes(own));
  if (known) return [known.use.join(" and "), known.how].filter(Boolean).join(" ");
  const meant = misspelt(own, tools);
  return meant && `Did you mean ${meant}?`;
}

/**
 * The error for a name that no tool has.
 * @param tools the names that there are
 * @param elsewhere the names that people know from elsewhere
 */
export function unknownTool(name: string, tools: readonly string[], elsewhere: readonly Elsewhere[]): OktaMcpError {
  const instead = insteadOf(name, tools, elsewhere);
  return new OktaMcpError("bad_input", `There is no such tool.${instead ? ` ${instead}` : ""}`, {
    fix: "Choose a tool from tools/list, or from `okta-mcp tools`.",
    atTerminal: { fix: "`okta-mcp tools` lists them." },
  });
}
