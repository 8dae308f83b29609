import { Command, CommanderError } from "commander";
import type { OktaMcpError } from "../errors/index.js";
import { visible } from "../text/quote.js";
import { isSecretName } from "../text/secrets.js";
import type { MakeCommand } from "./command.js";
import { apisCommand } from "./commands/apis.js";
import { callCommand } from "./commands/call.js";
import { journalCommand } from "./commands/journal.js";
import { loginCommand } from "./commands/login.js";
import { logoutCommand } from "./commands/logout.js";
import { resourcesCommand } from "./commands/resources.js";
import { runCommand } from "./commands/run.js";
import { sandboxCommand } from "./commands/sandbox.js";
import { serveCommand } from "./commands/serve.js";
import { statusCommand } from "./commands/status.js";
import { toolsCommand } from "./commands/tools.js";
import { undoCommand } from "./commands/undo.js";
import { showError, usageError } from "./failure.js";
import { columnsOf, type Io, wantsColor } from "./io.js";
import { version } from "./version.js";

const COMMANDS: readonly MakeCommand[] = [
  runCommand,
  loginCommand,
  logoutCommand,
  statusCommand,
  toolsCommand,
  callCommand,
  apisCommand,
  resourcesCommand,
  journalCommand,
  undoCommand,
  sandboxCommand,
  serveCommand,
];

const HELP_OPTIONS: ReadonlySet<string> = new Set(["-h", "--help"]);

const HELP = `
Without a command, okta-mcp runs as an MCP server on stdin and stdout.

Examples:
  okta-mcp call list_users --sandbox   # see it work, without an Okta org
  okta-mcp login                       # sign in, settings in the environment
  okta-mcp tools                       # what an assistant could do, and why not more
  okta-mcp <command> --help            # settings and examples of a command

Settings come from flags and the environment; secrets only from the environment
(OKTA_PRIVATE_KEY, OKTA_ACCESS_TOKEN) or a file, since a process list is public.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings. Ctrl-C ends a command as
shells expect it (130).`;

/**
 * Parses a command line and runs its command.
 * @param argv the arguments, without node and the script; at least one
 * @returns the exit code
 */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  const names = program.commands.map((command) => command.name());
  try {
    await program.parseAsync(withCommand(argv, names), { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return 0;
    return showError(io, usageProblem(thrown, argv, program));
  }
}

function createProgram(io: Io, finish: (exitCode: number) => void): Command {
  const program = new Command("okta-mcp")
    .description("An MCP server with which an AI assistant administers an Okta org.")
    .usage("[command] [options]")
    .version(version(), "-V, --version", "Print the version.")
    .helpOption("-h, --help", "Print this help.")
    .helpCommand("help [command]", "Print the help of a command.")
    // Commander heeds this on a command only where those above it have it too.
    .enablePositionalOptions()
    .addHelpText("after", HELP);
  for (const make of COMMANDS) program.addCommand(make(io, finish));
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .allowExcessArguments(false)
      .helpOption("-h, --help", "Print this help.")
      .configureHelp({
        styleTitle: (title) => io.style("bold", title, io.stdout),
        subcommandTerm: (subcommand) => subcommand.name(),
      })
      .configureOutput({
        writeOut: (text) => io.write("stdout", text),
        writeErr: (text) => io.write("stderr", text),
        // `showError` shows errors, once.
        outputError: () => {},
        getOutHelpWidth: () => Math.min(columnsOf(io.stdout), 100),
        getOutHasColors: () => wantsColor(io.stdout, io.env),
      });
  }
  return program;
}

/** A command and all those below it. */
function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/**
 * Adds the command `run` to a line that begins with a flag: `okta-mcp --sandbox` means `okta-mcp run --sandbox`. Any
 * first word counts as a command, so that a misspelled one does not start a server. Only that
 * word is passed on, since commander would overlook it beside `--help`.
 */
function withCommand(argv: readonly string[], commands: readonly string[]): string[] {
  const [first = "", ...rest] = argv;
  if (first === "help") return rest[0] === undefined ? [first] : withCommand([...rest, "--help"], commands);
  // The help of a call is the help of its tool.
  const [tool = "-"] = rest;
  if (first === "call" && !tool.startsWith("-") && rest.some((word) => HELP_OPTIONS.has(word))) return ["tools", tool];
  if (["-h", "--help", "-V", "--version"].includes(first) || commands.includes(first)) return [...argv];
  return first.startsWith("-") ? ["run", ...argv] : [first];
}

/** The refusal of a flag that would carry a secret, by its name alone; undefined where the complaint is another one. */
function secretFlag(argv: readonly string[], code: string): OktaMcpError | undefined {
  if (code !== "commander.unknownOption") return undefined;
  const names = argv.flatMap((word) => /^--([A-Za-z][\w-]{0,60})(?==|$)/.exec(word)?.[1] ?? []);
  const name = names.find(isSecretName);
  if (name === undefined) return undefined;
  const place =
    argv[0] === "serve" ? "name that file in serve.json (okta.client_secret_file)" : "name it (OKTA_PRIVATE_KEY_FILE)";
  return usageError(
    `--${name} is no option: everybody on this machine can read a command line, and what was given is known to them now.`,
    `Make a new secret. Put it into a file that only this user may read (chmod 600), and ${place}.`,
  );
}

/** The command that a line names, with the one below it and so on, as it is typed: `okta-mcp serve keys rotate`. */
function typedCommand(argv: readonly string[], program: Command): string {
  const typed = [program.name()];
  let command = program;
  for (const word of argv.filter((one) => !one.startsWith("-"))) {
    const below = command.commands.find((one) => one.name() === word);
    if (below === undefined) break;
    typed.push(word);
    command = below;
  }
  return typed.join(" ");
}

/** Commander's complaint in our form: the fault, then what was probably meant. */
function usageProblem({ message, code }: CommanderError, argv: readonly string[], program: Command): OktaMcpError {
  const commands = program.commands.map((command) => command.name());
  const [what = "", hint] = message.replace(/^error: /, "").split("\n");
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}`.replace(/(?<![.?!])$/, ".");
  const secret = secretFlag(argv, code);
  // Commander has shown the help already, and what it complains of is a word of its own.
  if (code === "commander.help") {
    const typed = typedCommand(argv, program);
    return usageError(`${typed} does nothing by itself; it takes one of the commands above.`, `See ${typed} --help.`);
  }
  if (secret !== undefined) return secret;
  const first = argv[0] ?? "";
  const command = argv.find((word) => commands.includes(word));
  const meant = hint?.match(/^\(Did you mean (.*)\?\)$/)?.[1];
  const misplaced = code === "commander.excessArguments" || (code === "commander.unknownOption" && meant === undefined);
  if (misplaced && first.startsWith("-") && command !== undefined) {
    return usageError(sentence, `Put the command first: okta-mcp ${command} ${first}`);
  }
  const help = `See ${typedCommand(argv, program)} --help.`;
  if (code === "commander.unknownCommand" && meant === undefined && first.includes("_")) {
    return usageError(sentence, `To call a tool: okta-mcp call ${visible(first)}`);
  }
  return usageError(sentence, meant === undefined ? help : `Did you mean ${meant}? ${help}`);
}
