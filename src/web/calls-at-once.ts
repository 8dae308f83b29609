/** Limits how many requests run at once, for each person and in all. */
export class CallsAtOnce {
  readonly #limits: { readonly perPerson: number; readonly inAll: number };
  readonly #running = new Map<string, number>();
  #total = 0;

  /** @param limits are read at each request, since they may change */
  constructor(limits: { readonly perPerson: number; readonly inAll: number }) {
    this.#limits = limits;
  }

  /** Takes a place; undefined where there is none, with whose limit is reached. The returned function gives it back. */
  take(person: string): { leave: () => void } | { full: "person" | "all" } {
    const own = this.#running.get(person) ?? 0;
    if (own >= this.#limits.perPerson) return { full: "person" };
    if (this.#total >= this.#limits.inAll) return { full: "all" };
    this.#running.set(person, own + 1);
    this.#total += 1;
    let isOver = false;
    const leave = () => {
      if (isOver) return;
      isOver = true;
      this.#total -= 1;
      const left = (this.#running.get(person) ?? 1) - 1;
      if (left === 0) this.#running.delete(person);
      else this.#running.set(person, left);
    };
    return { leave };
  }
}
