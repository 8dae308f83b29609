import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("../../dist/okta-mcp.js", import.meta.url));
const SKEW = new URL("./skewed-clock.mjs", import.meta.url).href;
/** The time in which a server has to be there, on a machine that has much else to do. */
const START_MS = 60_000;
/** Linux counts processor time in hundredths of a second (`getconf CLK_TCK`). */
const TICK_MS = 10;
const KEPT_LINES = 200_000;

export interface InstanceOptions {
  /** A folder of its own, with serve.json. */
  folder: string;
  port: number;
  /** How far its clock is ahead, in milliseconds. */
  aheadMs?: number;
  /** Flags of Node.js. */
  nodeFlags?: readonly string[];
  env?: Record<string, string>;
  /** What the command is started through, with the data folder. */
  wrap?: (command: readonly string[]) => readonly string[];
}

/** A record of the log. */
export interface InstanceRecord {
  level: string;
  message: string;
  [field: string]: unknown;
}

/** A process of the built `okta-mcp serve`, which can be started again after it has ended. */
export class Instance {
  readonly port: number;
  readonly folder: string;
  readonly #options: InstanceOptions;
  readonly #lines: string[] = [];
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.port = options.port;
    this.folder = options.folder;
  }

  get pid(): number {
    return this.#child?.pid ?? assert.fail("The instance does not run.");
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the process. Resolves once it serves. @throws Error with its output where it ends before */
  async start(): Promise<void> {
    const { folder, aheadMs, nodeFlags = [], env = {}, wrap = (command) => command } = this.#options;
    const skew = aheadMs === undefined ? [] : ["--import", SKEW];
    const command = [process.execPath, ...nodeFlags, ...skew, ENTRY, "serve", "--config", join(folder, "serve.json")];
    const [program = "", ...args] = wrap(command);
    const child = spawn(program, args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: folder,
        ...(aheadMs !== undefined && { TEST_AHEAD_MS: String(aheadMs) }),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#ended = once(child, "close");
    const endsWithUs = () => child.kill("SIGKILL");
    process.once("exit", endsWithUs);
    void this.#ended.then(() => process.off("exit", endsWithUs));
    let rest = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      this.#lines.push(...lines);
      if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, this.#lines.length - KEPT_LINES / 2);
    });
    const late = setTimeout(() => child.kill("SIGKILL"), START_MS);
    const serves = new Promise<boolean>((resolve) => {
      child.stdout?.setEncoding("utf8").on("data", (text: string) => text.includes("/mcp") && resolve(true));
      void this.#ended.then(() => resolve(false));
    });
    const isThere = await serves;
    clearTimeout(late);
    if (!isThere) throw new Error(`The instance did not start: ${this.#lines.slice(-5).join(" ")}`);
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends the process with a signal, and resolves once it has ended. @returns its exit code */
  async end(name: NodeJS.Signals): Promise<number | null> {
    this.signal(name);
    await this.#ended;
    return this.#child?.exitCode ?? null;
  }

  /** The processor time that the process has used, in milliseconds. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    // proc(5): utime and stime are fields 14 and 15; the first two are gone.
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  /** The memory that the process has, in MB. */
  residentMb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))?.[1]) / 1024;
  }

  /** The records of its log so far, beginning with the one of this number. */
  records(from = 0): InstanceRecord[] {
    return this.#lines.slice(from).flatMap((line) => {
      try {
        return [JSON.parse(line) as InstanceRecord];
      } catch {
        return [];
      }
    });
  }

  /** The number of lines of its log so far. */
  get lineCount(): number {
    return this.#lines.length;
  }

  /** The last lines of its log, for a failure. */
  lastLines(count = 5): string {
    return this.#lines.slice(-count).join("\n");
  }

  /** The answer of /readyz; undefined where nothing answers. */
  async readiness(): Promise<number | undefined> {
    try {
      return (await fetch(`${this.address}/readyz`, { signal: AbortSignal.timeout(10_000) })).status;
    } catch {
      return undefined;
    }
  }
}
