/** A difference that no slow network explains. */
const NOTICEABLE_MS = 60_000;

/**
 * The time as the org sees it. A wrong clock on this machine shows in the `Date` of every answer
 * (RFC 9110, section 6.6.1); what is signed for the org then carries the org's time.
 */
export class ServerClock {
  readonly #now: () => number;
  #aheadMs = 0;

  /** @param now this machine's clock, in epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Epoch milliseconds at the org, as far as is known. */
  now(): number {
    return this.#now() + this.#aheadMs;
  }

  /** How far the org's clock is ahead of this machine's, in milliseconds; 0 where it hardly is. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Learns from an answer. */
  learn(headers: Headers): void {
    const dateMs = Date.parse(headers.get("date") ?? "");
    if (Number.isNaN(dateMs)) return;
    const aheadMs = dateMs - this.#now();
    this.#aheadMs = Math.abs(aheadMs) > NOTICEABLE_MS ? aheadMs : 0;
  }
}
