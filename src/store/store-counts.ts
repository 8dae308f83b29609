import { liveGrants } from "./live-grants.js";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** How many of what a server keeps there are, for whoever looks after it. */
export class StoreCounts {
  readonly #parts: Pick<StoreParts, "db" | "now">;

  constructor(parts: Pick<StoreParts, "db" | "now">) {
    this.#parts = parts;
  }

  /** The people who have ever signed in, by how they stand. */
  async people(): Promise<Record<Tables["people"]["status"], number>> {
    const rows = await this.#parts.db
      .selectFrom("people")
      .select(({ fn }) => ["status", fn.countAll<number>().as("n")])
      .groupBy("status")
      .execute();
    const counts = { active: 0, blocked: 0, gone: 0 };
    for (const { status, n } of rows) counts[status] = Number(n);
    return counts;
  }

  /** The changes that wait for somebody's answer. */
  async openApprovals(): Promise<number> {
    const { db, now } = this.#parts;
    const { n } = await db
      .selectFrom("approvals")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .where("state", "=", "open")
      .where("ends_at", ">", now())
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  /** What people have allowed clients and not ended. */
  async grants(): Promise<number> {
    const { db, now } = this.#parts;
    const { n } = await liveGrants(db, now())
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    return Number(n);
  }
}
