import type { Json } from "../json/json.js";
import { asObject, textAt, valueAt } from "../json/json.js";
import type { Touched } from "../okta/targets.js";
import { ifFeature } from "../okta/tolerate.js";
import type { ToolContext } from "../tool.js";

/** A policy, or a rule of it, that names an object. */
export interface Naming {
  /** The id of the object. */
  id: string;
  policy: Json;
  rule?: Json;
}

/** The ids, of these, that an object of Okta's names anywhere; they are like nothing else. */
function namedIn(object: Json | undefined, ids: readonly string[]): string[] {
  const { _links, _embedded, ...own } = asObject(object);
  const text = JSON.stringify(own);
  return ids.filter((id) => text.includes(id));
}

/** True for an object of Okta's that names another one anywhere. */
export function names(id: string, object: Json | undefined): boolean {
  return namedIn(object, [id]).length > 0;
}

/** Policies of a type that are read, and rules of each. */
const MAX_READ = 1000;

/**
 * The policies of a type, and their rules, that name one of some objects by its id.
 * @returns `complete` is false where there were too many to look at all
 */
export async function policiesNaming(
  { okta, collect }: Pick<ToolContext, "okta" | "collect">,
  type: string,
  ids: readonly string[],
): Promise<{ found: Naming[]; complete: boolean }> {
  const policies = await collect(
    (after) => okta.policies.listPolicies.page({ type, expand: "rules", after }),
    MAX_READ,
  );
  const found: Naming[] = [];
  let complete = policies.complete;
  for (const policy of policies.items) {
    const policyId = textAt(policy, "id");
    const embedded = valueAt(policy, "_embedded", "rules");
    const readRules = (after?: string) => okta.policies.listPolicyRules.page({ policyId, after });
    const rules = Array.isArray(embedded) ? { items: embedded, complete } : await collect(readRules, MAX_READ);
    complete &&= rules.complete;
    for (const id of namedIn(policy, ids)) found.push({ id, policy });
    for (const rule of rules.items) for (const id of namedIn(rule, ids)) found.push({ id, policy, rule });
  }
  return { found, complete };
}

/** Types of policies that are read at once. */
const AT_ONCE = 4;

/** An object by its id, and what becomes of it: "the group Lab, which goes". */
export interface Going {
  id: string;
  what: string;
}

/**
 * The policies that change with objects which they or their rules name. However many these are, each policy is read once.
 * @throws OktaMcpError conflict where there are too many to look at all; what reading them fails with
 */
export async function policiesTouched(
  context: Pick<ToolContext, "okta" | "collect" | "whole">,
  types: readonly string[],
  going: readonly Going[],
): Promise<Touched[]> {
  // A conclusion needs all of them.
  const collect: ToolContext["collect"] = async (page) => ({ items: await context.whole(page), complete: true });
  const found: Naming[] = [];
  // A few at once: a call has one signal, which can be listened to by some only.
  for (let start = 0; start < types.length; start += AT_ONCE) {
    const some = types.slice(start, start + AT_ONCE);
    const ids = going.map(({ id }) => id);
    const read = some.map((type) => ifFeature(policiesNaming({ okta: context.okta, collect }, type, ids)));
    for (const one of await Promise.all(read)) found.push(...(one?.found ?? []));
  }
  return found.map(({ policy, rule, id: named }): Touched => {
    const where = rule === undefined ? "" : `in its rule ${textAt(rule, "name")} `;
    const { what } = going.find(({ id }) => id === named) ?? { what: named };
    return { type: "policy", id: textAt(policy, "id"), object: policy, how: `${where}names ${what}` };
  });
}
