import { expect, test } from "vitest";
import { MemorySealStore, type SealStore, Seals, type Subject } from "../../src/call/seals.js";

const FIVE_MINUTES_MS = 300_000;

const SUBJECT: Subject = {
  use: "value",
  principal: "ada",
  tool: "delete_group",
  args: { group_id: "00g1", nested: { a: 1, b: 2 } },
  state: { target: { type: "group", name: "Lab", id: "00g1" }, details: ["1 member"], state: { at: 1, more: [null] } },
};

/** Seals in a store, with a clock that the test sets. */
function opened(store: SealStore = new MemorySealStore()) {
  const clock = { nowMs: 0 };
  return { clock, store, seals: new Seals(store, () => clock.nowMs) };
}

test("a seal is good for its use, its principal, its tool, its arguments and the state of its target alone", async () => {
  const { seals } = opened();
  const state = SUBJECT.state as { details: string[] };
  const calls: Subject[] = [
    { ...SUBJECT, use: "question" },
    { ...SUBJECT, principal: "bob" },
    { ...SUBJECT, principal: undefined },
    { ...SUBJECT, tool: "empty_group" },
    { ...SUBJECT, args: { ...SUBJECT.args, nested: { a: 1, b: 3 } } },
  ];
  const states: Subject[] = [
    { ...SUBJECT, state: { ...state, details: ["2 members"] } },
    { ...SUBJECT, state: { ...state, state: { at: 2, more: [null] } } },
    { ...SUBJECT, state: undefined },
  ];
  for (const other of [...calls, ...states]) {
    const seal = await seals.issue(SUBJECT);
    expect(await seals.redeem(seal, other)).toBe(calls.includes(other) ? "another_call" : "another_state");
    expect(await seals.redeem(seal, SUBJECT), "a seal that was tried with another call stays good").toBeUndefined();
    expect(await seals.redeem(seal, SUBJECT)).toBe("unknown");
  }
  const reordered = { ...SUBJECT, args: { nested: { b: 2, a: 1 }, group_id: "00g1" } };
  expect(await seals.redeem(await seals.issue(SUBJECT), reordered)).toBeUndefined();
  expect(await opened().seals.redeem(await seals.issue(SUBJECT), SUBJECT)).toBe("unknown");
});

test("a made-up seal takes nothing from the good one, however much of it is right", async () => {
  const { seals, clock } = opened();
  const value = await seals.issue(SUBJECT);
  const [nonce = "", seal = ""] = value.split(".");
  const another = (await seals.issue({ ...SUBJECT, tool: "u" })).split(".")[1];
  for (const made of [nonce, `${nonce}.`, `${nonce}.x`, `${nonce}.${another}`, `${nonce}.${"A".repeat(seal.length)}`]) {
    expect(await seals.redeem(made, SUBJECT)).toBe("unknown");
  }
  expect(await seals.redeem(value, { ...SUBJECT, args: { a: 1 } })).toBe("another_call");
  clock.nowMs = FIVE_MINUTES_MS - 1;
  expect(await seals.redeem(value, SUBJECT)).toBeUndefined();

  const late = await seals.issue(SUBJECT);
  clock.nowMs += FIVE_MINUTES_MS;
  expect(await seals.redeem(late, SUBJECT)).toBe("expired");
});

test("open seals do not pile up", async () => {
  const { seals, clock, store } = opened();
  const first = await seals.issue(SUBJECT);
  clock.nowMs = FIVE_MINUTES_MS;
  await seals.issue(SUBJECT);
  expect(await seals.redeem(first, SUBJECT)).toBe("unknown");
  expect(await store.find(first.split(".")[0] ?? "")).toBeUndefined();
});

test("servers that share a store take each other's seals, each once among all of them", async () => {
  const { seals, store } = opened();
  const other = opened(store).seals;
  const seal = await seals.issue(SUBJECT);
  const answers = await Promise.all([seals, other, seals, other].map((one) => one.redeem(seal, SUBJECT)));
  expect(answers.filter((unfit) => unfit === undefined)).toHaveLength(1);
  expect(answers.filter((unfit) => unfit === "unknown")).toHaveLength(3);
});
