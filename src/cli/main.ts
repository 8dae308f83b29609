import { toOktaMcpError } from "../errors/render.js";
import { redact } from "../text/redact.js";
import { showError } from "./failure.js";
import { exitCodeOf } from "./interrupt.js";
import { createIo, type Io } from "./io.js";
import { runServer } from "./run-server.js";

/**
 * Runs the command line and resolves with the exit code. Never rejects.
 * @param argv the arguments, without node and the script
 */
export async function main(argv: readonly string[], io: Io = createIo(process)): Promise<number> {
  const exitCode = await run(argv, io);
  return exitCode !== 0 && io.stoppedBy !== undefined ? exitCodeOf(io.stoppedBy) : exitCode;
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    // As MCP clients start it: there is nothing to parse, and what would parse it is not loaded.
    if (argv.length === 0) return await runServer(io, {});
    return await (await import("./program.js")).runProgram(argv, io);
  } catch (thrown) {
    const error = toOktaMcpError(thrown);
    if (error.code === "bug") io.note(redact(String((thrown as Error)?.stack ?? thrown)));
    return showError(io, error, { json: argv.includes("--json") });
  }
}
