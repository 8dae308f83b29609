import { text } from "node:stream/consumers";
import { type Properties, parseCallArguments } from "../arguments.js";
import { describedCommand, type MakeCommand } from "../command.js";
import { showError } from "../failure.js";
import type { SettingFlags } from "../flags.js";
import { interruptible } from "../interrupt.js";
import { addSettings } from "../options.js";

type CallOptions = SettingFlags & { arg?: string[]; json?: true; wide?: true; yes?: true };

/** `okta-mcp call` */
export const callCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("call", "Call one tool, exactly as an MCP client would. The result goes to stdout.", [
      `okta-mcp call list_users --sandbox --arg 'search=status eq "LOCKED_OUT"'`,
      `okta-mcp call get_user '{"user_id": "ada@acme.com"}' --json | jq .status`,
      "okta-mcp call update_user --arg user_id=00u1 --arg profile=@profile.json",
      "okta-mcp call delete_group --arg group_id=00g1 --yes",
    ])
      .argument("<tool>", "name of the tool; `okta-mcp tools` lists them")
      .argument("[json]", "its arguments as one JSON object; - reads them from stdin")
      .option(
        "--arg <name=value>",
        "One argument: as text, or as JSON where the tool wants more; a,b,c for a list; @file for what a file holds. Repeatable.",
        (pair: string, pairs: string[] = []) => [...pairs, pair],
      )
      .option("--wide", "A table whose columns are not cut, however wide it gets.")
      .option("--json", "The result as JSON on a terminal too; errors as JSON on stderr.")
      .option("--yes", "Say yes to a removal without being asked."),
    { calls: true },
  ).action(async (tool: string, json: string | undefined, options: CallOptions) => {
    const { openConnection, showNotices } = await import("../connection.js");
    const { callTool } = await import("../call-tool.js");
    const { chosenCatalogue } = await import("../catalogue.js");
    const { showResult } = await import("../result.js");
    const connection = await openConnection(io, options, { practice: "ready" });
    try {
      if (!options.json) showNotices(io, connection);
      const catalogue = chosenCatalogue(connection.config);
      const properties: Properties = catalogue.get(tool) ? catalogue.schema(tool).properties : {};
      const given = json === "-" ? await text(io.stdin) : json;
      const args = parseCallArguments(given, options.arg ?? [], properties);
      const call = { tool, args, yes: options.yes === true, quiet: options.json === true };
      const outcome = await interruptible(io, (signal) => callTool(io, connection, catalogue, { ...call, signal }));
      if ("error" in outcome) finish(showError(io, outcome.error, { json: options.json === true }));
      else {
        const shown = {
          tool,
          args,
          json: options.json === true,
          sandbox: options.sandbox === true,
          wide: options.wide === true,
        };
        finish(await showResult(io, shown, outcome.result));
      }
    } finally {
      await connection.close();
    }
  });
