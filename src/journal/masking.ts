import { randomUUID } from "node:crypto";
import type { Json } from "../json/json.js";
import { isObject, mapTexts, valueAt } from "../json/json.js";
import { sameButHidden } from "../results/difference.js";
import { tellingField } from "../results/losses.js";
import { type ShapeOptions, shape } from "../results/shape.js";
import { MASK } from "../text/secrets.js";

/** Hides what is not to be kept or shown; what is hidden is `MASK`, and nothing is left out. */
export type Masking = (value: Json) => Json;

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;

function withoutKeys(value: Json): Json {
  if (typeof value === "string") return PRIVATE_KEY.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutKeys(inner)]));
}

/**
 * A value as the journal keeps it: without `_links`, with a mask for secrets, for private keys
 * wherever they stand, and for what the settings hide, left out or not.
 */
export function maskWith(hides: ShapeOptions["hides"]): Masking {
  const masks = hides && ((path: readonly string[]) => (hides(path) === undefined ? undefined : "mask"));
  return (value) => withoutKeys(shape(value, { hides: masks }));
}

/** What may be seen of an object, prepared for a comparison with what becomes of it. */
export interface Marked {
  /** The object with a mark of its own in the place of each mask. No value that anybody may guess equals a mark. */
  value: Json;
  /** A value that was made from the object, fit to be shown. */
  show: Masking;
}

/**
 * Prepares an object for a comparison that tells nothing of what is hidden: what stays as it is keeps its
 * mark, and all else that is put there differs from it, the right value as much as a wrong one.
 */
export function marked(object: Json, mask: Masking): Marked {
  const start = `${MASK} ${randomUUID()} `;
  let count = 0;
  return {
    value: mapTexts(mask(object), (text) => (text === MASK ? `${start}${count++}` : text)),
    show: (value) => mask(mapTexts(value, (text) => (text.startsWith(start) ? MASK : text))),
  };
}

/** A value out of the journal, with the masks filled in. */
export interface Filled {
  value: Json;
  /** Dotted paths where the mask stood. */
  masked: string[];
}

/**
 * The item of a list as it is now that an item on record stands for; undefined where that cannot be told, so
 * that no hidden value gets into another item. Items are matched by what tells them apart, else by their
 * place, if all that can be seen of them is the same.
 */
function presentItem(kept: readonly Json[], index: number, now: readonly Json[]): Json | undefined {
  const item = kept[index];
  const toldBy = tellingField(kept, now);
  const told = toldBy === undefined ? undefined : valueAt(item, toldBy);
  if (toldBy !== undefined && told !== MASK) {
    const same = now.filter((one) => valueAt(one, toldBy) === told);
    return same.length === 1 ? same[0] : undefined;
  }
  const there = now.length === kept.length ? now[index] : undefined;
  return sameButHidden(item, there) ? there : undefined;
}

/**
 * Fills in what was masked from the object as it is now; where it has nothing there, the field is
 * left out, so that Okta keeps what it has.
 */
export function fillMasked(kept: Json, present: Json | undefined): Filled {
  const masked: string[] = [];
  const visit = (value: Json, now: Json | undefined, path: readonly string[]): Json | undefined => {
    if (value === MASK) {
      masked.push(path.join("."));
      return now;
    }
    if (Array.isArray(value)) {
      const items = Array.isArray(now) ? now : [];
      return value
        .map((item, i) => visit(item, presentItem(value, i, items), path))
        .filter((item) => item !== undefined);
    }
    if (!isObject(value)) return value;
    const filled = Object.entries(value).flatMap(([key, inner]) => {
      const there = valueAt(now, key);
      const result = visit(inner, there, [...path, key]);
      return result === undefined ? [] : [[key, result] as const];
    });
    return Object.fromEntries(filled);
  };
  return { value: visit(kept, present, []) ?? null, masked: [...new Set(masked)] };
}
