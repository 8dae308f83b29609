import { type Choosable, type ToolPatterns, unmatchedPatterns } from "../catalogue/choice.js";
import { pathBeside, readApp } from "../config/app-files.js";
import { readGuardFile } from "../guard/file.js";
import { type GuardRules, NO_RULES } from "../guard/rules.js";
import type { Scope } from "../okta/scopes.js";
import { allGuards, type Role } from "./roles.js";
import type { RoleEntry } from "./serve-fields.js";

/** The roles of a file, or everything that keeps them from being used. */
export type LoadedRoles = { roles: Role[]; notices: string[] } | { problems: string[] };

/** The machine of a server is not the caller's, whatever folders the client names as its roots. */
const NO_FILES = "a company's server reads no files for a caller";

/**
 * Makes roles of what serve.json says, with their guard files.
 * @param file the path of serve.json, from whose folder relative paths begin
 * @param tools the tools that exist, where a pattern that names none of them is a problem
 */
export function loadRoles(entries: readonly RoleEntry[], file: string, tools?: readonly Choosable[]): LoadedRoles {
  const problems: string[] = [];
  const notices: string[] = [];
  const roles = entries.map((entry): Role => {
    const { name, groups, scopes, act_as, read_only, may_undo } = entry;
    const patterns = (of: readonly string[], member: string): ToolPatterns => ({
      patterns: of,
      where: `role ${name}: ${member}`,
    });
    const guard = entry.guard === undefined ? undefined : readGuardFile(pathBeside(file, entry.guard));
    if (guard !== undefined && "problems" in guard) {
      problems.push(...guard.problems.map((problem) => `role ${name}: guard ${problem}`));
    } else if (guard?.notice !== undefined) notices.push(guard.notice);
    const rules = guard !== undefined && "rules" in guard ? guard.rules : NO_RULES;
    const deny = rules.denyTools.length === 0 ? [] : [patterns(rules.denyTools, "guard: deny_tools")];
    const service =
      entry.service &&
      readApp(entry.service, file, (member, problem) => problems.push(`role ${name}: service.${member} ${problem}`));
    return {
      name,
      groups: new Set(groups),
      actAs: act_as,
      service: service?.privateKey && { clientId: service.clientId, key: service.privateKey },
      scopes: scopes as Scope[],
      choice: {
        readOnly: read_only ? `role ${name}: read_only` : undefined,
        include: entry.tools === undefined ? undefined : patterns(entry.tools, "tools"),
        exclude: [
          ...(entry.exclude_tools === undefined ? [] : [patterns(entry.exclude_tools, "exclude_tools")]),
          ...deny,
        ],
        noFiles: NO_FILES,
      },
      guard: withLimits(rules, entry),
      mayUndo: may_undo,
    };
  });
  if (tools !== undefined) problems.push(...roles.flatMap(({ choice }) => unmatchedPatterns(choice, tools)));
  return problems.length > 0 ? { problems } : { roles, notices };
}

/** The rules of a guard file together with the limits of the role. */
function withLimits(rules: GuardRules, { limits }: RoleEntry): GuardRules {
  const own: GuardRules = {
    ...NO_RULES,
    limits: {
      writes: { perSession: undefined, perMinute: limits.writes_per_minute, perDay: limits.writes_per_day },
      removals: { perSession: undefined, perMinute: limits.removals_per_minute, perDay: limits.removals_per_day },
    },
  };
  return allGuards([{ guard: rules }, { guard: own }]);
}
