import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { RunCheckOptions } from "../company/run-check.js";
import type { Io } from "../io.js";

/** `okta-mcp serve check` */
export const serveCheckCommand = (io: Io, finish: Finish): Command =>
  describedCommand("check", "Look at serve.json, at this machine and at Okta, and say what is wrong.", [
    "okta-mcp serve check --config serve.json",
    "okta-mcp serve check --config serve.json --json | jq '.checks[] | select(.state == \"wrong\")'",
    "okta-mcp serve check --config serve.json --live   # measure what Okta's documents leave open",
  ])
    .requiredOption("--config <file>", "The settings of the server.")
    .option("--live", "Measure on the org what its documents leave open.")
    .option("--yes", "With --live: do not ask before what shows in the org's System Log.")
    .option("--json", "One JSON object instead of text.")
    .action(async (flags: RunCheckOptions) => {
      const { runServeCheck } = await import("../company/run-check.js");
      finish(await runServeCheck(io, flags));
    });
