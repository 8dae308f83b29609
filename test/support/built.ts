import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, type TestFunction, type TestOptions, test } from "vitest";
import { ROOT } from "./cli.js";
import { mustTestAll, skippedSuite } from "./programs.js";

/** The built server's entry. */
export const BUILT_ENTRY = join(ROOT, "dist/okta-mcp.js");

const NOT_BUILT = "nothing has been built; to build: npm run build";

/** Whether there is a build to test, or has to be. */
export const isBuilt = existsSync(BUILT_ENTRY) || mustTestAll();

/** Skips a test of what `npm run build` made where nothing was built, unless everything has to be tested. */
export function requireBuild(context: Pick<TestContext, "skip">): void {
  if (!isBuilt) context.skip(NOT_BUILT);
}

/** A test of what `npm run build` made, skipped as above. */
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

/** The same for several tests. */
export function describeWhereBuilt(name: string, suite: () => void): void {
  if (isBuilt) describe(name, suite);
  else skippedSuite(name, NOT_BUILT);
}
