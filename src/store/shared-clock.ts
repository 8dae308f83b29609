import { type Kysely, sql } from "kysely";
import type { Log } from "../log.js";
import type { Tables } from "./tables.js";

const LOOK_MS = 60_000;
/** A difference that the way to the database may explain. */
const NONE_MS = 2_000;
/** A difference that an operator has to hear of. */
const TOLD_MS = 30_000;

/**
 * The time by which everything in a shared database begins and ends: that of the database. The clocks of the instances
 * may differ, and what one of them has written must not look to another as if it were over, or yet to come.
 */
export class SharedClock {
  readonly #db: Kysely<Tables>;
  readonly #log: Pick<Log, "warn" | "error">;
  readonly #timer: NodeJS.Timeout;
  #aheadMs = 0;
  #toldMs = 0;

  private constructor(db: Kysely<Tables>, log: Pick<Log, "warn" | "error">) {
    this.#db = db;
    this.#log = log;
    // A database that does not answer leaves the difference as it is.
    this.#timer = setInterval(() => void this.#look().catch(() => {}), LOOK_MS).unref();
  }

  /** Asks the database for its time. @throws OktaMcpError store_unavailable */
  static async open(db: Kysely<Tables>, log: Pick<Log, "warn" | "error">): Promise<SharedClock> {
    const clock = new SharedClock(db, log);
    try {
      await clock.#look();
      return clock;
    } catch (error) {
      clock.stop();
      throw error;
    }
  }

  /** Epoch milliseconds at the database. */
  readonly now = (): number => Math.round(Date.now() + this.#aheadMs);

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const sentMs = Date.now();
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(this.#db);
    const differenceMs = (rows[0]?.ms ?? sentMs) - (sentMs + Date.now()) / 2;
    this.#aheadMs = Math.abs(differenceMs) < NONE_MS ? 0 : differenceMs;
    this.#tell();
  }

  #tell(): void {
    if (Math.abs(this.#aheadMs - this.#toldMs) < TOLD_MS) return;
    this.#toldMs = this.#aheadMs;
    if (this.#aheadMs === 0) {
      this.#log.warn("this machine's clock and that of the database agree again");
      return;
    }
    this.#log.error("this machine's clock differs from that of the database: set it (NTP) on the one that is wrong", {
      fault: "clock_skew",
      database_ahead_seconds: Math.round(this.#aheadMs / 1000),
    });
  }
}
