import { isExactNumber, stringifyJson } from "../json/exact-json.js";
import type { Json } from "../json/json.js";
import { canonical, isObject, type JsonObject, valueAt } from "../json/json.js";
import { isSecret, MASK } from "../text/secrets.js";

/** One step from an object to what is in it: a field by its name, or an item of a list. */
type Step = string | { index: number; toldBy?: string | undefined };

/** Tells of the attribute at a path that nobody may see what is there, nor find it out by guessing. */
export type IsHidden = (path: readonly string[]) => boolean;

/** Something that an object has and that a full replace would take away. */
export interface Loss {
  /** From the object to what gets lost. */
  steps: readonly Step[];
  /**
   * What becomes of it: the body does not have it, has nothing there, or has another kind of thing;
   * `hidden` where the body has something else or the same, and only who sees both could tell.
   */
  how: "left_out" | "emptied" | "replaced" | "hidden";
}

export interface Replacing {
  /** Tells what is hidden; by default nothing. */
  isHidden?: IsHidden | undefined;
  /** Tells of an object or a list of the body that it is the present one, kept because it could not be seen. */
  isKept?: ((value: Json) => boolean) | undefined;
  /** Dotted paths that Okta sets itself, the items of a list without a mark of their own: `keys.created`. */
  setByOkta: readonly string[];
  /** What Okta takes where a body does not name a dotted path; a value equal to it cannot get lost. */
  defaults?: Readonly<Record<string, Json>> | undefined;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}

/** What sort of thing a value is: a list, an object, a text, a number or a switch. */
function kindOf(value: Json): string {
  if (Array.isArray(value)) return "list";
  return isExactNumber(value) ? "number" : typeof value;
}

function isPlain(value: Json): boolean {
  return !Array.isArray(value) && !isObject(value);
}

/** True where another kind of thing takes the place of a value; a number written as a text is still that number. */
function givesWay(before: Json, after: Json): boolean {
  if (kindOf(before) === kindOf(after)) return false;
  const written = (value: Json) => (typeof value === "string" ? value : stringifyJson(value));
  return !isPlain(before) || !isPlain(after) || written(before) !== written(after);
}

/** True for signs that stand in the place of a secret, of Okta's or of ours; sent back, they would take its place. */
export function isConcealed(value: Json): boolean {
  return value === MASK || (typeof value === "string" && /^[*\u2022\u25cf]+$/.test(value));
}

/**
 * What a full replace would take away: what holds something now and is not in the body, is empty
 * there, or is another kind of thing there. Another value, such as a switch turned off, is a change
 * and no loss. An item of a list is the same as one of the body's with the same `key`, `id`, `name` or
 * `type`, whichever tells all of them apart; a plain value is the same as an equal one; all else goes
 * by its place. `_links`, `_embedded`, secrets (which Okta does not show), what Okta sets itself
 * and values equal to its defaults do not count. What is hidden is compared with nothing, since the
 * answer would tell who guesses well: a list or an object in its place counts as a loss.
 */
export function losses(
  current: Json,
  proposed: Json,
  { setByOkta, defaults = {}, isHidden = () => false, isKept = () => false }: Replacing,
): Loss[] {
  const found: Loss[] = [];
  const compare = (before: Json, after: Json | undefined, steps: readonly Step[], path: readonly string[]): void => {
    if (isEmpty(before)) return;
    // An argument that was not given is `undefined`, and no part of the body on the wire.
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
      // What Okta does not show is not lost where a body lacks it.
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

/** What becomes of something hidden, told without a look at what it is. */
function hiddenLoss(before: Json, after: Json | undefined): Loss["how"] | undefined {
  if (isEmpty(before)) return undefined;
  if (after === undefined) return "left_out";
  if (isEmpty(after)) return "emptied";
  return isPlain(before) && isPlain(after) ? undefined : "hidden";
}

/** An item of a list, and what it is in another list; undefined where it is not there. */
interface Pair {
  item: Json;
  index: number;
  /** The field by which the items are told apart, if there is one. */
  toldBy?: string | undefined;
  same: Json | undefined;
}

function paired(before: readonly Json[], after: readonly Json[], isHidden: IsHidden): Pair[] {
  const toldBy = tellingField(before, after, isHidden);
  if (toldBy === undefined) return pairedByPlace(before, after, isHidden);
  return before.flatMap((item, index): Pair[] => {
    const same = after.filter((other) => valueAt(other, toldBy) === valueAt(item, toldBy));
    if (same.length === 0) return [{ item, index, toldBy, same: undefined }];
    // Several may be of one type; of several with one name nobody knows which Okta takes, so each has to hold all.
    if (toldBy === "type") return pairedByPlace([item], same, isHidden).map((pair) => ({ ...pair, index, toldBy }));
    return same.map((one) => ({ item, index, toldBy, same: one }));
  });
}

/** The fields by which Okta tells the items of its lists apart; `kid` is that of keys (RFC 7517, 4.5). */
const TELLING_FIELDS = ["key", "id", "kid", "name", "type"] as const;

/**
 * The first of these fields that all items have which are there now, each with a value of its own. Of the
 * body's items some have it, too; what else a body has must not decide how those that are there are told apart.
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

/** Equal items first, wherever they stand, then what is left of objects and lists in its order. */
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
    // A plain value that stands there twice is there as long as it stands there once.
    return { item, index, same: isPlain(item) ? candidates[0] : candidates.pop() };
  });
  // What the body repeats stands for nothing else.
  const taken = new Set(pairs.flatMap(({ same }) => (same === undefined ? [] : textOf(same))));
  const left = new Set([...equal].flatMap(([text, items]) => (taken.has(text) ? [] : items)));
  const inOrder = after.filter((item) => !isPlain(item) && left.has(item)).values();
  return pairs.map((pair) =>
    pair.same !== undefined || isPlain(pair.item) ? pair : { ...pair, same: inOrder.next().value },
  );
}

/** An item without what is hidden in it, which must not decide to which other item it belongs. */
function withoutHidden(value: Json, isHidden: IsHidden, path: readonly string[] = []): Json {
  if (Array.isArray(value)) return value.map((item) => withoutHidden(item, isHidden, path));
  if (!isObject(value)) return value;
  const shown = Object.entries(value).filter(([key]) => !isHidden([...path, key]));
  return Object.fromEntries(shown.map(([key, inner]) => [key, withoutHidden(inner, isHidden, [...path, key])]));
}

/** What a loss is called: `settings.authenticators[key=okta_password].enroll`, `groups.include["00g1"]`. */
export interface NamedLoss {
  path: string;
  /** What gets lost, as far as it may be seen and is not part of the path. */
  value: Json | undefined;
}

/** @param seen the object as it may be shown; what it does not show is told by its place in a list */
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

/** Where the conditions of a policy or rule name those that it is for (schema `PolicyPeopleCondition`). */
const PEOPLE = [
  ["conditions", "people", "groups", "include"],
  ["conditions", "people", "users", "include"],
] as const;

/** True for a policy or rule that is for some people and would be for everybody, as one is that includes nobody by name. */
export function widensToEverybody(current: Json, proposed: Json): boolean {
  const namesPeople = (object: Json) => PEOPLE.some((path) => !isEmpty(valueAt(object, ...path)));
  return namesPeople(current) && !namesPeople(proposed);
}
