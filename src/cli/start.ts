import * as z from "zod";
import { schemaWords } from "../text/schema-words.js";
import { endProcess, guardProcess } from "./exit.js";
import { dieOf, exitCodeOf } from "./interrupt.js";
import { createIo } from "./io.js";
import { main } from "./main.js";

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
