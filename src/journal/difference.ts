import { isExactNumber } from "../exact-json.js";
import { isObject, type JsonObject, valueAt } from "../json.js";
import type { Json } from "../okta/request.js";

/** One field in which two values differ; a side on which the field is missing is absent. */
export interface FieldChange {
  /** Dotted path; empty for the value as a whole. */
  field: string;
  before?: Json;
  after?: Json;
}

/** True for equal JSON, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
    );
  }
  return a === b || (isExactNumber(a) && isExactNumber(b) && a.value === b.value);
}

/**
 * Where two values differ, field by field; lists are compared as a whole. A side that is missing
 * altogether, `null` included, counts as an object without fields.
 * @param show gives a value the form in which it may be shown; what differs only in what it hides still counts
 */
export function difference(
  before: Json | undefined,
  after: Json | undefined,
  show: (value: Json) => Json = (value) => value,
): FieldChange[] {
  const found: FieldChange[] = [];
  const shown = (value: Json | undefined) => (value === undefined ? undefined : show(value));
  const visit = (
    [left, right]: [Json | undefined, Json | undefined],
    [leftShown, rightShown]: [Json | undefined, Json | undefined],
    path: readonly string[],
  ): void => {
    const [a, b] = path.length === 0 ? [left ?? {}, right ?? {}] : [left, right];
    // An object that comes or goes is told field by field, but for one without any.
    const inside = (isObject(a) || a === undefined) && (isObject(b) || b === undefined);
    const keys = inside ? [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])] : [];
    if (keys.length > 0) {
      for (const key of keys)
        visit([valueAt(a, key), valueAt(b, key)], [valueAt(leftShown, key), valueAt(rightShown, key)], [...path, key]);
    } else if (!sameJson(a, b)) {
      found.push({
        field: path.join("."),
        ...(leftShown === undefined ? {} : { before: leftShown }),
        ...(rightShown === undefined ? {} : { after: rightShown }),
      });
    }
  };
  visit([before, after], [shown(before), shown(after)], []);
  return found;
}

/**
 * What an object becomes when a body is merged into it, as Okta does with partial updates: what the
 * body does not name stays.
 */
export function merged(current: Json | undefined, body: Json): Json {
  if (!isObject(current) || !isObject(body)) return body;
  const result: JsonObject = { ...current };
  for (const [key, value] of Object.entries(body)) {
    Object.defineProperty(result, key, {
      value: merged(valueAt(current, key), value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

/** Fields that change by themselves, so that they say nothing about whether somebody changed an object. */
const PASSING: ReadonlySet<string> = new Set([
  "lastUpdated",
  "lastUpdate",
  "lastUpdatedBy",
  "lastMembershipUpdated",
  "lastLogin",
  "statusChanged",
  "passwordChanged",
  "transitioningToStatus",
  "_links",
  "_embedded",
]);

/** A value without the fields that change by themselves. */
export function settled(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => settled(item) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (PASSING.has(key) ? [] : [[key, settled(inner) ?? null]])),
  );
}
