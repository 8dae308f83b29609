import { OktaMcpError } from "../errors/index.js";
import { stringifyJson } from "../json/exact-json.js";
import { type Json, type JsonObject, textAt, valueAt } from "../json/json.js";
import type { Touched } from "../okta/targets.js";
import { sameJson } from "../results/difference.js";
import { counted, withNames } from "../text/counted.js";
import { visibleStart } from "../text/quote.js";
import type { Impact } from "../tool.js";

/**
 * The priority of the rule that Okta puts last, in orders with gaps (Okta's guide "Policy and rule prioritization").
 */
const LAST_OF_GAPPED = 99;

/** The policies or rules that an object passes on the way to its new place. */
export interface Passed {
  others: Json[];
  /** `up`: the object moves before them, and they lose their place to it. */
  direction: "up" | "down";
}

export const PASSES_NONE: Passed = { others: [], direction: "up" };

const isSystem = (object: Json | undefined) => valueAt(object, "system") === true;

/** The place of an object. An object without a number has none. */
function placeOf(object: Json | undefined): number | undefined {
  const priority = valueAt(object, "priority");
  return typeof priority === "number" ? priority : undefined;
}

/**
 * The place that a body asks for. Without one the object comes last (schema `Policy`, default of `priority`).
 * @throws OktaMcpError bad_input for a value that is no place
 */
export function wantedPlace({ priority }: JsonObject): number {
  if (priority === undefined || priority === null) return Number.POSITIVE_INFINITY;
  if (typeof priority === "number" && Number.isInteger(priority)) return priority;
  throw new OktaMcpError(
    "bad_input",
    `Nothing was changed. The body has the priority ${visibleStart(stringifyJson(priority))}, which is no whole number.`,
    { fix: "Write a whole number, 1 for the first place, or leave priority out of a new object to have it last." },
  );
}

/** True where a body asks for another place than the object has. Okta's own objects stay last. */
export function asksForPlace(body: JsonObject, current: Json | undefined): boolean {
  if (current === undefined) return body.priority !== undefined && body.priority !== null;
  return !isSystem(current) && !sameJson(body.priority, valueAt(current, "priority"));
}

/**
 * The objects whose order relative to this one changes. In an order without gaps all of them move by one; in an order
 * with gaps only those in the way move.
 * @param all every object of the order, this one included where it exists
 * @param current the object as it is now; undefined where it is new
 * @throws OktaMcpError bad_input for a priority that is none
 */
export function passedBy(body: JsonObject, current: Json | undefined, all: readonly Json[]): Passed {
  const wanted = wantedPlace(body);
  // In some types all policies have the same priority, and none comes before another.
  if (all.length > 1 && all.every((one) => placeOf(one) === placeOf(all[0]))) return PASSES_NONE;
  const own = textAt(current, "id");
  const others = all.filter((one) => !isSystem(one) && (own === "" || textAt(one, "id") !== own));
  const between = (from: number, to: number) =>
    others.filter((one) => {
      const place = placeOf(one);
      // An object without a place may be passed.
      return place === undefined || (place >= from && place <= to);
    });
  const now = placeOf(current) ?? Number.POSITIVE_INFINITY;
  if (wanted <= now) return { others: wanted === now ? [] : between(wanted, now), direction: "up" };
  const hasGaps = all.some((one) => isSystem(one) && placeOf(one) === LAST_OF_GAPPED);
  return { others: between(now, hasGaps ? wanted - 1 : wanted), direction: "down" };
}

/**
 * The question about the objects that are passed; undefined where there are none.
 * @param many the plural word for the others, e.g. "policies"
 */
export function passingImpact(
  { others, direction }: Passed,
  target: Impact["target"],
  many: string,
): Impact | undefined {
  if (others.length === 0) return undefined;
  const count = counted({ items: others, complete: true }, target.type, many);
  const then = others.length === 1 ? "loses its place" : "lose their place";
  const what =
    direction === "up" ? `comes before ${count}, which ${then} to it` : `comes after ${count} that it came before`;
  const names = others.map((other) => textAt(other, "name"));
  return {
    target,
    details: [],
    sideEffects: [withNames(what, names)],
    state: others.map((other) => ({ id: textAt(other, "id"), priority: placeOf(other) ?? null })),
  };
}

/** The policies that a policy passes. The call changes them without naming them. */
export function touchedByPassing({ others, direction }: Passed): Touched[] {
  const how =
    direction === "up"
      ? "loses its place to the one of the call"
      : "comes before the one of the call, which came before it";
  return others.map((object) => ({ type: "policy", id: textAt(object, "id"), object, how }));
}
