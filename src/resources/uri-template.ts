/** A template of URIs with simple variables (RFC 6570, level 1), e.g. `schema://employee/{gpid}`. */
export interface UriTemplate {
  text: string;
  /** The names of the variables, in their order. */
  variables: readonly string[];
  /**
   * The values of the variables in a URI, percent-decoded once.
   * @returns undefined for a URI that is none of the template's, or whose values are none that are taken
   */
  match(uri: string): ReadonlyMap<string, string> | undefined;
}

/** The longest URI that is looked at. Any that is ours is far shorter, also with every letter percent-encoded. */
export const MAX_URI_CHARS = 4_000;

/** The most characters of one value. */
const MAX_VALUE_CHARS = 200;

/** A name of a variable (RFC 6570, section 2.3), without its rare characters. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;

/** What a value is made of in a URI: all else is percent-encoded (RFC 6570, section 3.2.2). */
const OF_VALUE = /[A-Za-z0-9._~%-]/;

type Part = { literal: string } | { variable: string };

/** The parts of a template, or what is wrong with it as the rest of a sentence. */
function partsOf(text: string): Part[] | { problem: string } {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== "") {
    const open = rest.indexOf("{");
    const literal = open < 0 ? rest : rest.slice(0, open);
    if (literal.includes("}")) return { problem: "has a } without its {" };
    if (literal !== "") parts.push({ literal });
    if (open < 0) return parts;
    const close = rest.indexOf("}", open);
    if (close < 0) return { problem: "has a { without its }" };
    const variable = rest.slice(open + 1, close);
    if (!VARIABLE.test(variable)) {
      return { problem: "has a variable of another form than {name}: letters, digits and _ alone (RFC 6570, level 1)" };
    }
    parts.push({ variable });
    rest = rest.slice(close + 1);
  }
  return parts;
}

/** What is wrong with the variables, as the rest of a sentence; undefined where a URI always tells their values. */
function wrongVariables(parts: readonly Part[]): string | undefined {
  const names = parts.flatMap((part) => ("variable" in part ? [part.variable] : []));
  if (names.length === 0) return "has no variable: name it uri in place of template";
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) return `has the variable {${twice}} twice`;
  let isApart = true;
  for (const part of parts) {
    if ("literal" in part) isApart ||= [...part.literal].some((sign) => !OF_VALUE.test(sign));
    else if (!isApart) return `needs a / or another sign between {${part.variable}} and the variable before it`;
    else isApart = false;
  }
  return undefined;
}

/** Characters that nobody sees, or that have a meaning in a path or an encoding. */
const NO_VALUE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}/\\%]/u;

/** True for a value that is taken: a short word or name that leads nowhere. */
function isTaken(value: string): boolean {
  return value !== "" && value.length <= MAX_VALUE_CHARS && !value.startsWith(".") && !NO_VALUE.test(value);
}

/** The text behind one percent-decoding; undefined where it is not encoded rightly (RFC 3986, section 2.1). */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The number of characters from a place on that a value may be made of. */
function valueLength(text: string, from = 0): number {
  let at = from;
  while (at < text.length && OF_VALUE.test(text.charAt(at))) at += 1;
  return at - from;
}

/**
 * The texts in a URI that stand for the variables, in their order. A value ends where no sign of a value follows, less
 * what the template itself has there, so that there is one way to take a URI apart.
 */
function textsIn(uri: string, parts: readonly Part[]): string[] | undefined {
  const texts: string[] = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if ("literal" in part) {
      if (!uri.startsWith(part.literal, at)) return undefined;
      at += part.literal.length;
      continue;
    }
    const next = parts[index + 1];
    const ofNext = next !== undefined && "literal" in next ? valueLength(next.literal) : 0;
    const length = valueLength(uri, at) - ofNext;
    if (length <= 0) return undefined;
    texts.push(uri.slice(at, at + length));
    at += length;
  }
  return at === uri.length ? texts : undefined;
}

/** Reads a template. @returns what is wrong with it, as the rest of a sentence, where it is none of level 1 */
export function uriTemplate(text: string): UriTemplate | { problem: string } {
  const parts = partsOf(text);
  if ("problem" in parts) return parts;
  const problem = wrongVariables(parts);
  if (problem !== undefined) return { problem };
  const variables = parts.flatMap((part) => ("variable" in part ? [part.variable] : []));
  return {
    text,
    variables,
    match(uri) {
      const texts = uri.length > MAX_URI_CHARS ? undefined : textsIn(uri, parts);
      const values = texts?.map(decoded).filter((value) => value !== undefined && isTaken(value));
      if (values?.length !== variables.length) return undefined;
      return new Map(variables.map((name, index) => [name, values[index] ?? ""]));
    },
  };
}

/** A sign of a template, or a variable, which stands for any number of signs. */
type Sign = string | undefined;

function signsOf(template: string): Sign[] {
  const parts = partsOf(template);
  if ("problem" in parts) return [];
  return parts.flatMap((part): Sign[] => ("literal" in part ? [...part.literal] : [undefined]));
}

/** True where some URI belongs to both. Each is a template, or a URI, which is a template without variables. */
export function haveCommonUri(one: string, other: string): boolean {
  const [left, right] = [signsOf(one), signsOf(other)];
  const seen = new Set<number>();
  const open: [number, number][] = [[0, 0]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [l, r] = pair;
    if (l === left.length && r === right.length) return true;
    const key = l * (right.length + 1) + r;
    if (l === left.length || r === right.length || seen.has(key)) continue;
    seen.add(key);
    const [a, b] = [left[l], right[r]];
    const isSame = a === b || (a === undefined ? OF_VALUE.test(b ?? "") : b === undefined && OF_VALUE.test(a));
    if (!isSame) continue;
    // A variable may go on after a sign, and may end with it.
    for (const nextL of a === undefined ? [l, l + 1] : [l + 1]) {
      for (const nextR of b === undefined ? [r, r + 1] : [r + 1]) open.push([nextL, nextR]);
    }
  }
  return false;
}
