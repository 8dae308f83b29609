import { buffer } from "node:stream/consumers";
import { textOfFile } from "../../files/file-text.js";
import { type Properties, parseCallArguments } from "../argument-texts.js";
import { describedCommand, type MakeCommand } from "../command.js";
import { showError, usageError } from "../failure.js";
import type { SettingFlags } from "../flags.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { addSettings } from "../options.js";

type CallOptions = SettingFlags & { arg?: string[]; json?: true; wide?: true; yes?: true; each?: string };

/** `okta-mcp call` */
export const callCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("call", "Call one tool, exactly as an MCP client would. The result goes to stdout.", [
      `okta-mcp call list_users --sandbox --arg 'search=status eq "LOCKED_OUT"'`,
      `okta-mcp call get_user '{"user_id": "ada@acme.com"}' --json | jq .status`,
      "okta-mcp call update_user --arg user_id=00u1 --arg profile=@profile.json",
      "okta-mcp call delete_group --arg group_id=00g1 --yes",
      "okta-mcp call --each calls.jsonl | jq -c 'select(.error)'   # many calls, one sign-in",
    ])
      .argument("[tool]", "name of the tool; `okta-mcp tools` lists them")
      .argument("[json]", "its arguments as one JSON object; - reads them from stdin")
      .option(
        "--arg <name=value>",
        "One argument: as text, or as JSON where the tool wants more; a,b,c for a list; @file for what a file holds. Repeatable.",
        (pair: string, pairs: string[] = []) => [...pairs, pair],
      )
      .option(
        "--each <file>",
        'Make the calls of a file (- for stdin), one a line as {"tool": …, "arguments": {…}}; a line of JSON comes back for each.',
      )
      .option("--wide", "A table whose columns are not cut, however wide it gets.")
      .option("--json", "The result as JSON on a terminal too; errors as JSON on stderr.")
      .option("--yes", "Say yes to a removal without being asked."),
    { calls: true },
  ).action(async (tool: string | undefined, json: string | undefined, options: CallOptions) => {
    if (options.each !== undefined) return finish(await callEach(io, options.each, tool, options));
    if (tool === undefined) throw usageError("Missing required argument 'tool'.", "See okta-mcp call --help.");
    finish(await callOne(io, tool, json, options));
  });

async function callOne(io: Io, tool: string, json: string | undefined, options: CallOptions): Promise<number> {
  const { openConnection, showNotices } = await import("../connection.js");
  const { callTool } = await import("../call-tool.js");
  const { chosenCatalogue } = await import("../chosen-catalogue.js");
  const { showResult } = await import("../result.js");
  const connection = await openConnection(io, options, { sandboxSignIn: "ready" });
  try {
    if (!options.json) showNotices(io, connection);
    const catalogue = chosenCatalogue(connection.config);
    const properties: Properties = catalogue.get(tool) ? catalogue.schema(tool).properties : {};
    const given = json === "-" ? textOfFile(await buffer(io.stdin)) : json;
    const args = parseCallArguments(given, options.arg ?? [], properties);
    const call = { tool, args, yes: options.yes === true, quiet: options.json === true };
    const outcome = await interruptible(io, (signal) => callTool(io, connection, catalogue, { ...call, signal }));
    if ("error" in outcome) return showError(io, outcome.error, { json: options.json === true });
    const { json: asJson = false, sandbox = false, wide = false } = options;
    return await showResult(io, { tool, args, json: asJson, sandbox, wide }, outcome.result);
  } finally {
    await connection.close();
  }
}

async function callEach(io: Io, file: string, tool: string | undefined, options: CallOptions): Promise<number> {
  if (tool !== undefined || options.arg !== undefined) {
    throw usageError(
      "--each takes tools and arguments from its file, so neither has a place beside it.",
      "Leave out --each, or write the call into the file.",
    );
  }
  const { openConnection, showNotices } = await import("../connection.js");
  const { openCaller } = await import("../call-tool.js");
  const { chosenCatalogue } = await import("../chosen-catalogue.js");
  const { parseEach, readEach, runEach } = await import("../each.js");
  const content = await readEach(io, file);
  const connection = await openConnection(io, options, { sandboxSignIn: "ready" });
  try {
    if (!options.json) showNotices(io, connection);
    const catalogue = chosenCatalogue(connection.config);
    const calls = parseEach(content, catalogue);
    const caller = await openCaller(io, connection, catalogue, { yes: options.yes === true });
    try {
      return await interruptible(io, (signal) => runEach(io, caller, calls, signal));
    } finally {
      await caller.close();
    }
  } finally {
    await connection.close();
  }
}
