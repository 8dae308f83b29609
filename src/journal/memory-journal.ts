import { stringifyJson } from "../json/exact-json.js";
import { type Change, ChangeAssembler, type Journal, type JournalLine } from "./change.js";

/** The most lines that are kept; the oldest go first. */
const MAX_LINES = 10_000;

/** A journal that lives as long as the process. It is for the sandbox, whose objects are not real. */
export class MemoryJournal implements Journal {
  readonly place = "memory of this process";
  #lines: string[] = [];

  check(): Promise<void> {
    return Promise.resolve();
  }

  append(line: JournalLine): Promise<void> {
    this.#lines.push(stringifyJson(line));
    if (this.#lines.length > MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES);
    return Promise.resolve();
  }

  async *changes(): AsyncGenerator<Change> {
    const changes = new ChangeAssembler();
    for (const line of this.#lines.toReversed()) {
      const change = changes.take(line);
      if (change) yield change;
    }
  }
}
