import type { StoreParts } from "./store-parts.js";

/** The tasks that one of all instances does at a time. */
export class StoredTurns {
  readonly #parts: Pick<StoreParts, "db" | "now">;

  constructor(parts: Pick<StoreParts, "db" | "now">) {
    this.#parts = parts;
  }

  /**
   * Takes a task. True for one of several, until its time is over.
   * @param holder names whoever takes it
   * @param forMs the time after which the next one may take it, this one included
   */
  async take(name: string, holder: string, forMs: number): Promise<boolean> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const turn = { holder, ends_at: nowMs + forMs };
    const { numInsertedOrUpdatedRows } = await db
      .insertInto("turns")
      .values({ name, ...turn })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(turn).where("turns.ends_at", "<=", nowMs))
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** Holds a task for longer. False where somebody else has it meanwhile. */
  async hold(name: string, holder: string, forMs: number): Promise<boolean> {
    const { db, now } = this.#parts;
    const held = db.updateTable("turns").where("name", "=", name).where("holder", "=", holder);
    const { numUpdatedRows } = await held.set({ ends_at: now() + forMs }).executeTakeFirst();
    return numUpdatedRows === 1n;
  }
}
