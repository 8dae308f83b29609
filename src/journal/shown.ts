import type { Guard } from "../guard/guard.js";
import { isObject, type Json } from "../json/json.js";
import { nameOf } from "../okta/objects.js";
import { isUserId } from "../okta/targets.js";
import { MASK } from "../text/secrets.js";
import type { Change, SentRequest } from "./change.js";
import type { Masking } from "./masking.js";

/** The text in place of an error's text that may contain hidden values. */
const NOT_SHOWN = "Not shown: it was recorded before the guard file hid what it hides now.";

/**
 * A change in the form in which it may be shown. Attributes that are hidden now are hidden in it too, although the
 * change may have been recorded under another guard file or by a version with fewer names of secrets.
 */
export function shownChange(
  change: Change,
  mask: Masking,
  guard: Pick<Guard, "hiddenNames" | "hidesLogins" | "texts">,
): Change {
  const { arguments: args, before, after, requests, target, error, notes } = change;
  const masked = (value: Json | undefined) => (value === undefined ? undefined : mask(value));
  const texts = guard.texts([args, before, after]);
  const wasHidden = new Set(change.hidden_attributes ?? []);
  const isCovered = guard.hiddenNames.every((name) => wasHidden.has(name));
  const logins = guard.hidesLogins;
  const kept = {
    arguments: logins ? withoutLogins(masked(args)) : masked(args),
    before: masked(before),
    after: masked(after),
    target:
      target === undefined || isCovered
        ? target && texts(target)
        : (nameOf(masked(before)) ?? nameOf(masked(after)) ?? MASK),
    error: error && { ...error, message: isCovered ? texts(error.message) : NOT_SHOWN },
    notes: notes?.map(texts),
  };
  const { hidden_attributes: _, ...rest } = change;
  const known = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...rest, ...Object.fromEntries(known), requests: logins ? requests.map(withoutLogin) : requests };
}

/** Arguments without the logins that name users. */
function withoutLogins(args: Json | undefined): Json | undefined {
  if (!isObject(args) || typeof args.user_id !== "string" || isUserId(args.user_id)) return args;
  return { ...args, user_id: MASK };
}

function withoutLogin({ path, ...request }: SentRequest): SentRequest {
  const shown = path.replace(/\/users\/([^/?]+)/g, (whole, user: string) =>
    isUserId(user) ? whole : `/users/${MASK}`,
  );
  return { ...request, path: shown };
}
