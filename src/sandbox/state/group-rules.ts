import type { Area } from "../org.js";
import type { JsonObject } from "./model.js";

/** A rule that fills groups (schema `GroupRule`). */
export interface GroupRule extends JsonObject {
  id: string;
  name: string;
}

/** The group rules of an org, in the order in which they were added; nothing follows from them here. */
export const groupRuleArea: Area<GroupRule[]> = { name: "group rules", create: () => [] };

/** The ids of the groups that have an admin role assigned. */
export const adminGroupArea: Area<Set<string>> = { name: "admin groups", create: () => new Set() };
