import type { Command } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { BackupFlags } from "../company/run-backup.js";
import type { Io } from "../io.js";

/** `okta-mcp serve backup` */
export const serveBackupCommand = (io: Io, finish: Finish): Command =>
  describedCommand("backup", "Copy the SQLite database of a company's server to a new file, while it runs.", [
    "okta-mcp serve backup /backups/okta-mcp-$(date +%F).sqlite --config serve.json",
  ])
    .argument("<file>", "The file to write. It must not be there yet.")
    .requiredOption("--config <file>", "The settings of the server.")
    .action(async (file: string, flags: BackupFlags) => {
      const { runServeBackup } = await import("../company/run-backup.js");
      finish(await runServeBackup(io, file, flags));
    });

/** `okta-mcp serve restored` */
export const serveRestoredCommand = (io: Io, finish: Finish): Command =>
  describedCommand(
    "restored",
    "Make a database safe that was put back from a backup: what was used or revoked since would count once more, so everybody signs in anew.",
    ["okta-mcp serve restored --config serve.json   # after the backup is in its place, before any server starts"],
  )
    .requiredOption("--config <file>", "The settings of the server.")
    .option("--json", "One JSON object instead of text.")
    .action(async (flags: BackupFlags) => {
      const { runServeRestored } = await import("../company/run-backup.js");
      finish(await runServeRestored(io, flags));
    });
