import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inKeyringSession, type KeyringState, quoteForBash } from "../support/keyring-session.js";
import type { Orders, Outcome } from "./children/session-child.js";
import { tempDir } from "./support.js";

const CHILD = fileURLToPath(new URL("./children/session-child.ts", import.meta.url));

export interface Run {
  outcomes: Outcome[];
  exitCode: number | null;
  /** The time in milliseconds from the last outcome to the end of the process. */
  exitTookMs: number;
}

/** Runs the session processes one after the other, in a desktop session of their own whose keyring is in this state. */
export async function runInKeyring(state: KeyringState, processes: Orders[]): Promise<Run[]> {
  const home = await tempDir();
  const runtimeDir = join(home, "run");
  await mkdir(runtimeDir, { mode: 0o700 });
  const commands = processes.map((orders) => {
    const command = [process.execPath, "--import", "tsx", CHILD, JSON.stringify(orders)].map(quoteForBash).join(" ");
    return `${command}; echo "exit $?"`;
  });
  const [program, ...args] = inKeyringSession(state, commands.join("\n"));
  const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const child = spawn(program, args, {
    env: { ...env, HOME: home, XDG_RUNTIME_DIR: runtimeDir, XDG_DATA_HOME: join(home, "data") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += String(chunk);
  });
  const runs: Run[] = [];
  let outcomes: Outcome[] = [];
  let lastMs = performance.now();
  let rest = "";
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const exit = /^exit (\d+)$/.exec(line);
      if (exit) {
        runs.push({ outcomes, exitCode: Number(exit[1]), exitTookMs: performance.now() - lastMs });
        outcomes = [];
      } else {
        outcomes.push(JSON.parse(line) as Outcome);
      }
      lastMs = performance.now();
    }
  }
  if (runs.length < processes.length) throw new Error(`The keyring or a process failed to run: ${complaints}`);
  return runs;
}
