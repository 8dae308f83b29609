import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

/** The part of keytar that is used, with its own names. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** Opens a keychain for as long as `action` runs. @throws KeychainProblem */
export type UseKeychain = <T>(action: (keychain: Keychain) => Promise<T>) => Promise<T>;

/** The error for a keychain that cannot be used. The message has the reason in a few words. */
export class KeychainProblem extends Error {
  constructor(why: string) {
    super(why);
    this.name = "KeychainProblem";
  }
}

/** The time limit of a call. A longer call waits for a locked or stuck keyring. */
const CALL_TIMEOUT_MS = 3_000;
/** The time limit for the start of the process on a busy machine. */
const START_TIMEOUT_MS = 10_000;

/**
 * The keychain of the system, through keytar, in a process of its own. A call to a stuck keyring returns after a minute
 * and delays the exit of its process; only a process can be stopped at once. An app built on Electron cannot start
 * itself again as plain Node.js, and asks directly.
 */
export const useSystemKeychain: UseKeychain = (action) =>
  process.versions.electron ? useKeychainHere(action) : useKeychainInHelper(action);

const useKeychainInHelper: UseKeychain = async (action) => {
  const helper = await Helper.start(keytarPath());
  try {
    return await action(helper);
  } finally {
    helper.stop();
  }
};

/** The keychain, asked by this process itself. */
export const useKeychainHere: UseKeychain = async (action) => {
  const { default: keytar } = await import("keytar").catch(() => {
    throw new KeychainProblem("keytar cannot be loaded on this system");
  });
  return action({
    getPassword: (...names) => inTime(keytar.getPassword(...names)),
    setPassword: (...values) => inTime(keytar.setPassword(...values)),
    deletePassword: (...names) => inTime(keytar.deletePassword(...names)),
  });
};

function keytarPath(): string {
  try {
    return createRequire(import.meta.url).resolve("keytar");
  } catch {
    throw new KeychainProblem("the optional package keytar is not installed");
  }
}

/**
 * The program of the process: one call on each line of stdin, one answer on each line of stdout. Secrets travel in
 * these pipes only, never in arguments or the environment.
 */
const HELPER_PROGRAM = `
const say = (line) => process.stdout.write(JSON.stringify(line) + "\\n");
let keytar;
try { keytar = require(process.argv[1]); } catch { say({ loaded: false }); process.exit(0); }
say({ loaded: true });
require("node:readline").createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, name, values } = JSON.parse(line);
  try { say({ id, value: await keytar[name](...values) ?? null }); }
  catch (error) { say({ id, problem: String(error && error.message).slice(0, 200) }); }
}).on("close", () => process.exit(0));
`;

interface HelperLine {
  loaded?: boolean;
  id?: number;
  value?: unknown;
  problem?: string;
}

/** One answer. A native library may write other lines to stdout. */
function parseLine(text: string): HelperLine | undefined {
  try {
    return JSON.parse(text) as HelperLine;
  } catch {
    return undefined;
  }
}

class Helper implements Keychain {
  readonly #process: ChildProcess;
  readonly #stop = () => this.stop();
  readonly #waiting = new Map<number, (line: HelperLine) => void>();
  #calls = 0;

  static async start(keytar: string): Promise<Helper> {
    const { NODE_OPTIONS: _unwanted, ...env } = process.env;
    const child = spawn(process.execPath, ["-e", HELPER_PROGRAM, keytar], {
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
      env,
    });
    const helper = new Helper(child);
    try {
      await inTime(helper.#answer(0), START_TIMEOUT_MS).then(({ loaded }) => {
        if (!loaded) throw new KeychainProblem("keytar cannot be loaded; on Linux it needs libsecret");
      });
      return helper;
    } catch (error) {
      helper.stop();
      throw error;
    }
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
    process.once("exit", this.#stop);
    const end = () => {
      for (const answer of this.#waiting.values()) answer({ problem: "the process that asks it has ended" });
    };
    child.on("error", end);
    child.on("close", end);
    // A process that has just ended closes its pipe. Its end is reported above.
    child.stdin?.on("error", () => {});
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = parseLine(text);
      if (line) this.#waiting.get(line.id ?? 0)?.(line);
    });
  }

  async getPassword(service: string, account: string): Promise<string | null> {
    const value = await this.#call("getPassword", service, account);
    return typeof value === "string" ? value : null;
  }

  async setPassword(service: string, account: string, password: string): Promise<void> {
    await this.#call("setPassword", service, account, password);
  }

  async deletePassword(service: string, account: string): Promise<boolean> {
    return (await this.#call("deletePassword", service, account)) === true;
  }

  stop(): void {
    process.off("exit", this.#stop);
    this.#process.kill("SIGKILL");
  }

  async #call(name: keyof Keychain, ...values: string[]): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    const answer = this.#answer(id);
    this.#process.stdin?.write(`${JSON.stringify({ id, name, values })}\n`);
    return (await inTime(answer)).value;
  }

  async #answer(id: number): Promise<HelperLine> {
    const line = await new Promise<HelperLine>((resolve) => this.#waiting.set(id, resolve));
    this.#waiting.delete(id);
    if (line.problem !== undefined) throw new KeychainProblem(line.problem);
    return line;
  }
}

/** @throws KeychainProblem when the call takes too long, or with keytar's own reason */
async function inTime<T>(call: Promise<T>, limitMs = CALL_TIMEOUT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const why = `it gave no answer within ${limitMs / 1000} s; it may be locked or stuck`;
    timer = setTimeout(() => reject(new KeychainProblem(why)), limitMs);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw error instanceof KeychainProblem ? error : new KeychainProblem(String(error).slice(0, 200));
  } finally {
    clearTimeout(timer);
  }
}
