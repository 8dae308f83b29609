/** Functions that are called when something has changed. An error of one does not stop the others. */
export class Listeners {
  readonly #listeners = new Set<() => void>();

  /** Adds a listener. @returns a function that removes it */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  notify(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch {
        // A sign-in must not fail because of a listener.
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
