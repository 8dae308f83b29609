import type { Reporter, TestCase, TestModule } from "vitest/node";
import { mayBeLeftOut, mustTestAll } from "./programs.js";

/**
 * Prints after a run the skipped tests with their reasons, the tests that passed only on a retry, and the counts. With
 * `OKTA_MCP_TEST_ALL=1` a skipped test fails the run, unless its reason is one that no installation can avoid.
 */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    // In a run of tests chosen by name, the other tests are skipped without a reason.
    const skipped = tests.filter((test) => test.result().state === "skipped" && wasToRun(test));
    const failed = tests.filter((test) => test.result().state === "failed").length + errors.length;
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const lines: string[] = [];

    if (skipped.length > 0) lines.push("Skipped:");
    for (const reason of new Set(skipped.map(reasonOf))) {
      const all = skipped.filter((test) => reasonOf(test) === reason);
      const places = [...new Set(all.map(({ module }) => module.relativeModuleId))];
      lines.push(`  ${all.length} in ${places.join(", ")}: ${reason}`);
    }
    const flaky = tests.filter((test) => test.diagnostic()?.flaky);
    if (flaky.length > 0) lines.push("Passed only when tried again:");
    for (const test of flaky) lines.push(`  ${test.module.relativeModuleId}: ${test.fullName}`);

    const missed = mustTestAll() ? skipped.filter((test) => !mayBeLeftOut(reasonOf(test))) : [];
    if (missed.length > 0) {
      lines.push(`OKTA_MCP_TEST_ALL=1, but ${missed.length} tests were left out.`);
      process.exitCode = 1;
    }
    lines.push(`${passed} passed, ${failed + missed.length} failed, ${skipped.length - missed.length} skipped`);
    process.stdout.write(`\n${lines.join("\n")}\n`);
  }
}

const NO_REASON = "no reason given";

function reasonOf(test: TestCase): string {
  const result = test.result();
  return (result.state === "skipped" && result.note) || NO_REASON;
}

function wasToRun(test: TestCase): boolean {
  return test.project.config.testNamePattern === undefined || reasonOf(test) !== NO_REASON;
}
