import { doubleKey } from "../json/double-key.js";
import { ExactNumber, isExactNumber, parseJson, TooManyValues } from "../json/exact-json.js";
import type { Json } from "../json/json.js";
import { jsonNestsDeeper, MAX_JSON_VALUES } from "../json/json-values.js";
import { quoteOkta } from "../text/quote.js";
import { nestsDeeper } from "./yaml-depth.js";

/** The largest text of a document, and of all its files together, in characters. The largest public ones have 12 million bytes. */
export const MAX_DOCUMENT_CHARS = 10 * 1024 * 1024;

/** The most levels of objects and lists within each other. Real documents have about 30. */
export const MAX_DOCUMENT_DEPTH = 64;

/** How often anchors of YAML may be used, each use counted with the uses inside of it. */
const MAX_ALIASES = 10_000;

/** The content of a text, or what is wrong with it, as a sentence without its beginning: "is not JSON". */
export type Parsed = { content: Json } | { problem: string };

/**
 * Reads a text of JSON or YAML 1.2. YAML's own additions to JSON are taken (anchors, merged keys, comments), bounded in
 * what they can unfold to. Numbers keep all their digits.
 * @returns what is wrong in a sentence without its beginning: "is nested deeper than 64 levels."
 */
export async function parseDocumentText(text: string): Promise<Parsed> {
  if (text.length > MAX_DOCUMENT_CHARS)
    return { problem: `is larger than ${MAX_DOCUMENT_CHARS / 1024 / 1024} MiB, the most that is taken.` };
  const parsed = text.trimStart().startsWith("{")
    ? (parsedJson(text) ?? (await parsedYaml(text)))
    : await parsedYaml(text);
  if ("problem" in parsed) return parsed;
  try {
    return { content: bounded(parsed.content) };
  } catch (error) {
    if (error instanceof Refused) return { problem: error.message };
    throw error;
  }
}

/** Undefined where the text is no JSON. */
function parsedJson(text: string): { content: unknown } | { problem: string } | undefined {
  // A parser that runs out of stack may end the process. YAML finds the words for it, since it reads JSON as well.
  if (jsonNestsDeeper(text, MAX_DOCUMENT_DEPTH)) return undefined;
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    return error instanceof TooManyValues ? { problem: TOO_MANY } : undefined;
  }
  const twice = doubleKey(text);
  // Only the last of them would count, and no reader knows which one that is.
  return twice === undefined
    ? { content }
    : { problem: `has the key ${quoteOkta(twice)} twice. Put the two together.` };
}

async function parsedYaml(text: string): Promise<{ content: unknown } | { problem: string }> {
  const { Lexer, LineCounter, parseDocument } = await import("yaml");
  try {
    // Two levels of tokens may be one of the document.
    if (nestsDeeper(new Lexer().lex(text), 2 * MAX_DOCUMENT_DEPTH)) return { problem: TOO_DEEP };
    const lines = new LineCounter();
    const yaml = parseDocument(text, {
      version: "1.2",
      // Keys such as 200 or true are names, as in JSON.
      stringKeys: true,
      merge: true,
      intAsBigInt: true,
      lineCounter: lines,
      // The library would look up the place of every fault, of which a text may have as many as characters.
      prettyErrors: false,
    });
    const [fault] = yaml.errors;
    if (fault !== undefined) {
      const { line, col } = lines.linePos(fault.pos[0]);
      const at = line === 0 ? "" : ` at line ${line}, column ${col}`;
      return { problem: `is neither JSON nor YAML${at}: ${quoteOkta(firstLine(fault.message))}.` };
    }
    return { content: yaml.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    if (error instanceof ReferenceError)
      return { problem: `uses anchors of YAML more than ${MAX_ALIASES} times, or before they are there.` };
    return { problem: `is neither JSON nor YAML: ${quoteOkta(firstLine((error as Error).message))}.` };
  }
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

const TOO_MANY = `has more than ${MAX_JSON_VALUES} values.`;
const TOO_DEEP = `is nested deeper than ${MAX_DOCUMENT_DEPTH} levels.`;

/** Something that a text may hold and a document may not. */
class Refused extends Error {}

/**
 * A copy of what a parser made, as JSON alone. An anchor of YAML stands in many places as one object, even inside of
 * itself; in the copy each place counts.
 */
function bounded(value: unknown): Json {
  let values = 0;
  const copy = (inner: unknown, levels: number): Json => {
    values += 1;
    if (values > MAX_JSON_VALUES) throw new Refused(TOO_MANY);
    if (typeof inner === "bigint") return exact(inner);
    if (inner === null || inner === undefined) return null;
    if (typeof inner === "number" && !Number.isFinite(inner)) throw new Refused("has a number without end.");
    if (typeof inner !== "object") return inner as Json;
    if (isExactNumber(inner)) return inner;
    if (!isPlain(inner)) throw new Refused("uses a tag of YAML, for which JSON has no value.");
    if (levels === 0) throw new Refused(TOO_DEEP);
    if (Array.isArray(inner)) return inner.map((item) => copy(item, levels - 1));
    // `Object.fromEntries` makes an own member of `__proto__` as well.
    return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, copy(member, levels - 1)]));
  };
  return copy(value, MAX_DOCUMENT_DEPTH);
}

/** True for an object or a list as JSON has them; YAML's tags make dates, sets and bytes. */
function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function exact(integer: bigint): Json {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : new ExactNumber(integer.toString());
}
