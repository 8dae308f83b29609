/**
 * Plays every fault against the built server and prints the results. The arguments are parts of scenario names, and
 * choose the scenarios. The exit code is 1 if any result is not as expected.
 */
import { eachAtOnce } from "../support/at-once.js";
import { play, type Row, type Scenario } from "./scenario.js";
import { answers } from "./scenarios/answers.js";
import { clocks } from "./scenarios/clocks.js";
import { endings } from "./scenarios/endings.js";
import { journals } from "./scenarios/journals.js";
import { keychains } from "./scenarios/keychains.js";
import { paging } from "./scenarios/paging.js";
import { rateLimits } from "./scenarios/rate-limits.js";
import { signIns } from "./scenarios/sign-ins.js";
import { tokenFiles } from "./scenarios/token-files.js";
import { render } from "./table.js";

/** Each scenario starts a process and makes a few calls. With more at once, the scenarios only slow each other down. */
const AT_ONCE = 4;

const all = [
  ...answers,
  ...rateLimits,
  ...paging,
  ...clocks,
  ...signIns,
  ...keychains,
  ...tokenFiles,
  ...journals,
  ...endings,
];
const wanted = process.argv.slice(2);
const chosen = all.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

const startedAtMs = Date.now();
const played = new Map<Scenario, Row[]>();
const playOne = async (scenario: Scenario) => void played.set(scenario, await play(scenario));

// A scenario that waits for a time limit of the server uses hardly any processor time, so all of these start at once.
const slow = chosen.filter(({ slow }) => slow).map(playOne);
const others = chosen.filter(({ slow }) => !slow);
await Promise.all([...slow, eachAtOnce(others, AT_ONCE, playOne)]);

const rows = chosen.flatMap((scenario) => played.get(scenario) ?? []);
const failed = rows.filter(({ failure }) => failure !== undefined).length;
const skipped = rows.filter((row) => row.skipped && row.failure === undefined).length;
const seconds = Math.round((Date.now() - startedAtMs) / 1000);
process.stdout.write(`${render(rows)}\n\n`);
process.stdout.write(
  `${rows.length - failed - skipped} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""} in ${seconds} s\n`,
);
process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
