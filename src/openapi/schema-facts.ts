import { inertJson } from "../text/inert-json.js";
import { shortened } from "../text/quote.js";
import { documentWords } from "./document-words.js";
import { type MergedSchema, mergedSchema } from "./merged-schema.js";
import type { PlainSchema } from "./schema-types.js";

const MAX_VALUE_CHARS = 60;

/** "a", "b" and 12 more */
export function listed(values: readonly unknown[], most = 20): string {
  const shown = values.slice(0, most).map((value) => inWords(value));
  const left = values.length - shown.length;
  return left > 0 ? `${shown.join(", ")} and ${left} more` : shown.join(", ");
}

/** A name or a text as it is where it is one word, any other value as JSON. */
function inWords(value: unknown): string {
  if (typeof value === "string" && /^[\w$.:@/-]{1,60}$/.test(value)) return value;
  return documentWords(shortened(inertJson(value), MAX_VALUE_CHARS), MAX_VALUE_CHARS);
}

/** The words for formats that a name does not explain. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ["date-time", "a time as 2026-01-31T12:00:00Z"],
  ["date", "a date as 2026-01-31"],
  ["time", "a time of day as 12:00:00Z"],
  ["byte", "base64"],
  ["uri", "a URL"],
  ["uuid", "a UUID"],
  ["email", "an e-mail address"],
]);
/** Formats that say no more than the type. */
const SILENT: ReadonlySet<string> = new Set(["int32", "int64", "float", "double", "password", "string", "binary"]);

type Keywords = MergedSchema["keywords"];

/** What a schema says by keywords that not every provider of models knows, in words. */
export function facts({ keywords, takesNull, types }: MergedSchema, alreadySaid: string): string[] {
  const { format, pattern, default: byDefault } = keywords;
  const found = [
    typeof format === "string" && !SILENT.has(format) ? (FORMATS.get(format) ?? `format ${inWords(format)}`) : "",
    range(keywords),
    size(keywords, "minLength", "maxLength", "character"),
    size(keywords, "minItems", "maxItems", "item"),
    size(keywords, "minProperties", "maxProperties", "field"),
    keywords.multipleOf === undefined ? "" : `a multiple of ${inWords(keywords.multipleOf)}`,
    typeof pattern === "string" && pattern.length <= MAX_VALUE_CHARS ? `matches ${inWords(pattern)}` : "",
    keywords.uniqueItems === true ? "each once" : "",
    takesNull && types !== undefined ? "may be null" : "",
    keywords.deprecated === true ? "deprecated" : "",
  ];
  const isDefaultSaid = byDefault === undefined || alreadySaid.toLowerCase().includes("default");
  return [...found, isDefaultSaid ? "" : `default ${inWords(byDefault)}`].filter((fact) => fact !== "");
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Keywords): string {
  const from = exclusiveMinimum === undefined ? least(minimum) : `more than ${inWords(exclusiveMinimum)}`;
  const to = exclusiveMaximum === undefined ? most(maximum) : `less than ${inWords(exclusiveMaximum)}`;
  const isPlain = exclusiveMinimum === undefined && exclusiveMaximum === undefined;
  if (isPlain && minimum !== undefined && maximum !== undefined) return `${inWords(minimum)} to ${inWords(maximum)}`;
  return [from, to].filter((part) => part !== "").join(" and ");
}

const least = (minimum: Keywords[string] | undefined) => (minimum === undefined ? "" : `at least ${inWords(minimum)}`);
const most = (maximum: Keywords[string] | undefined) => (maximum === undefined ? "" : `at most ${inWords(maximum)}`);

function size(keywords: Keywords, low: string, high: string, unit: string): string {
  const [from, to] = [keywords[low], keywords[high]].map((bound) => (typeof bound === "number" ? bound : undefined));
  if ((from === undefined || from <= 1) && to === undefined) return from === 1 && unit !== "field" ? "not empty" : "";
  const units = `${unit}${(to ?? from) === 1 ? "" : "s"}`;
  if (from === undefined || from === 0) return `at most ${to} ${units}`;
  if (to === undefined) return `at least ${from} ${units}`;
  return from === to ? `${from} ${units}` : `${from} to ${to} ${units}`;
}

/** The types of JSON Schema in plain words. */
export const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

/** "Text, a number or a list": the kinds of value that a schema takes. Empty where it takes any. */
export function formsInWords(merged: MergedSchema, defs: PlainSchema["defs"]): string {
  const kinds = new Set<string>();
  const add = (types: ReadonlySet<string> | undefined): void => {
    for (const type of types ?? []) kinds.add(KINDS[type] ?? type);
  };
  add(merged.types);
  if (merged.types === undefined) for (const choice of merged.choices) add(mergedSchema(choice, defs).types);
  const words = [...kinds];
  const text = words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
