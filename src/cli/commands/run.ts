import { describedCommand, type MakeCommand } from "../command.js";
import { addSettings, type SettingFlags } from "../options.js";
import { claimStdout } from "../stdout.js";

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
    const protocol = claimStdout(io);
    const [{ openConnection }, { serve }] = await Promise.all([import("../connection.js"), import("../serve.js")]);
    const connection = await openConnection(io, options, { practice: "person" });
    try {
      if (connection.sandbox && !io.stdin.isTTY) {
        io.note(`okta-mcp: using a sandbox, a pretend Okta org at ${connection.sandbox}. Nothing in it is real.`);
      }
      finish(await serve(io, connection, protocol));
    } finally {
      await connection.close();
    }
  });
