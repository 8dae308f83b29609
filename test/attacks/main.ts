/**
 * Plays attacks on the promises of SECURITY.md against the built package, and prints their results. Arguments choose
 * scenarios by parts of their names or promises. The exit code is 1 when an attack does not hold.
 */
import { readFileSync } from "node:fs";
import { eachAtOnce } from "../support/at-once.js";
import { root } from "../support/catalogue.js";
import { play, type Row, type Scenario } from "./attack.js";
import { scenarios } from "./scenarios/index.js";
import { render } from "./table.js";

/** The number of scenarios at once. Each runs a process with many calls, so more only slow each other down. */
const AT_ONCE = 3;

const wanted = process.argv.slice(2);
const isWanted = ({ name, promise }: Scenario) =>
  wanted.length === 0 || wanted.some((part) => name.includes(part) || promise.includes(part));
const chosen = scenarios.filter(isWanted);

const startedAtMs = Date.now();
const played = new Map<Scenario, Row[]>();
await eachAtOnce(chosen, AT_ONCE, async (scenario) => played.set(scenario, await play(scenario)));

const rows = chosen.flatMap((scenario) => played.get(scenario) ?? []);
const attacked = new Set(chosen.map(({ promise }) => promise));
const untouched = wanted.length > 0 ? [] : promises().filter((promise) => !attacked.has(promise));
const { text, failed } = render(rows, untouched);
process.stdout.write(`${text} in ${Math.round((Date.now() - startedAtMs) / 1000)} s\n`);
process.exitCode = failed ? 1 : 0;

/** The promises in the table of SECURITY.md: the bold words at the beginning of each row. */
function promises(): string[] {
  const lines = readFileSync(new URL("SECURITY.md", root), "utf8").split("\n");
  return lines.flatMap((line) => /^\| \*\*(.+?)\.\*\*/.exec(line)?.[1] ?? []);
}
