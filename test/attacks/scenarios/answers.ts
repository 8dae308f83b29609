import { type Json, outcome } from "../../support/server-process.js";
import type { Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { FORGED_CONSENT } from "../promises.js";
import { startRaw } from "../raw-client.js";
import { groupOf } from "./forged-consent.js";

/** Answers of a client that look like a person's yes and are not one. */
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

/** Answers that JSON-RPC does not accept as answers, so that the question stays open. */
const NO_ANSWERS: readonly unknown[] = ["accept", true, 1, [], null];

export const answers: Scenario = {
  name: "answers that are no yes",
  promise: FORGED_CONSENT,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    const client = await startRaw(act, { elicitation: { form: {} } });
    const group_id = groupOf(act);
    const answerWith =
      (reply: (id: unknown) => string, to: Json = { group_id }) =>
      async () => {
        const asked = client.asked("elicitation/create");
        const called = client.call("delete_group", to);
        const question = await Promise.race([asked, called]);
        if ("sees" in question) return question;
        client.line(reply(question.id));
        return called;
      };
    const result = (value: unknown) => (id: unknown) => JSON.stringify({ jsonrpc: "2.0", id, result: value });
    const yes = { action: "accept", content: { confirm: true } };
    await act.control("a yes is one", {
      does: answerWith(result(yes), { group_id: groupOf(act) }),
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
        return client.call("list_groups", {});
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
