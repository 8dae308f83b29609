import { randomUUID } from "node:crypto";
import { isObject, type Json, mapTexts, valueAt } from "../json/json.js";
import { sameButHidden } from "../results/difference.js";
import { tellingField } from "../results/losses.js";
import { type ShapeOptions, shape } from "../results/shape.js";
import { MASK } from "../text/secrets.js";

/** Hides parts of a value. A hidden part becomes `MASK`; no part is left out. */
export type Masking = (value: Json) => Json;

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;

function withoutKeys(value: Json): Json {
  if (typeof value === "string") return PRIVATE_KEY.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutKeys(inner)]));
}

/**
 * A value in the form for the journal: without `_links`, and with a mask for secrets, for private keys anywhere, and
 * for everything that the settings hide.
 */
export function maskWith(hides: ShapeOptions["hides"]): Masking {
  const masks = hides && ((path: readonly string[]) => (hides(path) === undefined ? undefined : "mask"));
  return (value) => withoutKeys(shape(value, { hides: masks }));
}

/** The visible part of an object, prepared for a comparison with a later state. */
export interface Marked {
  /** The object with a different mark in place of each mask. No guessed value can equal a mark. */
  value: Json;
  /** The form in which a value made from this object may be shown. */
  show: Masking;
}

/**
 * Prepares an object for a comparison that tells nothing of hidden values. A hidden value that stays keeps its mark.
 * Every value that is written there differs from the mark, the right one too.
 */
export function marked(object: Json, mask: Masking): Marked {
  const start = `${MASK} ${randomUUID()} `;
  let count = 0;
  return {
    value: mapTexts(mask(object), (text) => (text === MASK ? `${start}${count++}` : text)),
    show: (value) => mask(mapTexts(value, (text) => (text.startsWith(start) ? MASK : text))),
  };
}

/** A value from the journal with its masks filled in. */
export interface Filled {
  value: Json;
  /** The dotted paths of the masks. */
  masked: string[];
}

/**
 * The present item that corresponds to a recorded item of a list; undefined where that is not certain, so that no
 * hidden value gets into another item. Items are matched by the field that tells them apart, or else by place, provided
 * that their visible parts are equal.
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
 * Fills masked places from the present object. Where the object has nothing there, the field is left out, so that Okta
 * keeps what it has.
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
