import { isExactNumber, stringifyJson } from "../json/exact-json.js";
import { canonical, isObject, type Json, type JsonObject, valueAt } from "../json/json.js";
import { isSecret, MASK } from "../text/secrets.js";

/** One step from an object to a part of it: the name of a field, or the place of an item in a list. */
type Step = string | { index: number; toldBy?: string | undefined };

/** True for a path whose value the reader may neither see nor find out by guessing. */
export type IsHidden = (path: readonly string[]) => boolean;

/** A part of an object that a full replace would take away. */
export interface Loss {
  /** The way from the object to the lost part. */
  steps: readonly Step[];
  /**
   * How the part is lost: the body does not have it, has an empty value there, or has another kind of value there.
   * `hidden` says that the reader must not learn which.
   */
  how: "left_out" | "emptied" | "replaced" | "hidden";
}

export interface Replacing {
  /** Tells which paths are hidden; by default none. */
  isHidden?: IsHidden | undefined;
  /**
   * True for an object or a list of the body that was kept from the present object because the sender could not see it.
   */
  isKept?: ((value: Json) => boolean) | undefined;
  /**
   * Dotted paths that Okta sets itself. A path leads through the items of a list without naming them: `keys.created`.
   */
  setByOkta: readonly string[];
  /** The value that Okta takes where a body does not name a dotted path. A value equal to it cannot get lost. */
  defaults?: Readonly<Record<string, Json>> | undefined;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}

/** The kind of a value: list, object, text, number or switch. */
function kindOf(value: Json): string {
  if (Array.isArray(value)) return "list";
  return isExactNumber(value) ? "number" : typeof value;
}

function isPlain(value: Json): boolean {
  return !Array.isArray(value) && !isObject(value);
}

/** True where a value of another kind replaces a value. A number that is written as text is still the same number. */
function givesWay(before: Json, after: Json): boolean {
  if (kindOf(before) === kindOf(after)) return false;
  const written = (value: Json) => (typeof value === "string" ? value : stringifyJson(value));
  return !isPlain(before) || !isPlain(after) || written(before) !== written(after);
}

/** True for a sign that stands in place of a secret, Okta's or ours. Sent back, it would replace the secret. */
export function isConcealed(value: Json): boolean {
  return value === MASK || (typeof value === "string" && /^[*\u2022\u25cf]+$/.test(value));
}

/**
 * What a full replace would take away: a value that is there now, where the body has nothing, an empty value or another
 * kind of value. Another value of the same kind, such as a switch turned off, is a change and no loss. An item of a
 * list is the same as the item of the body with the same `key`, `id`, `kid`, `name` or `type`, whichever tells all of
 * them apart. A plain value is the same as an equal one; all other items are matched by place. These do not count:
 * `_links`, `_embedded`, secrets (which Okta does not show), values that Okta sets itself, and values equal to Okta's
 * defaults. Hidden values are compared with nothing, since the answer would tell who guesses right.
 */
export function losses(
  current: Json,
  proposed: Json,
  { setByOkta, defaults = {}, isHidden = () => false, isKept = () => false }: Replacing,
): Loss[] {
  const found: Loss[] = [];
  const compare = (before: Json, after: Json | undefined, steps: readonly Step[], path: readonly string[]): void => {
    if (isEmpty(before)) return;
    // An argument that was not given is `undefined`. The body on the wire does not have it.
    if (after === undefined) found.push({ steps, how: "left_out" });
    else if (isObject(before) && isObject(after)) compareFields(before, after, steps, path);
    else if (isEmpty(after)) found.push({ steps, how: "emptied" });
    else if (givesWay(before, after)) found.push({ steps, how: "replaced" });
    else if (Array.isArray(before) && Array.isArray(after)) {
      for (const { item, same, index, toldBy } of paired(before, after, (inner) => isHidden([...path, ...inner])))
        compare(item, same, [...steps, { index, toldBy }], path);
    }
  };
  const compareFields = (before: JsonObject, after: JsonObject, steps: readonly Step[], path: readonly string[]) => {
    for (const [key, value] of Object.entries(before)) {
      const here = [...path, key];
      const dotted = here.join(".");
      if (key === "_links" || key === "_embedded" || setByOkta.includes(dotted)) continue;
      if (Object.hasOwn(after, key) && isKept(after[key] ?? null)) continue;
      // Okta does not show this value, so a body that lacks it loses nothing.
      if (!Object.hasOwn(after, key) && isConcealed(value) && isSecret(here, before)) continue;
      if (isHidden(here)) {
        const how = hiddenLoss(value, Object.hasOwn(after, key) ? after[key] : undefined);
        if (how !== undefined) found.push({ steps: [...steps, key], how });
        continue;
      }
      if (Object.hasOwn(defaults, dotted) && value === defaults[dotted]) continue;
      compare(value, Object.hasOwn(after, key) ? after[key] : undefined, [...steps, key], here);
    }
  };
  if (isObject(current) && isObject(proposed)) compareFields(current, proposed, [], []);
  return found;
}

/** How a hidden value is lost, decided without a look at the value. */
function hiddenLoss(before: Json, after: Json | undefined): Loss["how"] | undefined {
  if (isEmpty(before)) return undefined;
  if (after === undefined) return "left_out";
  if (isEmpty(after)) return "emptied";
  return isPlain(before) && isPlain(after) ? undefined : "hidden";
}

/** An item of a list, and the same item in another list; undefined where the other list lacks it. */
interface Pair {
  item: Json;
  index: number;
  /** The field that tells the items apart, if there is one. */
  toldBy?: string | undefined;
  same: Json | undefined;
}

function paired(before: readonly Json[], after: readonly Json[], isHidden: IsHidden): Pair[] {
  const toldBy = tellingField(before, after, isHidden);
  if (toldBy === undefined) return pairedByPlace(before, after, isHidden);
  return before.flatMap((item, index): Pair[] => {
    const same = after.filter((other) => valueAt(other, toldBy) === valueAt(item, toldBy));
    if (same.length === 0) return [{ item, index, toldBy, same: undefined }];
    // Several items may have one type. Where several have one name, nobody knows which of them Okta takes, so each has
    // to hold all.
    if (toldBy === "type") return pairedByPlace([item], same, isHidden).map((pair) => ({ ...pair, index, toldBy }));
    return same.map((one) => ({ item, index, toldBy, same: one }));
  });
}

/** The fields by which Okta tells the items of its lists apart. `kid` is that of keys (RFC 7517, section 4.5). */
const TELLING_FIELDS = ["key", "id", "kid", "name", "type"] as const;

/**
 * The first of these fields that tells the present items apart: all of them have it, with different values. Some items
 * of the body have it too. Further items of the body do not count, since a body must not decide how present items are
 * told apart.
 */
export function tellingField(
  before: readonly Json[],
  after: readonly Json[],
  isHidden: IsHidden = () => false,
): string | undefined {
  return TELLING_FIELDS.filter((field) => !isHidden([field])).find((field) => {
    const hasField = after.some((item) => (valueAt(item, field) ?? null) !== null);
    return hasField && areUnique(before.map((item) => valueAt(item, field) ?? null));
  });
}

function areUnique(values: readonly Json[]): boolean {
  return (
    values.every((value) => typeof value === "string" || typeof value === "number") &&
    new Set(values).size === values.length
  );
}

/** Matches equal items wherever they stand, then the remaining objects and lists in their order. */
function pairedByPlace(before: readonly Json[], after: readonly Json[], isHidden: IsHidden): Pair[] {
  const equal = new Map<string, Json[]>();
  const textOf = (item: Json) => canonical(withoutHidden(item, isHidden));
  for (const item of after) {
    const text = textOf(item);
    const known = equal.get(text);
    if (known) known.push(item);
    else equal.set(text, [item]);
  }
  const pairs = before.map((item, index): Pair => {
    const candidates = equal.get(textOf(item)) ?? [];
    // A plain value that occurs twice is kept where the other list has it once.
    return { item, index, same: isPlain(item) ? candidates[0] : candidates.pop() };
  });
  // An item that the body repeats is not the counterpart of another one.
  const taken = new Set(pairs.flatMap(({ same }) => (same === undefined ? [] : textOf(same))));
  const left = new Set([...equal].flatMap(([text, items]) => (taken.has(text) ? [] : items)));
  const inOrder = after.filter((item) => !isPlain(item) && left.has(item)).values();
  return pairs.map((pair) =>
    pair.same !== undefined || isPlain(pair.item) ? pair : { ...pair, same: inOrder.next().value },
  );
}

/** An item without its hidden values. They must not decide to which other item it belongs. */
function withoutHidden(value: Json, isHidden: IsHidden, path: readonly string[] = []): Json {
  if (Array.isArray(value)) return value.map((item) => withoutHidden(item, isHidden, path));
  if (!isObject(value)) return value;
  const shown = Object.entries(value).filter(([key]) => !isHidden([...path, key]));
  return Object.fromEntries(shown.map(([key, inner]) => [key, withoutHidden(inner, isHidden, [...path, key])]));
}

/** The name of a loss: `settings.authenticators[key=okta_password].enroll`, `groups.include["00g1"]`. */
export interface NamedLoss {
  path: string;
  /** The lost value, as far as the reader may see it and the path does not tell it. */
  value: Json | undefined;
}

/** @param seen the object as it is shown; an item that it does not show is told by its place in the list */
export function named({ steps }: Loss, seen: Json): NamedLoss {
  let path = "";
  let value: Json | undefined = seen;
  let isTold = false;
  for (const step of steps) {
    if (typeof step === "string") {
      path += path === "" ? step : `.${step}`;
      value = valueAt(value, step);
      continue;
    }
    const item: Json | undefined = Array.isArray(value) ? value[step.index] : undefined;
    const told = step.toldBy === undefined ? undefined : valueAt(item, step.toldBy);
    const isShown = item !== undefined && item !== MASK && isPlain(item);
    isTold = isShown;
    if (typeof told === "string" || typeof told === "number") path += `[${step.toldBy}=${told}]`;
    else path += isShown ? `[${stringifyJson(item)}]` : `[${step.index}]`;
    value = item;
  }
  return { path, value: isTold ? undefined : value };
}

/** The places where conditions of a policy or rule name people (schema `PolicyPeopleCondition`). */
const PEOPLE = [
  ["conditions", "people", "groups", "include"],
  ["conditions", "people", "users", "include"],
] as const;

/**
 * True for a policy or rule that is for some people and would then be for everybody. It is for everybody where it
 * includes nobody by name.
 */
export function widensToEverybody(current: Json, proposed: Json): boolean {
  const namesPeople = (object: Json) => PEOPLE.some((path) => !isEmpty(valueAt(object, ...path)));
  return namesPeople(current) && !namesPeople(proposed);
}
