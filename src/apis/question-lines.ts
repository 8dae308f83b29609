import { maskWith } from "../journal/masking.js";
import { stringifyJson } from "../json/exact-json.js";
import { isObject, type Json, mapTexts } from "../json/json.js";
import { shortened } from "../text/quote.js";
import { MASK } from "../text/secrets.js";

/** The most fields of an object in one question. */
const MAX_FIELDS = 12;
const MAX_VALUE_CHARS = 120;

const masked = maskWith(undefined);

/**
 * The fields of a value, one line each, as far as a person needs them, without what is secret by its name or its schema.
 * @param before what each line begins with
 * @param secrets texts that are secret wherever they stand
 */
export function questionLines(value: Json, before: string, secrets: readonly string[] = []): string[] {
  const safe = mapTexts(masked(value), (text) => (secrets.includes(text) ? MASK : text));
  if (!isObject(safe)) return [`${before.trim().replace(/\.$/, "")} ${shown(safe)}`];
  const entries = Object.entries(safe);
  const lines = entries.slice(0, MAX_FIELDS).map(([key, inner]) => `${before}${shortened(key, 60)}: ${shown(inner)}`);
  const more = entries.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more fields`] : lines;
}

/** Whoever asks a person writes out what cannot be seen in it. */
function shown(value: Json): string {
  return shortened(typeof value === "string" ? value : stringifyJson(value), MAX_VALUE_CHARS);
}
