/**
 * Okta's clock as seen from here. Rate limits end at a time of Okta's, and the two clocks may be
 * minutes apart; the `Date` of each answer, though in whole seconds, narrows the difference down.
 */
export class ServerClock {
  /** Bounds of Okta's time minus ours, in milliseconds. */
  #lowMs = Number.NEGATIVE_INFINITY;
  #highMs = Number.POSITIVE_INFINITY;

  /** Learns from one answer: its `Date` header, and when by our clock it was asked for and had. */
  observe(date: string | null, sentMs: number, receivedMs: number): void {
    const dateMs = Date.parse(date ?? "");
    if (Number.isNaN(dateMs)) return;
    const lowMs = dateMs - receivedMs;
    const highMs = dateMs + 1000 - sentMs;
    this.#lowMs = Math.max(this.#lowMs, lowMs);
    this.#highMs = Math.min(this.#highMs, highMs);
    if (this.#lowMs > this.#highMs) {
      // One of the clocks was set: what was learnt before holds no longer.
      this.#lowMs = lowMs;
      this.#highMs = highMs;
    }
  }

  /**
   * A time of Okta's (epoch milliseconds) by our clock. Where the difference is not known to the
   * second, clocks that may agree are taken to agree, else the later of the possible times.
   */
  toLocalMs(serverMs: number): number {
    const mayAgree = this.#lowMs <= 0 && this.#highMs >= 0;
    return serverMs - (mayAgree ? 0 : this.#lowMs);
  }
}
