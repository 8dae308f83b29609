import { itemsAt, textAt } from "../../src/json/json.js";
import { isTrueOf } from "./expression.js";
import type { Group, JsonObject, User } from "./model.js";
import type { Area, OrgState } from "./org-state.js";

/** A rule that fills groups (schema `GroupRule`). */
export interface GroupRule extends JsonObject {
  id: string;
  name: string;
}

/** The group rules of an org, in the order in which they were added. */
export const groupRuleArea: Area<GroupRule[]> = { name: "group rules", create: () => [] };

/** Memberships that a rule made, each as the ids of rule, group and user. */
const madeByRuleArea: Area<Set<string>> = { name: "memberships made by rules", create: () => new Set() };

/** The ids of the groups that have an admin role assigned. */
export const adminGroupArea: Area<Set<string>> = { name: "admin groups", create: () => new Set() };

/** True while rules are applied. Their own changes must not apply them again. */
const applyingArea: Area<{ now: boolean }> = { name: "applying group rules", create: () => ({ now: false }) };

/** The most rounds. Rules that depend on each other settle long before; Okta warns of more than one step. */
const MAX_ROUNDS = 10;

function isTrue(org: OrgState, rule: GroupRule, user: User): boolean {
  const expression = textAt(rule, "conditions", "expression", "value");
  if (expression === "" || user.status === "DEPROVISIONED") return false;
  if (itemsAt(rule, "conditions", "people", "users", "exclude").includes(user.id)) return false;
  return isTrueOf(expression, { user, groups: org.groups.ofUser(user.id) });
}

/** Applies one rule to one user once. @returns true where it moved the user */
function apply(org: OrgState, rule: GroupRule, user: User, group: Group): boolean {
  const made = org.area(madeByRuleArea);
  const key = `${rule.id} ${group.id} ${user.id}`;
  const isMember = org.groups.isMember(group, user.id);
  if (isTrue(org, rule, user)) {
    if (isMember) return false;
    made.add(key);
    org.groups.addMember(group, user);
    return true;
  }
  if (!made.delete(key) || !isMember) return false;
  org.groups.removeMember(group, user);
  return true;
}

/**
 * Puts people into the groups that active rules fill, and takes out those for whom a rule no longer holds. Okta does
 * this after each change.
 */
export function applyGroupRules(org: OrgState): void {
  const rules = org.area(groupRuleArea).filter((rule) => rule.status === "ACTIVE");
  const applying = org.area(applyingArea);
  if (rules.length === 0 || applying.now) return;
  applying.now = true;
  try {
    for (let round = 0, moved = true; moved && round < MAX_ROUNDS; round += 1) {
      moved = false;
      for (const rule of rules) {
        const groups = itemsAt(rule, "actions", "assignUserToGroups", "groupIds");
        for (const group of groups.flatMap((id) => org.groups.get(String(id)) ?? [])) {
          for (const user of org.users.all()) moved = apply(org, rule, user, group) || moved;
        }
      }
    }
  } finally {
    applying.now = false;
  }
}

/** Stops the rules that name a deleted group. */
export function invalidateRulesOf(org: OrgState, groupId: string): void {
  for (const rule of org.area(groupRuleArea)) {
    if (JSON.stringify([rule.conditions, rule.actions]).includes(groupId)) rule.status = "INVALID";
  }
}
