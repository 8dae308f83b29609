/** A difference that no slow network explains. */
const NOTICEABLE_MS = 60_000;

/**
 * The org's clock as seen from here. Rate limits end at a time of the org's, and what is signed for the org carries the
 * org's time; the clocks may be minutes apart. The `Date` of each answer (RFC 9110, section 6.6.1), though in whole
 * seconds, narrows the difference down. All that speaks with one org shares one clock.
 */
export class ServerClock {
  /** This machine's time in epoch milliseconds. */
  readonly localNow: () => number;
  /** Bounds of the org's time minus ours, in milliseconds. */
  #lowMs = Number.NEGATIVE_INFINITY;
  #highMs = Number.POSITIVE_INFINITY;

  /** @param localNow this machine's clock, in epoch milliseconds */
  constructor(localNow: () => number = Date.now) {
    this.localNow = localNow;
  }

  /** Learns from one answer: its `Date` header, and our times of the request and the answer. */
  observe(date: string | null, sentMs: number, receivedMs: number): void {
    const dateMs = Date.parse(date ?? "");
    if (Number.isNaN(dateMs)) return;
    const lowMs = dateMs - receivedMs;
    const highMs = dateMs + 1000 - sentMs;
    this.#lowMs = Math.max(this.#lowMs, lowMs);
    this.#highMs = Math.min(this.#highMs, highMs);
    if (this.#lowMs > this.#highMs) {
      // One of the clocks was set, so earlier bounds no longer hold.
      this.#lowMs = lowMs;
      this.#highMs = highMs;
    }
  }

  /** True when an answer has told the org's time. */
  get known(): boolean {
    return this.#highMs < Number.POSITIVE_INFINITY;
  }

  /** A time of the org's (epoch milliseconds) by our clock; never earlier than it really is. */
  toLocalMs(serverMs: number): number {
    return serverMs - this.#differenceMs();
  }

  /** The time by which the org's clock is ahead of ours, in milliseconds; 0 where it hardly is. */
  get aheadMs(): number {
    const differenceMs = this.#differenceMs();
    return Math.abs(differenceMs) > NOTICEABLE_MS ? differenceMs : 0;
  }

  /** Epoch milliseconds at the org, as far as is known. */
  now(): number {
    return this.localNow() + this.aheadMs;
  }

  /**
   * The difference between the clocks. Where it is not known to the second, the clocks count as equal if they may be
   * equal; otherwise the least difference counts.
   */
  #differenceMs(): number {
    return this.#lowMs <= 0 && this.#highMs >= 0 ? 0 : this.#lowMs;
  }
}
