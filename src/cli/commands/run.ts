import { describedCommand, type MakeCommand } from "../command.js";
import type { SettingFlags } from "../flags.js";
import { addSettings } from "../options.js";

/** `okta-mcp run`, and `okta-mcp` alone. */
export const runCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("run", "Serve an MCP client on stdin and stdout. This is what `okta-mcp` alone does.", [
      "okta-mcp                     # as an MCP client starts it, settings in its env",
      "okta-mcp --sandbox           # with a pretend Okta org",
      "okta-mcp run --log-level debug --log-file ./okta-mcp.log",
    ]),
    { calls: true },
  ).action(async (options: SettingFlags) => {
    const { runStdio } = await import("../serve-stdio.js");
    finish(await runStdio(io, options));
  });
