import { isObject, type JsonObject } from "./json.js";
import type { Json } from "./okta/request.js";
import { isSecret } from "./secrets.js";

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}

/**
 * The settings that a full replace would drop: dotted paths that hold something now and are not
 * named by the body at all. A body that names a path with `null` means it, so that is no loss;
 * `_links`, `_embedded`, secrets (which Okta does not show), `setByOkta` and values equal to
 * `defaults` do not count.
 */
export function lostPaths(
  current: Json,
  proposed: Json,
  setByOkta: readonly string[],
  defaults: Readonly<Record<string, Json>> = {},
): string[] {
  const lost: string[] = [];
  const visit = (before: JsonObject, after: JsonObject, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(before)) {
      const here = [...path, key];
      const dotted = here.join(".");
      if (key === "_links" || key === "_embedded" || setByOkta.includes(dotted)) continue;
      if (isEmpty(value) || value === defaults[dotted]) continue;
      // An object of settings may be named like a secret: `settings.password` of a policy.
      if (!isObject(value) && isSecret(here, before)) continue;
      // An argument that was not given is `undefined`, and no part of the body on the wire.
      const next = Object.hasOwn(after, key) ? after[key] : undefined;
      if (next === undefined) lost.push(dotted);
      else if (isObject(value) && isObject(next)) visit(value, next, here);
    }
  };
  if (isObject(current) && isObject(proposed)) visit(current, proposed, []);
  return lost;
}
