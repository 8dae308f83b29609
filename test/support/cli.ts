import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The command under test. It is the built one, or the one from source if nothing has been built. */
export const COMMAND: readonly [string, ...string[]] = existsSync(join(ROOT, "dist/okta-mcp.js"))
  ? [process.execPath, join(ROOT, "dist/okta-mcp.js")]
  : [process.execPath, "--import", "tsx", join(ROOT, "bin/okta-mcp.ts")];

export interface CliOptions {
  env?: Record<string, string>;
  /** The data for stdin, which is then closed. */
  input?: string | Uint8Array;
  cwd?: string;
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Returns a new folder. It is removed when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Returns an environment that is independent of the user's own. It has a new home folder, no browser, no keychain, and
 * only the given settings.
 */
export function cleanEnv(env: Record<string, string> = {}): Record<string, string> {
  const home = env.HOME ?? temporaryFolder();
  return {
    PATH: process.env.PATH ?? "",
    HOME: home,
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_CONFIG_HOME: join(home, "config"),
    CI: "1",
    OKTA_MCP_TOKEN_STORE: "memory",
    ...env,
  };
}

/** A running command. */
export interface RunningCli {
  child: ChildProcessWithoutNullStreams;
  /** Returns the output so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the match as soon as the text has come. Rejects if the process ends before. */
  seen(stream: "stdout" | "stderr", text: RegExp): Promise<RegExpMatchArray>;
  /** Resolves when the process has ended and all its output has come. */
  ended: Promise<CliResult>;
}

/** Starts the command. It is stopped when the test is over. */
export function startCli(args: readonly string[], options: Omit<CliOptions, "input"> = {}): RunningCli {
  return spawnProcess([...COMMAND, ...args], options);
}

/** Starts any program in the same environment as the command. It is stopped when the test is over. */
export function spawnProcess(
  [program = "", ...args]: readonly string[],
  options: Omit<CliOptions, "input"> = {},
): RunningCli {
  const { env = {}, cwd = ROOT } = options;
  const child = spawn(program, args, { cwd, env: cleanEnv(env), stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  let watchers: (() => void)[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  }
  child.stdin.on("error", () => {});
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }) as CliResult);
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    seen(stream, text) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = output[stream].match(text);
          if (match) resolve(match);
        };
        watchers = [...watchers, look];
        look();
        void ended.then(() =>
          reject(new Error(`The process ended before ${text} was seen.\n${output.stdout}\n${output.stderr}`)),
        );
      });
    },
  };
}

/** Runs the command to its end. Returns its exit code and its output. */
export function runCli(args: readonly string[], { input = "", ...options }: CliOptions = {}): Promise<CliResult> {
  const cli = startCli(args, options);
  cli.child.stdin.end(input);
  return cli.ended;
}
