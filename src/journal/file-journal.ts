import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { Deadline, FILE_STEP_LIMIT_MS } from "../files/deadline.js";
import { ensurePrivateDir, syncDir } from "../files/private-dir.js";
import { openPrivateFile, readPrivateFile } from "../files/private-file.js";
import { stringifyJson } from "../json/exact-json.js";
import { type Change, ChangeAssembler, type Journal, type JournalLine } from "./change.js";

export interface FileJournalOptions {
  /** The folder of this org and client. It is made when it is needed. */
  dir(): Promise<string>;
  /** The size in bytes at which a file is put aside. */
  maxFileBytes: number;
  /** The number of files that are kept, the current one included. Older ones are deleted. */
  maxFiles: number;
  /** Epoch milliseconds. */
  now?: () => number;
  /** The time limit of one step, e.g. of writing a line to the disk. Default 10 seconds. */
  stepLimitMs?: number;
}

const CURRENT = "changes.jsonl";
const PUT_ASIDE = /^changes-\d{8}T\d{9}Z-[0-9a-f]{6}\.jsonl$/;
const KEEPS = "the journal";

/**
 * A journal in JSON Lines files of mode 0600 in a folder of mode 0700. Any number of processes may write at once: each
 * line goes to the end of the file in one write, and systems do not mix such writes.
 */
export class FileJournal implements Journal {
  readonly #options: FileJournalOptions;
  readonly #now: () => number;
  #waiting: { line: JournalLine; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;
  readonly #deadline: Deadline;
  #place = "a file of the user's data folder";

  constructor(options: FileJournalOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#deadline = new Deadline(options.stepLimitMs ?? FILE_STEP_LIMIT_MS);
  }

  get place(): string {
    return this.#place;
  }

  check(): Promise<void> {
    return this.#guard("written", async (dir) => {
      const file = await this.#open(dir);
      await file.close();
    });
  }

  append(line: JournalLine): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#waiting.push({ line, resolve, reject }));
    this.#writing ??= this.#writeWaiting();
    return written;
  }

  /** Writes all waiting lines at once, so that many calls share the wait for the disk. */
  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      const bytes = Buffer.from(batch.map(({ line }) => `${stringifyJson(line)}\n`).join(""));
      try {
        await this.#write(bytes);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = undefined;
  }

  #write(bytes: Buffer): Promise<void> {
    return this.#guard("written", async (dir) => {
      const file = await this.#openWithRoom(dir, bytes.length);
      try {
        const isNew = (await file.stat()).size === 0;
        const whole = (await endsCleanly(file)) ? bytes : Buffer.concat([Buffer.from("\n"), bytes]);
        const { bytesWritten } = await file.write(whole);
        if (bytesWritten !== whole.length) throw Object.assign(new Error("cut off"), { code: "ENOSPC" });
        await file.datasync();
        if (isNew) await syncDir(dir);
      } finally {
        await file.close();
      }
    });
  }

  async *changes(): AsyncGenerator<Change> {
    const changes = new ChangeAssembler();
    // The other files are listed after this one is read. A file that is put aside meanwhile is then read twice, not
    // left out.
    yield* this.#changesIn(CURRENT, changes);
    for (const name of await this.#guard("read", putAsideNewestFirst)) yield* this.#changesIn(name, changes);
  }

  async *#changesIn(name: string, changes: ChangeAssembler): AsyncGenerator<Change> {
    const lines = await this.#guard("read", (dir) => readLines(join(dir, name)));
    for (const line of lines.reverse()) {
      const change = changes.take(line);
      if (change) yield change;
    }
  }

  /** The file for the next line. A file without room for it is put aside first. */
  async #openWithRoom(dir: string, bytes: number): Promise<FileHandle> {
    const file = await this.#open(dir);
    const { size, ino } = await file.stat();
    if (size === 0 || size + bytes <= this.#options.maxFileBytes) return file;
    await file.close();
    await this.#putAside(dir, ino);
    return this.#open(dir);
  }

  async #open(dir: string): Promise<FileHandle> {
    await ensurePrivateDir(dir, KEEPS);
    return openPrivateFile(join(dir, CURRENT), constants.O_APPEND | constants.O_CREAT | constants.O_RDWR, KEEPS);
  }

  async #putAside(dir: string, ino: number): Promise<void> {
    const path = join(dir, CURRENT);
    const time = new Date(this.#now()).toISOString().replace(/[-:.]/g, "");
    try {
      // Another process may have been faster. Its new file stays.
      if ((await stat(path)).ino !== ino) return;
      await rename(path, join(dir, `changes-${time}-${randomBytes(3).toString("hex")}.jsonl`));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
    const old = await putAsideNewestFirst(dir);
    for (const name of old.slice(this.#options.maxFiles - 1)) await rm(join(dir, name), { force: true });
  }

  async #guard<T>(verb: "read" | "written", action: (dir: string) => Promise<T>): Promise<T> {
    const dir = await this.#options.dir();
    this.#place = join(dir, CURRENT);
    try {
      return await this.#deadline.run(() => action(dir));
    } catch (error) {
      if (error instanceof OktaMcpError) throw error;
      const stopped = verb === "written" ? ", and without it nothing is changed in Okta" : "";
      throw new OktaMcpError(
        "bad_config",
        `The journal of changes in ${dir} cannot be ${verb} (${codeOf(error)})${stopped}.`,
        {
          fix: "Make room, or give the user who runs okta-mcp access to the folder, or choose another with OKTA_MCP_JOURNAL (`off` for none).",
        },
      );
    }
  }
}

async function putAsideNewestFirst(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => PUT_ASIDE.test(name))
    .sort()
    .reverse();
}

/** False where a full disk or a crash cut off the last line. */
async function endsCleanly(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** The lines of a file; none where there is no line yet, or another process has deleted the file for its age. */
async function readLines(path: string): Promise<string[]> {
  return (await readPrivateFile(path, KEEPS))?.split("\n") ?? [];
}
