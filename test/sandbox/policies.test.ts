import { describe, expect, test } from "vitest";
import { inOrder, type Order, place, type Ranked } from "../../sandbox/priorities.js";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { errorOf, openSandbox } from "../support/sandbox.js";

/** Items with these priorities, which their ids name, followed by a system item. */
function ranked(...priorities: number[]): Ranked[] {
  const items = priorities.map((priority) => ({ id: `was ${priority}`, priority, system: false }));
  return [...items, { id: "system", priority: 99, system: true }];
}

describe("priorities", () => {
  test.each<[Order, number[], number | undefined, string[]]>([
    ["dense", [1, 2, 3], 2, ["1 was 1", "2 new", "3 was 2", "4 was 3", "5 system"]],
    ["dense", [1, 2, 3], undefined, ["1 was 1", "2 was 2", "3 was 3", "4 new", "5 system"]],
    ["dense", [1, 2, 3], 50, ["1 was 1", "2 was 2", "3 was 3", "4 new", "5 system"]],
    ["dense", [], 0, ["1 new", "2 system"]],
    ["gapped", [], undefined, ["0 new", "99 system"]],
    ["gapped", [0, 1, 5], 1, ["0 was 0", "1 new", "2 was 1", "5 was 5", "99 system"]],
    ["gapped", [0, 1, 2, 5], 1, ["0 was 0", "1 new", "2 was 1", "3 was 2", "5 was 5", "99 system"]],
    ["gapped", [0, 1, 5], 3, ["0 was 0", "1 was 1", "3 new", "5 was 5", "99 system"]],
    ["gapped", [4, 7], undefined, ["4 was 4", "7 was 7", "8 new", "99 system"]],
  ])("a new item in a %s order of %j that wants %s finds its place", (order, before, wanted, after) => {
    const added = { id: "new", priority: 1, system: false };
    const items = [...ranked(...before), added];
    place(order, items, added, wanted);
    expect(inOrder(items).map(({ id, priority }) => `${priority} ${id}`)).toEqual(after);
  });

  test.each<[number, number, string[]]>([
    [1, 3, ["1 was 2", "2 was 3", "3 was 1", "4 was 4", "5 system"]],
    [4, 2, ["1 was 1", "2 was 4", "3 was 2", "4 was 3", "5 system"]],
    [2, 2, ["1 was 1", "2 was 2", "3 was 3", "4 was 4", "5 system"]],
  ])("an item moves from %i to %i, and those between close up", (from, to, after) => {
    const items = ranked(1, 2, 3, 4);
    const moved = items.find(({ priority }) => priority === from);
    if (moved !== undefined) place("dense", items, moved, to);
    expect(inOrder(items).map(({ id, priority }) => `${priority} ${id}`)).toEqual(after);
  });
});

describe("policies", () => {
  test("every org has the policies that Okta makes, each with its default rule", async () => {
    const { org } = await openSandbox();
    const store = org.area(POLICIES);
    expect(store.all()).toHaveLength(11);
    for (const policy of store.all()) {
      expect(policy.system).toBe(true);
      expect(store.rulesOf(policy).map(({ system }) => system)).toEqual([true]);
    }
  });

  test("an app has the policy that Okta made until it is given another", async () => {
    const { org, get } = await openSandbox();
    const store = org.area(POLICIES);
    const app = org.addApp({ label: "Wiki" });
    const [ours] = store.ofType("ACCESS_POLICY");
    const other = store.insert({ given: { type: "ACCESS_POLICY", name: "Strict" } });
    const apps = async (id = "") => (await get(`/api/v1/policies/${id}/mappings`)).json;
    expect((await apps(ours?.id))[0]._links.application.href).toBe(`${org.origin}/api/v1/apps/${app.id}`);
    store.assign(other, app);
    expect(await apps(ours?.id)).toEqual([]);
    expect(await apps(other.id)).toHaveLength(1);
  });

  test("what is in use, what Okta made and what is the only one of its type is refused", async () => {
    const { call, org } = await openSandbox({ seed: 1 });
    const store = org.area(POLICIES);
    const [ours] = store.ofType("PASSWORD").filter(({ system }) => system);
    const used = store.ofType("ACCESS_POLICY").find(({ name }) => name === "Low risk");
    const path = (id = "") => `/api/v1/policies/${id}`;
    expect(errorOf(await call("DELETE", path(ours?.id)))).toMatchObject({ status: 405, code: "E0000022" });
    expect(errorOf(await call("POST", `${path(ours?.id)}/lifecycle/deactivate`))).toMatchObject({ status: 405 });
    for (const [method, at] of [
      ["DELETE", path(used?.id)],
      ["POST", `${path(used?.id)}/lifecycle/deactivate`],
    ] as const) {
      expect(errorOf(await call(method, at))).toMatchObject({ status: 400, code: "E0000001" });
    }
    const second = await call("POST", "/api/v1/policies", { type: "ENTITY_RISK", name: "Another" });
    expect(errorOf(second)).toMatchObject({ status: 400, summary: "Api validation failed: type" });
    const [fixed] = store.ofType("CLIENT_UPDATE");
    const rule = await call("POST", `${path(fixed?.id)}/rules`, { type: "CLIENT_UPDATE", name: "Another" });
    expect(errorOf(rule)).toMatchObject({ status: 403, code: "E0000006" });
  });

  test.each([
    [{ type: "PASSWORD" }, "name"],
    [{ type: "PASSWORD", name: " " }, "name"],
    [{ type: "PASSWORD", name: "x", priority: -1 }, "priority"],
    [{ type: "PASSWORD", name: "x", priority: "first" }, "priority"],
    [{ name: "x" }, "type"],
    [{ type: "toString", name: "x" }, "type"],
  ])("%j does not validate, for its %s", async (body, field) => {
    const { call } = await openSandbox();
    const summary = `Api validation failed: ${field}`;
    expect(errorOf(await call("POST", "/api/v1/policies", body))).toMatchObject({ code: "E0000001", summary });
  });

  test("a body decides on the status of a policy and a rule, and one without it leaves it", async () => {
    const { call, org } = await openSandbox();
    const body = { type: "PASSWORD", name: "Doors" };
    const { json: policy } = await call("POST", "/api/v1/policies", { ...body, status: "INACTIVE" });
    const path = `/api/v1/policies/${policy.id}`;
    const { json: rule } = await call("POST", `${path}/rules`, { ...body, status: "INACTIVE" });
    const { json: quiet } = await call("POST", "/api/v1/policies?activate=false", { type: "PASSWORD", name: "Quiet" });
    expect([policy.status, rule.status, quiet.status]).toEqual(["INACTIVE", "INACTIVE", "INACTIVE"]);
    for (const at of [path, `${path}/rules/${rule.id}`]) {
      for (const [status, then] of [
        ["ACTIVE", "ACTIVE"],
        [undefined, "ACTIVE"],
        ["INACTIVE", "INACTIVE"],
        [undefined, "INACTIVE"],
        [null, "INACTIVE"],
      ])
        expect((await call("PUT", at, { ...body, status })).json.status, `${at} ${status}`).toBe(then);
      for (const status of ["inactive", "DELETED", 1])
        expect(errorOf(await call("PUT", at, { ...body, status }))).toMatchObject({ status: 400, code: "E0000003" });
    }
    const events = org.events.map(({ eventType }) => eventType);
    for (const what of ["policy.lifecycle", "policy.rule"]) {
      expect(events.filter((type) => type === `${what}.activate`)).toHaveLength(1);
      expect(events.filter((type) => type === `${what}.deactivate`)).toHaveLength(1);
    }
  });

  test("a body switches off neither what Okta made nor what is in use", async () => {
    const { call, get, org } = await openSandbox({ seed: 1 });
    const store = org.area(POLICIES);
    const off = async (path: string) => {
      const { json } = await get(path);
      return errorOf(await call("PUT", path, { ...json, status: "INACTIVE" }));
    };
    for (const policy of store.all().filter(({ system }) => system)) {
      const path = `/api/v1/policies/${policy.id}`;
      expect(await off(path)).toMatchObject({ status: 403, code: "E0000077" });
      for (const rule of store.rulesOf(policy).filter(({ system }) => system))
        expect(await off(`${path}/rules/${rule.id}`)).toMatchObject({ status: 403, code: "E0000077" });
    }
    const used = store.ofType("ACCESS_POLICY").find(({ name }) => name === "Low risk");
    expect(await off(`/api/v1/policies/${used?.id}`)).toMatchObject({ status: 400, code: "E0000001" });
  });

  test("every write leaves an event with the policy and the rule as targets", async () => {
    const { call, org } = await openSandbox();
    const { json: policy } = await call("POST", "/api/v1/policies", { type: "ACCESS_POLICY", name: "Doors" });
    const path = `/api/v1/policies/${policy.id}`;
    const { json: rule } = await call("POST", `${path}/rules`, { type: "ACCESS_POLICY", name: "Front" });
    await call("PUT", `${path}/rules/${rule.id}`, { type: "ACCESS_POLICY", name: "Back" });
    await call("POST", `${path}/rules/${rule.id}/lifecycle/deactivate`);
    await call("DELETE", `${path}/rules/${rule.id}`);
    await call("POST", `${path}/lifecycle/deactivate`);
    await call("DELETE", path);
    const events = org.events.filter(({ eventType }) => eventType.startsWith("policy."));
    expect(events.map(({ eventType }) => eventType)).toEqual([
      "policy.lifecycle.create",
      "policy.rule.add",
      "policy.rule.update",
      "policy.rule.deactivate",
      "policy.rule.delete",
      "policy.lifecycle.deactivate",
      "policy.lifecycle.delete",
    ]);
    expect(events[2]).toMatchObject({ target: [{ displayName: "Doors" }, { displayName: "Back" }] });
  });
});
