import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "vitest";

/**
 * Where a program is on this machine that some tests need and not every machine has.
 * @returns its absolute path; undefined where it is not on the PATH
 */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * The paths of the programs a test needs, in the order of `names`. Where one is missing the test is
 * skipped and says so; with `OKTA_MCP_TEST_ALL=1` it fails, so that a run that should prove
 * everything cannot leave something out.
 */
export function requireOrSkip(context: Pick<TestContext, "skip">, ...names: string[]): string[] {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) {
    const message = `not on this machine: ${missing.join(", ")}`;
    if (process.env.OKTA_MCP_TEST_ALL === "1") throw new Error(`OKTA_MCP_TEST_ALL=1, but ${message}`);
    context.skip(message);
  }
  return names.flatMap((name) => findProgram(name) ?? []);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
