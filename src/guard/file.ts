import { readStrictJson } from "../files/strict-json.js";
import { PROTECTED_KINDS } from "../okta/objects.js";
import { visible } from "../text/quote.js";
import type { Allowance, GuardRules, ProtectionRule, RuleKey } from "./rules.js";
import { type GuardFile, guardFileSchema } from "./schema.js";

/** The rules of a guard file and a notice for a person; or all problems of the file. */
export type ReadGuard = { rules: GuardRules; notice?: string } | { problems: string[] };

/**
 * Reads and checks a guard file.
 * @param file its path; `~/` stands for the home folder, since MCP clients start servers without a shell
 */
export function readGuardFile(file: string): ReadGuard {
  const read = readStrictJson(file, "guard file", guardFileSchema);
  if ("problems" in read) return read;
  const shown = visible(read.path);
  return {
    rules: { ...toRules(read.content), file: read.path },
    ...(read.isOpen
      ? { notice: `The guard file ${shown} can be changed by other users of this machine; run: chmod go-w ${shown}` }
      : {}),
  };
}

const RULE_KEYS: readonly RuleKey[] = ["id", "login", "name", "pattern"];

function toRules({
  protect = {},
  limits = {},
  mask = [],
  omit = [],
  deny_tools = [],
}: GuardFile): Omit<GuardRules, "file"> {
  const rules = PROTECTED_KINDS.flatMap((kind) =>
    (protect[kind] ?? []).map(({ reason, ...rule }, index): ProtectionRule => {
      const given: Partial<Record<RuleKey, string>> = rule;
      const key = RULE_KEYS.find((name) => given[name] !== undefined) ?? "id";
      return { kind, key, value: given[key] ?? "", reason, place: `protect.${kind}[${index}]` };
    }),
  );
  const { writes, removals } = limits;
  return {
    protect: rules,
    limits: { writes: toAllowance(writes), removals: toAllowance(removals) },
    mask,
    omit,
    denyTools: deny_tools,
  };
}

function toAllowance(given: { per_session?: number | undefined; per_minute?: number | undefined } = {}): Allowance {
  return { perSession: given.per_session, perMinute: given.per_minute };
}
