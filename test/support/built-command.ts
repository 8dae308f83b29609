import { spawn } from "node:child_process";
import { once } from "node:events";
import { BUILT_ENTRY } from "./built.js";

/** The end of a run of the built command. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Flags of Node.js itself. */
  nodeFlags?: readonly string[];
}

/** The time after which a command is killed. */
const HARD_STOP_MS = 30_000;

/** Runs the built command to its end. It gets exactly the given environment and nothing on stdin. */
export async function runBuilt(
  args: readonly string[],
  { env, cwd, nodeFlags = [] }: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [...nodeFlags, BUILT_ENTRY, ...args], { env: { ...env }, cwd, stdio: "pipe" });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end();
  const killer = setTimeout(() => child.kill("SIGKILL"), HARD_STOP_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(killer);
  return { code, ...output };
}
