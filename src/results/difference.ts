import { isExactNumber } from "../json/exact-json.js";
import type { FieldChange } from "../json/field-change.js";
import { isObject, type Json, type JsonObject, valueAt } from "../json/json.js";
import { MASK } from "../text/secrets.js";

/**
 * True for equal JSON, whatever the order of keys.
 * @param decided is asked first about each pair of values; where it returns undefined, their parts are compared
 */
function isEqual(
  a: Json | undefined,
  b: Json | undefined,
  decided: (a: Json | undefined, b: Json | undefined) => boolean | undefined,
): boolean {
  const known = decided(a, b);
  if (known !== undefined) return known;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => isEqual(item, b[i], decided));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key], decided))
    );
  }
  return a === b || (isExactNumber(a) && isExactNumber(b) && a.value === b.value);
}

/** True for equal JSON, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return isEqual(a, b, () => undefined);
}

/** True for a value that is not empty. A mask counts, since it stands for a value. */
function holds(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

/**
 * True where both sides hold a value and one of them is a mask. False where the other side holds nothing. Undefined
 * without a mask.
 */
function maskedOnBoth(a: Json | undefined, b: Json | undefined): boolean | undefined {
  return a === MASK || b === MASK ? holds(a) && holds(b) : undefined;
}

/**
 * True for equal JSON. A mask equals every value on the other side, so that a reader who sees only the mask learns no
 * more.
 */
export function sameButHidden(a: Json | undefined, b: Json | undefined): boolean {
  return isEqual(a, b, maskedOnBoth);
}

/**
 * The dotted paths at which both sides hold a value and one of them is a mask. Nobody can tell whether these values
 * changed.
 */
export function hiddenIn(a: Json | undefined, b: Json | undefined, path: readonly string[] = []): string[] {
  const masked = maskedOnBoth(a, b);
  if (masked !== undefined) return masked ? [path.join(".")] : [];
  if (Array.isArray(a) && Array.isArray(b)) return [...new Set(a.flatMap((item, i) => hiddenIn(item, b[i], path)))];
  if (!isObject(a) || !isObject(b)) return [];
  return Object.keys(a).flatMap((key) => hiddenIn(a[key], valueAt(b, key), [...path, key]));
}

export interface Comparing {
  /**
   * Changes a value to the form in which it may be shown. Values that differ only before this change still count as
   * different.
   */
  show?: (value: Json) => Json;
  /** How two values are compared; by default with `sameJson`. */
  same?: typeof sameJson;
}

/**
 * The fields in which two values differ. Lists are compared as a whole. A missing side, `null` included, counts as an
 * object without fields.
 */
export function difference(
  before: Json | undefined,
  after: Json | undefined,
  { show = (value) => value, same = sameJson }: Comparing = {},
): FieldChange[] {
  const found: FieldChange[] = [];
  const shown = (value: Json | undefined) => (value === undefined ? undefined : show(value));
  const visit = (
    [left, right]: [Json | undefined, Json | undefined],
    [leftShown, rightShown]: [Json | undefined, Json | undefined],
    path: readonly string[],
  ): void => {
    const [a, b] = path.length === 0 ? [left ?? {}, right ?? {}] : [left, right];
    // An object that comes or goes is told field by field, unless it is empty.
    const inside = (isObject(a) || a === undefined) && (isObject(b) || b === undefined);
    const keys = inside ? [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])] : [];
    if (keys.length > 0) {
      for (const key of keys)
        visit([valueAt(a, key), valueAt(b, key)], [valueAt(leftShown, key), valueAt(rightShown, key)], [...path, key]);
    } else if (!same(a, b)) {
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
 * An object after Okta has merged a body into it. Okta's partial updates keep the fields that the body does not name.
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

/** Fields that change by themselves. They do not tell whether somebody changed the object. */
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
