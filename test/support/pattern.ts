/** A part of a regular expression, with as much detail as the generator of hostile texts needs. */
export type Part =
  /** Matches one of these characters. */
  | { kind: "character"; choice: readonly string[] }
  | { kind: "sequence"; parts: readonly Part[] }
  | { kind: "choice"; options: readonly Part[] }
  | { kind: "repeat"; of: Part; min: number; max: number }
  /** A condition on the place in the text: an anchor, or a look ahead or behind. */
  | { kind: "place"; seen: Part | undefined }
  /** Matches the text of an earlier group again. */
  | { kind: "again"; group: () => Part };

/** Printable ASCII, white space and a sample of other characters: letters, wide ones, surrogate pairs, hidden ones. */
export const ALPHABET: readonly string[] = [
  ..." aA0-_.\"'\\/<>=:;,\t\n\r\u0000",
  ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)),
  "é",
  "東",
  "😀",
  "\u2028",
  "\u200b",
  "\ud800",
];

const LOOK = /^\(\?<?[=!]/;
const GROUP = /^\((?:\?(?:<?[=!]|:|<[^>]+>))?/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;
const ESCAPE = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<[^>]+>|[1-9]\d*|[\s\S])/;
const CLASS = /^\[(?:\\[\s\S]|[^\]\\])*\]/;

/**
 * Returns the parts of a regular expression.
 * @throws Error if the expression uses syntax that this parser does not know
 */
export function parsePattern({ source, flags }: RegExp): Part {
  if (/v/.test(flags)) throw new Error(`/${source}/${flags}: sets of characters are not taken apart.`);
  const groups: Part[] = [];
  let rest = source;
  const take = (pattern: RegExp): string => {
    const taken = pattern.exec(rest)?.[0] ?? "";
    rest = rest.slice(taken.length);
    return taken;
  };
  const characters = (pattern: string): Part => {
    const one = new RegExp(`^(?:${pattern})$`, flags.replace(/[gy]/g, ""));
    return { kind: "character", choice: ALPHABET.filter((character) => one.test(character)) };
  };

  function choice(): Part {
    const options = [sequence()];
    while (take(/^\|/) !== "") options.push(sequence());
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: "choice", options };
  }

  function sequence(): Part {
    const parts: Part[] = [];
    while (rest !== "" && !/^[|)]/.test(rest)) parts.push(repeated(atom()));
    return { kind: "sequence", parts };
  }

  function atom(): Part {
    if (take(/^(?:[\^$]|\\[bB])/) !== "") return { kind: "place", seen: undefined };
    if (rest.startsWith("(")) return group();
    if (rest.startsWith("[")) return characters(take(CLASS));
    const escaped = take(ESCAPE);
    const number = Number(/^\\([1-9]\d*)$/.exec(escaped)?.[1] ?? 0);
    if (number > 0) return { kind: "again", group: () => groups[number - 1] ?? { kind: "sequence", parts: [] } };
    if (escaped.startsWith("\\k")) throw new Error(`/${source}/: names of groups are not taken apart.`);
    return characters(escaped !== "" ? escaped : take(/^[\s\S]/u));
  }

  function group(): Part {
    const isLook = LOOK.test(rest);
    const isCaught = !isLook && !rest.startsWith("(?:");
    take(GROUP);
    const index = isCaught ? groups.push({ kind: "sequence", parts: [] }) - 1 : -1;
    const inner = choice();
    if (take(/^\)/) === "") throw new Error(`/${source}/ cannot be taken apart at "${rest}".`);
    if (isCaught) groups[index] = inner;
    return isLook ? { kind: "place", seen: inner } : inner;
  }

  function repeated(part: Part): Part {
    const quantifier = take(QUANTIFIER).replace(/(.)\?$/, "$1");
    if (quantifier === "") return part;
    const [min = 0, max = min] =
      { "*": [0, Infinity], "+": [1, Infinity], "?": [0, 1] }[quantifier] ??
      quantifier
        .slice(1, -1)
        .split(",")
        .map((count) => (count === "" ? Infinity : Number(count)));
    return { kind: "repeat", of: part, min, max };
  }

  const whole = choice();
  if (rest !== "") throw new Error(`/${source}/ cannot be taken apart at "${rest}".`);
  return whole;
}
