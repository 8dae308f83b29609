/** Something that one instance tells all the others, so that they look again at once. It never has a secret in it. */
export interface News {
  /**
   * What has changed: what a person may do, a client, or who may do what in general. `all`: news may have been lost, so
   * that anything can have changed.
   */
  about: "person" | "client" | "roles" | "all";
  /** The id of the person or client; otherwise an empty text. */
  id: string;
}

/**
 * Carries news between all instances that share a database, this one included. News may be lost, e.g. while the database
 * restarts: whoever listens has to look by itself now and then as well.
 */
export interface StoreNews {
  /** Tells all instances. What the news is about has to be committed before. It never rejects. */
  publish(news: News): Promise<void>;
  /** @returns the way to stop listening */
  subscribe(listener: (news: News) => void): () => void;
}

/** The news of a server that has its database for itself. */
export class OwnNews implements StoreNews {
  readonly #listeners = new Set<(news: News) => void>();

  async publish(news: News): Promise<void> {
    this.tell(news);
  }

  subscribe(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells those who listen in this process. */
  protected tell(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}
