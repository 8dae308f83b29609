import type { Touched } from "../guard/targets.js";
import { asObject, textAt, valueAt } from "../json.js";
import type { Json } from "../okta/request.js";
import { ifFeature } from "../okta/tolerate.js";
import type { ToolContext } from "../tool.js";

/** A policy, or a rule of it, that names an object. */
export interface Naming {
  policy: Json;
  rule?: Json;
}

/** True for an object of Okta's that names another one anywhere; ids are like nothing else. */
export function names(id: string, object: Json | undefined): boolean {
  const { _links, _embedded, ...own } = asObject(object);
  return JSON.stringify(own).includes(id);
}

/** Policies of a type that are read, and rules of each. */
const MAX_READ = 1000;

/**
 * The policies of a type, and their rules, that name an object by its id.
 * @returns `complete` is false where there were too many to look at all
 */
export async function policiesNaming(
  { okta, collect }: Pick<ToolContext, "okta" | "collect">,
  type: string,
  id: string,
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
    if (names(id, policy)) found.push({ policy });
    for (const rule of rules.items) if (names(id, rule)) found.push({ policy, rule });
  }
  return { found, complete };
}

/** Types of policies that are read at once. */
const AT_ONCE = 4;

/**
 * The policies that change with an object which they or their rules name.
 * @param named what becomes of it: "the group Lab, which goes"
 * @throws OktaMcpError conflict where there are too many to look at all; what reading them fails with
 */
export async function policiesTouched(
  context: Pick<ToolContext, "okta" | "collect" | "whole">,
  types: readonly string[],
  id: string,
  named: string,
): Promise<Touched[]> {
  // A conclusion needs all of them.
  const collect: ToolContext["collect"] = async (page) => ({ items: await context.whole(page), complete: true });
  const found: Naming[] = [];
  // A few at once: a call has one signal, which can be listened to by some only.
  for (let start = 0; start < types.length; start += AT_ONCE) {
    const some = types.slice(start, start + AT_ONCE);
    const read = some.map((type) => ifFeature(policiesNaming({ okta: context.okta, collect }, type, id)));
    for (const one of await Promise.all(read)) found.push(...(one?.found ?? []));
  }
  return found.map(({ policy, rule }): Touched => {
    const where = rule === undefined ? "" : `in its rule ${textAt(rule, "name")} `;
    return { type: "policy", id: textAt(policy, "id"), object: policy, how: `${where}names ${named}` };
  });
}
