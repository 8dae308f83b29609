import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { ROOT } from "./cli.js";

/** The built server's entry. */
export const BUILT_ENTRY = join(ROOT, "dist/okta-mcp.js");

/** Whether there is a build to test, or has to be. */
export const isBuilt = existsSync(BUILT_ENTRY) || process.env.OKTA_MCP_TEST_ALL === "1";

/** A test of what `npm run build` made. Skipped where nothing was built, unless everything has to be tested. */
export const whereBuilt = test.runIf(isBuilt);

/** The same for several tests. */
export const describeWhereBuilt = describe.runIf(isBuilt);
