import { describedCommand, type MakeCommand } from "../command.js";
import { showError } from "../failure.js";
import type { SettingFlags } from "../flags.js";
import { interruptible } from "../interrupt.js";
import { addSettings } from "../options.js";

type UndoOptions = SettingFlags & { yes?: true; force?: true; dryRun?: true; json?: true };

/** `okta-mcp undo` */
export const undoCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("undo", "Take one change back, as far as Okta allows. Asks first.", [
      "okta-mcp journal                                 # find its id",
      "okta-mcp undo chg0mwqe1is831312b2c4e --dry-run   # see what it would do",
      "okta-mcp undo chg0mwqe1is831312b2c4e",
    ])
      .argument("<id>", "id of the change; `okta-mcp journal` shows it")
      .option("--dry-run", "Only show the calls it would make and what they would change.")
      .option("--force", "Go on although the object has changed since.")
      .option("--json", "The result as JSON on a terminal too; errors as JSON on stderr.")
      .option("--yes", "Say yes without being asked."),
    { calls: true },
  ).action(async (id: string, options: UndoOptions) => {
    const { openConnection, showNotices } = await import("../connection.js");
    const { callTool } = await import("../call-tool.js");
    const { chosenCatalogue } = await import("../chosen-catalogue.js");
    const { showResult } = await import("../result.js");
    const { yes = false, force = false, dryRun = false, json = false, sandbox = false } = options;
    const connection = await openConnection(io, options, { sandboxSignIn: "ready" });
    try {
      if (!json) showNotices(io, connection);
      const catalogue = chosenCatalogue(connection.config);
      const args = { change_id: id, force, ...(dryRun ? { dry_run: true } : {}) };
      const call = { tool: "undo_change", args, yes, quiet: json, options: { force: "--force", dry_run: "--dry-run" } };
      const outcome = await interruptible(io, (signal) => callTool(io, connection, catalogue, { ...call, signal }));
      if ("error" in outcome) return finish(showError(io, outcome.error, { json }));
      finish(await showResult(io, { ...call, json, sandbox }, outcome.result));
    } finally {
      await connection.close();
    }
  });
