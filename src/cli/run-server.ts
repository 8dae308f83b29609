import { openConnection } from "./connection.js";
import type { SettingFlags } from "./flags.js";
import type { Io } from "./io.js";
import { serve } from "./serve.js";
import { claimStdout } from "./stdout.js";

/**
 * Serves an MCP client on stdin and stdout until it leaves.
 * @returns the exit code
 * @throws OktaMcpError bad_config, bad_input
 */
export async function runServer(io: Io, options: SettingFlags): Promise<number> {
  const protocol = claimStdout(io);
  const connection = await openConnection(io, options, { sandboxSignIn: "person" });
  try {
    if (connection.sandbox && !io.stdin.isTTY) {
      io.note(`okta-mcp: using a sandbox, a pretend Okta org at ${connection.sandbox}. Nothing in it is real.`);
    }
    return await serve(io, connection, protocol);
  } finally {
    await connection.close();
  }
}
