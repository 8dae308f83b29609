export interface WrongTriesOptions {
  /** The tries that may fail before nobody may try any more. */
  most: number;
  /** The time after the first of them in which nobody may. */
  pauseMs: number;
  /** Epoch milliseconds. */
  now(): number;
}

/** Counts tries that failed, whoever made them, and lets nobody try for a while once there were too many. */
export class WrongTries {
  readonly #options: WrongTriesOptions;
  #firstAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(options: WrongTriesOptions) {
    this.#options = options;
  }

  /** The seconds for which nobody may try; undefined where the next one may. */
  get pauseSeconds(): number | undefined {
    const { most, pauseMs, now } = this.#options;
    const leftMs = this.#firstAtMs + pauseMs - now();
    return this.#count >= most && leftMs > 0 ? Math.ceil(leftMs / 1000) : undefined;
  }

  /** Counts a try that failed. @returns true where it was the last one for a while */
  failed(): boolean {
    const { most, pauseMs, now } = this.#options;
    if (now() - this.#firstAtMs >= pauseMs) {
      this.#firstAtMs = now();
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count === most;
  }
}
