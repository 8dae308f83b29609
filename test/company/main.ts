/**
 * Plays load and faults against the built `okta-mcp serve` and prints a table. The arguments are parts of scenario
 * names, and choose the scenarios. `--short` plays them with less load; `--write` writes results.md besides. The exit
 * code is 1 if any row is not as expected.
 */
import { writeFileSync } from "node:fs";
import { play, type Row } from "./row.js";
import { balanced } from "./rows/balanced.js";
import { clocks } from "./rows/clocks.js";
import { cost } from "./rows/cost.js";
import { database } from "./rows/database.js";
import { flows } from "./rows/flows.js";
import { keyRotation } from "./rows/keys.js";
import { leaving } from "./rows/leaving.js";
import { many } from "./rows/many.js";
import { signIns } from "./rows/sign-ins.js";
import { sqlite } from "./rows/sqlite.js";
import { streams } from "./rows/streams.js";
import { asMarkdown, render } from "./table.js";

const FLAGS: readonly string[] = ["--short", "--write"];
const all = [
  ...flows,
  ...balanced,
  ...database,
  ...clocks,
  ...keyRotation,
  ...leaving,
  ...many,
  ...signIns,
  ...streams,
  ...sqlite,
  ...cost,
];

const given = process.argv.slice(2);
const wanted = given.filter((one) => !FLAGS.includes(one));
const isShort = given.includes("--short");
const chosen = all.filter(({ name, isLong }) =>
  wanted.length === 0 ? !(isShort && isLong) : wanted.some((part) => name.includes(part)),
);

// Whoever ends it early ends what it has started.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
process.setMaxListeners(50);
const startedAtMs = Date.now();
const rows: Row[] = [];
// One after the other: what is measured must have the machine for itself.
for (const scenario of chosen) {
  process.stderr.write(`${scenario.name}\n`);
  const played = await play(scenario, isShort);
  for (const { what, failure, load, refused, recovered } of played) {
    process.stderr.write(
      `  ${failure === undefined ? "as expected" : `NOT AS EXPECTED: ${failure}`}: ${what}; ${load}; ${refused}; ${recovered}\n`,
    );
  }
  rows.push(...played);
}
const failed = rows.filter(({ failure }) => failure !== undefined).length;
const skipped = rows.filter((row) => row.skipped !== undefined && row.failure === undefined).length;
const seconds = Math.round((Date.now() - startedAtMs) / 1000);
process.stdout.write(`${render(rows)}\n\n`);
process.stdout.write(
  `${rows.length - failed - skipped} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""} in ${seconds} s\n`,
);
if (given.includes("--write"))
  writeFileSync(new URL("./results.md", import.meta.url), asMarkdown(rows, { seconds, isShort }));
process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
