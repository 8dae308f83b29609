import { type Command, Option } from "commander";
import { describedCommand, type Finish } from "../command.js";
import type { RecordFlags } from "../company/run-records.js";
import { countOption } from "../count-option.js";
import type { Io } from "../io.js";

/** `okta-mcp serve audit` */
export const serveAuditCommand = (io: Io, finish: Finish): Command =>
  recordCommand(
    describedCommand("audit", "Show what happened to access on a company's server, the newest first.", [
      "okta-mcp serve audit --config serve.json --since 24h --outcome refused",
      "okta-mcp serve audit --config serve.json --person ada@acme.example",
      "okta-mcp serve audit --config serve.json --since 2026-01-01 --csv > audit.csv",
    ]),
    ["done", "refused", "failed"],
    "Only what this person did, and what concerns them",
  )
    .option("--action <name>", "Only this, e.g. sign_in.")
    .action(async (flags: RecordFlags) => {
      const { runServeRecords } = await import("../company/run-records.js");
      finish(await runServeRecords(io, "audit", flags));
    });

/** `okta-mcp serve journal` */
export const serveJournalCommand = (io: Io, finish: Finish): Command =>
  recordCommand(
    describedCommand("journal", "Show what was changed in the org through a company's server, the newest first.", [
      "okta-mcp serve journal --config serve.json --since 24h",
      "okta-mcp serve journal --config serve.json --person ada@acme.example --tool deactivate_user",
      "okta-mcp serve journal --config serve.json --json --whole | jq 'select(.outcome == \"unknown\")'",
    ]),
    ["done", "refused", "failed", "unknown"],
    "Only what this person did",
  )
    .option("--tool <name>", "Only calls of this tool.")
    .option("--whole", "With --json: the arguments, and the object before and after, too.")
    .action(async (flags: RecordFlags) => {
      const { runServeRecords } = await import("../company/run-records.js");
      finish(await runServeRecords(io, "journal", flags));
    });

/** The options that both commands have. */
function recordCommand(command: Command, outcomes: readonly string[], ofPerson: string): Command {
  return command
    .requiredOption("--config <file>", "The settings of the server. It may run meanwhile.")
    .option("--person <login>", `${ofPerson}; the login at Okta, or the id that is shown here.`)
    .option("--client <id>", "Only what came through this client.")
    .addOption(new Option("--outcome <outcome>", "Only what ended so.").choices([...outcomes]))
    .option("--since <time>", "From this time on: ISO 8601, or so long ago as in 30m, 24h, 7d, 2w.")
    .option("--until <time>", "Up to this time; written alike.")
    .option("--limit <n>", "How many at most; 50 in a table, all with --csv and --json.", countOption)
    .option("--after <id>", "Go on behind this one.")
    .addOption(new Option("--csv", "A table for a spreadsheet. No cell of it is a formula.").conflicts("json"))
    .option("--json", "One JSON object on each line.");
}
