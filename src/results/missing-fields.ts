import type { Json } from "../json/json.js";
import { isObject } from "../json/json.js";
import { hint, nearest } from "../text/nearest.js";
import { visible, visibleStart } from "../text/quote.js";

/** Fields that one note names, and the characters of each. */
const MAX_NAMED = 10;
const MAX_CHARS = 100;
/** Paths of an object among which one that was meant is looked for, and how deep they lead. */
const MAX_PATHS = 500;
const MAX_STEPS = 4;

/** Looks at one path; a path of nothing but dots has any number of readings. */
const MAX_LOOKS = 10_000;

/**
 * True where a value has something at a dotted path; a list on the way stands for its items, and a name
 * may have dots itself. True, too, where there is too much to look at.
 */
function has(value: Json, path: string, looks = { left: MAX_LOOKS }): boolean {
  looks.left -= 1;
  if (looks.left < 0) return true;
  if (Array.isArray(value)) return value.some((item) => has(item, path, looks));
  if (!isObject(value)) return false;
  if (Object.hasOwn(value, path)) return true;
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const name = path.slice(0, dot);
    if (Object.hasOwn(value, name) && has(value[name] as Json, path.slice(dot + 1), looks)) return true;
  }
  return false;
}

/** The dotted paths of an object, those of the items of a list included. */
function pathsIn(value: Json): string[] {
  const paths = new Set<string>();
  const walk = (at: Json, prefix: string, steps: number): void => {
    if (Array.isArray(at)) for (const item of at.slice(0, 5)) walk(item, prefix, steps);
    if (!isObject(at) || steps > MAX_STEPS) return;
    for (const [name, inner] of Object.entries(at)) {
      if (paths.size >= MAX_PATHS) return;
      paths.add(`${prefix}${name}`);
      walk(inner, `${prefix}${name}.`, steps + 1);
    }
  };
  walk(value, "", 1);
  return [...paths];
}

/**
 * Tells which of the chosen fields nothing in a result has; undefined where all are there, or where it
 * cannot be told since nothing is there or something too large is left out.
 * @param shown the objects, the chosen fields alone
 * @param whole gives one of the objects with all of its fields, for what was meant
 */
export function fieldsNote(fields: readonly string[], shown: readonly Json[], whole: () => Json): string | undefined {
  const wanted = fields.filter((field) => field !== "");
  if (wanted.length === 0 || shown.length === 0 || shown.some((item) => isObject(item) && item.too_large === true)) {
    return undefined;
  }
  const missing = wanted.filter((field) => !shown.some((item) => has(item, field)));
  if (missing.length === 0) return undefined;
  const known = pathsIn(whole());
  const told = missing.slice(0, MAX_NAMED).map((field) => {
    const name = visibleStart(field, MAX_CHARS);
    const guess = nearest(
      field,
      known.filter((path) => path.length <= MAX_CHARS),
    );
    return name + hint(guess && visible(guess));
  });
  const more = missing.length > told.length ? ` and ${missing.length - told.length} more` : "";
  return `${shown.length === 1 ? "It has no" : "No item has"} ${told.join(", ")}${more}.`;
}
