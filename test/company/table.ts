import { cpus } from "node:os";
import Table from "cli-table3";
import type { Row } from "./row.js";

const HEAD = ["what", "load", "lost", "doubled", "refused", "recovered in"];
/** The columns together fit a terminal of 120 columns. */
const WIDTHS = [44, 24, 6, 9, 22, 12];

const mark = ({ failure, skipped }: Row) => (skipped === undefined ? (failure === undefined ? "✓" : "✗") : "-");
const cells = ({ load, lost, doubled, refused, recovered }: Row) => [
  load,
  String(lost),
  String(doubled),
  refused,
  recovered,
];

/** The rows for a terminal, and below them what was not as expected. */
export function render(rows: readonly Row[]): string {
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head: HEAD, colWidths: WIDTHS, wordWrap: true, style });
  for (const row of rows) {
    const what = `${mark(row)} ${row.what}`;
    if (row.skipped === undefined) table.push([what, ...cells(row)]);
    else table.push([what, { colSpan: 5, content: row.skipped }]);
  }
  const failures = rows.flatMap(({ what, failure }) => (failure === undefined ? [] : [`✗ ${what}\n  ${failure}`]));
  return [table.toString(), ...(failures.length > 0 ? ["", "Not as expected:", ...failures] : [])].join("\n");
}

/** The rows as the file of the repository has them. */
export function asMarkdown(rows: readonly Row[], { seconds, isShort }: { seconds: number; isShort: boolean }): string {
  const cpu = cpus();
  const machine = `${process.platform} ${process.arch}, ${cpu.length} x ${cpu[0]?.model.split(" ").slice(0, 2).join(" ")}`;
  const escaped = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const lines = rows.map((row) => {
    const all = row.skipped === undefined ? cells(row) : [`left out: ${row.skipped}`, "", "", "", ""];
    return `| ${[row.what, ...all].map(escaped).join(" | ")} | ${row.failure === undefined ? "yes" : "no"} |`;
  });
  return `# A company's server under load and faults

Written by \`npm run test:company -- ${isShort ? "--short " : ""}--write\` on ${new Date().toISOString().slice(0, 10)} in ${seconds} seconds.
${machine}, Node.js ${process.versions.node}.

${EXPLAINED}

| ${HEAD.join(" | ")} | as expected |
| ${HEAD.map(() => "---").join(" | ")} | --- |
${lines.join("\n")}
`;
}

const EXPLAINED = `Each instance is a process of the built \`okta-mcp serve\`. Where several are named, they share one
PostgreSQL and stand behind nginx or HAProxy with the files of \`deploy/\`, in turn and without stickiness. The org, the
people and the load run on the same machine.

- lost: what a client was told is done and is not in the org or not in the journal, what is in the org and not in the
  journal, and requests without an answer where each has to have one.
- doubled: changes that happened more often than they were asked for.
- refused: who was told that it did not work. \`cut off\` is a request whose connection ended without an answer.
- recovered in: the time until every request is answered as before.`;
