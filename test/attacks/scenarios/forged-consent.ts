import assert from "node:assert/strict";
import type { User } from "../../../sandbox/state/model.js";
import { notOfThisMachine } from "../../support/programs.js";
import { person } from "../../support/sandbox.js";
import { type Json, outcome } from "../../support/server-process.js";
import type { Act, Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { FORGED_CONSENT } from "../promises.js";
import { startRaw } from "../raw-client.js";

export const groupOf = (act: Act, members: Json[] = []): string =>
  act.sandbox.org.addGroup({ profile: { name: `G ${act.sandbox.org.newId("")}` } }, members as never).id;

/** The confirmation value that the first call returns. */
async function valueFor(act: Act, tool: string, args: Json): Promise<string> {
  const { sees, data, text } = await act.server.call(tool, args);
  assert.equal(sees, "needs_confirmation", text);
  return String(data.confirmation);
}

const MADE_UP: readonly unknown[] = [
  ...["", "yes", "true", "confirm", "confirmed", "I agree", "00g1", "null", "undefined", "[object Object]", "*", "."],
  ...["a.b", "A".repeat(88), "_".repeat(88), "x".repeat(100_000)],
  ...[true, 1, null, {}, [], ["yes"], { confirm: true }],
];

/** The characters of a seal that hold its random number and its end. Its tags follow. */
export const HEAD_CHARS = 24;

/** Changed forms of a confirmation value. */
const bent = (value: string): readonly [string, unknown][] => {
  const [head, tags] = [value.slice(0, HEAD_CHARS), value.slice(HEAD_CHARS)];
  const flipped = value.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  return [
    ["without its tags", head],
    ["without its head", tags],
    ["with other tags", `${head}${tags.split("").reverse().join("")}`],
    ["with empty tags", `${head}${"A".repeat(tags.length)}`],
    ["with its last letter changed", flipped],
    ["with its first letter changed", value.replace(/^./, (first) => (first === "A" ? "B" : "A"))],
    ["in other case", value.toUpperCase()],
    ["in small letters", value.toLowerCase()],
    ["with a blank behind", `${value} `],
    ["with a blank before", ` ${value}`],
    ["with a line break", `${value}\n`],
    ["with padding", `${value}=`],
    ["in standard base64", `${value.replaceAll("-", "+").replaceAll("_", "/")}=`],
    ["twice", value + value],
    ["with a NUL behind", `${value}\u0000`],
    ["as a list", [value]],
    ["as an object", { confirmation: value }],
  ];
};

/** The codes with which the server refuses a confirmation value. */
const NOT_TAKEN = { sees: ["needs_confirmation", "bad_input"] };

async function valuesAfterChanges(act: Act, kept: { group_id: string }, user: User): Promise<void> {
  const { org } = act.sandbox;
  await act.attack("a value after the target changed", {
    async does() {
      const given = await valueFor(act, "delete_group", kept);
      const group = org.groups.get(kept.group_id);
      if (group) org.groups.addMember(group, user);
      return act.server.call("delete_group", { ...kept, confirmation: given });
    },
    ...NOT_TAKEN,
  });
  await act.attack("a value after the target got another name", {
    async does() {
      const given = await valueFor(act, "delete_group", kept);
      Object.assign(org.groups.get(kept.group_id)?.profile ?? {}, { name: "Administrators" });
      return act.server.call("delete_group", { ...kept, confirmation: given });
    },
    ...NOT_TAKEN,
  });
}

async function valuesOfOtherCalls(act: Act, kept: { group_id: string }): Promise<void> {
  const { org } = act.sandbox;
  await act.attack("a value of another process", {
    async does() {
      const other = await startRaw(act);
      const { text } = await other.call("delete_group", kept);
      const confirmation = /"confirmation":"([^"]+)"/.exec(text)?.[1];
      assert.ok(confirmation, text);
      await other.leave();
      return act.server.call("delete_group", { ...kept, confirmation });
    },
    ...NOT_TAKEN,
  });
  const losing = {
    group_id: org.addGroup({ profile: { name: "Losing", description: "x" } }).id,
    profile: { name: "Losing" },
  };
  await act.attack("a loss that the call alone allows", {
    call: ["update_group", { ...losing, allow_removals: true }],
    sees: "needs_confirmation",
  });
  await act.attack("the value of one loss for another", {
    async does() {
      const given = await valueFor(act, "update_group", { ...losing, allow_removals: true });
      const more = { ...losing, profile: { name: "Lost" }, allow_removals: true, confirmation: given };
      return act.server.call("update_group", more);
    },
    ...NOT_TAKEN,
  });
  const undone = async () => {
    const given = await valueFor(act, "delete_group", kept);
    return act.server.call("undo_change", { change_id: "20261126-000000-0000", confirmation: given });
  };
  await act.attack("the value of a removal for an undo", {
    does: undone,
    sees: ["not_found", "bad_input", "needs_confirmation"],
  });
}

const values: Scenario = {
  name: "one-time values, where the client cannot ask",
  promise: FORGED_CONSENT,
  stage: { scopes: ALL_SCOPES, person: null },
  async play(act) {
    const { org } = act.sandbox;
    const args = { group_id: groupOf(act) };
    await act.control("a value is good for the call that it was given for", {
      does: async () =>
        act.server.call("delete_group", { ...args, confirmation: await valueFor(act, "delete_group", args) }),
      reaches: [`DELETE /api/v1/groups/${args.group_id}`],
    });
    const kept = { group_id: groupOf(act) };
    await act.attacks(MADE_UP, (confirmation) => [
      `a made-up value: ${JSON.stringify(confirmation).slice(0, 40)}`,
      { call: ["delete_group", { ...kept, confirmation }], ...NOT_TAKEN },
    ]);
    const value = await valueFor(act, "delete_group", kept);
    await act.attacks(bent(value), ([how, confirmation]) => [
      `a value ${how}`,
      { call: ["delete_group", { ...kept, confirmation }], ...NOT_TAKEN },
    ]);
    const twin = { group_id: groupOf(act) };
    await act.attack("the value of another target", {
      call: ["delete_group", { ...twin, confirmation: value }],
      ...NOT_TAKEN,
    });
    const user = org.addUser({ profile: person("member") });
    const filled = { group_id: groupOf(act, [user as never]), user_id: user.id };
    const others: [string, Json][] = [
      ["remove_user_from_group", filled],
      ["deactivate_user", { user_id: user.id }],
    ];
    for (const [tool, other] of others) {
      await act.attack(`a value for another tool: ${tool}`, {
        call: [tool, { ...other, confirmation: value }],
        ...NOT_TAKEN,
      });
    }
    await act.attack("a value that came of a preview", {
      async does() {
        const preview = await act.server.call("delete_group", { ...kept, dry_run: true });
        const [found] = /[\w-]{88}/.exec(preview.text) ?? ["none"];
        return act.server.call("delete_group", { ...kept, confirmation: found });
      },
      ...NOT_TAKEN,
    });
    await valuesAfterChanges(act, kept, user);
    await act.attack("a value that was used", {
      async does() {
        const used = await valueFor(act, "remove_user_from_group", filled);
        await act.server.call("remove_user_from_group", { ...filled, confirmation: used });
        const group = org.groups.get(filled.group_id);
        if (group) org.groups.addMember(group, user);
        act.forget();
        return act.server.call("remove_user_from_group", { ...filled, confirmation: used });
      },
      ...NOT_TAKEN,
    });
    await act.attack("one value, twenty times at once", {
      async does() {
        const given = await valueFor(act, "delete_group", twin);
        const all = await Promise.all(
          Array.from({ length: 20 }, () => act.server.call("delete_group", { ...twin, confirmation: given })),
        );
        return outcome(String(all.filter(({ sees }) => sees === "ok").length <= 1));
      },
      sees: "true",
      reaches: /^(?:DELETE \S+)?$/,
    });
    await valuesOfOtherCalls(act, kept);
  },
};

/** Moves the server's clock forward by five minutes with each signal. */
const JUMPING_CLOCK =
  "data:text/javascript,const { now } = Date; let ahead = 0; Date.now = () => now() + ahead; process.on('SIGUSR2', () => { ahead += 300_000; process.stderr.write('jumped\\n'); });";

const tooLate: Scenario = {
  name: "one-time values that are too old",
  promise: FORGED_CONSENT,
  lacks: () => (process.platform === "win32" ? notOfThisMachine("Windows has no signals") : undefined),
  stage: {
    scopes: ALL_SCOPES,
    person: null,
    wrap: ([node = "", ...rest]) => [node, "--import", JUMPING_CLOCK, ...rest],
  },
  async play(act) {
    const args = { group_id: groupOf(act) };
    await act.control("a value in time", {
      async does() {
        const confirmation = await valueFor(act, "delete_group", args);
        return act.server.call("delete_group", { ...args, confirmation });
      },
      reaches: /^DELETE/,
    });
    const { child } = act.server;
    const old = { group_id: groupOf(act) };
    await act.attack("a value after five minutes", {
      async does() {
        const confirmation = await valueFor(act, "delete_group", old);
        const jumped = new Promise((resolve) =>
          child.stderr.on("data", (text) => /jumped/.test(text) && resolve(true)),
        );
        child.kill("SIGUSR2");
        await jumped;
        return act.server.call("delete_group", { ...old, confirmation });
      },
      sees: "needs_confirmation",
      says: /older than five minutes/,
    });
  },
};

const elicitOnly: Scenario = {
  name: "clients that cannot ask, where a person has to be asked",
  promise: FORGED_CONSENT,
  stage: { scopes: ALL_SCOPES, person: null, env: { OKTA_MCP_CONFIRM: "elicit-only" } },
  async play(act) {
    const { org } = act.sandbox;
    await act.control("a change that takes nothing away", {
      call: ["create_group", { profile: { name: "New" } }],
      reaches: /^POST/,
    });
    const user_id = org.addUser({ profile: person("someone") }).id;
    const app_id = org.addApp({ label: "App", signOnMode: "BOOKMARK" }).id;
    const group_id = org.addGroup({ profile: { name: "Group", description: "x" } }, [
      org.users.get(user_id) as never,
    ]).id;
    const calls: [string, Json][] = [
      ["delete_group", { group_id }],
      ["deactivate_user", { user_id }],
      ["remove_user_from_group", { user_id, group_id }],
      ["deactivate_application", { app_id }],
      ["update_group", { group_id, profile: { name: "Group" }, allow_removals: true }],
      ["update_user", { user_id, credentials: { password: { value: "correct horse 2" } } }],
    ];
    await act.attacks(calls, ([tool, args]) => [`${tool} without a value`, { call: [tool, args], sees: "declined" }]);
    await act.attacks(calls, ([tool, args]) => [
      `${tool} with a made-up value`,
      {
        call: [tool, { ...args, confirmation: "AAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
        sees: ["declined", "bad_input"],
      },
    ]);
  },
};

export const forgedConsent: readonly Scenario[] = [values, tooLate, elicitOnly];
