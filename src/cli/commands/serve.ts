import { describedCommand, type MakeCommand } from "../command.js";
import type { ServeFlags } from "../company/run-serve.js";
import { parsePort } from "../port.js";
import { serveAdminLinkCommand } from "./serve-admin-link.js";
import { serveBackupCommand, serveRestoredCommand } from "./serve-backup.js";
import { serveCheckCommand } from "./serve-check.js";
import { serveEraseCommand } from "./serve-erase.js";
import { serveInitCommand } from "./serve-init.js";
import { serveInviteCommand } from "./serve-invite.js";
import { serveKeysCommand } from "./serve-keys.js";
import { serveMigrateCommand } from "./serve-migrate.js";
import { serveAuditCommand, serveJournalCommand } from "./serve-records.js";
import { serveWhoCommand } from "./serve-who.js";

/** What `okta-mcp serve` can do besides serving, as `okta-mcp serve check`. */
const SUBCOMMANDS: readonly MakeCommand[] = [
  serveInitCommand,
  serveCheckCommand,
  serveMigrateCommand,
  serveWhoCommand,
  serveKeysCommand,
  serveAuditCommand,
  serveJournalCommand,
  serveEraseCommand,
  serveInviteCommand,
  serveAdminLinkCommand,
  serveBackupCommand,
  serveRestoredCommand,
];

/** `okta-mcp serve` */
export const serveCommand: MakeCommand = (io, finish) => {
  const command = describedCommand(
    "serve",
    "Serve a company over HTTP: everybody reaches one server by its address, signs in with Okta, and may do what their groups allow.",
    ["okta-mcp serve --sandbox                # try it, without an Okta org", "okta-mcp serve --config serve.json"],
  )
    .option("--config <file>", "The settings of the server: see serve.schema.json.")
    .option("--sandbox", "Serve a pretend company with a pretend Okta org; no setting is needed.")
    .option("--port <n>", "With --sandbox: the port to listen on, on 127.0.0.1.", parsePort)
    // An option after the name of a subcommand is the subcommand's own.
    .enablePositionalOptions()
    .action(async (flags: ServeFlags) => {
      const { runServe } = await import("../company/run-serve.js");
      finish(await runServe(io, flags));
    });
  for (const make of SUBCOMMANDS) command.addCommand(make(io, finish));
  return command;
};
