import { Command } from "commander";
import type { Io } from "./io.js";

/** What every command's help ends with. */
const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage or settings; Ctrl-C ends it by its signal (130).";

/** Makes a command, given the terminal it works on and the place for its exit code. */
export type MakeCommand = (io: Io, finish: Finish) => Command;

/** Tells with which exit code a command ended. */
export type Finish = (exitCode: number) => void;

/** A command with its description and examples, one a line with what it does behind `#`. */
export function describedCommand(name: string, description: string, examples: readonly string[]): Command {
  const list = examples.map((example) => `  ${example}`).join("\n");
  return new Command(name).description(description).addHelpText("after", `\nExamples:\n${list}\n\n${EXIT_CODES}`);
}
