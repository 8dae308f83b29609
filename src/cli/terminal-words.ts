import { type OktaMcpError, reworded } from "../errors/index.js";

/**
 * What an assistant is told, and what a person who types commands is told in its place. The first ones are whole
 * sentences; the last catch what is new.
 */
const SAYINGS: readonly (readonly [RegExp, string])[] = [
  [/The person declined\./g, "You said no."],
  [/The person closed the question without an answer\./g, "You left the question without an answer."],
  [/The person did not want to open/g, "You did not want to open"],
  [/while the person was being asked/g, "while you were being asked"],
  [/Ask the person before trying again\./g, "Call it again if you want it after all."],
  [/Choose a tool from tools\/list, or from `okta-mcp tools`\./g, "`okta-mcp tools` lists them."],
  [/A person can raise it or start the server again\./g, "It stands in the guard file."],
  [/Tell the person that the limit is reached\. ?/g, ""],
  [/or tell the person that this one is protected/g, "or change the guard file, if it is yours to change"],
  [/Tell the person\. Only a person can change that setting[^.]*\./g, "Change that setting, if it is yours to change."],
  [/OKTA_SCOPES in the settings of this server \(mcp\.json\)/g, "OKTA_SCOPES, or --scopes"],
  [/Then restart the server and sign in again\./g, "Then sign in again: okta-mcp login"],
  [/(?:Ask|Show) the person which (\w+)(?: is meant| to allow)?, and (\w)/g, "Decide which $1, and $2"],
  [/Ask the person(?:;|,| and)? if they agree, /g, "If you agree, "],
  [/,? (?:or to|and out of) the client's roots/g, ""],
  [/\b(?:Ask|Tell|Show) the person:? ?/g, ""],
  [/\b[Tt]he person's\b/g, "your"],
  [/\bThe person\b/g, "You"],
  [/\bthe person\b/g, "you"],
  [/\b[Oo]nly a person can\b/g, "only you can"],
];

/** An argument as tools have it, `allow_removals: true`, which a command takes as an option. */
const ARGUMENT = /`?\b([a-z]+(?:_[a-z]+)*): (true|false)\b`?/g;

/** Text between quotation marks comes from the org or the caller, and stays. */
function ours(text: string, change: (part: string) => string): string {
  return text
    .split(/("[^"\n]*")/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
}

function said(text: string): string {
  return ours(text, (part) => SAYINGS.reduce((changed, [pattern, words]) => changed.replace(pattern, words), part));
}

/**
 * An error as it is told at a terminal: to "you", and with commands in place of tools.
 * @param toolNames the tools there are
 * @param options how a command writes arguments that have an option of their own, e.g. `force` of `okta-mcp undo`
 */
export function atTerminal(
  error: OktaMcpError,
  toolNames: ReadonlySet<string>,
  options: Readonly<Record<string, string>> = {},
): OktaMcpError {
  const commands = (text: string) =>
    ours(said(text), (part) =>
      part
        .replace(ARGUMENT, (_, name: string, value: string) => options[name] ?? `--arg ${name}=${value}`)
        .replace(/(okta-mcp call )?\b([a-z]+(?:_[a-z]+)+)\b(?!=)/g, (whole, _call, name: string) =>
          toolNames.has(name) ? `okta-mcp call ${name}` : whole,
        ),
    );
  return reworded(error, {
    message: said(error.message),
    fix: commands(error.fix).trim() || "Decide what to do instead.",
  });
}
