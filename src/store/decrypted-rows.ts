/** The most rows of one kind whose content stays decrypted. */
const MAX_ROWS = 2_000;

/**
 * Keeps the content of rows that every call needs, so that each is decrypted once. A row is still read at each call: its
 * content counts only for the very text in which it is encrypted, and each change of a row encrypts it anew.
 */
export class DecryptedRows<Content> {
  /** By the id of the row; those that were longest not used come first. */
  readonly #kept = new Map<string, { sealed: string; content: Content }>();

  /** The content of a row; undefined where it cannot be decrypted. */
  async of(id: string, sealed: string, decrypt: () => Promise<Content | undefined>): Promise<Content | undefined> {
    const known = this.#kept.get(id);
    const content = known?.sealed === sealed ? known.content : await decrypt();
    this.#kept.delete(id);
    if (content === undefined) return undefined;
    this.#kept.set(id, { sealed, content });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_ROWS && oldest !== undefined) this.#kept.delete(oldest);
    return content;
  }

  /** Forgets a row that has ended. */
  forget(id: string): void {
    this.#kept.delete(id);
  }
}
