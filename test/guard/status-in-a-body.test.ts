import { describe, expect, test } from "vitest";
import { accepts, connect } from "../support/client.js";
import { guardRules } from "./support.js";
import { switchable, without } from "./support-switches.js";

describe("a status in a body", () => {
  test.each(["inactive", "Inactive", " INACTIVE", "DELETED", "", null, false, 0, ["INACTIVE"], { value: "INACTIVE" }])(
    "%j is none, and nothing is sent",
    async (status) => {
      const { ways, asked, writes } = await switchable({ choice: without("deactivate_*") });
      for (const { turn } of ways) {
        const { error } = await turn({ status: status as string });
        expect(error).toMatchObject({ code: "bad_input" });
        expect(error?.fix).toContain("Write ACTIVE or INACTIVE");
      }
      expect([...asked, ...writes()]).toEqual([]);
    },
  );

  test.each(["Status", "STATUS", "sTatus", "Priority", "SYSTEM"])(
    "is not looked for under the name %s",
    async (name) => {
      const { ways, writes } = await switchable();
      for (const { turn } of ways) expect((await turn({ [name]: "INACTIVE" })).error?.code).toBe("bad_input");
      expect(writes()).toEqual([]);
    },
  );

  test("that is the present one changes nothing and asks nobody, nor does none", async () => {
    const { contractors, call, bodyOf, status, store, asked } = await switchable({
      choice: without("*activate_*"),
      guard: guardRules({ limits: { removals: { per_session: 0 } } }),
    });
    for (const present of ["ACTIVE", "INACTIVE"] as const) {
      const now = store.get(contractors.id);
      if (now) store.setStatus(now, present);
      const { status: _, ...rest } = (await bodyOf(contractors)) as { [field: string]: unknown };
      for (const policy_data of [rest, { ...rest, status: present }]) {
        const { isError, text, data } = await call("update_policy", { policy_id: contractors.id, policy_data });
        expect(isError, text).toBe(false);
        expect(data).not.toHaveProperty("side_effects");
        expect(status(contractors)).toBe(present);
      }
    }
    expect(asked).toEqual([]);
  });

  test("of a new policy or rule has to agree with activate", async () => {
    const { contractors, call, get, writes } = await switchable();
    const policy_data = { type: "PASSWORD", name: "Vault" };
    const rule_data = { name: "Late shift", conditions: {}, actions: {} };
    type Call = [tool: string, args: { [argument: string]: unknown }];
    const create = [
      (more: object, args: object): Call => ["create_policy", { policy_data: { ...policy_data, ...more }, ...args }],
      (more: object, args: object): Call => [
        "create_policy_rule",
        { policy_id: contractors.id, rule_data: { ...rule_data, ...more }, ...args },
      ],
    ];
    for (const callFor of create) {
      for (const [more, args] of [
        [{ status: "INACTIVE" }, { activate: true }],
        [{ status: "ACTIVE" }, { activate: false }],
        [{ status: "inactive" }, {}],
        [{ status: null }, {}],
        [{ system: true }, {}],
        [{ Status: "INACTIVE" }, {}],
      ] as const)
        expect((await call(...callFor(more, args))).error, JSON.stringify([more, args])).toMatchObject({
          code: "bad_input",
        });
    }
    expect(writes()).toEqual([]);
    for (const callFor of create)
      expect(await get(...callFor({ status: "INACTIVE" }, {}))).toMatchObject({ status: "INACTIVE" });
    expect(writes().map((line) => line.split("?")[1])).toEqual(["activate=false", "activate=false"]);
  });

  test("of an application is not Okta's to take, and the tools are named that switch it", async () => {
    const { get, call, writes } = await connect({ seed: 1, person: accepts });
    const { items } = (await get("list_applications", { limit: 1 })) as { items: { id: string }[] };
    const app_id = items[0]?.id;
    const app_config = { ...(await get("get_application", { app_id })), status: "INACTIVE" };
    const { error } = await call("update_application", { app_id, app_config });
    expect(error).toMatchObject({ code: "bad_input", fix: expect.stringContaining("deactivate_application") });
    expect(writes()).toEqual([]);
  });
});
