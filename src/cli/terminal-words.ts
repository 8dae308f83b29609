import { type OktaMcpError, reworded, wordsFor } from "../errors/index.js";

/** An argument in the form of tools, `allow_removals: true`. A command takes it as an option. */
const ARGUMENT = /`?\b([a-z]+(?:_[a-z]+)*): (true|false)\b`?/g;

/** Changes our own words alone. Text between quotation marks comes from the org or the caller. */
function ours(text: string, change: (part: string) => string): string {
  return text
    .split(/("[^"\n]*")/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
}

/**
 * An error in the form for a terminal: in the words for a person who types commands, with commands in place of tools.
 * @param toolNames the names of all tools
 * @param options how a command writes arguments that have an option of their own, e.g. `force` of `okta-mcp undo`
 */
export function atTerminal(
  error: OktaMcpError,
  toolNames: ReadonlySet<string>,
  options: Readonly<Record<string, string>> = {},
): OktaMcpError {
  const { message, fix } = wordsFor(error, "terminal");
  const commands = ours(fix, (part) =>
    part
      .replace(ARGUMENT, (_, name: string, value: string) => options[name] ?? `--arg ${name}=${value}`)
      .replace(/(okta-mcp call )?\b([a-z]+(?:_[a-z]+)+)\b(?!=)/g, (whole, _call, name: string) =>
        toolNames.has(name) ? `okta-mcp call ${name}` : whole,
      ),
  );
  return reworded(error, { message, fix: commands });
}
