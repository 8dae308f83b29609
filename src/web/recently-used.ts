export interface RecentlyUsedOptions {
  /** The most things that are kept. */
  most: number;
  /** The time after which something that nobody used is dropped. */
  idleMs: number;
  /** Epoch milliseconds. */
  now: () => number;
}

/**
 * Keeps what is costly to make for those who come again. Something that is dropped goes on for whoever uses it at the
 * moment, and is gone with them.
 */
export class RecentlyUsed<T> {
  readonly #options: RecentlyUsedOptions;
  /** What was used longest ago comes first. */
  readonly #kept = new Map<string, { value: T; usedAtMs: number }>();

  constructor(options: RecentlyUsedOptions) {
    this.#options = options;
  }

  /** The number of things that are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * What is kept under a key, or something new in its place.
   * @param fits tells whether what is kept still serves
   */
  of(key: string, fits: (value: T) => boolean, make: () => T): T {
    const { most, idleMs, now } = this.#options;
    const nowMs = now();
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const value = known !== undefined && fits(known.value) ? known.value : make();
    this.#kept.set(key, { value, usedAtMs: nowMs });
    for (const [oldest, { usedAtMs }] of this.#kept) {
      if (this.#kept.size <= most && nowMs - usedAtMs < idleMs) break;
      this.#kept.delete(oldest);
    }
    return value;
  }
}
