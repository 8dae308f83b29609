import { stripVTControlCharacters } from "node:util";
import { covers } from "../okta/scopes.js";
import { displayWidth } from "./columns.js";

/** The configured scopes that a grant does not cover; none where the grant is unknown. */
export function notGranted(configured: readonly string[], granted: readonly string[] | undefined): string[] {
  if (!granted) return [];
  const set = new Set(granted);
  return configured.filter((scope) => !covers(set, scope));
}

/**
 * Names and values in two columns. The further lines of a value stand below its first.
 * @param width characters that a line may have
 */
export function twoColumns(
  rows: readonly (readonly [string, string | readonly string[]])[],
  width: number,
  dim: (text: string) => string,
): string {
  const nameWidth = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .flatMap(([name, value]) =>
      [value]
        .flat()
        .flatMap((line) => wrap(line, width - nameWidth).split("\n"))
        .map((line, index) => dim((index === 0 ? name : "").padEnd(nameWidth)) + line),
    )
    .join("\n");
}

/**
 * Breaks a line between words so that it fits into `width` characters. The next lines stand under the text of a list
 * item, or are indented as the first. A word that is too long for a line is left whole.
 */
export function wrap(line: string, width: number): string {
  const indent = /^ *(?:- )?/.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = indent;
  let used = indent.length;
  for (const word of line.slice(indent.length).split(" ")) {
    const length = displayWidth(stripVTControlCharacters(word));
    if (used > indent.length && used + 1 + length > width) {
      lines.push(current);
      current = " ".repeat(indent.length);
      used = indent.length;
    }
    const space = used > indent.length ? " " : "";
    current += space + word;
    used += space.length + length;
  }
  return [...lines, current].join("\n");
}

/** A text as one word for a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
