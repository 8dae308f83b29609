import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Orders, Outcome } from "./children/session-child.js";
import { tempDir } from "./support.js";

/** What a machine's keyring is like: no D-Bus at all, a locked or an open keyring, one that has stopped answering. */
export type KeyringState = "absent" | "locked" | "open" | "stuck";

const CHILD = fileURLToPath(new URL("./children/session-child.ts", import.meta.url));

const OPEN = `echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null`;

/** The answer comes when the keyring is on the bus, which is a moment after its program says that it has started. */
const AWAIT =
  "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null";
const LOCK =
  "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";
const PID_OF_KEYRING =
  "dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets";

const SET_UP: Record<KeyringState, string> = {
  absent: "",
  locked: `${OPEN}; ${AWAIT}; ${LOCK}`,
  open: OPEN,
  // Frozen, as a keyring that waits for a prompt nobody sees. It cannot end by itself any more.
  stuck: `${OPEN}; ${AWAIT}; set -- $(${PID_OF_KEYRING}); pid=$2; trap "kill -KILL $pid" EXIT; kill -STOP "$pid"`,
};

export interface Run {
  outcomes: Outcome[];
  exitCode: number | null;
  /** From the last outcome to the end of the process. */
  exitTookMs: number;
}

/** Runs one session process after the other in a desktop session of their own with a keyring in this state. */
export async function runInKeyring(state: KeyringState, processes: Orders[]): Promise<Run[]> {
  const home = await tempDir();
  const runtimeDir = join(home, "run");
  await mkdir(runtimeDir, { mode: 0o700 });
  const commands = processes.map((orders) => {
    const command = [process.execPath, "--import", "tsx", CHILD, JSON.stringify(orders)].map(quote).join(" ");
    return `${command}; echo "exit $?"`;
  });
  const script = [SET_UP[state], ...commands].filter(Boolean).join("\n");
  const argv = state === "absent" ? ["bash", "-c", script] : ["dbus-run-session", "--", "bash", "-c", script];
  const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const child = spawn(argv[0] ?? "", argv.slice(1), {
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

function quote(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
