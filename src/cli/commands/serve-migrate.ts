import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { RunMigrateOptions } from "../company/run-migrate.js";
import type { Io } from "../io.js";

/** `okta-mcp serve migrate` */
export const serveMigrateCommand = (io: Io, finish: Finish): Command =>
  describedCommand(
    "migrate",
    "Bring the tables of the database to this version. A start of the server does so as well.",
    ["okta-mcp serve migrate --config serve.json   # before a rolling upgrade, with store.migrate_at_start false"],
  )
    .requiredOption("--config <file>", "The settings of the server.")
    .option("--json", "One JSON object instead of text.")
    .action(async (flags: RunMigrateOptions) => {
      const { runServeMigrate } = await import("../company/run-migrate.js");
      finish(await runServeMigrate(io, flags));
    });
