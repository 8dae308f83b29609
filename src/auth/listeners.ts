/** Those who want to know when something has changed. One that throws does not keep the others from knowing. */
export class Listeners {
  readonly #listeners = new Set<() => void>();

  /** Returns the way to stop listening. */
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
        // The listener's own affair: a sign-in must not fail for it.
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
