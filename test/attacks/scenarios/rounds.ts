import assert from "node:assert/strict";
import { type Json, type Outcome, outcome } from "../../support/server-process.js";
import { ASKS, envelope, YES } from "../../support/stateless.js";
import type { Act, Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { FORGED_CONSENT } from "../promises.js";
import { type RawClient, startRaw } from "../raw-client.js";
import { groupOf, HEAD_CHARS } from "./forged-consent.js";

/** What a client sends with a call besides its arguments. */
interface Brought {
  inputResponses?: unknown;
  requestState?: unknown;
}

/** A round of a call: what the client sees, and the state that it gets with a question. */
interface Round extends Outcome {
  state: string;
}

async function round(client: RawClient, tool: string, args: Json, brought: Brought = {}): Promise<Round> {
  const params = { name: tool, arguments: args, ...brought, _meta: envelope(ASKS) };
  const { result, error } = await client.ask("tools/call", JSON.stringify(params));
  if (error) return { ...outcome(String(error.code), { text: error.message }), state: "" };
  if (result.resultType === "input_required") return { ...outcome("asks"), state: String(result.requestState) };
  const text = String(result.content?.[0]?.text);
  return { ...outcome(result.isError ? (/^(\w+):/.exec(text)?.[1] ?? "") : "ok", { text }), state: "" };
}

/** The state of a question that was put for a call. */
async function stateFor(client: RawClient, tool: string, args: Json): Promise<string> {
  const { sees, state, text } = await round(client, tool, args);
  assert.equal(sees, "asks", text);
  return state;
}

const MADE_UP: readonly unknown[] = [
  "",
  "yes",
  "null",
  "A".repeat(88),
  "_".repeat(88),
  "x".repeat(100_000),
  1,
  true,
  {},
  [],
];

/** Changed forms of a state. */
const bent = (state: string): readonly [string, string][] => [
  ["without its tags", state.slice(0, HEAD_CHARS)],
  ["without its head", state.slice(HEAD_CHARS)],
  ["with empty tags", `${state.slice(0, HEAD_CHARS)}${"A".repeat(state.length - HEAD_CHARS)}`],
  ["with its last letter changed", state.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
  ["with its first letter changed", state.replace(/^./, (first) => (first === "A" ? "B" : "A"))],
  ["in small letters", state.toLowerCase()],
  ["with a blank behind", `${state} `],
  ["with padding", `${state}=`],
  ["twice", state + state],
];

/** Answers that are no yes of a person, or stand in no place where one counts. */
const NO_YES: readonly [string, unknown][] = [
  ["an empty list", {}],
  ["a list of another kind", [YES.confirm]],
  ["a text", "confirm"],
  ["a yes by another name", { Confirm: YES.confirm, sign_in: YES.confirm, "": YES.confirm }],
  ["a yes inside another", { confirm: { result: YES.confirm } }],
  ["a yes without its box", { confirm: { action: "accept" } }],
  ["a yes as text", { confirm: { action: "accept", content: { confirm: "true" } } }],
  ["a no with its box ticked", { confirm: { action: "decline", content: { confirm: true } } }],
  ["an inherited yes", JSON.parse(`{"__proto__":${JSON.stringify(YES)}}`)],
];

/** The ends of a round that did nothing: another question, a refusal, or an error about the state. */
const NOT_TAKEN = { sees: ["asks", "declined", "-32602", "not_found", "needs_confirmation", "bad_input"] };

async function statesOfOthers(act: Act, client: RawClient, kept: { group_id: string }): Promise<void> {
  const twin = { group_id: groupOf(act) };
  const answered = async (tool: string, args: Json, state: string, target: RawClient = client) =>
    round(target, tool, args, { inputResponses: YES, requestState: state });
  await act.attack("a yes for another target", {
    does: async () => answered("delete_group", twin, await stateFor(client, "delete_group", kept)),
    ...NOT_TAKEN,
  });
  await act.attack("a yes for another tool", {
    does: async () => answered("undo_change", { change_id: "x" }, await stateFor(client, "delete_group", kept)),
    ...NOT_TAKEN,
  });
  await act.attack("a state as a confirmation value", {
    async does() {
      const confirmation = await stateFor(client, "delete_group", kept);
      return act.server.call("delete_group", { ...kept, confirmation });
    },
    sees: ["needs_confirmation", "declined"],
  });
  await act.attack("a state of another process", {
    async does() {
      const other = await startRaw(act);
      const state = await stateFor(other, "delete_group", kept);
      await other.leave();
      return answered("delete_group", kept, state);
    },
    ...NOT_TAKEN,
  });
  await act.attack("one yes, twenty times at once", {
    async does() {
      const state = await stateFor(client, "delete_group", twin);
      const all = await Promise.all(Array.from({ length: 20 }, () => answered("delete_group", twin, state)));
      return outcome(String(all.filter(({ sees }) => sees === "ok").length <= 1));
    },
    sees: "true",
    reaches: /^(?:DELETE \S+)?$/,
  });
}

/** Attacks on the questions of MCP 2026-07-28, which come back with the call that is repeated. */
export const rounds: Scenario = {
  name: "questions that a client brings back with its call",
  promise: FORGED_CONSENT,
  stage: { scopes: ALL_SCOPES, person: null },
  async play(act) {
    const client = await startRaw(act);
    const args = { group_id: groupOf(act) };
    await act.control("a yes is good for the call that was asked about", {
      async does() {
        const requestState = await stateFor(client, "delete_group", args);
        return round(client, "delete_group", args, { inputResponses: YES, requestState });
      },
      reaches: [`DELETE /api/v1/groups/${args.group_id}`],
    });
    const kept = { group_id: groupOf(act) };
    await act.attack("a yes without a state", {
      does: () => round(client, "delete_group", kept, { inputResponses: YES }),
      sees: "asks",
    });
    await act.attacks(MADE_UP, (requestState) => [
      `a yes with a made-up state: ${JSON.stringify(requestState).slice(0, 40)}`,
      { does: () => round(client, "delete_group", kept, { inputResponses: YES, requestState }), ...NOT_TAKEN },
    ]);
    const state = await stateFor(client, "delete_group", kept);
    await act.attacks(bent(state), ([how, requestState]) => [
      `a yes with a state ${how}`,
      { does: () => round(client, "delete_group", kept, { inputResponses: YES, requestState }), ...NOT_TAKEN },
    ]);
    await act.attacks(NO_YES, ([what, inputResponses]) => [
      `a right state with ${what}`,
      {
        async does() {
          const requestState = await stateFor(client, "delete_group", kept);
          return round(client, "delete_group", kept, { inputResponses, requestState });
        },
        ...NOT_TAKEN,
      },
    ]);
    await statesOfOthers(act, client, kept);
    await client.leave();
  },
};
