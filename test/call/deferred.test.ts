import { describe, expect, test } from "vitest";
import type { Session } from "../../src/auth/session.js";
import type { DeferringCaller } from "../../src/call/caller.js";
import type { Answer, InputAnswers, Resumed } from "../../src/call/input-needed.js";
import type { Invoker, Outcome } from "../../src/call/invoke.js";
import { MemorySealStore } from "../../src/call/seals.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { findChange } from "../../src/journal/change.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { guardRules } from "../guard/support.js";
import { changesIn } from "../journal/support.js";
import { type ConnectOptions, connect } from "../support/client.js";

const FIVE_MINUTES_MS = 300_000;

/** A caller that cannot wait for an answer within its call, as over stateless HTTP. */
function later(resumed?: Resumed): DeferringCaller {
  return { signal: new AbortController().signal, ask: "later", showLink: "later", resumed };
}

/** The answers to a round, by a client that is as fast as it likes, and a call that waits for nobody. */
const brings = (state: string, answers: InputAnswers): Resumed => ({
  state,
  answers,
  fastestPersonMs: 0,
  signInWaitMs: 0,
});

/** Makes one round of a call. */
const round = (invoker: Invoker, tool: string, args: object, resumed?: Resumed): Promise<Outcome> =>
  invoker.invoke(tool, args, later(resumed));

/** The question with which a round ended, and a function that answers it. */
function questionOf(outcome: Outcome) {
  if (!("needs" in outcome)) throw new Error(`no question: ${JSON.stringify(outcome)}`);
  const [need] = outcome.needs;
  if (need === undefined) throw new Error("a round asks for nothing");
  const answer = (given: Answer): Resumed => brings(outcome.state, { [need.id]: given });
  const message = need.kind === "roots" ? "" : need.message;
  return { need, message, state: outcome.state, answer };
}

const errorOf = (outcome: Outcome) => ("error" in outcome ? outcome.error : undefined);

/** A group to be deleted, in an org with a journal. */
async function withGroup(options: ConnectOptions = {}) {
  const journal = new MemoryJournal();
  const connected = await connect({ journal, ...options });
  const invoker = await connected.openCalls();
  const ada = connected.org.addUser({ profile: { login: "ada@acme.example" } });
  const lab = connected.org.addGroup({ profile: { name: "Lab" } }, [ada]);
  const args = { group_id: lab.id };
  const remove = (resumed?: Resumed) => round(invoker, "delete_group", args, resumed);
  const isThere = () => connected.org.groups.get(lab.id) !== undefined;
  const changes = () => changesIn(journal);
  return { ...connected, journal, invoker, lab, args, remove, isThere, changes };
}

describe("a caller that cannot hold its call", () => {
  test("gets the question, and nothing has happened", async () => {
    const { remove, lab, writes, changes } = await withGroup();
    const { need, message } = questionOf(await remove());
    expect(need).toMatchObject({ id: "confirm", kind: "form" });
    expect(message).toContain(`Delete group: group "Lab" (${lab.id})\n- 1 member: ada@acme.example`);
    expect(writes()).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  test("goes on with a yes, once the target was read again, and the record says that a person agreed", async () => {
    const { remove, sent, isThere, changes, lab } = await withGroup();
    const { answer } = questionOf(await remove());
    const before = sent().length;
    expect(await remove(answer("accepted"))).toMatchObject({ result: {} });
    const after = sent().slice(before);
    expect(after).toContain(`GET /api/v1/groups/${lab.id}`);
    expect(after.indexOf(`GET /api/v1/groups/${lab.id}`)).toBeLessThan(
      after.indexOf(`DELETE /api/v1/groups/${lab.id}`),
    );
    expect(isThere()).toBe(false);
    expect(await changes()).toMatchObject([{ tool: "delete_group", outcome: "done", confirmed: "person" }]);
  });

  test.each<[Answer, string]>([
    ["declined", "The person declined."],
    ["cancelled", "closed the question"],
    ["timed_out", "Nobody answered in time."],
    ["not_shown", "faster than anybody can read"],
    ["failed", "could not show the question"],
  ])("is refused with %s as a caller that holds is, once and for all", async (given, words) => {
    const { remove, isThere, changes } = await withGroup();
    const { answer } = questionOf(await remove());
    const error = errorOf(await remove(answer(given)));
    expect(error).toMatchObject({ code: "declined", data: { answer: given } });
    expect(error?.message).toContain(words);
    expect(await changes()).toMatchObject([{ outcome: "refused", confirmed: "not_given" }]);
    const again = questionOf(await remove(answer("accepted")));
    expect(again.message).toContain("the answer was used already");
    expect(isThere()).toBe(true);
  });

  test("is asked again when the target has changed since the question", async () => {
    const { remove, org, lab, isThere } = await withGroup();
    const { answer } = questionOf(await remove());
    org.groups.addMember(lab, org.addUser({ profile: { login: "bob@acme.example" } }));
    const again = questionOf(await remove(answer("accepted")));
    expect(again.message).toContain("- 2 members");
    expect(again.message).toContain("this has changed since the last question");
    expect(isThere()).toBe(true);
    expect(await remove(again.answer("accepted"))).toMatchObject({ result: {} });
  });

  test("cannot answer twice with one state", async () => {
    const { remove, org, invoker, isThere, writes } = await withGroup();
    const { answer } = questionOf(await remove());
    const both = await Promise.all([remove(answer("accepted")), remove(answer("accepted"))]);
    expect(both.filter((outcome) => "result" in outcome)).toHaveLength(1);
    expect(isThere()).toBe(false);
    const other = org.addGroup({ profile: { name: "Other" } });
    const again = await round(invoker, "delete_group", { group_id: other.id }, answer("accepted"));
    expect(questionOf(again).message).toContain("the answer was for another call");
    expect(writes()).toHaveLength(1);
  });

  test("cannot move an answer to other arguments, and the good call still takes it", async () => {
    const { remove, org, invoker, isThere } = await withGroup();
    const other = org.addGroup({ profile: { name: "Other" } });
    const { answer } = questionOf(await remove());
    const moved = await round(invoker, "delete_group", { group_id: other.id }, answer("accepted"));
    expect(questionOf(moved).message).toContain(`(${other.id})`);
    expect(questionOf(moved).message).toContain("the answer was for another call");
    expect(org.groups.get(other.id)).toBeDefined();
    expect(isThere()).toBe(true);
    expect(await remove(answer("accepted"))).toMatchObject({ result: {} });
    expect(isThere()).toBe(false);
  });

  test.each(["", "x", "a.b", "A".repeat(88)])("cannot make a state up: %j", async (state) => {
    const { remove, isThere } = await withGroup();
    const { state: real } = questionOf(await remove());
    for (const made of [state, `${real.slice(0, 24)}${state}`, `${real.slice(0, -4)}AAAA`]) {
      expect(await remove(brings(made, { confirm: "accepted" }))).toEqual({ wrongState: true });
    }
    expect(isThere()).toBe(true);
  });

  test("has five minutes", async () => {
    const clock = { nowMs: Date.now() };
    const { remove, isThere } = await withGroup({ now: () => clock.nowMs });
    const { answer } = questionOf(await remove());
    clock.nowMs += FIVE_MINUTES_MS;
    const again = questionOf(await remove(answer("accepted")));
    expect(again.message).toContain("longer than five minutes");
    expect(isThere()).toBe(true);
  });

  test("is asked nothing where nobody has to agree, and where the settings have nobody asked", async () => {
    const { invoker } = await withGroup();
    expect(await round(invoker, "create_group", { profile: { name: "New" } })).toMatchObject({ result: {} });
    const { remove, isThere } = await withGroup({ confirmMode: "never" });
    expect(await remove()).toMatchObject({ result: {} });
    expect(isThere()).toBe(false);
  });

  test("undoes a change with one yes", async () => {
    const { invoker, journal, changes, org } = await withGroup();
    await round(invoker, "create_group", { profile: { name: "New" } });
    const [made] = await changes();
    const args = { change_id: made?.id };
    const { answer, message } = questionOf(await round(invoker, "undo_change", args));
    expect(message).toContain("delete_group");
    expect(await round(invoker, "undo_change", args, answer("accepted"))).toMatchObject({ result: {} });
    expect(org.groups.all().map(({ profile }) => profile.name)).not.toContain("New");
    expect((await findChange(journal, made?.id ?? ""))?.undone_by).toHaveLength(1);
  });
});

describe("several processes with one store of seals", () => {
  test("a yes counts in each of them, once among all", async () => {
    const { openCalls, args, isThere } = await withGroup();
    const seals = new MemorySealStore();
    const [one, other] = [await openCalls({ seals }), await openCalls({ seals })];
    const { answer } = questionOf(await round(one, "delete_group", args));
    expect(await round(other, "delete_group", args, answer("accepted"))).toMatchObject({ result: {} });
    expect(isThere()).toBe(false);
    expect(errorOf(await round(one, "delete_group", args, answer("accepted")))?.code).toBe("not_found");
  });

  test("the yes of one person is nobody else's", async () => {
    const { openCalls, openCallsOfAnother, args, isThere } = await withGroup();
    const seals = new MemorySealStore();
    const { answer } = questionOf(await round(await openCalls({ seals }), "delete_group", args));
    const other = await openCallsOfAnother({ seals });
    expect(await round(other, "delete_group", args, answer("accepted"))).toEqual({ wrongState: true });
    expect(isThere()).toBe(true);
  });
});

describe("two sessions whose tokens do not tell who signed in", () => {
  test("take no yes of each other's, and each takes its own", async () => {
    const { openCalls, openCallsOfAnother, args, isThere } = await withGroup({ opaqueToken: true });
    const seals = new MemorySealStore();
    const one = await openCalls({ seals });
    const { answer } = questionOf(await round(one, "delete_group", args));
    const other = await round(await openCallsOfAnother({ seals }), "delete_group", args, answer("accepted"));
    expect(other).toEqual({ wrongState: true });
    expect(isThere()).toBe(true);
    expect(await round(one, "delete_group", args, answer("accepted"))).toMatchObject({ result: {} });
  });
});

describe("limits", () => {
  test("count a call once, however many rounds it takes", async () => {
    const { remove, org, invoker } = await withGroup({
      guard: guardRules({ limits: { removals: { per_session: 1 } } }),
    });
    await remove();
    const { answer } = questionOf(await remove());
    expect(await remove(answer("accepted"))).toMatchObject({ result: {} });
    const other = { group_id: org.addGroup({ profile: { name: "Other" } }).id };
    expect(errorOf(await round(invoker, "delete_group", other))?.code).toBe("protected");
  });
});

describe("a sign-in", () => {
  test("is a link first, then the call goes on", async () => {
    const { remove, control, session, isThere, changes } = await withGroup({ signIn: "device" });
    const { need, answer } = questionOf(await remove());
    expect(need).toMatchObject({ id: "sign_in", kind: "link", url: expect.stringContaining("/activate") });
    expect(await changes()).toEqual([]);
    expect(errorOf(await remove(answer("accepted")))?.code).toBe("sign_in_pending");
    const signedIn = new Promise<void>((resolve) => session.onChange(resolve));
    control.approve(control.pendingUserCodes()[0] ?? "");
    await signedIn;
    const question = questionOf(await remove());
    expect(question.need.id).toBe("confirm");
    expect(await remove(question.answer("accepted"))).toMatchObject({ result: {} });
    expect(isThere()).toBe(false);
  });

  test("that the person does not want is given up, by an answer that counts alone", async () => {
    const { remove, session } = await withGroup({ signIn: "device" });
    const { answer } = questionOf(await remove());
    expect(await remove(brings("made.up", { sign_in: "declined" }))).toEqual({ wrongState: true });
    expect(errorOf(await remove(answer("declined")))?.code).toBe("login_denied");
    expect((await session.status()).signedIn).toBe(false);
  });
});

test("an undo whose call finds nobody signed in ends with the link, and is not put off half-way", async () => {
  const { openCalls, session, control, changes, org } = await withGroup({ signIn: "device" });
  const signedIn = new Promise<void>((resolve) => session.onChange(resolve));
  await session.startSignIn();
  control.approve(control.pendingUserCodes()[0] ?? "");
  await signedIn;
  let calls = Number.NEGATIVE_INFINITY;
  const token: Session["token"] = async (signal) => {
    calls += 1;
    if (calls > 1) throw new OktaMcpError("session_ended", "The sign-in has ended.");
    return session.token(signal);
  };
  const ending: Session = new Proxy(session, {
    get(target, name: keyof Session) {
      const value = name === "token" ? token : target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const invoker = await openCalls({ session: ending });
  await round(invoker, "create_group", { profile: { name: "New" } });
  const args = { change_id: (await changes())[0]?.id };
  const { answer } = questionOf(await round(invoker, "undo_change", args));
  calls = 0;
  const error = errorOf(await round(invoker, "undo_change", args, answer("accepted")));
  expect(error).toMatchObject({ code: "sign_in_pending" });
  expect(org.groups.all().map(({ profile }) => profile.name)).toContain("New");
});

test("nothing is done where somebody else signs in while a person is being asked", async () => {
  const { openCalls, session, args, isThere } = await withGroup();
  let user = "ada";
  const status = async () => ({ ...(await session.status()), user, subject: undefined });
  const ofSeveral: Session = new Proxy(session, {
    get(target, name: keyof Session) {
      const value = name === "status" ? status : target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const invoker = await openCalls({ session: ofSeveral });
  const ask = async () => {
    user = "bob";
    return "accepted" as const;
  };
  const outcome = await invoker.invoke("delete_group", args, { signal: new AbortController().signal, ask });
  expect(errorOf(outcome)).toMatchObject({ code: "conflict" });
  expect(errorOf(outcome)?.message).toContain("Somebody else signed in");
  expect(isThere()).toBe(true);
});
