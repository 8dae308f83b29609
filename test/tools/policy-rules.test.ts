import { describe, expect, test } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { accepts, connect, declines } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";

type JsonObject = { [key: string]: unknown };

const items = (data: JsonObject) => data.items as (JsonObject & { id: string; name: string; priority: number })[];
const ranking = (data: JsonObject) => items(data).map(({ name, priority }) => `${priority} ${name}`);
const lines = (message = "") => message.split("\n- ").slice(1);

/** The policy with this name, and its rules in their order. */
function find(org: Org, type: string, name: string) {
  const store = org.area(POLICIES);
  const policy = store.ofType(type).find((one) => one.name === name);
  if (policy === undefined) throw new Error(`There is no policy ${name}.`);
  return { store, policy, policy_id: policy.id, rules: store.rulesOf(policy) };
}

const rule = (name: string, more: JsonObject = {}) => ({
  type: "ACCESS_POLICY",
  name,
  conditions: { network: { connection: "ANYWHERE" }, riskScore: { level: "LOW" } },
  actions: {
    appSignOn: {
      access: "ALLOW",
      verificationMethod: { type: "ASSURANCE", factorMode: "2FA", reauthenticateIn: "PT2H", constraints: [] },
    },
  },
  ...more,
});

/** A rule with an unknown verification method. */
const FUTURE_RULE = rule("Telepathy", {
  conditions: { moonPhase: { include: ["FULL"] }, nothing: null },
  actions: { appSignOn: { access: "ALLOW", verificationMethod: { type: "TELEPATHY", waves: [0.5, { deep: "é" }] } } },
  brandNewField: { list: [{ empty: {} }] },
});

describe("list_policy_rules", () => {
  test("pages through the rules, though Okta's document lists no cursor", async () => {
    const { get, org, sent } = await connect();
    const { policy_id, store, policy } = find(org, "ACCESS_POLICY", "Default Policy");
    for (let number = 1; number <= 4; number += 1) store.insertRule(policy, { given: rule(`Rule ${number}`) as never });
    const first = await get("list_policy_rules", { policy_id, limit: 2 });
    expect(ranking(first)).toEqual(["0 Rule 1", "1 Rule 2"]);
    const second = await get("list_policy_rules", { policy_id, limit: 2, after: first.next_cursor });
    expect(ranking(second)).toEqual(["2 Rule 3", "3 Rule 4"]);
    const whole = await get("list_policy_rules", { policy_id, limit: 2, fetch_all: true });
    expect(ranking(whole)).toEqual(["0 Rule 1", "1 Rule 2", "2 Rule 3", "3 Rule 4", "99 Catch-all Rule"]);
    expect(whole).toMatchObject({ has_more: false, next_cursor: null, total_fetched: 5 });
    expect(sent()).toHaveLength(5);
    expect(sent()[0]).toBe(`GET /api/v1/policies/${policy_id}/rules?limit=2`);
    expect(sent()[1]).toContain("after=");
  });

  test("shows rules whole, of types that came later too", async () => {
    const { get, org } = await connect({ seed: 1 });
    const { policy_id } = find(org, "AGENT_DELEGATION", "Assistants of the service desk");
    const [first] = items(await get("list_policy_rules", { policy_id }));
    expect(first).toMatchObject({
      type: "AGENT_DELEGATION",
      conditions: { agent: { kinds: ["ASSISTANT"], attestation: { minimum: "SIGNED" } } },
      actions: { delegation: { grant: "READ", scopesCeiling: ["okta.users.read"] } },
    });
    expect(first).not.toHaveProperty("_links");
  });

  test("names the tool that finds the right policy", async () => {
    const { call } = await connect();
    const { error, text } = await call("list_policy_rules", { policy_id: "00pNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_policies");
  });
});

describe("get_policy_rule", () => {
  test("shows one rule whole", async () => {
    const { get, org } = await connect();
    const { policy_id, rules } = find(org, "PASSWORD", "Default Policy");
    expect(await get("get_policy_rule", { policy_id, rule_id: rules[0]?.id })).toEqual({ ...rules[0] });
  });

  test("names the tool that finds the right rule", async () => {
    const { call, org } = await connect();
    const { policy_id } = find(org, "PASSWORD", "Default Policy");
    const { error, text } = await call("get_policy_rule", { policy_id, rule_id: "0prNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_policy_rules");
  });
});

describe("create_policy_rule", () => {
  test("sends a rule as it is, with actions and conditions nobody knows, and gives back the whole answer", async () => {
    const { get, org, lastBody, sent } = await connect();
    const { policy_id } = find(org, "ACCESS_POLICY", "Default Policy");
    const created = await get("create_policy_rule", { policy_id, rule_data: FUTURE_RULE });
    expect(lastBody()).toEqual(FUTURE_RULE);
    expect(created).toMatchObject({ ...FUTURE_RULE, status: "ACTIVE", system: false });
    expect(sent()).toEqual([`POST /api/v1/policies/${policy_id}/rules?activate=true`]);
    expect(await get("get_policy_rule", { policy_id, rule_id: created.id })).toEqual(created);
  });

  test("leaves a rule inactive where asked to", async () => {
    const { get, org } = await connect();
    const { policy_id } = find(org, "ACCESS_POLICY", "Default Policy");
    const created = await get("create_policy_rule", { policy_id, rule_data: rule("Later"), activate: false });
    expect(created).toMatchObject({ status: "INACTIVE" });
  });

  test.each([
    ["OKTA_SIGN_ON", "SIGN_ON", { signon: { access: "DENY" } }],
    ["ACCESS_POLICY", "ACCESS_POLICY", { appSignOn: { access: "DENY" } }],
    ["PASSWORD", "PASSWORD", {}],
  ])("takes the type from a policy of type %s where the body names none, and says so", async (of, type, actions) => {
    const { get, org, lastBody } = await connect();
    const { policy_id } = find(org, of, "Default Policy");
    const rule_data = { name: "Untyped", conditions: {}, actions };
    const preview = await get("create_policy_rule", { policy_id, rule_data, dry_run: true });
    expect(preview.request).toMatchObject({ body: { ...rule_data, type } });
    const created = await get("create_policy_rule", { policy_id, rule_data });
    expect(lastBody()).toEqual({ ...rule_data, type });
    expect(created).toMatchObject({ name: "Untyped", type, filled_in: { type } });
    const typed = await get("create_policy_rule", { policy_id, rule_data: { ...rule_data, type, name: "Typed" } });
    expect(typed).not.toHaveProperty("filled_in");
  });

  test("says that there is no such policy to take a type from", async () => {
    const { call, writes } = await connect();
    const { error } = await call("create_policy_rule", { policy_id: "00pNobody", rule_data: { name: "Untyped" } });
    expect(error?.code).toBe("not_found");
    expect(writes()).toEqual([]);
  });

  test("comes last before the default rule, or pushes others down from the place it asks for", async () => {
    const { get, org } = await connect({ seed: 1, person: accepts });
    const signOn = find(org, "OKTA_SIGN_ON", "Contractors");
    const rule_data = { type: "SIGN_ON", name: "First of all", priority: 1, actions: {}, conditions: {} };
    await get("create_policy_rule", { policy_id: signOn.policy_id, rule_data });
    expect(ranking(await get("list_policy_rules", { policy_id: signOn.policy_id }))).toEqual([
      "1 First of all",
      "2 Plant network",
      "3 Everywhere else",
      "4 Nobody through RADIUS",
    ]);
    const app = find(org, "ACCESS_POLICY", "Customer data");
    await get("create_policy_rule", { policy_id: app.policy_id, rule_data: rule("Last") });
    expect(ranking(await get("list_policy_rules", { policy_id: app.policy_id })).slice(-2)).toEqual([
      "3 Last",
      "99 Catch-all Rule",
    ]);
  });
});

describe("update_policy_rule", () => {
  const withRule = async () => {
    const client = await connect({ person: accepts });
    const { policy_id } = find(client.org, "ACCESS_POLICY", "Default Policy");
    const created = await client.get("create_policy_rule", { policy_id, rule_data: FUTURE_RULE });
    return { ...client, policy_id, rule_id: created.id as string, created };
  };

  test("names conditions and actions that the body would drop, and drops them only where that is allowed", async () => {
    const { call, get, writes, policy_id, rule_id } = await withRule();
    const rule_data = {
      type: "ACCESS_POLICY",
      name: "Telepathy",
      priority: 0,
      actions: { appSignOn: { access: "DENY" } },
    };
    const { error } = await call("update_policy_rule", { policy_id, rule_id, rule_data });
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual(["conditions", "actions.appSignOn.verificationMethod", "brandNewField"]);
    expect(writes()).toHaveLength(1);
    const replaced = await get("update_policy_rule", { policy_id, rule_id, rule_data, allow_removals: true });
    expect(replaced).toMatchObject(rule_data);
    expect(replaced).not.toHaveProperty("conditions");
  });

  test("takes back a rule as it was read, with one thing changed", async () => {
    const { get, lastBody, policy_id, rule_id, created } = await withRule();
    const rule_data = { ...created, brandNewField: { list: [{ empty: "changed" }] } };
    const replaced = await get("update_policy_rule", { policy_id, rule_id, rule_data });
    expect(lastBody()).toEqual(rule_data);
    expect(replaced).toMatchObject({ ...FUTURE_RULE, brandNewField: { list: [{ empty: "changed" }] }, id: rule_id });
  });

  test("changes the actions of a default rule, whose conditions Okta keeps", async () => {
    const { get, call, org } = await connect({ person: accepts });
    const { policy_id, rules } = find(org, "ACCESS_POLICY", "Default Policy");
    const [catchAll] = rules;
    const rule_data = { ...catchAll, actions: { appSignOn: { access: "DENY", verificationMethod: {} } } };
    const target = { policy_id, rule_id: catchAll?.id, allow_removals: true };
    expect(await get("update_policy_rule", { ...target, rule_data })).toMatchObject({ priority: 99, system: true });
    const { error } = await call("update_policy_rule", {
      ...target,
      rule_data: { ...rule_data, conditions: { a: 1 } },
    });
    expect(error?.message).toContain("read-only");
  });

  test("keeps the type of the rule where the body names none, and says so", async () => {
    const { get, lastBody, created, policy_id, rule_id } = await withRule();
    for (const type of [undefined, null, ""]) {
      const replaced = await get("update_policy_rule", { policy_id, rule_id, rule_data: { ...created, type } });
      expect(replaced).toMatchObject({ id: rule_id, type: created.type, filled_in: { type: created.type } });
      expect(lastBody()).toEqual({ ...created });
      // The field `filled_in` of an answer is not sent to Okta with the next body.
      await get("update_policy_rule", { policy_id, rule_id, rule_data: replaced });
      expect(lastBody()).toEqual({ ...created, lastUpdated: replaced.lastUpdated });
    }
  });
});

describe("activate_policy_rule and deactivate_policy_rule", () => {
  test("switch a rule off, after a person agreed, and on again", async () => {
    const { get, org, asked } = await connect({ seed: 1, person: accepts });
    const { policy_id, rules } = find(org, "OKTA_SIGN_ON", "Contractors");
    const target = { policy_id, rule_id: rules[0]?.id };
    expect(await get("deactivate_policy_rule", target)).toEqual({ done: true, ...target });
    expect(await get("get_policy_rule", target)).toMatchObject({ status: "INACTIVE" });
    await get("activate_policy_rule", target);
    expect(await get("get_policy_rule", target)).toMatchObject({ status: "ACTIVE" });
    expect(asked).toHaveLength(1);
  });

  test("say so when a rule is inactive already", async () => {
    const { call, org, asked } = await connect({ seed: 1, person: accepts });
    const { policy_id, rules } = find(org, "OKTA_SIGN_ON", "Contractors");
    const { error } = await call("deactivate_policy_rule", { policy_id, rule_id: rules[2]?.id });
    expect(error).toMatchObject({ code: "conflict" });
    expect(error?.fix).toContain("activate_policy_rule");
    expect(asked).toEqual([]);
  });
});

describe("delete_policy_rule", () => {
  test("shows the person what the rule does, for whom, and which rule decides then", async () => {
    const { call, asked, org, writes } = await connect({ seed: 1, person: declines });
    const { policy, policy_id, store } = find(org, "ACCESS_POLICY", "Low risk");
    const sales = org.groups.all().find(({ profile }) => profile.name === "Sales");
    const ada = org.users.all()[0];
    const people = { groups: { include: [sales?.id] }, users: { exclude: [ada?.id] } };
    const given = rule("Sales abroad", { priority: 0, conditions: { people } });
    const added = store.insertRule(policy, { given: given as never });
    const { error } = await call("delete_policy_rule", { policy_id, rule_id: added.id });
    expect(error?.code).toBe("declined");
    expect(asked[0]?.message).toContain(`policy rule "Sales abroad" (${added.id})`);
    expect(lines(asked[0]?.message)).toEqual([
      "rule of the policy Low risk (ACCESS_POLICY)",
      "status ACTIVE, priority 0",
      "app sign on: access ALLOW, verification method (type ASSURANCE, factor mode 2FA, reauthenticate in PT2H)",
      "applies to 1 group: Sales",
      `leaves out 1 user: ${ada?.profile.login}`,
      "next in line is the rule Anybody",
      "it has app sign on: access ALLOW, verification method (type ASSURANCE, factor mode 1FA, reauthenticate in PT8H), keep me signed in (post auth NOT_ALLOWED)",
    ]);
    expect(writes()).toEqual([]);
  });

  test("puts the actions of a type that came later into words, too", async () => {
    const { call, asked, org } = await connect({ seed: 1, person: declines });
    const { policy_id, rules } = find(org, "AGENT_DELEGATION", "Assistants of the service desk");
    await call("delete_policy_rule", { policy_id, rule_id: rules[0]?.id });
    expect(lines(asked[0]?.message)).toContain(
      "delegation: grant READ, ask person BEFORE_WRITES, scopes ceiling okta.users.read",
    );
  });

  test("deletes a rule; where numbers are kept without gaps the others move up, elsewhere they stay", async () => {
    const { get, org } = await connect({ seed: 1, person: accepts });
    const dense = find(org, "OKTA_SIGN_ON", "Contractors");
    const target = { policy_id: dense.policy_id, rule_id: dense.rules[0]?.id };
    expect(await get("delete_policy_rule", target)).toEqual({ done: true, ...target });
    expect(ranking(await get("list_policy_rules", { policy_id: dense.policy_id }))).toEqual([
      "1 Everywhere else",
      "2 Nobody through RADIUS",
    ]);
    const gapped = find(org, "ACCESS_POLICY", "Customer data");
    await get("delete_policy_rule", { policy_id: gapped.policy_id, rule_id: gapped.rules[0]?.id });
    expect(ranking(await get("list_policy_rules", { policy_id: gapped.policy_id }))).toEqual([
      "1 Managed phones",
      "2 Risky sign-ins",
      "99 Catch-all Rule",
    ]);
  });

  test.each(["delete_policy_rule", "deactivate_policy_rule"])(
    "%s refuses a system rule with the reason before anybody is asked",
    async (tool) => {
      const { call, asked, org, writes } = await connect({ person: accepts });
      for (const type of ["PASSWORD", "ACCESS_POLICY"]) {
        const { policy_id, rules } = find(org, type, "Default Policy");
        const { error } = await call(tool, { policy_id, rule_id: rules.at(-1)?.id });
        expect(error).toMatchObject({ code: "protected" });
        expect(error?.message).toContain("system rule");
      }
      expect(asked).toEqual([]);
      expect(writes()).toEqual([]);
    },
  );

  test("shows names from the org with nothing hidden in them", async () => {
    const { call, asked, org } = await connect({ person: declines });
    const { policy, policy_id, store } = find(org, "ACCESS_POLICY", "Default Policy");
    const name = "Harmless\n- status INACTIVE\u202e";
    const added = store.insertRule(policy, { given: rule(name) as never });
    await call("delete_policy_rule", { policy_id, rule_id: added.id });
    expect(asked[0]?.message).toContain('"Harmless - status INACTIVE<U+202E>"');
    expect(lines(asked[0]?.message)).not.toContain("status INACTIVE");
  });
});

test.each([
  "get_policy_rule",
  "update_policy_rule",
  "delete_policy_rule",
  "activate_policy_rule",
  "deactivate_policy_rule",
])("%s takes no id that would leave its place in the path", async (tool) => {
  const { call, sent } = await connect({ person: accepts });
  const more = tool === "update_policy_rule" ? { rule_data: FUTURE_RULE } : {};
  for (const hostile of HOSTILE_IDS) {
    for (const target of [
      { policy_id: hostile, rule_id: "0pr1" },
      { policy_id: "00p1", rule_id: hostile },
    ]) {
      const { error } = await call(tool, { ...target, ...more });
      expect(error, JSON.stringify(target)).toMatchObject({ code: "bad_input" });
    }
  }
  expect(sent()).toEqual([]);
});
