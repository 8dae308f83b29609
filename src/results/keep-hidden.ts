import { isExactNumber } from "../json/exact-json.js";
import type { Kept } from "../json/field-change.js";
import { isObject, type Json, type JsonObject, valueAt } from "../json/json.js";
import { findMask, MASK } from "../text/secrets.js";
import { sameJson } from "./difference.js";
import { isConcealed, tellingField } from "./losses.js";

export const NOTHING_KEPT: Omit<Kept, "body"> = { paths: [], told: [], values: [] };

/** Makes a test for the objects and lists of the body that were kept from the present object. */
export function isKeptIn({ values }: Pick<Kept, "values">): (value: Json) => boolean {
  return (value) => typeof value === "object" && value !== null && values.includes(value);
}

/** True for a value that may go back to Okta: it is there, and it is no mask. */
function isThere(value: Json): boolean {
  if (typeof value === "string") return value !== "" && !isConcealed(value);
  if (Array.isArray(value)) return value.some(isThere);
  if (isObject(value)) return Object.values(value).some(isThere);
  return value !== null;
}

function isEmptyOf(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.every(isEmptyOf);
  return isObject(value) && Object.values(value).every(isEmptyOf);
}

/** True where the reader sees nothing of a value that is there. */
function isUnseen(now: Json, seen: Json | undefined): boolean {
  if (seen === undefined || seen === MASK) return true;
  if (Array.isArray(now) && Array.isArray(seen) && now.length === seen.length)
    return now.every((item, index) => isUnseen(item, seen[index]));
  if (isObject(now) && isObject(seen)) {
    return Object.entries(now).every(([key, inner]) => isUnseen(inner, valueAt(seen, key)) || isEmptyOf(inner));
  }
  return isEmptyOf(now);
}

/** Names under which Okta's answers hold parts that no body has. */
const NOT_IN_BODIES: readonly string[] = ["_links", "_embedded"];

/**
 * Fills into the body of a full replace what its sender could not see. Where the body leaves out a hidden value, or has
 * its mask in the place where it was read, Okta gets the present value in that place. A mask in any other place stays a
 * mask. A value that the body sets, even to nothing, stays as it is.
 * @param current the object as Okta sent it
 * @param seen the object as it is shown
 * @param setByOkta dotted paths that a body need not hold
 */
export function keepHidden(current: Json, seen: Json, body: JsonObject, setByOkta: readonly string[] = []): Kept {
  const paths = new Set<string>();
  const told = new Set<string>();
  const values: Json[] = [];
  const keep = (value: Json, shown: Json | undefined, path: readonly string[]): Json => {
    values.push(value);
    paths.add(path.join("."));
    if (shown !== undefined) told.add(path.join("."));
    return value;
  };

  const visit = (now: Json, shown: Json | undefined, given: Json, path: readonly string[]): Json => {
    if (given !== null && typeof given === "object" && !isExactNumber(given)) {
      if (isObject(now) && isObject(shown) && isObject(given)) return visitFields(now, shown, given, path);
      if (Array.isArray(now) && Array.isArray(shown) && Array.isArray(given))
        return visitItems(now, shown, given, path);
      return given;
    }
    return given === MASK && shown === MASK && isThere(now) ? keep(now, shown, path) : given;
  };

  const visitFields = (now: JsonObject, shown: JsonObject, given: JsonObject, path: readonly string[]): JsonObject => {
    const filled: [string, Json][] = Object.entries(given).flatMap(([key, inner]): [string, Json][] => {
      // An argument that was not given is `undefined`. The body on the wire does not have it.
      if (inner === undefined) return [];
      return [
        [key, Object.hasOwn(now, key) ? visit(now[key] ?? null, valueAt(shown, key), inner, [...path, key]) : inner],
      ];
    });
    for (const [key, inner] of Object.entries(now)) {
      const here = [...path, key];
      const isLeftOut = !Object.hasOwn(given, key) || given[key] === undefined;
      if (!isLeftOut || NOT_IN_BODIES.includes(key) || setByOkta.includes(here.join("."))) continue;
      const seenHere = valueAt(shown, key);
      if (isThere(inner) && isUnseen(inner, seenHere)) filled.push([key, keep(inner, seenHere, here)]);
    }
    return Object.fromEntries(filled);
  };

  // Items are matched by their visible parts alone, so that nothing shows whether a guess was right.
  const visitItems = (
    now: readonly Json[],
    shown: readonly Json[],
    given: readonly Json[],
    path: readonly string[],
  ) => {
    if (now.length !== shown.length) return [...given];
    const toldBy = tellingField(shown, given);
    return given.map((item) => {
      if (toldBy !== undefined) {
        const told = valueAt(item, toldBy);
        const index = shown.findIndex((one) => told !== undefined && valueAt(one, toldBy) === told);
        // Where several items fit, nobody knows which one is meant.
        const isAlone = given.filter((one) => valueAt(one, toldBy) === told).length === 1;
        return index < 0 || !isAlone ? item : visit(now[index] ?? null, shown[index], item, path);
      }
      if (findMask({ item }) === undefined) return item;
      const same = now.filter((_, index) => sameJson(shown[index], item));
      const [first] = same;
      // Where two items look alike, nobody knows which one is meant, unless they are equal.
      return first !== undefined && isThere(first) && same.every((one) => sameJson(one, first))
        ? keep(first, item, path)
        : item;
    });
  };

  const filled = isObject(current) && isObject(seen) ? visitFields(current, seen, body, []) : body;
  return { body: values.length === 0 ? body : filled, paths: [...paths], told: [...told], values };
}
