import { describe, expect, test } from "vitest";
import type { Policy } from "../../sandbox/state/policy-store.js";
import type { GuardFile } from "../../src/guard/schema.js";
import { accepts, declines } from "../support/client.js";
import { guardRules } from "./support.js";
import { linesOf, policyOrg } from "./support-policies.js";

type Protected = NonNullable<GuardFile["protect"]>["policies"];

/** Opens an org with three policies of one type, A, B and C, in this order before the default one. */
async function row(policies: Protected = [], options: Parameters<typeof policyOrg>[0] = {}) {
  const org = await policyOrg({ guard: guardRules({ protect: { policies } }), seed: null, ...options });
  const add = (name: string) => org.store.insert({ given: { type: "PASSWORD", name, conditions: null } });
  const [a, b, c] = [add("A"), add("B"), add("C")] as [Policy, Policy, Policy];
  const order = () => org.order("PASSWORD").slice(0, -1).join("");
  const create = (priority: unknown, more = {}) =>
    org.call("create_policy", { policy_data: { type: "PASSWORD", name: "New", priority, ...more } });
  const lists = () => org.sent().filter((line) => line.startsWith("GET /api/v1/policies?")).length;
  return { ...org, a, b, c, order, create, lists };
}

describe("a policy that passes others", () => {
  test.each<[string, number, string, string]>([
    ["A", 3, "BCA", "comes after 2 policies that it came before: B, C"],
    ["A", 99, "BCA", "comes after 2 policies that it came before: B, C"],
    ["A", 2, "BAC", "comes after 1 policy that it came before: B"],
    ["C", 1, "CAB", "comes before 2 policies, which lose their place to it: A, B"],
    ["C", 0, "CAB", "comes before 2 policies, which lose their place to it: A, B"],
    ["C", -5, "CAB", "comes before 2 policies, which lose their place to it: A, B"],
    ["C", 2, "ACB", "comes before 1 policy, which loses its place to it: B"],
  ])("%s at %i asks, and names them", async (name, priority, after, line) => {
    const { policy, update, order, asked } = await row();
    const { isError, text, data, error } = await update(policy("PASSWORD", name), { priority });
    if (priority < 0) {
      // Okta itself refuses a place that does not exist.
      expect(error?.code).toBe("bad_input");
    } else {
      expect(isError, text).toBe(false);
      expect(order()).toBe(after);
      expect(data.side_effects).toEqual([line]);
    }
    expect(asked.map(({ message }) => linesOf(message))).toEqual([[line]]);
  });

  test("is not moved where the person says no", async () => {
    const { c, update, order, writes } = await row([], { person: declines });
    expect((await update(c, { priority: 1 })).error?.code).toBe("declined");
    expect(order()).toBe("ABC");
    expect(writes()).toEqual([]);
  });

  test("asks when it is new, too", async () => {
    const { create, order, asked } = await row();
    const { data } = await create(2);
    expect(order()).toBe("ANewBC");
    const line = "comes before 2 policies, which lose their place to it: B, C";
    expect(data.side_effects).toEqual([line]);
    expect(String(asked[0]?.message)).toBe(`Create policy: policy "New" (new)\n- ${line}`);
  });

  test("names the first of many, and their number", async () => {
    const { create, store, asked } = await row();
    for (let i = 1; i <= 7; i++) store.insert({ given: { type: "PASSWORD", name: `P${i}` } });
    await create(1);
    expect(linesOf(asked[0]?.message)).toEqual([
      "comes before 10 policies, which lose their place to it: A, B, C, P1, P2 …",
    ]);
  });

  test("is told by a preview, which sends nothing", async () => {
    const { c, update, writes, order } = await row();
    const line = "comes before 2 policies, which lose their place to it: A, B";
    const { data } = await update(c, { priority: 1 }, { dry_run: true });
    expect(data).toMatchObject({ side_effects: [line], needs_confirmation: { details: [line] } });
    expect(order()).toBe("ABC");
    expect(writes()).toEqual([]);
  });

  test("is no removal", async () => {
    const limits = { removals: { per_session: 0 } };
    const { c, update, order, latest } = await row([], { guard: guardRules({ limits }) });
    await update(c, { priority: 1 });
    expect(order()).toBe("CAB");
    expect((await latest()).effect).toBe("changes");
  });

  test("has to ask again where the order changed meanwhile", async () => {
    const org = await row([], {
      person: (question) => {
        org.store.insert({ given: { type: "PASSWORD", name: "Late", priority: 1 } });
        return accepts(question);
      },
    });
    expect((await org.update(org.c, { priority: 1 })).error?.code).toBe("conflict");
    expect(org.order()).toBe("LateABC");
  });
});

describe("a policy that passes none", () => {
  test("asks nobody and reads no others", async () => {
    const { a, c, update, create, order, asked, lists } = await row([{ name: "B" }]);
    for (const [policy, more] of [
      [a, { description: "x" }],
      [a, { priority: 1 }],
      [c, { priority: 3, description: "y" }],
    ] as const) {
      expect((await update(policy, more)).isError).toBe(false);
    }
    for (const priority of [undefined, null])
      expect((await create(priority, { name: `New ${priority}` })).isError).toBe(false);
    expect(lists()).toBe(0);
    expect((await create(6, { name: "End" })).isError, "the end").toBe(false);
    expect((await update(c, { priority: 3 })).isError).toBe(false);
    expect(order()).toBe("ABCNew undefinedNew nullEnd");
    expect(asked).toEqual([]);
  });

  test("has a type whose policies all have one priority", async () => {
    const { call, asked, store } = await policyOrg({
      guard: guardRules({ protect: { policies: [{ name: "Customer data" }] } }),
    });
    const policy_data = { type: "ACCESS_POLICY", name: "New", priority: 1, conditions: null };
    const { isError, text } = await call("create_policy", { policy_data });
    expect(isError, text).toBe(false);
    expect(store.ofType("ACCESS_POLICY").map(({ priority }) => priority)).toEqual([1, 1, 1, 1, 1]);
    expect(asked).toEqual([]);
  });

  test("is Okta's own, which stays last", async () => {
    const { policy, update, asked } = await row([{ name: "B" }]);
    const { isError, text } = await update(policy("PASSWORD", "Default Policy"), { priority: 1 });
    expect(isError, text).toBe(false);
    expect(asked).toEqual([]);
  });
});

describe("a protected policy", () => {
  test.each<[string, Protected]>([
    ["name", [{ name: "b" }]],
    ["pattern", [{ pattern: "[bB]" }, { pattern: "?B" }, { pattern: "B*" }]],
  ])("known by its %s keeps its place, whichever way it would be passed", async (_, policies) => {
    const { a, b, c, update, create, order, asked, writes } = await row(policies);
    for (const refused of [
      () => update(c, { priority: 1 }),
      () => update(c, { priority: 2 }),
      () => update(c, { priority: 1 }, { dry_run: true }),
      () => update(a, { priority: 2 }),
      () => update(a, { priority: 50 }),
      () => create(1),
      () => create(2),
    ]) {
      const { error } = await refused();
      expect(error).toMatchObject({ code: "protected", data: { target: { type: "policy", id: b.id } } });
      expect(error?.message).toContain("The call does not name it, but the policy ");
    }
    expect(order()).toBe("ABC");
    expect([...asked, ...writes()]).toEqual([]);
    expect((await create(3)).isError, "behind it").toBe(false);
    expect(order()).toBe("ABNewC");
  });

  test("known by its id keeps its place", async () => {
    const { b } = await row();
    const { c, update, store } = await row([{ id: b.id }]);
    expect(store.get(b.id)?.name).toBe("B");
    expect((await update(c, { priority: 1 })).error?.code).toBe("protected");
  });

  test("is not passed by a body that leaves the priority out, which Okta takes for the last place", async () => {
    const { a, b, update, bodyOf, call, order } = await row([{ name: "B" }]);
    const { priority: _, ...policy_data } = (await bodyOf(a)) as { [field: string]: unknown };
    const args = { policy_id: a.id, policy_data, allow_removals: true };
    expect((await call("update_policy", args)).error).toMatchObject({
      code: "protected",
      data: { target: { id: b.id } },
    });
    expect((await update(a, { priority: null }, { allow_removals: true })).error?.code).toBe("protected");
    expect(order()).toBe("ABC");
  });

  test("is not passed by an undo", async () => {
    const { c, a, update, policy, store, latest, call, order, asked } = await row([{ name: "Later" }]);
    await update(c, { priority: 1 });
    const change_id = (await latest()).id;
    expect(order()).toBe("CAB");
    const later = store.insert({ given: { type: "PASSWORD", name: "Later", priority: 2 } });
    expect([order(), later.priority, a.id]).toEqual(["CLaterAB", 2, policy("PASSWORD", "A").id]);
    const questions = asked.length;
    expect((await call("undo_change", { change_id })).error).toMatchObject({
      code: "protected",
      data: { target: { id: later.id } },
    });
    expect(order()).toBe("CLaterAB");
    expect(asked).toHaveLength(questions);
  });

  test("is read whole, or nothing is done", async () => {
    const { c, update, sandbox, writes } = await row([{ name: "X" }]);
    sandbox.next("GET", "/api/v1/policies", { status: 503, times: 8 });
    expect((await update(c, { priority: 1 })).error?.code).toBe("okta_down");
    expect(writes()).toEqual([]);
  });
});

describe("a priority that is none", () => {
  test.each(["1", 1.5, true, [1], {}, ""])("%j is refused, and nothing is sent", async (priority) => {
    const { c, update, create, asked, writes } = await row();
    expect((await update(c, { priority: priority as string })).error).toMatchObject({ code: "bad_input" });
    expect((await create(priority)).error).toMatchObject({ code: "bad_input" });
    expect([...asked, ...writes()]).toEqual([]);
  });
});

describe("a rule that passes others", () => {
  test("asks in an order without gaps, and names them", async () => {
    const { policy, rule, updateRule, call, ruleOrder, asked } = await policyOrg();
    const contractors = policy("OKTA_SIGN_ON", "Contractors");
    const line = "comes before 2 policy rules, which lose their place to it: Plant network, Everywhere else";
    const { data } = await updateRule(contractors, rule(contractors, "Nobody through RADIUS"), { priority: 1 });
    expect(data.side_effects).toEqual([line]);
    expect(ruleOrder(contractors)[0]).toBe("Nobody through RADIUS");
    expect(linesOf(asked[0]?.message)).toEqual([line]);
    const rule_data = { name: "New", priority: 3, conditions: {}, actions: {} };
    await call("create_policy_rule", { policy_id: contractors.id, rule_data });
    expect(linesOf(asked[1]?.message)).toEqual([
      "comes before 1 policy rule, which loses its place to it: Everywhere else",
    ]);
  });

  test("asks in an order with gaps, where one behind it keeps its place", async () => {
    const { policy, rule, updateRule, ruleOrder, asked } = await policyOrg();
    const customers = policy("ACCESS_POLICY", "Customer data");
    const first = rule(customers, "Managed laptops");
    expect(first.priority).toBe(0);
    await updateRule(customers, first, { priority: 2 });
    expect(ruleOrder(customers)).toEqual(["Managed phones", "Managed laptops", "Risky sign-ins", "Catch-all Rule"]);
    expect(linesOf(asked[0]?.message)).toEqual(["comes after 1 policy rule that it came before: Managed phones"]);
  });

  test("asks nobody where it passes none", async () => {
    const { policy, rule, updateRule, asked } = await policyOrg();
    const customers = policy("ACCESS_POLICY", "Customer data");
    for (const [name, priority] of [
      ["Catch-all Rule", 0],
      ["Managed laptops", 0],
      ["Risky sign-ins", 50],
    ] as const) {
      const { isError, text } = await updateRule(customers, rule(customers, name), { priority });
      expect(isError, text).toBe(false);
    }
    expect(asked).toEqual([]);
  });

  test("lies in its policy, and is protected with it", async () => {
    const policies = [{ name: "Contractors" }];
    const { policy, rule, updateRule, writes } = await policyOrg({ guard: guardRules({ protect: { policies } }) });
    const contractors = policy("OKTA_SIGN_ON", "Contractors");
    const { error } = await updateRule(contractors, rule(contractors, "Everywhere else"), { priority: 1 });
    expect(error).toMatchObject({ code: "protected", data: { target: { id: contractors.id } } });
    expect(writes()).toEqual([]);
  });
});
