import assert from "node:assert/strict";
import { notOfThisMachine } from "../../support/programs.js";
import type { Json } from "../../support/server-process.js";
import { type Act, outcome, type Scenario } from "../attack.js";
import { ALL_SCOPES, person } from "../calls.js";
import { FORGED_CONSENT } from "../promises.js";
import { startRaw } from "../raw-client.js";

const groupOf = (act: Act, members: Json[] = []): string =>
  act.sandbox.org.addGroup({ profile: { name: `G ${act.sandbox.org.newId("")}` } }, members as never).id;

/** What is asked for with the first call. */
async function valueFor(act: Act, tool: string, args: Json): Promise<string> {
  const { sees, data, text } = await act.server.call(tool, args);
  assert.equal(sees, "needs_confirmation", text);
  return String(data.confirmation);
}

const MADE_UP: readonly unknown[] = [
  ...["", "yes", "true", "confirm", "confirmed", "I agree", "00g1", "null", "undefined", "[object Object]", "*", "."],
  ...["a.b", `${"A".repeat(12)}.${"A".repeat(43)}`, `${"_".repeat(12)}.${"_".repeat(43)}`, "x".repeat(100_000)],
  ...[true, 1, null, {}, [], ["yes"], { confirm: true }],
];

/** What a value may be bent into. */
const bent = (value: string): readonly [string, unknown][] => {
  const [nonce = "", seal = ""] = value.split(".");
  const flipped = value.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  return [
    ["without its seal", nonce],
    ["with an empty seal", `${nonce}.`],
    ["with another seal", `${nonce}.${seal.split("").reverse().join("")}`],
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
    const refused = { sees: ["needs_confirmation", "bad_input"] };
    await act.attacks(MADE_UP, (confirmation) => [
      `a made-up value: ${JSON.stringify(confirmation).slice(0, 40)}`,
      { call: ["delete_group", { ...kept, confirmation }], ...refused },
    ]);
    const value = await valueFor(act, "delete_group", kept);
    await act.attacks(bent(value), ([how, confirmation]) => [
      `a value ${how}`,
      { call: ["delete_group", { ...kept, confirmation }], ...refused },
    ]);
    const twin = { group_id: groupOf(act) };
    await act.attack("the value of another target", {
      call: ["delete_group", { ...twin, confirmation: value }],
      ...refused,
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
        ...refused,
      });
    }
    await act.attack("a value that came of a preview", {
      async does() {
        const preview = await act.server.call("delete_group", { ...kept, dry_run: true });
        const [found] = /[\w-]{12}\.[\w-]{43}/.exec(preview.text) ?? ["none"];
        return act.server.call("delete_group", { ...kept, confirmation: found });
      },
      ...refused,
    });
    await act.attack("a value after the target changed", {
      async does() {
        const given = await valueFor(act, "delete_group", kept);
        const group = org.groups.get(kept.group_id);
        if (group) org.groups.addMember(group, user);
        return act.server.call("delete_group", { ...kept, confirmation: given });
      },
      ...refused,
    });
    await act.attack("a value after the target got another name", {
      async does() {
        const given = await valueFor(act, "delete_group", kept);
        Object.assign(org.groups.get(kept.group_id)?.profile ?? {}, { name: "Administrators" });
        return act.server.call("delete_group", { ...kept, confirmation: given });
      },
      ...refused,
    });
    await act.attack("a value that was used", {
      async does() {
        const used = await valueFor(act, "remove_user_from_group", filled);
        await act.server.call("remove_user_from_group", { ...filled, confirmation: used });
        const group = org.groups.get(filled.group_id);
        if (group) org.groups.addMember(group, user);
        act.forget();
        return act.server.call("remove_user_from_group", { ...filled, confirmation: used });
      },
      ...refused,
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
    await act.attack("a value of another process", {
      async does() {
        const other = await startRaw(act);
        const { text } = await other.call("delete_group", kept);
        const confirmation = /"confirmation":"([^"]+)"/.exec(text)?.[1];
        assert.ok(confirmation, text);
        await other.leave();
        return act.server.call("delete_group", { ...kept, confirmation });
      },
      ...refused,
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
      ...refused,
    });
    const undone = async () => {
      const given = await valueFor(act, "delete_group", kept);
      return act.server.call("undo_change", { change_id: "20261126-000000-0000", confirmation: given });
    };
    await act.attack("the value of a removal for an undo", {
      does: undone,
      sees: ["not_found", "bad_input", "needs_confirmation"],
    });
  },
};

/** A clock of the server that jumps by five minutes with each signal. */
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

/** What a client may answer in the place of a person, which is no yes. */
const ANSWERS: readonly unknown[] = [
  ...["accept", "ACCEPT", "yes", "", null, true, 1, {}, []].map((action) => ({ action })),
  ...[
    {},
    null,
    [],
    "true",
    { confirm: false },
    { confirm: "true" },
    { confirm: 1 },
    { confirm: null },
    { confirm: [true] },
  ].map((content) => ({ action: "accept", content })),
  { action: "accept", content: { Confirm: true } },
  { action: "accept", content: { confirmed: true } },
  { action: "accept", content: { "confirm ": true } },
  { action: "accept", content: [{ confirm: true }] },
  { action: "decline", content: { confirm: true } },
  { action: "cancel", content: { confirm: true } },
  { action: ["accept"], content: { confirm: true } },
  { action: "accept", confirm: true },
  { content: { confirm: true } },
  { confirm: true },
];

/** What JSON-RPC does not take for an answer at all, so that the question stays open. */
const NO_ANSWERS: readonly unknown[] = ["accept", true, 1, [], null];

const answers: Scenario = {
  name: "answers that are no yes",
  promise: FORGED_CONSENT,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    const client = await startRaw(act, { elicitation: { form: {} } });
    const group_id = groupOf(act);
    const answerWith = (reply: (id: unknown) => string) => async () => {
      const asked = client.asked("elicitation/create");
      const called = client.call("delete_group", { group_id });
      const question = await Promise.race([asked, called]);
      if ("sees" in question) return outcome(question.sees, { text: question.text });
      client.line(reply(question.id));
      const { sees, text } = await called;
      return outcome(sees, { text });
    };
    const result = (value: unknown) => (id: unknown) => JSON.stringify({ jsonrpc: "2.0", id, result: value });
    await act.control("a yes is one", {
      async does() {
        const other = groupOf(act);
        const asked = client.asked("elicitation/create");
        const called = client.call("delete_group", { group_id: other });
        client.line(result({ action: "accept", content: { confirm: true } })((await asked).id));
        const { sees, text } = await called;
        return outcome(sees, { text });
      },
      reaches: /^DELETE/,
    });
    await act.attacks(ANSWERS, (value) => [
      `the answer ${JSON.stringify(value)}`,
      { does: answerWith(result(value)), sees: "declined" },
    ]);
    const errors = [-32601, -32602, -32603, -32000, 0].map((code) => ({ code, message: "confirm: true" }));
    await act.attacks(errors, (error) => [
      `an error with the code ${error.code}`,
      {
        does: answerWith((id) => JSON.stringify({ jsonrpc: "2.0", id, error })),
        sees: ["declined", "needs_confirmation"],
      },
    ]);
    const yes = { action: "accept", content: { confirm: true } };
    const strays: [string, (id: unknown) => string][] = [
      ["the id of no question", () => result(yes)("nobody")],
      ["the id of another question", (id) => result(yes)(Number(id) + 1_000)],
      ["no id", () => JSON.stringify({ jsonrpc: "2.0", result: yes })],
      ["a null for an id", () => result(yes)(null)],
      ["an id in a list", (id) => result(yes)([id])],
    ];
    for (const [what, reply] of strays) {
      await act.attack(`a yes with ${what}, before the person's no`, {
        does: answerWith((id) => `${reply(id)}\n${result({ action: "decline" })(id)}`),
        sees: "declined",
      });
    }
    await act.attacks(NO_ANSWERS, (value) => [
      `${JSON.stringify(value)} for an answer, before the person's no`,
      { does: answerWith((id) => `${result(value)(id)}\n${result({ action: "decline" })(id)}`), sees: "declined" },
    ]);
    await act.attack("a yes after the no", {
      does: answerWith((id) => `${result({ action: "decline" })(id)}\n${result(yes)(id)}`),
      sees: "declined",
    });
    await act.attack("a yes before the question is put", {
      async does() {
        for (let id = 0; id < 20; id += 1) client.line(result(yes)(id));
        return answerWith(result({ action: "decline" }))();
      },
      sees: "declined",
    });
    await act.attack("a yes for a call that was cancelled", {
      async does() {
        const asked = client.asked("elicitation/create");
        client.line(
          JSON.stringify({
            jsonrpc: "2.0",
            id: 9_001,
            method: "tools/call",
            params: { name: "delete_group", arguments: { group_id } },
          }),
        );
        const { id } = await asked;
        client.line(
          JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 9_001 } }),
        );
        client.line(result(yes)(id));
        const { sees } = await client.call("list_groups", {});
        return outcome(sees);
      },
      sees: "ok",
    });
    await act.attack("a refusal that no person can have given is told apart", {
      does: answerWith(result({ action: "decline" })),
      sees: "declined",
      says: /the client said no by itself/i,
    });
    await act.control("the end of the other server", {
      does: async () => outcome(String((await client.leave()).code)),
      sees: "0",
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

export const forgedConsent: readonly Scenario[] = [values, tooLate, answers, elicitOnly];
