import { randomBytes } from "node:crypto";
import type { SignInTransactions } from "./sign-in-transactions.js";

/** The time in which a link counts. */
export const ADMIN_LINK_MS = 5 * 60_000;

const KIND = "admin_link";

/** A link is no browser's until it is used. */
const NO_BROWSER = "admin_link";

/** The links of the machine, which open the admin pages once. The store has a hash of each, and nothing that opens. */
export class AdminLinks {
  readonly #transactions: SignInTransactions;
  readonly #now: () => number;

  constructor(transactions: SignInTransactions, now: () => number) {
    this.#transactions = transactions;
    this.#now = now;
  }

  /** Makes a link. @param by whoever did it, for the record @returns its secret */
  async make(by: string): Promise<string> {
    const state = randomBytes(32).toString("base64url");
    const endsAtMs = this.#now() + ADMIN_LINK_MS;
    await this.#transactions.begin({ state, browser: NO_BROWSER, kind: KIND, data: { by }, endsAtMs });
    return state;
  }

  /** Uses a link up. Of several at once exactly one does. @returns who made it; undefined where it does not count */
  async take(secret: string): Promise<string | undefined> {
    const taken = await this.#transactions.take({ state: secret, browser: NO_BROWSER, kind: KIND });
    return "data" in taken ? String(taken.data.by) : undefined;
  }
}
