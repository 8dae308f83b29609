import { CannotTell } from "../auth/cannot-tell.js";
import type { Log } from "../log.js";
import { keepNewest } from "./keep-newest.js";

export interface GroupDirectoryOptions {
  /** Reads the ids of all groups of a person at the org; none for somebody who is not there. */
  read(userId: string): Promise<readonly string[]>;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
  /** The time for which groups count while the org does not answer. */
  staleMs: number;
}

interface Held {
  groups: readonly string[];
  readAtMs: number;
}

/** Groups that were read within this time are not read again. */
const FRESH_MS = 5 * 60_000;
/** The time after a failure in which the org is not asked again for the same person. */
const PAUSE_MS = 5_000;
const MAX_PEOPLE = 20_000;

/** The groups of people, read at the org by a service app. Each person's are read by one request at a time. */
export class GroupDirectory {
  readonly #options: GroupDirectoryOptions;
  readonly #held = new Map<string, Held>();
  readonly #reading = new Map<string, Promise<readonly string[]>>();
  readonly #failedAtMs = new Map<string, number>();

  constructor(options: GroupDirectoryOptions) {
    this.#options = options;
  }

  /** @throws CannotTell where they cannot be read, and have not been for long */
  async groupsOf(userId: string): Promise<readonly string[]> {
    const { now } = this.#options;
    const held = this.#held.get(userId);
    if (held !== undefined && now() - held.readAtMs < FRESH_MS) return held.groups;
    const failedAtMs = this.#failedAtMs.get(userId);
    if (failedAtMs !== undefined && now() - failedAtMs < PAUSE_MS) return this.#lasting(held);
    let reading = this.#reading.get(userId);
    if (reading === undefined) {
      reading = this.#read(userId, held).finally(() => this.#reading.delete(userId));
      this.#reading.set(userId, reading);
    }
    return reading;
  }

  async #read(userId: string, held: Held | undefined): Promise<readonly string[]> {
    const { read, log, now } = this.#options;
    try {
      const groups = await read(userId);
      this.#failedAtMs.delete(userId);
      keepNewest(this.#held, userId, { groups, readAtMs: now() }, MAX_PEOPLE);
      return groups;
    } catch (error) {
      log.warn("The groups of a person cannot be read.", { user_id: userId, error });
      keepNewest(this.#failedAtMs, userId, now(), MAX_PEOPLE);
      return this.#lasting(held);
    }
  }

  #lasting(held: Held | undefined): readonly string[] {
    if (held !== undefined && this.#options.now() - held.readAtMs < this.#options.staleMs) return held.groups;
    throw new CannotTell("Your groups cannot be read at the moment.", PAUSE_MS / 1000);
  }
}
