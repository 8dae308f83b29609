import type { Json } from "../../json/json.js";
import type { SkippedOperation } from "../../openapi/api-document.js";
import { visible, visibleStart } from "../../text/quote.js";
import { columnsOf, type Io } from "../io.js";
import { renderTable } from "../table.js";
import { wrap } from "../words.js";

/** The most operations that are named for one reason. The JSON has all of them. */
const MAX_NAMED = 20;

/** What an operation asks of whoever calls it. @param scopes null where anybody may call it */
export function accessWords(scopes: readonly string[] | null): string {
  if (scopes === null) return "open";
  return scopes.length === 0 ? "any identity" : scopes.join(" ");
}

/** Shows records as a table on stdout, as wide as the terminal; nothing where there are none. */
export async function showRows(
  io: Io,
  rows: readonly Json[],
  fields: readonly string[],
  whole: readonly string[],
): Promise<void> {
  if (rows.length === 0) return;
  const heading = (text: string) => io.style("bold", text, io.stdout);
  const width = io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY;
  io.out(await renderTable(rows, { width, fields, whole, heading }));
}

/** Writes a line to stdout, broken between words where the terminal is narrow. */
export function say(io: Io, text: string): void {
  io.out(io.stdout.isTTY ? wrap(text, columnsOf(io.stdout)) : text);
}

/** Shows sentences on stdout, each after a word that tells of what sort it is. */
export function showSentences(
  io: Io,
  color: "red" | "yellow" | "dim",
  word: string,
  sentences: readonly string[],
): void {
  for (const sentence of sentences) say(io, `${io.style(color, word, io.stdout)}: ${visible(sentence)}`);
}

/** Shows operations that are no tools, together with the others that are none for the same reason. */
export function showSkipped(io: Io, heading: string, skipped: readonly SkippedOperation[]): void {
  const reasons = [...new Set(skipped.map(({ why }) => why))];
  if (reasons.length > 0) io.out(`${heading}:`);
  for (const reason of reasons) {
    const names = skipped
      .filter(({ why }) => why === reason)
      .map(({ id, method, path }) => `${id} (${method} ${path})`);
    const more = names.length - MAX_NAMED;
    const shown = [
      ...names.slice(0, MAX_NAMED).map((name) => visibleStart(name, 150)),
      ...(more > 0 ? [`${more} more`] : []),
    ];
    say(io, `  - ${visibleStart(reason, 300)} ${shown.join(", ")}`);
  }
}
