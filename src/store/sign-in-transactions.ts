import { hashOf, type StoreParts } from "./store-parts.js";

/** A sign-in that a browser begins and ends. */
export interface SignInTransaction {
  /** The random text that goes to the org and comes back (`state` of RFC 6749, section 4.1.1), of 128 bits at least. */
  state: string;
  /** The secret of the browser's cookie. */
  browser: string;
  /** What the sign-in is for. */
  kind: string;
  /** Whatever is needed at its end: nonce, verifier, where to go next. */
  data: Record<string, unknown>;
  /** Epoch milliseconds. */
  endsAtMs: number;
  /** Whose sign-in it is, where that is known already. It ends with all else of that person. */
  person?: string | undefined;
}

/** What became of an attempt to end a sign-in. Only the browser that began it uses it up. */
export type TakenTransaction =
  | { data: Record<string, unknown> }
  | { why: "unknown" | "expired" | "another_browser" | "another_kind" };

/** The sign-ins that were begun. Each can be ended once, by the browser that began it. */
export class SignInTransactions {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async begin({ state, browser, kind, data, endsAtMs, person }: SignInTransaction): Promise<void> {
    const { db, vault } = this.#parts;
    const state_hash = hashOf("state", state);
    await db
      .insertInto("transactions")
      .values({
        state_hash,
        browser_hash: hashOf("browser", browser),
        kind,
        data_sealed: await vault.seal(JSON.stringify(data), dataOf(state_hash)),
        ends_at: endsAtMs,
        person: person ?? null,
      })
      .execute();
  }

  /** Takes a sign-in out. Of several at once exactly one gets it. */
  async take({
    state,
    browser,
    kind,
  }: Pick<SignInTransaction, "state" | "browser" | "kind">): Promise<TakenTransaction> {
    const { db, vault, now } = this.#parts;
    const state_hash = hashOf("state", state);
    const browser_hash = hashOf("browser", browser);
    const kept = db.selectFrom("transactions").select("data_sealed").where("state_hash", "=", state_hash);
    // Where this instance lacks the key, the sign-in stays for one that has it.
    await vault.requireKey((await kept.executeTakeFirst())?.data_sealed);
    const row = await db
      .deleteFrom("transactions")
      .where("state_hash", "=", state_hash)
      .where("browser_hash", "=", browser_hash)
      .where("kind", "=", kind)
      .returning(["data_sealed", "ends_at"])
      .executeTakeFirst();
    if (row === undefined) return { why: await this.#whyNot(state_hash, browser_hash) };
    if (row.ends_at <= now()) return { why: "expired" };
    const data = await vault.open(row.data_sealed, dataOf(state_hash));
    return data === undefined ? { why: "unknown" } : { data: JSON.parse(data) as Record<string, unknown> };
  }

  async #whyNot(stateHash: string, browserHash: string): Promise<"unknown" | "another_browser" | "another_kind"> {
    const all = this.#parts.db.selectFrom("transactions").select("browser_hash");
    const row = await all.where("state_hash", "=", stateHash).executeTakeFirst();
    if (row === undefined) return "unknown";
    return row.browser_hash === browserHash ? "another_kind" : "another_browser";
  }
}

function dataOf(id: string) {
  return { table: "transactions", column: "data_sealed", id, person: null };
}
