import { asObject, type Json, textAt, valueAt } from "../json/json.js";
import type { Touched } from "../okta/targets.js";
import { ifFeature } from "../okta/tolerate.js";
import type { ToolContext } from "../tool.js";

/** A policy or a rule of a policy, and the id of an object that it names. */
export interface Naming {
  /** The id of the object. */
  id: string;
  policy: Json;
  rule?: Json;
}

/** Those of the ids that an object of Okta's names anywhere. Ids are long enough to be told from other text. */
function namedIn(object: Json | undefined, ids: readonly string[]): string[] {
  const { _links, _embedded, ...own } = asObject(object);
  const text = JSON.stringify(own);
  return ids.filter((id) => text.includes(id));
}

/** True for an object of Okta's that names the id anywhere. */
export function names(id: string, object: Json | undefined): boolean {
  return namedIn(object, [id]).length > 0;
}

/** The most policies of a type that are read, and the most rules of each. */
const MAX_READ = 1000;

/**
 * The policies of a type, and their rules, that name one of some objects by its id.
 * @returns `complete` is false where there were too many to look at all of them
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

/** The number of policy types that are read at once. */
const AT_ONCE = 4;

/** The id of an object, and what happens to it: "the group Lab, which goes". */
export interface Going {
  id: string;
  what: string;
}

/**
 * The policies that name one of these objects, themselves or in their rules. Each policy is read once, however many
 * objects there are.
 * @throws OktaMcpError conflict where there are too many to look at all of them; the error of reading them
 */
export async function policiesTouched(
  context: Pick<ToolContext, "okta" | "collect" | "whole">,
  types: readonly string[],
  going: readonly Going[],
): Promise<Touched[]> {
  // A conclusion needs the whole list.
  const collect: ToolContext["collect"] = async (page) => ({ items: await context.whole(page), complete: true });
  const found: Naming[] = [];
  // Only a few are read at once, since a signal should not have many listeners.
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
