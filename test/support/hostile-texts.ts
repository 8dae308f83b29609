import { ALPHABET, type Part, parsePattern } from "./pattern.js";

/** A text that may take an expression long to match. It is `head`, then `pump` many times, then `tail`. */
export interface HostileText {
  head: string;
  pump: string;
  tail: string;
}

/** A repeat with a larger maximum gets texts of its own. */
const MANY = 10;
const SAMPLES = 12;
const MAX_PUMPS = 16;

/** Returns true if the part can match a text of any length. */
function isLong(part: Part): boolean {
  switch (part.kind) {
    case "character":
    case "again":
      return false;
    case "sequence":
      return part.parts.some(isLong);
    case "choice":
      return part.options.some(isLong);
    case "repeat":
      return part.max > MANY || isLong(part.of);
    case "place":
      return part.seen !== undefined && isLong(part.seen);
  }
}

/**
 * Returns a generator of numbers from 0 to 1, the same in each run. It is linear congruential, with the constants of C.
 */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Returns the texts that are likely to be hard for an expression. They are derived from the expression itself. */
export function hostileTexts(expression: RegExp): HostileText[] {
  const random = numbers();
  const whole = parsePattern(expression);
  // Without a long part, each attempt to match ends after a few characters.
  if (!isLong(whole)) return [];
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];

  /** Returns a text that the part matches. An `extent` of 0 makes it as short as possible, and 1 makes it varied. */
  const sample = (part: Part, extent: number): string => {
    switch (part.kind) {
      case "character":
        return (extent === 0 ? part.choice[0] : pick(part.choice)) ?? "";
      case "sequence":
        return part.parts.map((inner) => sample(inner, extent)).join("");
      case "choice": {
        const chosen = pick(part.options);
        return chosen === undefined ? "" : sample(chosen, extent);
      }
      case "repeat": {
        const more = Math.min(part.max - part.min, extent === 0 ? 0 : Math.floor(random() * 3));
        return Array.from({ length: part.min + more }, () => sample(part.of, extent)).join("");
      }
      case "place":
        return part.seen !== undefined && random() < 0.2 ? sample(part.seen, extent) : "";
      case "again":
        return sample(part.group(), extent);
    }
  };
  const samples = (part: Part) =>
    Array.from({ length: SAMPLES }, (_, index) => sample(part, index === 0 ? 0 : 1)).filter((text) => text !== "");

  const pumps: { heads: string[]; pump: string }[] = [];
  const classes: ReadonlySet<string>[] = [];
  const add = (heads: string[], texts: readonly string[]) => {
    for (const pump of [...new Set(texts)].slice(0, MAX_PUMPS)) pumps.push({ heads: [...new Set(heads)], pump });
  };
  /** Adds the texts for a part. `before` are texts that lead to this part. */
  const visit = (part: Part, before: string[]): void => {
    switch (part.kind) {
      case "character":
        classes.push(new Set(part.choice));
        return;
      case "sequence": {
        let heads = before;
        part.parts.forEach((inner, index) => {
          visit(inner, heads);
          heads = heads.map((head) => head + sample(inner, 1));
          const next = part.parts[index + 1];
          if (next === undefined || !isLong(next)) return;
          // The pump begins like a match again and again. From each beginning the long part may be followed to the end.
          add(before, samples({ kind: "sequence", parts: part.parts.slice(0, index + 1) }).slice(0, 3));
          // The two neighbours can share the text between them in many ways.
          add(before, samples(next).slice(0, 3));
        });
        return;
      }
      case "choice":
        for (const option of part.options) visit(option, before);
        return;
      case "repeat":
        if (part.max > MANY) {
          add(before, part.of.kind === "character" ? part.of.choice : samples(part.of));
          add(before, samples(part.of));
        }
        visit(part.of, before);
        return;
      case "place":
        if (part.seen !== undefined) visit(part.seen, before);
        return;
      case "again":
        return;
    }
  };
  visit(whole, [""]);
  add([""], samples(whole).slice(0, 6));

  // The characters that fit the fewest places of the expression end the most attempts.
  const fits = (character: string) => classes.filter((set) => set.has(character)).length;
  const tails = ["", ...[...new Set(ALPHABET)].sort((a, b) => fits(a) - fits(b)).slice(0, 3)];
  const seen = new Set<string>();
  return pumps
    .flatMap(({ heads, pump }) => heads.flatMap((head) => tails.map((tail) => ({ head, pump, tail }))))
    .filter((text) => {
      const key = JSON.stringify(text);
      return !seen.has(key) && seen.add(key);
    });
}
