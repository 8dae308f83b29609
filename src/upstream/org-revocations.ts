import type { Log } from "../log.js";
import type { Store } from "../store/open-store.js";
import type { ClaimedRevocation, WantedRevocation } from "../store/stored-revocations.js";

export interface OrgRevocationsOptions {
  store: Pick<Store, "revocations">;
  /**
   * Revokes a token of a person where it was given out. Rejects where it was not done; undefined where there is no web
   * app through which anybody could have got one.
   */
  revoke: ((wanted: Pick<WantedRevocation, "token" | "kind" | "api">) => Promise<void>) | undefined;
  log: Pick<Log, "warn" | "error">;
}

/** The pauses after an attempt that failed; the last one counts for all further attempts. */
const PAUSES_MS = [1_000, 10_000, 60_000, 5 * 60_000, 30 * 60_000];
/** The org ends a refresh token by itself after this time without use, at the latest. */
const GIVE_UP_MS = 7 * 24 * 60 * 60_000;
/** Whoever has claimed a token and not told in this time must have died. */
const CLAIM_MS = 2 * 60_000;
/** The time between two looks at what waits, also of instances that have stopped. */
const LOOK_MS = 1_000;

/**
 * Revokes where they were given out, at the org or for an API, the tokens of people whose access has ended here. They wait in the store, so that neither a stop
 * nor an outage of the org loses one; of several instances one at a time tries each.
 */
export class OrgRevocations {
  readonly #options: OrgRevocationsOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(options: OrgRevocationsOptions) {
    this.#options = options;
    if (options.revoke === undefined) return;
    this.#timer = setInterval(() => this.kick(), LOOK_MS).unref();
    this.kick();
  }

  /** Keeps a token to be revoked, and begins with it. */
  async add(wanted: WantedRevocation): Promise<void> {
    await this.#options.store.revocations.add(wanted);
    this.kick();
  }

  /** Begins with what waits. */
  kick(): void {
    if (this.#closed || this.#options.revoke === undefined) return;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.kick();
    });
  }

  /** Begins nothing new, and resolves when what runs has ended. What waits is for the next start or another instance. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #work(): Promise<void> {
    const { store, log } = this.#options;
    try {
      while (!this.#closed) {
        const claimed = await store.revocations.claim(CLAIM_MS);
        if (claimed.length === 0) return;
        await Promise.all(claimed.map((one) => this.#revoke(one)));
      }
    } catch (error) {
      log.warn("the tokens that are to be revoked at the org cannot be read", { error });
    }
  }

  async #revoke({ id, token, kind, api, person, attempts, createdAtMs }: ClaimedRevocation): Promise<void> {
    const { store, revoke, log } = this.#options;
    try {
      await revoke?.({ token, kind, api });
      await store.revocations.done(id);
    } catch (error) {
      const pauseMs = PAUSES_MS[Math.min(attempts, PAUSES_MS.length) - 1] ?? 0;
      const isOver = createdAtMs + GIVE_UP_MS <= store.revocations.nowMs;
      const facts = { person, api, attempts, error };
      if (isOver) log.error("a token was never revoked at the org, and is not tried again", facts);
      else log.warn("a token was not revoked at the org, and will be tried again", { ...facts, pause_ms: pauseMs });
      await (isOver ? store.revocations.done(id) : store.revocations.later(id, pauseMs, "failed"));
    }
  }
}
