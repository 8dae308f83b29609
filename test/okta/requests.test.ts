import { describe, expect, test } from "vitest";
import { createOperations } from "../../src/okta/operations.js";
import { recorder, requestOf } from "./recorder.js";

describe("an id in a path", () => {
  const BAD = [
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "%2e%2e",
    "%252e%252E",
    ".%2e",
    "..%2f",
    "a%2Fb",
    "a%5cb",
    "a%00b",
    "..;",
    "%2e%2e;x=1",
    "a\u0000b",
    "a\nb",
    "a\u007fb",
    "a\ud800b",
  ];

  test.each(BAD)("cannot be %j", async (id) => {
    const { okta, sent } = recorder();
    const calls = [
      okta.groups.unassignUserFromGroup({ groupId: "00g1", userId: id }),
      okta.groups.unassignUserFromGroup({ groupId: id, userId: "00u1" }),
      okta.customization.deleteEmailCustomization({ brandId: "b", templateName: "t", customizationId: id }),
      okta.users.getUser({ userId: id }),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "bad_input" });
    expect(sent).toEqual([]);
  });

  test.each(["a?b", "a#b", "100%", "%C3%A9"])("may be %j where a login can stand, and nowhere else", async (value) => {
    const { okta, sent } = recorder();
    await okta.users.getUser({ userId: value });
    await okta.groups.unassignUserFromGroup({ groupId: "00g1", userId: value });
    const escaped = encodeURIComponent(value);
    expect(sent.map(({ request }) => request.path)).toEqual([
      `/api/v1/users/${escaped}`,
      `/api/v1/groups/00g1/users/${escaped}`,
    ]);
    for (const call of [
      okta.groups.unassignUserFromGroup({ groupId: value, userId: "00u1" }),
      okta.groups.getGroup({ groupId: value }),
      okta.applications.getApplication({ appId: value }),
      okta.policies.getPolicyRule({ policyId: "00p1", ruleId: value }),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "bad_input" });
    }
    expect(sent).toHaveLength(2);
  });

  test.each([
    ["isaac.brock@example.com", "isaac.brock%40example.com"],
    ["a b", "a%20b"],
    ["...", "..."],
    ["日本", "%E6%97%A5%E6%9C%AC"],
    ["x&y=z;+:,$", "x%26y%3Dz%3B%2B%3A%2C%24"],
  ])("%j stays one segment", async (id, escaped) => {
    const request = await requestOf((okta) => okta.users.getUser({ userId: id }));
    expect(request.path).toBe(`/api/v1/users/${escaped}`);
    expect(new URL(request.path, "https://acme.okta.com").pathname).toBe(`/api/v1/users/${escaped}`);
  });
});

describe("a call", () => {
  test("gives the JSON as it came", async () => {
    const json = { id: "00g1", profile: { unknown: { a: [1, null] } }, _embedded: {}, newField: "x" };
    const { okta } = recorder({ json });
    expect(await okta.groups.getGroup({ groupId: "00g1" })).toBe(json);
  });

  test("gives undefined where Okta sent nothing", async () => {
    const { okta } = recorder({ status: 204 });
    expect(await okta.groups.deleteGroup({ groupId: "00g1" })).toBeUndefined();
  });

  test("gives a page and the cursor of the next one", async () => {
    const { okta } = recorder({ json: [{ id: 1 }], next: "abc" });
    expect(await okta.groups.listGroups.page({})).toEqual({ items: [{ id: 1 }], next: "abc" });
    const empty = recorder({ json: [] });
    expect(await empty.okta.groups.listGroups.page({})).toEqual({ items: [], next: undefined });
    const nothing = recorder({ status: 204 });
    expect(await nothing.okta.groups.listGroups.page({})).toEqual({ items: [], next: undefined });
  });

  test("gives a later page, also of a list whose cursor the SDK does not know of", async () => {
    const { okta, sent } = recorder({ json: [] });
    await okta.policies.listPolicyRules.page({ policyId: "00p1", limit: "5", after: "abc" });
    await okta.policies.listPolicies.page({ type: "PASSWORD", after: "a&b" });
    await okta.policies.listPolicyRules.page({ policyId: "00p1", after: undefined });
    expect(sent.map(({ request }) => `${request.path}?${request.query}`)).toEqual([
      "/api/v1/policies/00p1/rules?limit=5&after=abc",
      "/api/v1/policies?type=PASSWORD&after=a%26b",
      "/api/v1/policies/00p1/rules?",
    ]);
  });

  test("says so when a page is no list", async () => {
    const { okta } = recorder({ json: {} });
    await expect(okta.groups.listGroups.page({})).rejects.toMatchObject({ code: "okta_down" });
  });

  test("passes on who listens and how to stop, its own options before the bound ones", async () => {
    const { transport, sent } = recorder();
    const bound = { signal: new AbortController().signal, onWait: () => {} };
    const okta = createOperations(transport, bound);
    await okta.groups.listGroups({});
    const signal = new AbortController().signal;
    await okta.groups.listGroups.page({}, { signal });
    expect(sent[0]?.options).toEqual(bound);
    expect(sent[1]?.options?.signal).toBe(signal);
    expect(sent[1]?.options?.onWait).toBe(bound.onWait);
  });
});
