import { stringifyJson } from "./exact-json.js";
import { canonical, isObject, type JsonObject, valueAt } from "./json.js";
import type { Json } from "./okta/request.js";
import { isSecret, MASK } from "./secrets.js";

/** One step from an object to what is in it: a field by its name, or an item of a list. */
type Step = string | { index: number; toldBy?: string | undefined };

/** Something that an object has and that a full replace would take away. */
export interface Loss {
  /** From the object to what gets lost. */
  steps: readonly Step[];
  /** What becomes of it: the body does not have it, has nothing there, or has another kind of thing. */
  how: "left_out" | "emptied" | "replaced";
}

export interface Replacing {
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

function kindOf(value: Json): "list" | "object" | "plain" {
  if (Array.isArray(value)) return "list";
  return isObject(value) ? "object" : "plain";
}

/**
 * What a full replace would take away: what holds something now and is not in the body, is empty
 * there, or is another kind of thing there. Another value, such as a switch turned off, is a change
 * and no loss. An item of a list is the same as one of the body's with the same `key`, `id`, `name` or
 * `type`, whichever tells all of them apart; a plain value is the same as an equal one; all else goes
 * by its place. `_links`, `_embedded`, secrets (which Okta does not show), what Okta sets itself
 * and values equal to its defaults do not count.
 */
export function losses(current: Json, proposed: Json, { setByOkta, defaults = {} }: Replacing): Loss[] {
  const found: Loss[] = [];
  const compare = (before: Json, after: Json | undefined, steps: readonly Step[], path: readonly string[]): void => {
    if (isEmpty(before)) return;
    // An argument that was not given is `undefined`, and no part of the body on the wire.
    if (after === undefined) found.push({ steps, how: "left_out" });
    else if (isObject(before) && isObject(after)) compareFields(before, after, steps, path);
    else if (isEmpty(after)) found.push({ steps, how: "emptied" });
    else if (kindOf(before) !== kindOf(after)) found.push({ steps, how: "replaced" });
    else if (Array.isArray(before) && Array.isArray(after)) {
      for (const { item, same, index, toldBy } of paired(before, after))
        compare(item, same, [...steps, { index, toldBy }], path);
    }
  };
  const compareFields = (before: JsonObject, after: JsonObject, steps: readonly Step[], path: readonly string[]) => {
    for (const [key, value] of Object.entries(before)) {
      const here = [...path, key];
      const dotted = here.join(".");
      if (key === "_links" || key === "_embedded" || setByOkta.includes(dotted)) continue;
      // An object of settings may be named like a secret: `settings.password` of a policy.
      if (!isObject(value) && isSecret(here, before)) continue;
      if (Object.hasOwn(defaults, dotted) && value === defaults[dotted]) continue;
      compare(value, Object.hasOwn(after, key) ? after[key] : undefined, [...steps, key], here);
    }
  };
  if (isObject(current) && isObject(proposed)) compareFields(current, proposed, [], []);
  return found;
}

/** An item of a list, and what it is in another list; undefined where it is not there. */
interface Pair {
  item: Json;
  index: number;
  /** The field by which the items are told apart, if there is one. */
  toldBy?: string | undefined;
  same: Json | undefined;
}

function paired(before: readonly Json[], after: readonly Json[]): Pair[] {
  const toldBy = tellingField(before, after);
  if (toldBy === undefined) return pairedByPlace(before, after);
  const there = new Map(after.map((item) => [valueAt(item, toldBy), item]));
  return before.map((item, index) => ({ item, index, toldBy, same: there.get(valueAt(item, toldBy)) }));
}

/** The fields by which Okta tells the items of its lists apart; `kid` is that of keys (RFC 7517, 4.5). */
const TELLING_FIELDS = ["key", "id", "kid", "name", "type"] as const;

/** The first of these fields that all items have, each with a value of its own; what is added may lack it. */
function tellingField(before: readonly Json[], after: readonly Json[]): string | undefined {
  if (![...before, ...after].every((item) => isObject(item))) return undefined;
  return TELLING_FIELDS.find((field) => {
    const [now, then] = [before, after].map((items) => items.map((item) => valueAt(item, field) ?? null));
    const named = then?.filter((value) => value !== null) ?? [];
    return named.length > 0 && areUnique(now ?? []) && areUnique(named);
  });
}

function areUnique(values: readonly Json[]): boolean {
  return (
    values.every((value) => typeof value === "string" || typeof value === "number") &&
    new Set(values).size === values.length
  );
}

/** Equal items first, wherever they stand, then what is left of objects and lists in its order. */
function pairedByPlace(before: readonly Json[], after: readonly Json[]): Pair[] {
  const equal = new Map<string, Json[]>();
  for (const item of after) {
    const text = canonical(item);
    const known = equal.get(text);
    if (known) known.push(item);
    else equal.set(text, [item]);
  }
  const pairs = before.map((item, index): Pair => {
    const candidates = equal.get(canonical(item)) ?? [];
    // A plain value that stands there twice is there as long as it stands there once.
    return { item, index, same: kindOf(item) === "plain" ? candidates[0] : candidates.pop() };
  });
  const left = new Set([...equal.values()].flat());
  const inOrder = after.filter((item) => kindOf(item) !== "plain" && left.has(item)).values();
  return pairs.map((pair) =>
    pair.same !== undefined || kindOf(pair.item) === "plain" ? pair : { ...pair, same: inOrder.next().value },
  );
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
    const isPlain = item !== undefined && item !== MASK && kindOf(item) === "plain";
    isTold = isPlain;
    if (typeof told === "string" || typeof told === "number") path += `[${step.toldBy}=${told}]`;
    else path += isPlain ? `[${stringifyJson(item)}]` : `[${step.index}]`;
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
