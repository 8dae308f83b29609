import type * as z from "zod";
import { isExactNumber } from "../json/exact-json.js";
import { hint, nearest } from "./nearest.js";
import { shortened } from "./quote.js";

type Issue = z.core.$ZodRawIssue;

/**
 * The most names or values that one message lists. A caller may send any number of them, and a schema may accept any
 * number.
 */
const MAX_LISTED = 30;
const MAX_QUOTED_CHARS = 100;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const UNITS: Readonly<Record<string, string>> = { string: "character", array: "item" };

function quoted(value: unknown): string {
  return shortened(typeof value === "string" ? JSON.stringify(value) : String(value), MAX_QUOTED_CHARS);
}

/** "a, b or c" */
function choice(words: readonly string[]): string {
  const shown = words.length > MAX_LISTED ? [...words.slice(0, MAX_LISTED), "others"] : words;
  return shown.length < 2 ? (shown[0] ?? "nothing") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return KINDS[isExactNumber(value) ? "number" : typeof value] ?? typeof value;
}

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return "is missing";
  if (expected === "never") return "is not taken here";
  const wanted = KINDS[expected] ?? expected;
  if (isExactNumber(input) && ["number", "int"].includes(expected))
    return "is a number of more digits than are taken here";
  // For 1.5 or NaN, "not a number" would be odd.
  return typeof input === "number" && ["number", "int"].includes(expected)
    ? `has to be ${expected === "int" ? wanted : "a finite number"}`
    : `has to be ${wanted}, not ${kindOf(input)}`;
}

function wrongSize(issue: Extract<Issue, { code: "too_big" | "too_small" }>): string {
  const bound = Number(issue.code === "too_big" ? issue.maximum : issue.minimum);
  const side = issue.code === "too_big" ? "at most" : "at least";
  const unit = UNITS[issue.origin ?? ""];
  if (unit === undefined) {
    const beyond = issue.code === "too_big" ? "less than" : "more than";
    return `has to be ${issue.inclusive === false ? beyond : side} ${bound}`;
  }
  if (issue.code === "too_small" && bound === 1 && !issue.exact) return "must not be empty";
  return `has to have ${issue.exact ? "exactly" : side} ${bound} ${unit}${bound === 1 ? "" : "s"}`;
}

function wrongFormat(issue: Extract<Issue, { code: "invalid_format" }>): string {
  if (typeof issue.prefix === "string") return `has to begin with ${quoted(issue.prefix)}`;
  if (typeof issue.suffix === "string") return `has to end with ${quoted(issue.suffix)}`;
  if (typeof issue.includes === "string") return `has to contain ${quoted(issue.includes)}`;
  return issue.format === "regex" ? "does not have the form that it needs" : `is not of the format ${issue.format}`;
}

function wrongChoice(values: readonly unknown[], input: unknown): string {
  if (input === undefined) return "is missing";
  const texts = values.filter((value) => typeof value === "string");
  const meant = typeof input === "string" ? nearest(input, texts) : undefined;
  return `has to be ${choice(values.map(quoted))}${meant === undefined ? "" : `; did you mean ${quoted(meant)}?`}`;
}

function unknownKeys({ keys, inst }: Extract<Issue, { code: "unrecognized_keys" }>): string {
  const shape = inst !== undefined && "shape" in inst._zod.def ? inst._zod.def.shape : {};
  const known = Object.keys(shape as object);
  const named = keys.slice(0, MAX_LISTED).map((key) => quoted(key) + hint(nearest(key, known)));
  const more = keys.length - named.length;
  return `has ${keys.length === 1 ? "an unknown key" : "unknown keys"}: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The expected forms of a value, where they differ only in kind; otherwise the fault that the first form reports. */
function noForm({ errors, input }: Extract<Issue, { code: "invalid_union" }>): string {
  if (input === undefined) return "is missing";
  const first = errors.flatMap(([issue]) => (issue ? [issue] : []));
  const kinds = first.flatMap((issue) =>
    issue.code === "invalid_type" && issue.path.length === 0 ? [KINDS[issue.expected] ?? issue.expected] : [],
  );
  if (kinds.length === first.length && kinds.length > 0) {
    return `has to be ${choice([...new Set(kinds)])}, not ${kindOf(input)}`;
  }
  const inner = first.find((issue) => issue.code !== "invalid_type" || issue.path.length > 0);
  if (inner === undefined) return "is none of the forms that are taken here";
  return inner.path.length === 0 ? inner.message : `is not right at ${inner.path.join(".")}: ${inner.message}`;
}

/**
 * The words for a value that a schema refused, as the rest of a sentence that begins with the value's place: "has to be
 * a number, not text". They replace the schema library's own words, which people and models need not know. Pass it as
 * `error` to `safeParse`. Messages that a schema brings along have precedence.
 */
export const schemaWords = (issue: Issue): string => {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, issue.input);
    case "too_big":
    case "too_small":
      return wrongSize(issue);
    case "invalid_format":
      return wrongFormat(issue);
    case "not_multiple_of":
      return `has to be a multiple of ${issue.divisor}`;
    case "invalid_value":
      return wrongChoice(issue.values, issue.input);
    case "unrecognized_keys":
      return unknownKeys(issue);
    case "invalid_union":
      return noForm(issue);
    case "invalid_key":
      return "has a key that is not taken here";
    default:
      return "is not taken here";
  }
};
