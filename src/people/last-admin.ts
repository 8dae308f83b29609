import type { PeopleLists } from "../store/people-lists.js";
import type { AdminSettings } from "./admin-schema.js";

/** The settings of admins, as far as they say who is one. */
type AdminGroups = Pick<AdminSettings, "groups"> | undefined;

/** Nobody: no person has this id. */
const NOBODY = "";

/**
 * The reason why a running server does not take new settings: nobody who has signed in would be an admin any more. Whoever
 * means it starts the server with them.
 * @returns undefined where somebody stays, or nobody was an admin before
 */
export async function lastAdminLost(
  people: Pick<PeopleLists, "hasOthersIn">,
  before: AdminGroups,
  next: AdminGroups,
): Promise<string | undefined> {
  if (before === undefined || !(await people.hasOthersIn(before.groups, NOBODY))) return undefined;
  if (next !== undefined && (await people.hasOthersIn(next.groups, NOBODY))) return undefined;
  const what = next === undefined ? "admins is gone" : "admins.groups names no group of anybody who has signed in";
  return `${what}: the last admin would lose the admin pages. Where that is meant, start the server anew with these settings.`;
}
