import { isObject, type Json } from "../json/json.js";
import { hint, nearest } from "../text/nearest.js";
import { visible, visibleStart } from "../text/quote.js";

/** The most fields that one note names, and the characters of each. */
const MAX_NAMED = 10;
const MAX_CHARS = 100;
/** The most paths of an object that are searched for a similar name, and how deep they lead. */
const MAX_PATHS = 500;
const MAX_STEPS = 4;

/** The most steps in the search for one path. A path of nothing but dots has any number of readings. */
const MAX_LOOKS = 10_000;

/**
 * True where a value has something at a dotted path. A list on the way stands for its items, and a name may have dots
 * itself. Also true where there is too much to look at.
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
 * A note on chosen fields that no item of a result has. Undefined where the items have all of them, or where nobody can
 * tell: there is no item, or a large one is left out.
 * @param shown the objects, the chosen fields alone
 * @param whole gives one of the objects with all of its fields, for the search for similar names
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
