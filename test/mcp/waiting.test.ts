import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import type { Every } from "../../src/mcp/progress.js";
import { accepts, type ConnectOptions, connect, type Person } from "../support/client.js";
import { PEERS, repeatsCalls } from "../support/peers.js";
import { signal } from "../support/signal.js";

/** A timer that ticks when the test says so, and the intervals it was set to. */
function turnedByHand() {
  const ticks = new Set<() => void>();
  const intervalsMs: number[] = [];
  const every: Every = (intervalMs, tick) => {
    intervalsMs.push(intervalMs);
    ticks.add(tick);
    return () => ticks.delete(tick);
  };
  const turn = () => {
    for (const tick of ticks) tick();
  };
  return { every, turn, intervalsMs, running: () => ticks.size };
}

/** A person who answers a question when the test says so; `asked` resolves once the question is shown. */
function slowPerson() {
  let answer: (result: ElicitResult) => void = () => {};
  const asked = signal();
  const person: Person = () => {
    asked.give();
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  return { person, asked: asked.given, answer: (result: ElicitResult) => answer(result) };
}

async function withGroup(options: ConnectOptions) {
  const connected = await connect(options);
  const group = connected.org.addGroup({ profile: { name: "Lab" } });
  return { ...connected, group };
}

describe("while the server holds a call, the client has a sign of life every 15 seconds", () => {
  test("for a person's answer", async () => {
    const timer = turnedByHand();
    const slow = slowPerson();
    const { call, group } = await withGroup({ ...slow, every: timer.every });
    const steps: { progress: number; message?: string | undefined }[] = [];
    const pending = call("delete_group", { group_id: group.id }, { onprogress: (step) => steps.push(step) });
    await slow.asked;
    for (let n = 0; n < 20; n += 1) timer.turn();
    slow.answer({ action: "accept", content: { confirm: true } });
    expect((await pending).isError).toBe(false);
    expect(timer.intervalsMs).toEqual([15_000]);
    expect(timer.running()).toBe(0);
    const waiting = steps.filter(({ message }) => message === "Waiting for a person's answer");
    expect(waiting).toHaveLength(20);
    expect(steps.map(({ progress }) => progress)).toEqual(steps.map((_, index) => index + 1));
  });

  test("for a sign-in, before and after the link is opened", async () => {
    const timer = turnedByHand();
    const slow = slowPerson();
    const { call, control } = await connect({
      signIn: "device",
      scopes: ["okta.users.read"],
      links: slow.person,
      every: timer.every,
    });
    const messages: unknown[] = [];
    const pending = call("list_users", {}, { onprogress: ({ message }) => messages.push(message) });
    await slow.asked;
    timer.turn();
    slow.answer({ action: "accept" });
    timer.turn();
    control.approve(String(control.pendingUserCodes()[0]));
    expect((await pending).isError).toBe(false);
    expect(messages).toEqual(Array(2).fill("Waiting for a person to sign in to Okta"));
    expect(timer.running()).toBe(0);
  });
});

const WAITED = "Waiting for a person to sign in to Okta";

describe.each(PEERS.filter(repeatsCalls))("a client of the sort %s has a sign of life every 15 seconds", (peer) => {
  test("while its second request waits for the sign-in, and none while nothing waits", async () => {
    const timer = turnedByHand();
    const slow = slowPerson();
    const { call, control, sandbox } = await connect({
      peer,
      signIn: "device",
      scopes: ["okta.users.read"],
      links: slow.person,
      every: timer.every,
    });
    const messages: unknown[] = [];
    const pending = call("list_users", {}, { onprogress: ({ message }) => messages.push(message) });
    await slow.asked;
    expect(timer.running()).toBe(0);
    slow.answer({ action: "accept" });
    // The report begins with the request, and tells of the sign-in a few turns later.
    while (!messages.includes(WAITED)) {
      await sandbox.arrival("POST", "/oauth2/v1/token");
      timer.turn();
    }
    control.approve(String(control.pendingUserCodes()[0]));
    expect((await pending).isError).toBe(false);
    expect(messages.at(-1)).toBe(WAITED);
    expect(timer.intervalsMs).toEqual([15_000, 15_000]);
    expect(timer.running()).toBe(0);
  });
});

describe.each(PEERS)("while a call waits, a client of the sort %s has a sign of life every 15 seconds", (peer) => {
  test("for a rate limit", async () => {
    const timer = turnedByHand();
    const { call, sandbox } = await connect({ peer, every: timer.every });
    const reset = String(Math.floor(Date.now() / 1000) + 20);
    sandbox.next("GET", "/api/v1/users", { status: 429, headers: { "X-Rate-Limit-Reset": reset }, json: {} });
    const messages: string[] = [];
    const onprogress = ({ message = "" }) => {
      messages.push(message);
      if (messages.length === 1) timer.turn();
    };
    expect((await call("list_users", {}, { onprogress })).isError).toBe(false);
    expect(messages[0]).toMatch(/rate limit/i);
    expect(timer.running()).toBe(0);
  });

  test("where it asked for progress, and only there", async () => {
    const timer = turnedByHand();
    const { call, group } = await withGroup({ peer, person: accepts, every: timer.every });
    await call("delete_group", { group_id: group.id });
    expect(timer.intervalsMs).toEqual([]);
  });

  test("until the call fails", async () => {
    const timer = turnedByHand();
    const { call } = await connect({ peer, every: timer.every });
    await call("get_user", { user_id: "nobody@acme.example" }, { onprogress: () => {} });
    expect(timer.intervalsMs).toEqual([15_000]);
    expect(timer.running()).toBe(0);
  });
});

test.each(PEERS)(
  "the first question to a client of the sort %s is withdrawn with its call, as every later one",
  async (peer) => {
    let asked = signal();
    let withdrawn = signal();
    const person: Person = (_question, ofCall) => {
      ofCall?.addEventListener("abort", withdrawn.give);
      asked.give();
      return new Promise<never>((_resolve, reject) => {
        ofCall?.addEventListener("abort", () => reject(ofCall.reason));
      });
    };
    const { call, org, wire } = await connect({ peer, person });
    const group = org.addGroup({ profile: { name: "Lab" } });
    for (const which of ["first", "second"]) {
      asked = signal();
      withdrawn = signal();
      const stop = new AbortController();
      const pending = call("delete_group", { group_id: group.id }, { signal: stop.signal });
      const failed = expect(pending, which).rejects.toThrow();
      await asked.given;
      stop.abort("never mind");
      await failed;
      await withdrawn.given;
    }
    // Clients of the older library take the id 0 in a cancellation for none.
    const ids = wire.toClient.flatMap((message) => ("method" in message && "id" in message ? [message.id] : []));
    expect(ids).not.toContain(0);
  },
);
