import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, type TestFunction, type TestOptions, test } from "vitest";
import { ROOT } from "./cli.js";
import { mustTestAll, skippedSuite } from "./programs.js";

/** The path of the built server's entry. */
export const BUILT_ENTRY = join(ROOT, "dist/okta-mcp.js");

const NOT_BUILT = "nothing has been built; to build: npm run build";

/** True if there is a build, or if a run with every test requires one. */
export const isBuilt = existsSync(BUILT_ENTRY) || mustTestAll();

/** Skips a test of the build if nothing was built. A run with every test does not skip it. */
export function requireBuild(context: Pick<TestContext, "skip">): void {
  if (!isBuilt) context.skip(NOT_BUILT);
}

/** Defines a test of the build. It is skipped as by `requireBuild`. */
export function whereBuilt(
  name: string,
  ...rest: [run: TestFunction] | [options: TestOptions, run: TestFunction]
): void {
  const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest;
  test(name, options, (context) => {
    requireBuild(context);
    return run(context);
  });
}

/** Defines a suite of tests of the build. It is skipped if nothing was built. */
export function describeWhereBuilt(name: string, suite: () => void): void {
  if (isBuilt) describe(name, suite);
  else skippedSuite(name, NOT_BUILT);
}
