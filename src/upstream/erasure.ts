import type { Store } from "../store/open-store.js";
import type { RecordedEnd } from "../store/stored-endings.js";
import type { Erased } from "../store/stored-erasure.js";
import type { TombstoneFile } from "../store/tombstone-file.js";
import type { Departures } from "./departures.js";

export interface ErasureOptions {
  store: Pick<Store, "erasure" | "tombstones" | "news">;
  departures: Pick<Departures, "end">;
  /** Where tombstones are kept besides the database, so that a backup from before does not bring anybody back. */
  file: TombstoneFile;
}

/** Erases people's data, and keeps them erased. */
export class Erasure {
  readonly #options: ErasureOptions;

  constructor(options: ErasureOptions) {
    this.#options = options;
  }

  /**
   * Ends the access of a person and erases their data. Whoever signs in later as the same subject is a new person.
   * @param person our own id
   * @param by who did it
   * @param othersIn as `PersonEnd` says
   * @returns undefined where there is no such person
   * @throws NobodyElseLeft as `othersIn` says
   */
  async erase(person: string, by: Omit<RecordedEnd, "why">, othersIn?: readonly string[]): Promise<Erased | undefined> {
    const { store, departures } = this.#options;
    // A file that cannot be written is known before anything is erased.
    await this.#completeFile();
    await departures.end(person, { ...by, cause: "erased", status: "gone", othersIn });
    const erased = await store.erasure.erase(person, by);
    if (erased === undefined) return undefined;
    await this.#completeFile();
    await store.news.publish({ about: "person", id: person });
    return erased;
  }

  /**
   * Erases again whom a backup has brought back, as the tombstones of the file and of the database say.
   * @returns the number of people
   */
  async eraseReturned(): Promise<number> {
    const { store, file } = this.#options;
    const kept = await file.read();
    for (const tombstone of kept) await store.tombstones.keep(tombstone);
    await this.#completeFile();
    const returned = await store.tombstones.returned(kept);
    for (const { person } of returned) {
      await this.erase(person, { by: "server", detail: { why: "returned_by_a_backup" } });
    }
    return returned.length;
  }

  /** Adds to the file what the database has and it lacks, since its disk can be full when somebody is erased. */
  async #completeFile(): Promise<void> {
    const { store, file } = this.#options;
    const latest = new Map<string, number>();
    for (const { subjectHash, erasedAtMs } of await file.read()) {
      latest.set(subjectHash, Math.max(erasedAtMs, latest.get(subjectHash) ?? 0));
    }
    const all = await store.tombstones.all();
    await file.add(all.filter(({ subjectHash, erasedAtMs }) => (latest.get(subjectHash) ?? -1) < erasedAtMs));
  }
}
