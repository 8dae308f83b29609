import Table from "cli-table3";
import type { Row } from "./scenario.js";

/** The columns hold their words and together fit a terminal of 120 columns. */
const WIDTHS = [50, 20, 21, 7, 15];
const HEAD = ["scenario", "the caller sees", "reached the org", "sent\ntwice", "next\ncall"];

/** Returns the rows as a table of 120 columns. Below it are the advice of each error, by number, and the failures. */
export function render(rows: readonly Row[]): string {
  const advice: string[] = [];
  const note = ({ fix }: Row): string => {
    if (fix === "") return "";
    // The numbers in an advice depend on the clock, so they would make equal advices differ.
    const text = fix.replaceAll(/\d+ s\b/g, "… s");
    if (!advice.includes(text)) advice.push(text);
    return ` [${advice.indexOf(text) + 1}]`;
  };
  const table = new Table({
    head: HEAD,
    colWidths: WIDTHS,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const name = `${row.failure === undefined ? (row.skipped ? "-" : "✓") : "✗"} ${row.name}`;
    if (row.skipped) table.push([name, { colSpan: 4, content: row.sees }]);
    else table.push([name, `${row.sees}${note(row)}`, row.reached, String(row.sentTwice), row.next]);
  }
  const failures = rows.flatMap(({ name, failure }) => (failure === undefined ? [] : [`✗ ${name}\n  ${failure}`]));
  return [
    table.toString(),
    "",
    "The advice that goes with each error:",
    ...advice.map((text, index) => `[${index + 1}] ${text}`),
    ...(failures.length > 0 ? ["", "Not as expected:", ...failures] : []),
  ].join("\n");
}
