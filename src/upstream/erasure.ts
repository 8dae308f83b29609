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
   * @returns undefined where there is no such person
   */
  async erase(person: string, by: Omit<RecordedEnd, "why">): Promise<Erased | undefined> {
    const { store, departures, file } = this.#options;
    await departures.end(person, { ...by, cause: "erased", status: "gone" });
    const erased = await store.erasure.erase(person, by);
    if (erased === undefined) return undefined;
    await file.add([erased.tombstone]);
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
    const returned = await store.tombstones.returned(kept);
    for (const { person } of returned) {
      await this.erase(person, { by: "server", detail: { why: "returned_by_a_backup" } });
    }
    return returned.length;
  }
}
