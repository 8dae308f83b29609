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
  const origins: Subject[] = [
    { ...SUBJECT, use: "question" },
    { ...SUBJECT, principal: "bob" },
    { ...SUBJECT, principal: undefined },
  ];
  const calls: Subject[] = [
    { ...SUBJECT, tool: "empty_group" },
    { ...SUBJECT, args: { ...SUBJECT.args, nested: { a: 1, b: 3 } } },
  ];
  const states: Subject[] = [
    { ...SUBJECT, state: { ...state, details: ["2 members"] } },
    { ...SUBJECT, state: { ...state, state: { at: 2, more: [null] } } },
    { ...SUBJECT, state: undefined },
  ];
  const reasonFor = (other: Subject) =>
    origins.includes(other) ? "unknown" : calls.includes(other) ? "another_call" : "another_state";
  for (const other of [...origins, ...calls, ...states]) {
    const seal = await seals.issue(SUBJECT);
    expect(await seals.redeem(seal, other)).toBe(reasonFor(other));
    expect(await seals.redeem(seal, SUBJECT), "a seal that was tried with another call stays good").toBeUndefined();
    expect(await seals.redeem(seal, SUBJECT)).toBe("used");
  }
  const reordered = { ...SUBJECT, args: { nested: { b: 2, a: 1 }, group_id: "00g1" } };
  expect(await seals.redeem(await seals.issue(SUBJECT), reordered)).toBeUndefined();
  expect(await opened().seals.redeem(await seals.issue(SUBJECT), SUBJECT)).toBe("unknown");
});

test("a made-up seal takes nothing from the good one, however much of it is right", async () => {
  const { seals, clock } = opened();
  const value = await seals.issue(SUBJECT);
  const another = await seals.issue({ ...SUBJECT, tool: "u" });
  // The random number and the end are 18 bytes, which is 24 characters.
  const made = [
    "",
    value.slice(0, 24),
    value.slice(0, -1),
    `${value}A`,
    `${value.slice(0, -1)}${value.endsWith("A") ? "B" : "A"}`,
    `${value.slice(0, 24)}${another.slice(24)}`,
    `${another.slice(0, 24)}${value.slice(24)}`,
    `${value.slice(0, 24)}${"A".repeat(value.length - 24)}`,
    value.replaceAll("-", "+").replaceAll("_", "/").concat("="),
  ];
  for (const text of made) {
    expect(await seals.redeem(text, SUBJECT), text).not.toBeUndefined();
    expect(await seals.redeem(text, { ...SUBJECT, tool: "u" }), text).not.toBeUndefined();
  }
  expect(await seals.redeem(value, { ...SUBJECT, args: { a: 1 } })).toBe("another_call");
  clock.nowMs = FIVE_MINUTES_MS - 1;
  expect(await seals.redeem(value, SUBJECT)).toBeUndefined();

  const late = await seals.issue(SUBJECT);
  clock.nowMs += FIVE_MINUTES_MS;
  expect(await seals.redeem(late, SUBJECT)).toBe("expired");
});

test("a seal stems from its use and its principal, whatever its call and however old it is", async () => {
  const { seals, clock } = opened();
  const seal = await seals.issue(SUBJECT);
  const { use, principal } = SUBJECT;
  const others = [{ use: "question", principal } as const, { use, principal: "bob" }, { use, principal: undefined }];
  clock.nowMs = 10 * FIVE_MINUTES_MS;
  expect(await seals.stems(seal, [...others, { use, principal }])).toBe(true);
  expect(await seals.stems(seal, others)).toBe(false);
  expect(await seals.stems("made up", [{ use, principal }])).toBe(false);
  expect(await opened().seals.stems(seal, [{ use, principal }]), "another process has another key").toBe(false);
  expect(seals.ageMs(seal)).toBe(10 * FIVE_MINUTES_MS);
});

test("a store forgets a used seal only once it has ended", async () => {
  const store = new MemorySealStore();
  expect(await store.claim("a", 10, 0)).toBe(true);
  expect(await store.claim("a", 10, 9)).toBe(false);
  expect(await store.claim("b", 30, 10)).toBe(true);
  expect(await store.claim("a", 40, 10)).toBe(true);
});

test("servers that share a store take each other's seals, each once among all of them", async () => {
  const { seals, store } = opened();
  const other = opened(store).seals;
  const seal = await seals.issue(SUBJECT);
  const answers = await Promise.all([seals, other, seals, other].map((one) => one.redeem(seal, SUBJECT)));
  expect(answers.filter((unfit) => unfit === undefined)).toHaveLength(1);
  expect(answers.filter((unfit) => unfit === "used")).toHaveLength(3);
});
