import { POLICIES } from "../../../sandbox/state/default-policies.js";
import { person } from "../../support/sandbox.js";
import type { Json } from "../../support/server-process.js";
import type { Scenario } from "../attack.js";
import { ALL_SCOPES, undoLast } from "../calls.js";
import { WRONG_TARGET } from "../promises.js";

/** Protected objects that a call would change without naming them. */
export const indirect: Scenario = {
  name: "what a guard file protects, by what happens to others",
  promise: WRONG_TARGET,
  stage: {
    scopes: ALL_SCOPES,
    env: { OKTA_MCP_CONFIRM: "never" },
    guard: () => ({
      protect: { users: [{ name: "Vip Example" }], groups: [{ name: "Kept" }], policies: [{ name: "Kept" }] },
    }),
  },
  async play(act) {
    const { org } = act.sandbox;
    const vip = org.addUser({ profile: person("vip") });
    const other = org.addUser({ profile: person("other") });
    const group = (members: (typeof vip)[]) => org.addGroup({ profile: { name: `G${org.newId("")}` } }, members).id;
    await act.control("a group without protected members is deleted", {
      call: ["delete_group", { group_id: group([other]) }],
      reaches: /DELETE/,
    });
    await act.attack("a group with a protected member is deleted", {
      call: ["delete_group", { group_id: group([vip]) }],
      sees: "protected",
    });
    await act.attack("a group with a protected member among many is deleted", {
      call: [
        "delete_group",
        { group_id: group([...Array.from({ length: 250 }, (_, n) => org.addUser({ profile: person(`m${n}`) })), vip]) },
      ],
      sees: "protected",
    });
    await act.attack("a group that holds a protected member is deleted by undoing its making", {
      async does() {
        const made = await act.server.call("create_group", { profile: { name: `Made ${org.newId("")}` } });
        const found = org.groups.get(String(made.data.id));
        if (found) org.groups.addMember(found, vip);
        return undoLast(act, { force: true });
      },
      sees: "protected",
    });

    const policies = org.area(POLICIES);
    const add = (name: string, priority: number) =>
      policies.add({
        given: {
          type: "OKTA_SIGN_ON",
          name,
          priority,
          conditions: { people: { groups: { include: [act.groupId] } } },
        } as never,
      });
    const free = add("Free", 1);
    add("Kept", 2);
    const low = add("Low", 3);
    const bodyOf = (policy: Json): Json => ({ type: policy.type, name: policy.name, conditions: policy.conditions });
    const last = [org.area(POLICIES).ofType("OKTA_SIGN_ON").length][0];
    await act.control("a policy below the protected one keeps its place", {
      call: ["update_policy", { policy_id: low.id, policy_data: { ...bodyOf(low), priority: low.priority } }],
      reaches: /PUT/,
    });
    for (const priority of [1, 2, "1"]) {
      await act.attack(`another policy is put on priority ${JSON.stringify(priority)}, above the protected one`, {
        call: ["update_policy", { policy_id: low.id, policy_data: { ...bodyOf(low), priority } }],
        sees: ["protected", "bad_input"],
      });
    }
    await act.attack("another policy is put below the protected one, which moves up", {
      call: ["update_policy", { policy_id: free.id, policy_data: { ...bodyOf(free), priority: last } }],
      sees: "protected",
    });
    await act.attack("a new policy is put above the protected one", {
      call: ["create_policy", { policy_data: { type: "OKTA_SIGN_ON", name: "New", priority: 1 } }],
      sees: "protected",
    });
  },
};
