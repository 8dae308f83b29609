import { type CliOptions, type RunningCli, spawnProcess } from "./cli.js";

/**
 * Python code that runs a command in a pseudo-terminal of the given size, connected to the code's own stdin and stdout.
 */
const PROGRAM = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
sources = [terminal, 0]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b""
        if not data:
            sources.remove(source)
        elif source == terminal:
            os.write(1, data)
        else:
            os.write(terminal, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
`;

/** The keys that a person presses. */
export const KEYS = { enter: "\r", interrupt: "\u0003", end: "\u0004" } as const;

/** Starts a command in a pseudo-terminal. Its stdout and stderr are one there. Needs python3. */
export function startInTerminal(
  command: readonly string[],
  { columns = 80, ...options }: Omit<CliOptions, "input"> & { columns?: number } = {},
): RunningCli & { press(keys: string): void; screen(): string } {
  const env = { TERM: "xterm-256color", ...options.env };
  const cli = spawnProcess(["python3", "-c", PROGRAM, String(columns), "50", ...command], { ...options, env });
  return {
    ...cli,
    press: (keys) => void cli.child.stdin.write(keys),
    // Returns the visible text, without styles and cursor movements. Of a line that was overwritten, the last state
    // counts.
    screen: () =>
      cli
        .stdout()
        .replaceAll("\r\n", "\n")
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression removes terminal sequences
        .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
        .replace(/^.*\r/gm, ""),
  };
}
