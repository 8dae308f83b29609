/** The time limit for one step with a user's files. A disk answers in milliseconds, a network within seconds. */
export const FILE_STEP_LIMIT_MS = 10_000;

/**
 * A time limit for work with files. A folder on a network or a device may never answer, and such a request cannot be
 * taken back. It holds one of the few threads that all file operations share, so no second request is made while it
 * lasts.
 */
export class Deadline {
  readonly #limitMs: number;
  #overdue = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /**
   * Runs an action.
   * @throws an error whose `code` says in words that the action, or an earlier one, does not end in time
   */
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
