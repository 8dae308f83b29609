import { Command } from "commander";
import type { Io } from "./io.js";

/** The end of every command's help. */
const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage or settings; Ctrl-C ends it by its signal (130).";

/** Makes a command for a terminal and a receiver of its exit code. */
export type MakeCommand = (io: Io, finish: Finish) => Command;

/** Receives the exit code of a command. */
export type Finish = (exitCode: number) => void;

/** A command with its description and examples. Each example is one line, with its explanation after `#`. */
export function describedCommand(name: string, description: string, examples: readonly string[]): Command {
  const list = examples.map((example) => `  ${example}`).join("\n");
  return new Command(name).description(description).addHelpText("after", `\nExamples:\n${list}\n\n${EXIT_CODES}`);
}
