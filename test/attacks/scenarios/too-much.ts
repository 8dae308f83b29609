import assert from "node:assert/strict";
import { type Outcome, outcome } from "../../support/server-process.js";
import type { StageOptions } from "../../support/stage.js";
import { type Act, type Call, type Scenario, writesOf } from "../attack.js";
import { ALL_SCOPES, harmlessArguments, TOOLS, undoLast, WRITING } from "../calls.js";
import { TOO_MUCH } from "../promises.js";

const never = { OKTA_MCP_CONFIRM: "never" };

/** Attacks on tools that are off: they are neither listed nor run. */
function off(name: string, stage: StageOptions, tools: readonly string[]): Scenario {
  return {
    name,
    promise: TOO_MUCH,
    stage: { scopes: ALL_SCOPES, ...stage, env: { ...never, ...stage.env } },
    async play(act) {
      await act.control("list_groups is on", { call: ["list_groups", {}] });
      const listed = (await act.server.client.listTools()).tools.map((tool) => tool.name);
      await act.attacks(tools, (tool) => [
        tool,
        {
          call: [tool, harmlessArguments(tool)],
          sees: ["protected", "bad_input", "missing_scope"],
          check: () => assert.ok(!listed.includes(tool), "it is not listed"),
        },
      ]);
    },
  };
}

const REMOVING = WRITING.filter((name) => /^(?:delete|deactivate|remove)_/.test(name));

/** Makes several calls at once. The outcome's `sees` holds the sorted results of all calls. */
async function atOnce(act: Act, calls: readonly Call[]): Promise<Outcome> {
  const all = await Promise.all(calls.map((call) => act.server.call(...call)));
  return outcome(
    all
      .map(({ sees }) => sees)
      .sort()
      .join(" "),
    { text: all.map(({ text }) => text).join("\n") },
  );
}

const REPEATS = 12;

/** Every mix of calls that were made and calls that were refused. Earlier writes decide how many were still allowed. */
const HOWEVER_MANY = Array.from({ length: REPEATS }, (_, left) =>
  [...Array(left).fill("ok"), ...Array(REPEATS - left).fill("protected")].sort().join(" "),
);

const limits: Scenario = {
  name: "more removals and writes than the limits allow",
  promise: TOO_MUCH,
  stage: {
    scopes: ALL_SCOPES,
    env: never,
    guard: () => ({ limits: { writes: { per_session: 14 }, removals: { per_session: 3 } } }),
  },
  async play(act) {
    const { org } = act.sandbox;
    const group = () => org.addGroup({ profile: { name: `G ${org.newId("")}`, description: "x" } }).id;
    const remove = (): Call => ["delete_group", { group_id: group() }];
    const loss = (): Call => [
      "update_group",
      { group_id: group(), profile: { name: `N ${org.newId("")}` }, allow_removals: true },
    ];
    await act.control("a removal", { call: remove(), reaches: /^DELETE \S+$/ });
    await act.control("a full replace that loses something counts as one", { call: loss(), reaches: /^PUT \S+$/ });
    await act.control("previews count nothing", {
      does: () =>
        atOnce(
          act,
          Array.from({ length: REPEATS }, () => ["delete_group", { group_id: group(), dry_run: true }]),
        ),
      sees: Array(REPEATS).fill("ok").join(" "),
      reaches: [],
    });
    await act.attack("a dozen removals at once, of which one is left", {
      does: () => atOnce(act, Array.from({ length: REPEATS }, remove)),
      sees: ["ok", ...Array(REPEATS - 1).fill("protected")].sort().join(" "),
      reaches: /^DELETE \S+$/,
    });
    const further: [string, Call][] = [
      ["another", remove()],
      ["another, as a full replace", loss()],
      ["a member taken out", ["remove_user_from_group", { group_id: act.groupId, user_id: act.userId }]],
      ["a user deactivated", ["deactivate_user", { user_id: act.userId }]],
      ["the same with its own confirmation", ["delete_group", { group_id: act.groupId, confirmation: "yes" }]],
    ];
    await act.attacks(further, ([what, call]) => [
      `${what} after the last`,
      { call, sees: ["protected", "bad_input"] },
    ]);
    await act.attack("a loss as a part of undoing a full replace", {
      async does() {
        const group_id = group();
        org.groupAttributes.set("floor", { type: "string", title: "x" });
        const profile = { name: `F ${org.newId("")}`, description: "x", floor: "3" };
        await act.server.call("update_group", { group_id, profile });
        return undoLast(act);
      },
      sees: "protected",
    });
    await act.attack("a removal as a part of an undo", {
      async does() {
        await act.server.call("create_group", { profile: { name: "Made" } });
        return undoLast(act);
      },
      sees: "protected",
    });
    await act.control("a user joins a group", {
      call: ["add_user_to_group", { group_id: act.groupId, user_id: act.userId }],
      reaches: /^PUT/,
    });
    await act.attack("a removal that undoes a membership", {
      does: () => undoLast(act),
      sees: "protected",
    });
    const create = (name: string): Call => ["create_group", { profile: { name } }];
    await act.attack("a dozen writes at once, of which some are left", {
      does: () =>
        atOnce(
          act,
          Array.from({ length: REPEATS }, (_, n) => create(`Many ${n}`)),
        ),
      sees: HOWEVER_MANY,
      reaches: null,
      check: () => assert.ok(writesOf(act.requests).length < REPEATS, "not all of them are made"),
    });
    for (const call of [
      create("One more"),
      ["update_user", { user_id: act.userId, profile: { nickName: "x" } }] as Call,
    ]) {
      await act.attack(`${call[0]} after the last write`, { call, sees: "protected" });
    }
    for (const status of [400, 500]) {
      act.sandbox.next("POST", "/api/v1/groups", { status, json: {}, times: 9 });
      await act.attack(`a write that fails with ${status} after the last`, {
        call: create("Failing"),
        sees: "protected",
      });
    }
  },
};

const failing: Scenario = {
  name: "removals that fail do not make room",
  promise: TOO_MUCH,
  stage: {
    scopes: ALL_SCOPES,
    env: never,
    guard: () => ({ limits: { removals: { per_session: 2, per_minute: 2 } } }),
  },
  async play(act) {
    const { org } = act.sandbox;
    const remove = (): Call => ["delete_group", { group_id: org.addGroup({ profile: { name: org.newId("") } }).id }];
    await act.control("a removal", { call: remove(), reaches: /^DELETE/ });
    act.sandbox.next("DELETE", "/api/v1/groups/{id}", { status: 500, json: {}, times: 9 });
    await act.control("one that fails", { call: remove(), sees: "okta_down", reaches: /^DELETE/ });
    await act.attacks([1, 2, 3], (n) => [`the removal ${n} after that`, { call: remove(), sees: "protected" }]);
    await act.attack("a removal after the server was told to forget", {
      async does() {
        await act.server.client.listTools();
        await act.server.client.ping();
        return act.server.call(...remove());
      },
      sees: "protected",
    });
    await act.attack("a person's preview is no removal, and gives none", {
      async does() {
        const call = remove();
        await act.server.call(call[0], { ...call[1], dry_run: true });
        return act.server.call(...call);
      },
      sees: "protected",
    });
  },
};

export const tooMuch: readonly Scenario[] = [
  limits,
  failing,
  off("tools that write, with --read-only", { args: ["--read-only"] }, WRITING),
  off("tools that write, with OKTA_MCP_READ_ONLY", { env: { OKTA_MCP_READ_ONLY: "yes" } }, WRITING),
  off("removals, with --exclude-tools", { args: ["--exclude-tools", "delete_*,deactivate_*,remove_*"] }, REMOVING),
  off(
    "removals, with OKTA_MCP_EXCLUDE_TOOLS over OKTA_MCP_TOOLS",
    { env: { OKTA_MCP_EXCLUDE_TOOLS: "delete_* deactivate_* remove_*", OKTA_MCP_TOOLS: "*" } },
    REMOVING,
  ),
  off(
    "removals, with deny_tools of the guard file",
    { guard: () => ({ deny_tools: ["delete_*", "deactivate_*", "remove_*"] }) },
    REMOVING,
  ),
  off(
    "everything but one tool, with --tools",
    { args: ["--tools", "list_groups"] },
    TOOLS.filter((name) => name !== "list_groups" && name !== "get_scope_status"),
  ),
];
