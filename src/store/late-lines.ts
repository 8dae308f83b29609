import type { Insertable } from "kysely";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

type Line = Insertable<Tables["journal"]>;

/** The most lines that wait. A server makes no change while its database does not answer, so there are few. */
const MOST = 1_000;
const AGAIN_MS = 1_000;

/**
 * Lines of the journal that tell how a change ended and that the database did not take. They are kept for as long as
 * the process lives, and written once the database answers again: a line that is there twice counts once.
 */
export class LateLines {
  readonly #parts: Pick<StoreParts, "db">;
  readonly #waiting: Line[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(parts: Pick<StoreParts, "db">) {
    this.#parts = parts;
  }

  /** Keeps a line for later. One that is too many is left out: its change stays unknown. */
  keep(line: Line): void {
    if (this.#waiting.length >= MOST) return;
    this.#waiting.push(line);
    this.#later();
  }

  /** Writes what waits, in its order. Never rejects: what the database does not take goes on waiting. */
  write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Two at once would both write the first line, and both take one away.
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#later();
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
        await this.#parts.db.insertInto("journal").values(line).execute();
        this.#waiting.shift();
      }
    } catch {
      // They go on waiting.
    }
  }

  /** Writes what waits for the last time. */
  async end(): Promise<void> {
    await this.write();
    clearTimeout(this.#timer);
  }

  #later(): void {
    this.#timer ??= setTimeout(() => void this.write(), AGAIN_MS).unref();
  }
}
