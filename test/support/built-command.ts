import { spawn } from "node:child_process";
import { once } from "node:events";
import { BUILT } from "./server-process.js";

/** How a run of the built command ended. */
export interface CommandResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Sent to stdin, which is then closed. */
  input?: string | Uint8Array;
  /** After that many milliseconds it is killed. Default 30 s. */
  hardStopMs?: number;
  /** Flags of Node.js itself. */
  nodeFlags?: readonly string[];
}

/** Runs the built command to its end, in exactly the environment that is given. */
export async function runBuilt(
  args: readonly string[],
  { env, cwd, input = "", hardStopMs = 30_000, nodeFlags = [] }: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [...nodeFlags, BUILT, ...args], { env: { ...env }, cwd, stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const killer = setTimeout(() => child.kill("SIGKILL"), hardStopMs);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(killer);
  return { code, signal, ...output };
}
