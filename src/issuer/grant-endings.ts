import type { Store } from "../store/open-store.js";
import type { OrgRevocations } from "../upstream/org-revocations.js";

/**
 * Why something that a person has allowed a client ends. `code_reused` and `refresh_token_reused`: it was used a second
 * time, so somebody may have stolen it.
 */
export type GrantEnd = "revoked" | "code_reused" | "refresh_token_reused";

export interface GrantEndingsOptions {
  store: Pick<Store, "endings" | "news">;
  revocations: Pick<OrgRevocations, "kick">;
}

/**
 * Ends single grants that people have given clients, at once for all who share the store. Once nothing of a person's is
 * left, their own tokens at the org serve nobody, and end as well. The access of a whole person or client ends through
 * `Departures`.
 */
export class GrantEndings {
  readonly #options: GrantEndingsOptions;

  constructor(options: GrantEndingsOptions) {
    this.#options = options;
  }

  /** Ends one grant, with every code and token that stems from it. */
  async end(grantId: string, why: GrantEnd): Promise<void> {
    const { store, revocations } = this.#options;
    const person = await store.endings.endGrant(grantId, { why }, why !== "revoked");
    if (person === undefined) return;
    revocations.kick();
    await store.news.publish({ about: "person", id: person });
  }
}
