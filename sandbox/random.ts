const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A repeatable source of chance: the same seed gives the same sequence. */
export interface Random {
  /** A number from 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `below`. */
  int(below: number): number;
  /** One of `from`, which must not be empty. */
  pick<T>(from: readonly T[]): T;
  /** `length` letters and digits. */
  text(length: number): string;
  /** The form of a version 4 UUID; its bits are no secret. */
  uuid(): string;
  /** Leaves out the next `count` numbers, and returns the seed of the sequence that begins with them. */
  skip(count: number): number;
}

const STEP = 0x6d2b79f5;

/** Mulberry32: 32 bits of state, quick, and good enough to make up a company. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + STEP) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  const from = (alphabet: string, length: number) => {
    let made = "";
    while (made.length < length) made += alphabet.charAt(int(alphabet.length));
    return made;
  };
  return {
    next,
    int,
    pick<T>(choices: readonly T[]): T {
      const chosen = choices[int(choices.length)];
      if (chosen === undefined) throw new RangeError("There is nothing to pick from.");
      return chosen;
    },
    text: (length) => from(ALPHANUMERIC, length),
    uuid() {
      const hex = from("0123456789abcdef", 32);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    skip(count) {
      const seed = state;
      state = (state + Math.imul(STEP, count)) >>> 0;
      return seed;
    },
  };
}
