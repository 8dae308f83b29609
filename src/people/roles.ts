import type { PrivateKey } from "../auth/private-key.js";
import type { ToolChoice } from "../catalogue/choice.js";
import type { Allowance, GuardRules } from "../guard/rules.js";
import type { Scope } from "../okta/scopes.js";

/** A service app in Okta, by its key. */
export interface ServiceApp {
  clientId: string;
  key: PrivateKey;
}

/** What a person may do through one role. */
export interface Role {
  name: string;
  /** The ids of the Okta groups whose members have it. */
  groups: ReadonlySet<string>;
  /** Whose right is used at Okta. There is no falling back from one to the other. */
  actAs: "user" | "service";
  /** The service app of a role that acts as service. */
  service: ServiceApp | undefined;
  scopes: readonly Scope[];
  choice: ToolChoice;
  /** The rules of its guard file and its limits. */
  guard: GuardRules;
  mayUndo: "own" | "all";
}

/** The roles of somebody in these groups, in the order of the file. Nobody has a role by the name of a group. */
export function rolesOf(roles: readonly Role[], groups: Iterable<string>): Role[] {
  const held = new Set(groups);
  return roles.filter((role) => [...role.groups].some((id) => held.has(id)));
}

function stricter(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

function strictest(allowances: readonly Allowance[]): Allowance {
  return allowances.reduce((one, other) => ({
    perSession: stricter(one.perSession, other.perSession),
    perMinute: stricter(one.perMinute, other.perMinute),
    perDay: stricter(one.perDay, other.perDay),
  }));
}

/**
 * The rules for a person with several roles: every guard holds, whatever role a call runs under, and of each limit the
 * strictest.
 * @param roles at least one
 */
export function allGuards(roles: readonly Pick<Role, "guard">[]): GuardRules {
  const rules = roles.map(({ guard }) => guard);
  const files = rules.flatMap(({ file }) => file ?? []);
  return {
    file: files.length === 0 ? undefined : files.join(", "),
    protect: rules.flatMap(({ protect }) => protect),
    limits: {
      writes: strictest(rules.map(({ limits }) => limits.writes)),
      removals: strictest(rules.map(({ limits }) => limits.removals)),
    },
    mask: [...new Set(rules.flatMap(({ mask }) => mask))],
    omit: [...new Set(rules.flatMap(({ omit }) => omit))],
    denyTools: [...new Set(rules.flatMap(({ denyTools }) => denyTools))],
  };
}
