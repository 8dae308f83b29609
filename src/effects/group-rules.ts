import { itemsAt, type Json, textAt, valueAt } from "../json/json.js";
import type { ToolContext } from "../tool.js";

/** A group, as conditions of group rules may name it. */
export interface NamedGroup {
  /** Undefined where the id stays the same and only the name changes. */
  id?: string | undefined;
  /** Undefined where the names are not known; then any name may be one of them. */
  names?: readonly string[] | undefined;
}

/** All active group rules (schema `GroupRule`). @throws the error of reading them */
export async function activeGroupRules({ okta, whole }: Pick<ToolContext, "okta" | "whole">): Promise<Json[]> {
  const rules = await whole((after) => okta.groups.listGroupRules.page({ limit: 200, after }));
  return rules.filter((rule) => !["INACTIVE", "INVALID"].includes(textAt(rule, "status")));
}

/** The ids of the groups that a rule puts people into. */
export function filledBy(rule: Json): string[] {
  return itemsAt(rule, "actions", "assignUserToGroups", "groupIds").filter((id) => typeof id === "string");
}

function expressionOf(rule: Json): string {
  return textAt(rule, "conditions", "expression", "value");
}

/** A text in an Okta expression, without escapes. */
const LITERAL = /"[^"\\]*"|'[^'\\]*'/g;

/** An expression with empty texts in it; undefined where an escape hides the end of a text. */
function withoutTexts(expression: string): string | undefined {
  return expression.includes("\\") ? undefined : expression.replace(LITERAL, '""');
}

/** The calls about groups that this module understands: those with plain texts between the brackets. */
const GROUP_CALL = /\bisMemberOf(Group|AnyGroup|GroupName)\s*\(([^()]{0,20000})\)/g;

function same(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/**
 * True where the conditions of a rule may name this group. The module understands plain calls with texts; any other
 * expression about groups may name any group.
 */
export function mayName(rule: Json, { id, names }: NamedGroup): boolean {
  const people = JSON.stringify(valueAt(rule, "conditions", "people") ?? null);
  if (id !== undefined && people.includes(id)) return true;
  let hit = false;
  const rest = expressionOf(rule).replace(GROUP_CALL, (call: string, kind: string, inner: string) => {
    const literals = (inner.match(LITERAL) ?? []).map((text) => text.slice(1, -1));
    if (inner.replace(LITERAL, "").replace(/[\s,]/g, "") !== "") return call;
    if (kind !== "GroupName") hit ||= id !== undefined && literals.includes(id);
    else hit ||= names === undefined || literals.some((literal) => names.some((name) => same(name, literal)));
    return "";
  });
  return hit || /group|member/i.test(withoutTexts(rest) ?? rest);
}

/** A group whose members a rule may change. */
export interface Moved {
  groupId: string;
  rule: Json;
}

/**
 * The groups whose members depend on these groups by group rules, directly or through each other.
 * @param rules the active rules
 */
export function followingGroups(rules: readonly Json[], groups: readonly NamedGroup[]): Moved[] {
  const found = new Map<string, Moved>();
  const waiting = [...groups];
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    for (const rule of rules) {
      if (!mayName(rule, group)) continue;
      for (const id of filledBy(rule)) {
        if (found.has(id)) continue;
        found.set(id, { groupId: id, rule });
        waiting.push({ id });
      }
    }
  }
  return [...found.values()];
}

/**
 * `user.department == "Sales"`, the one expression that is evaluated. For all others only the attributes that they read
 * are known.
 */
const EQUALITY = /^\s*user\.(\w{1,200})\s*==\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*$/;

/** A profile, or a part of one. A missing attribute has no value. */
export type Profile = { readonly [attribute: string]: Json };

/** Compares an attribute with a text: equal, equal without regard to case, or neither. */
function standing(profile: Profile, attribute: string, literal: string): "equal" | "alike" | "other" {
  const [, value = null] = Object.entries(profile).find(([name]) => same(name, attribute)) ?? [];
  if (value === literal) return "equal";
  // Okta has its own way to compare values that are no text.
  return (typeof value === "string" ? same(value, literal) : value !== null) ? "alike" : "other";
}

/** The attributes that an expression reads; undefined where it may read any. */
function attributesIn(expression: string): string[] | undefined {
  const code = withoutTexts(expression);
  if (code === undefined) return undefined;
  const users = code.match(/\buser\b/gi) ?? [];
  const attributes = [...code.matchAll(/\buser\s{0,20}\.\s{0,20}(\w{1,200})\s{0,20}(\(?)/gi)];
  const understood = attributes.every(([, name = "", bracket]) => bracket === "" || /^isMemberOf/i.test(name));
  return understood && attributes.length === users.length ? attributes.map(([, name = ""]) => name) : undefined;
}

/**
 * True where a change of a profile may move the person into or out of a rule's groups.
 * @param before undefined for a new person
 * @param changed the attributes that really change
 */
export function mayMove(
  rule: Json,
  { before, after, changed }: { before: Profile | undefined; after: Profile; changed: readonly string[] },
): boolean {
  const expression = expressionOf(rule);
  const [, attribute, double, single] = EQUALITY.exec(expression) ?? [];
  if (attribute !== undefined) {
    const literal = double ?? single ?? "";
    const then = standing(after, attribute, literal);
    return before === undefined ? then !== "other" : then !== standing(before, attribute, literal);
  }
  // Any condition may be true of a new person, also that an attribute is missing.
  if (before === undefined) return true;
  const looked = attributesIn(expression);
  return looked === undefined || looked.some((name) => changed.some((one) => same(one, name)));
}
