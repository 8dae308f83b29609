/** The room in a window of a rate limit. */
export interface WindowRoom {
  /** The number of requests that may still be sent. */
  left: number;
  /** The number of requests that the whole window has room for. */
  limit: number;
  /** The end of the window in epoch milliseconds. */
  resetMs: number;
}

/** The part of a window that is kept for those who have used little of it. */
const KEPT = 0.25;

/** Whoever has used less than this part of a window may use what is kept. */
const LITTLE = 0.25;

/** Keeps one party from using up the whole window of a rate limit that it shares with others. */
export class WindowShares {
  readonly #sent = new Map<string, number>();
  #resetMs = 0;

  /** Counts a request of a party. */
  count(party: string, room: WindowRoom): void {
    this.#begin(room);
    this.#sent.set(party, (this.#sent.get(party) ?? 0) + 1);
  }

  /** True where a party may send one more request in this window. */
  mayUse(party: string, room: WindowRoom): boolean {
    this.#begin(room);
    return room.left > room.limit * KEPT || (this.#sent.get(party) ?? 0) < room.limit * LITTLE;
  }

  #begin({ resetMs }: WindowRoom): void {
    if (resetMs === this.#resetMs) return;
    this.#resetMs = resetMs;
    this.#sent.clear();
  }
}
