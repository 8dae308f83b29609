import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { ROOT } from "./cli.js";

/** A test of what `npm run build` made. Skipped where nothing was built, unless everything has to be tested. */
export const whereBuilt = test.skipIf(
  !existsSync(join(ROOT, "dist/okta-mcp.js")) && process.env.OKTA_MCP_TEST_ALL !== "1",
);
