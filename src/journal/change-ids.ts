import { isObject } from "../json/json.js";
import { idsIn } from "../okta/objects.js";
import { MASK } from "../text/secrets.js";
import type { Change } from "./change.js";

/** The ids that a call named, and the id of the object that it made. */
export function idsOf({ arguments: args, after, before }: Pick<Change, "arguments" | "after" | "before">): string[] {
  const named = isObject(args) ? Object.values(idsIn(args)) : [];
  const own = [before, after].flatMap((side) => (isObject(side) ? [side.id] : []));
  const ids = [...named, ...own];
  return [...new Set(ids.filter((id) => typeof id === "string" && id !== MASK))] as string[];
}
