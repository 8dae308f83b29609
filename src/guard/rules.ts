import type { ProtectedKind } from "../okta/objects.js";

/** The ways in which a rule names an object. A login is for users alone. */
export type RuleKey = "id" | "login" | "name" | "pattern";

/** One protected object, or a pattern for several. */
export interface ProtectionRule {
  kind: ProtectedKind;
  key: RuleKey;
  value: string;
  /** The reason, in the words of the rule's author. */
  reason: string | undefined;
  /** Its place in the guard file, e.g. `protect.groups[2]`. */
  place: string;
}

/** The number of allowed writes; undefined where there is no limit. */
export interface Allowance {
  perSession: number | undefined;
  perMinute: number | undefined;
  /** Within any 24 hours, whenever the server was started. */
  perDay?: number | undefined;
}

/** The checked content of a guard file. */
export interface GuardRules {
  /** The file's path, for messages; undefined where there is none. */
  file: string | undefined;
  protect: readonly ProtectionRule[];
  limits: { writes: Allowance; removals: Allowance };
  /** Attributes whose values are masked, and those that are left out: names, or dotted paths. */
  mask: readonly string[];
  omit: readonly string[];
  /** Patterns of tools that are off. */
  denyTools: readonly string[];
}

const UNLIMITED: Allowance = { perSession: undefined, perMinute: undefined };

/** The rules without a guard file. */
export const NO_RULES: GuardRules = {
  file: undefined,
  protect: [],
  limits: { writes: UNLIMITED, removals: UNLIMITED },
  mask: [],
  omit: [],
  denyTools: [],
};
