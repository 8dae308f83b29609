/** A request that waits for its turn. */
export interface Turn {
  /** The one for whom it is made. Requests without a party have one in common. */
  party?: string | undefined;
  /** Rises with each request. */
  order: number;
}

interface Standing {
  active: number;
  waiting: number;
  /** The number of the turn that the party had last; 0 where it had none. */
  lastTurn: number;
}

const NOTHING: Readonly<Standing> = { active: 0, waiting: 0, lastTurn: 0 };

/**
 * Decides whose turn it is among parties that share something. The party with the fewest requests on their way comes
 * first, of several the one whose last turn is longest ago. Within a party the first comes first.
 */
export class Turns {
  readonly #standings = new Map<string | undefined, Standing>();
  #turn = 0;

  /** The number of a party's requests that are on their way. */
  activeOf(party: string | undefined): number {
    return this.#of(party).active;
  }

  /** True where `one` comes before `other`. */
  isBefore(one: Turn, other: Turn): boolean {
    const [mine, theirs] = [this.#of(one.party), this.#of(other.party)];
    return (mine.active - theirs.active || mine.lastTurn - theirs.lastTurn || one.order - other.order) < 0;
  }

  wait(party: string | undefined): void {
    this.#change(party, { waiting: 1 });
  }

  /** A request leaves without a turn. */
  giveUp(party: string | undefined): void {
    this.#change(party, { waiting: -1 });
  }

  /** A waiting request has its turn. */
  begin(party: string | undefined): void {
    this.#turn += 1;
    this.#change(party, { waiting: -1, active: 1, lastTurn: this.#turn });
  }

  end(party: string | undefined): void {
    this.#change(party, { active: -1 });
  }

  #of(party: string | undefined): Readonly<Standing> {
    return this.#standings.get(party) ?? NOTHING;
  }

  #change(party: string | undefined, { active = 0, waiting = 0, lastTurn }: Partial<Standing>): void {
    const before = this.#of(party);
    const after = {
      active: before.active + active,
      waiting: before.waiting + waiting,
      lastTurn: lastTurn ?? before.lastTurn,
    };
    if (after.active === 0 && after.waiting === 0) this.#standings.delete(party);
    else this.#standings.set(party, after);
  }
}
