import * as z from "zod";
import { toOktaMcpError } from "../errors/render.js";
import { redact } from "../text/redact.js";
import { schemaWords } from "../text/schema-words.js";
import { endProcess, guardProcess } from "./exit.js";
import { showError } from "./failure.js";
import { dieOf, exitCodeOf } from "./interrupt.js";
import { createIo, type Io } from "./io.js";
import { runStdio } from "./serve-stdio.js";

/**
 * Runs the command line to the end of this process. Never rejects.
 * @param argv the arguments, without node and the script
 */
export async function start(argv: readonly string[]): Promise<void> {
  // To compile a checker for a schema takes longer than to check by it what comes in a session.
  // The words are for what a library of ours checks by schemas of its own.
  z.config({ jitless: true, customError: schemaWords });
  guardProcess();
  const io = createIo(process);
  const exitCode = await main(argv, io);
  if (io.stoppedBy !== undefined && exitCode === exitCodeOf(io.stoppedBy)) await dieOf(io.stoppedBy);
  await endProcess(exitCode);
}

/**
 * Runs the command line and resolves with the exit code. Never rejects.
 * @param argv the arguments, without node and the script
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const exitCode = await run(argv, io);
  return exitCode !== 0 && io.stoppedBy !== undefined ? exitCodeOf(io.stoppedBy) : exitCode;
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    // As MCP clients start it: there is nothing to parse, and what would parse it is not loaded.
    if (argv.length === 0) return await runStdio(io, {});
    return await (await import("./program.js")).runProgram(argv, io);
  } catch (thrown) {
    const error = toOktaMcpError(thrown);
    if (error.code === "bug") io.note(redact(String((thrown as Error)?.stack ?? thrown)));
    return showError(io, error, { json: argv.includes("--json") });
  }
}
