import { describe, expect, test } from "vitest";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { accepts, connect, declines } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";

type JsonObject = { [key: string]: unknown };

const items = (data: JsonObject) => data.items as (JsonObject & { id: string; name: string; priority: number })[];
const names = (data: JsonObject) => items(data).map(({ name }) => name);
const lines = (message: string) => message.split("\n- ").slice(1);

/** A policy of an unknown type, with a field of each type. */
const FUTURE_POLICY = {
  type: "AGENT_DELEGATION",
  name: "Night shift",
  description: "Robots on their own",
  conditions: { shift: { from: "22:00", weekdays: [1, 2.5, null] } },
  settings: { delegation: { chainDepth: 2, nested: [{ deep: "é\u2028" }], empty: {}, off: false } },
  brandNewField: ["x", { y: null }],
};

const PASSWORD_POLICY = {
  type: "PASSWORD",
  name: "Vault",
  description: "Long ones",
  priority: 1,
  conditions: { people: { groups: { include: ["00gSandboxVault00001"] } }, authProvider: { provider: "OKTA" } },
  settings: {
    password: { complexity: { minLength: 20 }, age: { historyCount: 4 }, lockout: { maxAttempts: 5 } },
    recovery: { factors: { recovery_question: { properties: { complexity: { minLength: 4 } }, status: "ACTIVE" } } },
    delegation: { options: { skipUnlock: false } },
  },
};

describe("list_policies", () => {
  test("sends what was asked for, as it was asked for", async () => {
    const { get, sandbox } = await connect();
    await get("list_policies", {
      type: "PASSWORD",
      status: "ACTIVE",
      q: "Def",
      limit: 7,
      expand: "rules",
      sort_by: "name",
      resource_id: "ausSandbox",
    });
    const url = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      type: "PASSWORD",
      status: "ACTIVE",
      q: "Def",
      limit: "7",
      expand: "rules",
      sortBy: "name",
      resourceId: "ausSandbox",
    });
  });

  test("pages, and follows the pages to the end where asked to", async () => {
    const { get, sent } = await connect({ seed: 1 });
    const first = await get("list_policies", { type: "ACCESS_POLICY", limit: 3 });
    expect(items(first)).toHaveLength(3);
    expect(first.has_more).toBe(true);
    const rest = await get("list_policies", { type: "ACCESS_POLICY", limit: 3, after: first.next_cursor });
    const all = await get("list_policies", { type: "ACCESS_POLICY", limit: 1, fetch_all: true });
    expect([...names(first), ...names(rest)].sort()).toEqual(names(all).sort());
    expect(names(all).sort()).toEqual(["Before the merger", "Customer data", "Default Policy", "Low risk"]);
    expect(sent()).toHaveLength(6);
  });

  test("shows the policies of a type that came later, whole, and their rules where asked for", async () => {
    const { get } = await connect({ seed: 1 });
    const [policy] = items(await get("list_policies", { type: "AGENT_DELEGATION", expand: "rules" }));
    expect(policy).toMatchObject({
      type: "AGENT_DELEGATION",
      audience: { agents: ["agt-helpdesk"], maxDelegationHours: 4 },
      settings: { delegation: { chainDepth: 1, budgets: [{ unit: "calls", perHour: 200 }] } },
    });
    expect(policy).toHaveProperty("_embedded.rules.0.actions.delegation.askPerson", "BEFORE_WRITES");
    expect(policy).not.toHaveProperty("_embedded.rules.0._links");
  });

  test("says what Okta says of a type that the org does not have", async () => {
    const { call } = await connect();
    const { error } = await call("list_policies", { type: "HOROSCOPE" });
    expect(error).toMatchObject({ code: "bad_input" });
    expect(error?.message).toContain("OKTA_SIGN_ON");
  });

  test("keeps to the status and to names that begin alike", async () => {
    const { get } = await connect({ seed: 1 });
    expect(names(await get("list_policies", { type: "PASSWORD", status: "INACTIVE" }))).toEqual(["Factory floor"]);
    expect(names(await get("list_policies", { type: "PASSWORD", q: "adm" }))).toEqual(["Administrators"]);
  });
});

describe("get_policy", () => {
  test("shows a policy whole, settings that speak of passwords and tokens included", async () => {
    const { get, org } = await connect();
    const [policy] = org.area(POLICIES).ofType("PASSWORD");
    const shown = await get("get_policy", { policy_id: policy?.id, expand: "rules" });
    expect(shown).toMatchObject({ ...policy });
    expect(shown).toHaveProperty(
      "settings.recovery.factors.okta_email.properties.recoveryToken.tokenLifetimeMinutes",
      60,
    );
    expect(shown).toHaveProperty("_embedded.rules.0.name", "Default Rule");
  });

  test("names the tool that finds the right id", async () => {
    const { call } = await connect();
    const { error, text } = await call("get_policy", { policy_id: "00pNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_policies");
  });
});

describe("create_policy", () => {
  test("sends a policy of any type as it is, and gives back the whole answer", async () => {
    const { get, lastBody, sent } = await connect();
    for (const policy_data of [FUTURE_POLICY, PASSWORD_POLICY]) {
      const created = await get("create_policy", { policy_data });
      expect(lastBody()).toEqual(policy_data);
      expect(created).toMatchObject({ ...policy_data, status: "ACTIVE", system: false });
      expect(await get("get_policy", { policy_id: created.id })).toEqual(created);
    }
    expect(sent()[0]).toBe("POST /api/v1/policies?activate=true");
  });

  test("leaves a policy inactive where asked to", async () => {
    const { get } = await connect();
    expect(await get("create_policy", { policy_data: FUTURE_POLICY, activate: false })).toMatchObject({
      status: "INACTIVE",
    });
  });

  test.each([{}, { type: "" }, { type: null }, { type: ["PASSWORD"] }])(
    "refuses a body without a type (%j), names the types and sends nothing",
    async (type) => {
      const { call, sent } = await connect();
      const { type: _, ...rest } = PASSWORD_POLICY;
      const { error } = await call("create_policy", { policy_data: { ...rest, ...type } });
      expect(error?.code).toBe("bad_input");
      for (const known of ["ACCESS_POLICY", "OKTA_SIGN_ON", "SESSION_VIOLATION_DETECTION", "or a later one"]) {
        expect(error?.fix).toContain(known);
      }
      expect(sent()).toEqual([]);
    },
  );

  test("makes room for the priority that was asked for", async () => {
    const { get } = await connect({ seed: 1, person: accepts });
    await get("create_policy", { policy_data: { ...PASSWORD_POLICY, priority: 2 } });
    const list = items(await get("list_policies", { type: "PASSWORD" }));
    expect(list.map(({ name, priority }) => `${priority} ${name}`)).toEqual([
      "1 Administrators",
      "2 Vault",
      "3 Factory floor",
      "4 Default Policy",
    ]);
  });
});

describe("update_policy", () => {
  const withVault = async () => {
    const client = await connect({ person: accepts });
    const created = await client.get("create_policy", { policy_data: PASSWORD_POLICY });
    return { ...client, policy_id: created.id as string };
  };

  test("names what the body would drop, and drops it only where that is allowed", async () => {
    const { call, get, writes, policy_id } = await withVault();
    const policy_data = { type: "PASSWORD", name: "Vault", settings: { password: { complexity: { minLength: 24 } } } };
    const { error } = await call("update_policy", { policy_id, policy_data });
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual([
      "description",
      "priority",
      "conditions",
      "settings.password.age",
      "settings.password.lockout",
      "settings.recovery",
      "settings.delegation",
    ]);
    expect(writes()).toHaveLength(1);
    const replaced = await get("update_policy", { policy_id, policy_data, allow_removals: true });
    expect(replaced.settings).toEqual(policy_data.settings);
    expect(replaced).not.toHaveProperty("description");
  });

  test("takes back a policy as it was read, with one thing changed, unknown fields included", async () => {
    const { get, lastBody } = await connect();
    const created = await get("create_policy", { policy_data: FUTURE_POLICY });
    const policy_data = { ...created, brandNewField: ["x", { y: 1 }, "changed"] };
    const replaced = await get("update_policy", { policy_id: created.id, policy_data });
    expect(lastBody()).toEqual(policy_data);
    expect(replaced).toMatchObject({ ...FUTURE_POLICY, brandNewField: ["x", { y: 1 }, "changed"], id: created.id });
  });

  test("does not ask for what Okta sets itself", async () => {
    const { get, policy_id } = await withVault();
    const { recovery, ...settings } = PASSWORD_POLICY.settings;
    const withoutLength = { factors: { recovery_question: { properties: { complexity: {} }, status: "ACTIVE" } } };
    const policy_data = { ...PASSWORD_POLICY, settings: { ...settings, recovery: withoutLength } };
    expect(recovery).not.toEqual(withoutLength);
    await get("update_policy", { policy_id, policy_data });
  });

  test("keeps the type of the policy where the body names none, and says so", async () => {
    const { get, lastBody, policy_id } = await withVault();
    const { type, ...policy_data } = await get("get_policy", { policy_id });
    const replaced = await get("update_policy", { policy_id, policy_data });
    expect(lastBody()).toEqual({ ...policy_data, type });
    expect(replaced).toMatchObject({ type: "PASSWORD", filled_in: { type: "PASSWORD" } });
    expect(await get("update_policy", { policy_id, policy_data: replaced })).not.toHaveProperty("filled_in");
    expect(lastBody()).not.toHaveProperty("filled_in");
  });
});

describe("activate_policy and deactivate_policy", () => {
  test("switch a policy off, after a person agreed, and on again", async () => {
    const { get, asked, writes } = await connect({ person: accepts });
    const { id: policy_id } = await get("create_policy", { policy_data: FUTURE_POLICY });
    expect(await get("deactivate_policy", { policy_id })).toEqual({ done: true, policy_id });
    expect(asked[0]?.message).toContain("Night shift");
    expect(await get("get_policy", { policy_id })).toMatchObject({ status: "INACTIVE" });
    await get("activate_policy", { policy_id });
    expect(await get("get_policy", { policy_id })).toMatchObject({ status: "ACTIVE" });
    expect(writes().slice(1)).toEqual([
      `POST /api/v1/policies/${policy_id}/lifecycle/deactivate`,
      `POST /api/v1/policies/${policy_id}/lifecycle/activate`,
    ]);
    expect(asked).toHaveLength(1);
  });

  test("say so when a policy is inactive already", async () => {
    const { get, call, asked } = await connect({ person: accepts });
    const { id: policy_id } = await get("create_policy", { policy_data: FUTURE_POLICY, activate: false });
    const { error } = await call("deactivate_policy", { policy_id });
    expect(error).toMatchObject({ code: "conflict" });
    expect(error?.fix).toContain("activate_policy");
    expect(asked).toEqual([]);
  });
});

describe("delete_policy", () => {
  test("shows the person the policy by name, and whom it is about", async () => {
    const { get, call, asked, org, writes } = await connect({ seed: 1, person: declines });
    const contractors = org
      .area(POLICIES)
      .ofType("OKTA_SIGN_ON")
      .find(({ name }) => name === "Contractors");
    const { error } = await call("delete_policy", { policy_id: contractors?.id });
    expect(error?.code).toBe("declined");
    expect(asked[0]?.message).toContain(`policy "Contractors" (${contractors?.id})`);
    expect(lines(asked[0]?.message ?? "")).toEqual([
      "type OKTA_SIGN_ON, status ACTIVE, priority 2",
      "3 rules: Plant network, Everywhere else, Nobody through RADIUS",
      "applies to 1 group: Contractors",
      "deleted for good, with its rules",
    ]);
    expect(writes()).toEqual([]);
    expect(items(await get("list_policies", { type: "OKTA_SIGN_ON" }))).toHaveLength(3);
  });

  test("shows which apps use the policy; Okta then refuses to delete it", async () => {
    const { call, asked, org } = await connect({ seed: 1, person: accepts });
    const store = org.area(POLICIES);
    const policy = store.ofType("ACCESS_POLICY").find(({ name }) => name === "Customer data");
    const { error } = await call("delete_policy", { policy_id: policy?.id });
    expect(lines(asked[0]?.message ?? "")).toContain(
      "used by 3 apps: Salesforce, GitHub Enterprise, Robot Fleet Console",
    );
    expect(error?.message).toContain("Assign its apps to another policy first");
    expect(store.get(policy?.id ?? "")).toBeDefined();
  });

  test("names no groups and apps that this session may not read, but counts them", async () => {
    const { call, asked, org } = await connect({
      seed: 1,
      person: declines,
      scopes: ["okta.policies.manage"],
    });
    const store = org.area(POLICIES);
    await call("delete_policy", { policy_id: store.ofType("PASSWORD")[0]?.id });
    expect(lines(asked[0]?.message ?? "")).toContain("applies to 2 groups");
    const customers = store.ofType("ACCESS_POLICY").find(({ name }) => name === "Customer data");
    await call("delete_policy", { policy_id: customers?.id });
    expect(lines(asked[1]?.message ?? "")).toContain("used by 3 apps");
  });

  test("deletes a policy with its rules, and the others of its type close up", async () => {
    const { get, org } = await connect({ seed: 1, person: accepts });
    const [first] = org.area(POLICIES).ofType("OKTA_SIGN_ON");
    expect(await get("delete_policy", { policy_id: first?.id })).toEqual({ done: true, policy_id: first?.id });
    const left = items(await get("list_policies", { type: "OKTA_SIGN_ON" }));
    expect(left.map(({ name, priority }) => `${priority} ${name}`)).toEqual(["1 Contractors", "2 Default Policy"]);
  });

  test.each(["delete_policy", "deactivate_policy"])(
    "%s refuses a system policy with the reason before anybody is asked",
    async (tool) => {
      const { call, asked, org, writes } = await connect({ person: accepts });
      for (const type of ["OKTA_SIGN_ON", "ACCESS_POLICY", "ENTITY_RISK"]) {
        const { error } = await call(tool, { policy_id: org.area(POLICIES).ofType(type)[0]?.id });
        expect(error).toMatchObject({ code: "protected", retry: "never" });
        expect(error?.message).toContain("system policy");
      }
      expect(asked).toEqual([]);
      expect(writes()).toEqual([]);
    },
  );

  test("asks again when a rule changed between question and answer", async () => {
    const { get, call, org, writes } = await connect();
    const { id } = await get("create_policy", { policy_data: { type: "ACCESS_POLICY", name: "Vault doors" } });
    const first = await call("delete_policy", { policy_id: id });
    expect(first.error?.code).toBe("needs_confirmation");
    const store = org.area(POLICIES);
    const policy = store.get(String(id));
    if (policy === undefined) throw new Error("The policy is gone.");
    store.addRule(policy, { given: { type: "ACCESS_POLICY", name: "A new rule" } });
    const second = await call("delete_policy", { policy_id: id, confirmation: first.error?.data.confirmation });
    expect(second.error).toMatchObject({ code: "needs_confirmation" });
    expect(second.error?.message).toContain("A new rule");
    await get("delete_policy", { policy_id: id, confirmation: second.error?.data.confirmation });
    expect(writes()).toEqual(["POST /api/v1/policies?activate=true", `DELETE /api/v1/policies/${id}`]);
  });
});

test.each(["get_policy", "update_policy", "delete_policy", "activate_policy", "deactivate_policy"])(
  "%s takes no id that would leave its place in the path",
  async (tool) => {
    const { call, sent } = await connect({ person: accepts });
    const more = tool === "update_policy" ? { policy_data: FUTURE_POLICY } : {};
    for (const policy_id of HOSTILE_IDS) {
      const { error } = await call(tool, { policy_id, ...more });
      expect(error, JSON.stringify(policy_id)).toMatchObject({ code: "bad_input" });
    }
    expect(sent()).toEqual([]);
  },
);
