import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, spawnProcess, temporaryFolder } from "./cli.js";

const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
const CONFIG = join(ROOT, "test/fixtures/runs/vitest.config.ts");

/**
 * Runs the tests of the fixture. Returns their result and the files that are left in the folder for temporary files.
 */
async function runTests(env: Record<string, string>, ...args: string[]) {
  const temporary = temporaryFolder();
  const command = [process.execPath, VITEST, "run", "--config", CONFIG, ...args];
  const { code, stdout, stderr } = await spawnProcess(command, { env: { TMPDIR: temporary, ...env } }).ended;
  return { code, report: stdout.trim().split("\n"), stderr, left: readdirSync(temporary) };
}

test("a run says what was left out and why, and what passed only the second time", async () => {
  const { code, report, left } = await runTests({ FIXTURE_SKIPS: "1" });
  expect(report).toEqual([
    "Skipped:",
    "  1 in some.fixture.ts: not tested here: it is for another system",
    "  1 in some.fixture.ts: not on this machine: some-program",
    "Passed only when tried again:",
    "  some.fixture.ts: passes the second time",
    "2 passed, 0 failed, 2 skipped",
  ]);
  expect({ code, left }).toEqual({ code: 0, left: [] });
});

test("a run that has to test all fails for what was left out, but for what cannot be here", async () => {
  const all = { OKTA_MCP_TEST_ALL: "1" };
  const missed = await runTests({ ...all, FIXTURE_SKIPS: "1" });
  expect(missed.report.slice(-2)).toEqual([
    "OKTA_MCP_TEST_ALL=1, but 1 tests were left out.",
    "2 passed, 1 failed, 1 skipped",
  ]);
  expect(missed.code).toBe(1);
  const whole = await runTests(all);
  expect({ code: whole.code, last: whole.report.at(-1) }).toEqual({ code: 0, last: "3 passed, 0 failed, 1 skipped" });
  const chosen = await runTests(all, "-t", "second");
  expect({ code: chosen.code, last: chosen.report.at(-1) }).toEqual({ code: 0, last: "1 passed, 0 failed, 0 skipped" });
});

test("a run whose tests leave files behind fails, and removes them", async () => {
  const { code, stderr, left } = await runTests({ FIXTURE_LEAVES: "1" });
  expect(stderr).toContain("The tests have left files behind: left-over");
  expect({ code, left }).toEqual({ code: 1, left: [] });
});
