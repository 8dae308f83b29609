/** How long one step with what this user keeps in files may take. A disk answers in milliseconds, a network within seconds. */
export const FILE_STEP_LIMIT_MS = 10_000;

/**
 * A time limit for work with files. A folder of a network or a device may never answer, and nobody can take such a
 * request back: it holds one of the few threads that all of them share, so no second one is made while it lasts.
 */
export class Deadline {
  readonly #limitMs: number;
  #overdue = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Rejects with an error whose `code` says it in words where the action has no end in time, or an earlier one still has none. */
  async run<T>(action: () => Promise<T>): Promise<T> {
    if (this.#overdue > 0) throw this.#noAnswer();
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        this.#overdue += 1;
        reject(this.#noAnswer());
      }, this.#limitMs);
      const done = action().finally(() => {
        clearTimeout(timer);
        if (isLate) this.#overdue -= 1;
      });
      done.then(resolve, reject);
    });
  }

  #noAnswer(): Error {
    const code = `no answer within ${this.#limitMs / 1_000} s`;
    return Object.assign(new Error(code), { code });
  }
}
