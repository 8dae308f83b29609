import { itemsAt } from "../../src/json/json.js";
import { kindOf, ruleTypeOf } from "../policy-types.js";
import { closeUp, inOrder, place } from "../priorities.js";
import type { App, Doer, JsonObject, LogParty } from "./model.js";
import type { OrgState } from "./org-state.js";

/** A stored policy or rule: the object as it was sent, with Okta's additions. */
export interface Policy extends JsonObject {
  id: string;
  type: string;
  name: string;
  status: "ACTIVE" | "INACTIVE";
  priority: number;
  system: boolean;
  created: string;
  lastUpdated: string;
}
export type PolicyRule = Policy;

/** The properties of a new policy or rule. The store adds the rest. A `priority` is a wish. */
export interface NewPolicy {
  /** The object's own members, without those that Okta sets. */
  given: JsonObject & { type: string; name: string };
  status?: Policy["status"];
  system?: boolean;
  /** Epoch milliseconds; by default now. */
  createdMs?: number;
}

/** The new properties of a policy or rule that is replaced. */
type Replacing = Required<Pick<NewPolicy, "given" | "status">>;

type What =
  | "lifecycle.create"
  | "lifecycle.update"
  | "lifecycle.delete"
  | "lifecycle.activate"
  | "lifecycle.deactivate";

interface Entry {
  policy: Policy;
  rules: Map<string, PolicyRule>;
}

/** The policies of the org, their rules, and the policy of each app. The routes refuse what Okta would refuse. */
export class PolicyStore {
  readonly #org: OrgState;
  readonly #entries = new Map<string, Entry>();
  /** By policy type and app id. An app that is not here has Okta's own policy. */
  readonly #assigned = new Map<string, string>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  /** The policies of a type, in their order. */
  ofType(type: string): Policy[] {
    return inOrder([...this.#entries.values()].map(({ policy }) => policy).filter((policy) => policy.type === type));
  }

  all(): Policy[] {
    return [...this.#entries.values()].map(({ policy }) => policy);
  }

  get(id: string): Policy | undefined {
    return this.#entries.get(id)?.policy;
  }

  /** The rules of a policy, in their order. */
  rulesOf(policy: Policy): PolicyRule[] {
    return inOrder(this.#rules(policy).values());
  }

  /** The apps that have this policy. */
  appsOf(policy: Policy): App[] {
    if (!kindOf(policy.type).ofApps) return [];
    return this.#org.apps.all().filter((app) => this.policyOf(app, policy.type)?.id === policy.id);
  }

  /** The policy of a type that applies to an app. */
  policyOf(app: App, type: string): Policy | undefined {
    const assigned = this.#assigned.get(`${type} ${app.id}`);
    return assigned === undefined
      ? this.all().find((policy) => policy.type === type && policy.system)
      : this.get(assigned);
  }

  /** Gives an app this policy in place of its present one of the same type. */
  assign(policy: Policy, app: App): void {
    this.#assigned.set(`${policy.type} ${app.id}`, policy.id);
  }

  /** Adds a policy with the rule that Okta puts last, without an event. It is for the first state of an org. */
  insert({ given, status = "ACTIVE", system = false, createdMs }: NewPolicy): Policy {
    const kind = kindOf(given.type);
    const id = this.#org.newId(kind.order === "dense" ? "00p" : "rst");
    const policy = this.#complete(id, given, { status, system, createdMs });
    this.#entries.set(id, { policy, rules: new Map() });
    this.#rank(policy, given.priority);
    if (kind.catchAll !== undefined) {
      const rule = {
        type: ruleTypeOf(given.type),
        name: "Catch-all Rule",
        conditions: null,
        actions: structuredClone(kind.catchAll),
      };
      this.insertRule(policy, { given: rule, system: true, ...(createdMs !== undefined && { createdMs }) });
    }
    return policy;
  }

  /** Adds a rule without an event. */
  insertRule(policy: Policy, { given, status = "ACTIVE", system = false, createdMs }: NewPolicy): PolicyRule {
    const { order } = kindOf(policy.type);
    const rules = this.#rules(policy);
    const id = this.#org.newId(order === "dense" ? "0pr" : "rul");
    const rule = this.#complete(id, given, { status, system, createdMs });
    rules.set(id, rule);
    place(order, rules.values(), rule, wish(given.priority));
    return rule;
  }

  add(given: NewPolicy, doer?: Doer): Policy {
    const policy = this.insert(given);
    this.#log(policy, "lifecycle.create", doer);
    return policy;
  }

  addRule(policy: Policy, given: NewPolicy, doer?: Doer): PolicyRule {
    const rule = this.insertRule(policy, given);
    this.#logRule(policy, rule, "add", doer);
    return rule;
  }

  /** Replaces the members of a policy by those of `given`, and sets this status. */
  replace(policy: Policy, { given, status }: Replacing, doer?: Doer): Policy {
    const next = this.#replaced(policy, { given, status });
    this.#entries.set(policy.id, { policy: next, rules: this.#rules(policy) });
    this.#rank(next, given.priority);
    this.#log(next, "lifecycle.update", doer);
    if (status !== policy.status)
      this.#log(next, status === "ACTIVE" ? "lifecycle.activate" : "lifecycle.deactivate", doer);
    return next;
  }

  /** Replaces the members of a rule by those of `given`, and sets this status. */
  replaceRule(policy: Policy, rule: PolicyRule, { given, status }: Replacing, doer?: Doer): PolicyRule {
    const next = this.#replaced(rule, { given, status });
    const rules = this.#rules(policy);
    rules.set(rule.id, next);
    place(kindOf(policy.type).order, rules.values(), next, wish(given.priority));
    this.#logRule(policy, next, "update", doer);
    if (status !== rule.status) this.#logRule(policy, next, status === "ACTIVE" ? "activate" : "deactivate", doer);
    return next;
  }

  setStatus(policy: Policy, status: Policy["status"], doer?: Doer): void {
    this.#turn(policy, status);
    this.#log(policy, status === "ACTIVE" ? "lifecycle.activate" : "lifecycle.deactivate", doer);
  }

  setRuleStatus(policy: Policy, rule: PolicyRule, status: Policy["status"], doer?: Doer): void {
    this.#turn(rule, status);
    this.#logRule(policy, rule, status === "ACTIVE" ? "activate" : "deactivate", doer);
  }

  remove(policy: Policy, doer?: Doer): void {
    this.#entries.delete(policy.id);
    if (kindOf(policy.type).ranked) closeUp("dense", this.ofType(policy.type));
    this.#log(policy, "lifecycle.delete", doer);
  }

  /** Takes a deleted group or user out of the conditions of policies and rules. */
  forgetPerson(kind: "groups" | "users", id: string): void {
    for (const { policy, rules } of this.#entries.values()) {
      for (const object of [policy, ...rules.values()]) {
        for (const side of ["include", "exclude"]) {
          const ids = itemsAt(object, "conditions", "people", kind, side);
          const place = ids.indexOf(id);
          if (place >= 0) ids.splice(place, 1);
        }
      }
    }
  }

  removeRule(policy: Policy, rule: PolicyRule, doer?: Doer): void {
    const rules = this.#rules(policy);
    rules.delete(rule.id);
    closeUp(kindOf(policy.type).order, rules.values());
    this.#logRule(policy, rule, "delete", doer);
  }

  #rules(policy: Policy): Map<string, PolicyRule> {
    const entry = this.#entries.get(policy.id);
    if (entry === undefined) throw new RangeError(`There is no policy ${policy.id}.`);
    return entry.rules;
  }

  #complete(id: string, given: NewPolicy["given"], more: Omit<NewPolicy, "given">): Policy {
    const { status = "ACTIVE", system = false, createdMs } = more;
    const created = this.#org.timestamp(createdMs);
    return { ...given, id, status, priority: 1, system, created, lastUpdated: created };
  }

  #replaced(old: Policy, { given, status }: Replacing): Policy {
    const { id, priority, system, created } = old;
    return { ...given, id, status, priority, system, created, lastUpdated: this.#org.timestamp() };
  }

  #rank(policy: Policy, wanted: unknown): void {
    if (kindOf(policy.type).ranked) place("dense", this.ofType(policy.type), policy, wish(wanted));
  }

  #turn(object: Policy, status: Policy["status"]): void {
    object.status = status;
    object.lastUpdated = this.#org.timestamp();
  }

  #log(policy: Policy, what: What, doer?: Doer): void {
    const verb = what.split(".")[1] ?? what;
    const displayMessage = `${verb.charAt(0).toUpperCase()}${verb.slice(1)} policy`;
    this.#org.log({ eventType: `policy.${what}`, displayMessage, target: [party(policy, "PolicyEntity")] }, doer);
  }

  #logRule(policy: Policy, rule: PolicyRule, verb: string, doer?: Doer): void {
    const displayMessage = `${verb.charAt(0).toUpperCase()}${verb.slice(1)} policy rule`;
    const target = [party(policy, "PolicyEntity"), party(rule, "PolicyRule")];
    this.#org.log({ eventType: `policy.rule.${verb}`, displayMessage, target }, doer);
  }
}

function wish(priority: unknown): number | undefined {
  return typeof priority === "number" ? priority : undefined;
}

function party(object: Policy, type: string): LogParty {
  return {
    id: object.id,
    type,
    alternateId: "unknown",
    displayName: object.name,
    detailEntry: { policyType: object.type },
  };
}
