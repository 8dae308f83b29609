import { describe, expect, test, vi } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { question } from "../../src/call/confirm.js";
import {
  accepts,
  cannotShowIt,
  closesTheQuestion,
  connect,
  declines,
  leavesTheBoxEmpty,
  type Person,
} from "../support/client.js";
import { PEERS, repeatsCalls } from "../support/peers.js";
import { signal } from "../support/signal.js";
import { confirmationOf, expectNothingChanged, FIVE_MINUTES_MS, ON_UNDO, withGroup } from "./support-group.js";

/** A person who sees a question and never answers. Whoever asks gives up once the signal aborts. */
function silentPerson() {
  const asked = signal();
  const withdrawn = signal();
  const person: Person = (_question, ofCall) => {
    asked.give();
    return new Promise<never>((_resolve, reject) => {
      ofCall?.addEventListener("abort", () => {
        withdrawn.give();
        reject(ofCall.reason);
      });
    });
  };
  return { person, whenAsked: asked.given, whenWithdrawn: withdrawn.given };
}

describe.each(PEERS)("a person who can be asked by a client of the sort %s", (peer) => {
  test("sees what is removed by name and what goes with it, and one box to tick", async () => {
    const { deleteIt, asked, lab } = await withGroup({ peer, person: accepts });
    await deleteIt();
    expect(asked).toEqual([
      {
        mode: "form",
        message: `Delete group: group "Lab" (${lab.id})\n- 1 member: ada@acme.example\n- 1 app assigned through it: Wiki\n- no group rule or policy names it\n- ${ON_UNDO}`,
        requestedSchema: {
          type: "object",
          properties: { confirm: expect.objectContaining({ type: "boolean", default: false }) },
          required: ["confirm"],
        },
      },
    ]);
  });

  test("is asked before anything changes", async () => {
    const seen: string[][] = [];
    const group = await withGroup({
      peer,
      person: (question) => {
        seen.push(group.writes());
        return accepts(question);
      },
    });
    await group.deleteIt();
    expect(seen).toEqual([[]]);
    expect(group.writes()).toEqual([`DELETE /api/v1/groups/${group.lab.id}`]);
  });

  test.each([
    ["declines", declines, "The person declined.", "person", "declined"],
    ["leaves the box empty", leavesTheBoxEmpty, "The person declined.", "person", "declined"],
    ["accepts without an answer", () => ({ action: "accept" as const }), "The person declined.", "person", "declined"],
    ["closes the question", closesTheQuestion, "closed the question", "person", "cancelled"],
    [
      "is answered for with nonsense",
      () => ({ action: "accept" as const, content: { confirm: "yes" } }),
      "could not show",
      "okta-mcp",
      "failed",
    ],
  ])("and who %s keeps everything as it is", async (_, person, says, decided_by, answer) => {
    const group = await withGroup({ peer, person });
    const { error } = await group.deleteIt();
    expect(error).toMatchObject({ code: "declined", retry: "never", data: { decided_by, answer } });
    expect(error?.message).toContain(says);
    expectNothingChanged(group, group.lab.id);
  });

  test("is not believed where the target has gone meanwhile", async () => {
    const group = await withGroup({
      peer,
      person: (question) => {
        group.org.groups.remove(group.lab);
        return accepts(question);
      },
    });
    expect((await group.deleteIt()).error?.code).toBe("not_found");
    expect(group.writes()).toEqual([]);
  });

  test("is asked whatever value the call brings", async () => {
    const group = await withGroup({ peer, person: declines });
    const { error } = await group.deleteIt({ confirmation: "yes" });
    expect(error?.code).toBe("declined");
    expect(group.asked).toHaveLength(1);
    expectNothingChanged(group, group.lab.id);
  });

  test("of an older client, which does not name its ways of asking, is asked too", async () => {
    const group = await withGroup({ peer, person: accepts, elicitation: {} });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked).toHaveLength(1);
  });
});

describe("a person who is asked while the server holds the call", () => {
  test("and who cannot be shown the question keeps everything as it is", async () => {
    const group = await withGroup({ person: cannotShowIt });
    const { error } = await group.deleteIt();
    expect(error).toMatchObject({ code: "declined", data: { decided_by: "okta-mcp", answer: "failed" } });
    expect(error?.message).toContain("could not show the question");
    expectNothingChanged(group, group.lab.id);
  });

  test("has five minutes, after which nothing happens", async () => {
    const { person, whenAsked } = silentPerson();
    const group = await withGroup({ person });
    const timers = vi.spyOn(globalThis, "setTimeout");
    const pending = group.deleteIt();
    await whenAsked;
    const long = timers.mock.calls.filter(([, delayMs]) => Number(delayMs) > 60_000);
    timers.mockRestore();
    expect(long.map(([, delayMs]) => delayMs)).toEqual([FIVE_MINUTES_MS]);
    for (const [timeIsUp] of long) timeIsUp();
    const { error } = await pending;
    expect(error).toMatchObject({ code: "declined", data: { decided_by: "okta-mcp", answer: "timed_out" } });
    expect(error?.message).toContain("Nobody answered in time.");
    expectNothingChanged(group, group.lab.id);
  });

  test("is not believed where the target changed meanwhile", async () => {
    const group = await withGroup({
      person: (question) => {
        group.org.groups.addMember(group.lab, group.org.addUser({ profile: { login: "new@acme.example" } }));
        return accepts(question);
      },
    });
    const { error } = await group.deleteIt();
    expect(error?.code).toBe("conflict");
    expect(error?.message).toContain("changed while the person was being asked");
    expectNothingChanged(group, group.lab.id);
  });

  test("is not asked any more once the call is cancelled", async () => {
    const stop = new AbortController();
    const { person, whenAsked, whenWithdrawn } = silentPerson();
    const group = await withGroup({ person });
    const pending = group.call("delete_group", { group_id: group.lab.id }, { signal: stop.signal });
    await whenAsked;
    stop.abort("never mind");
    await expect(pending).rejects.toThrow();
    await whenWithdrawn;
    await group.logSays(/call failed tool=delete_group error=cancelled/);
    expectNothingChanged(group, group.lab.id);
  });
});

// Between the two requests of such a call the server does nothing: neither a clock of its own nor a change at the org
// ends the call, and what has become of both meanwhile shows once the client brings the answer.
describe.each(PEERS.filter(repeatsCalls))("a person who is asked between two requests of a %s client", (peer) => {
  test("and who cannot be shown the question keeps everything as it is", async () => {
    const group = await withGroup({ peer, person: cannotShowIt });
    await expect(group.deleteIt()).rejects.toThrow("no window");
    expectNothingChanged(group, group.lab.id);
  });

  test("is asked once more with an answer that took five minutes", async () => {
    let now = Date.now();
    const takesMs = [FIVE_MINUTES_MS, FIVE_MINUTES_MS - 1];
    const person: Person = (question) => {
      now += takesMs.shift() ?? 0;
      return accepts(question);
    };
    const group = await withGroup({ peer, person, now: () => now });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked).toHaveLength(2);
    expect(group.asked[1]?.message).toContain("the answer took longer than five minutes");
    expect(group.writes()).toHaveLength(1);
  });

  test("is asked once more, about the present state, where the target changed meanwhile", async () => {
    const writesWhenAsked: number[] = [];
    const group = await withGroup({
      peer,
      person: (question) => {
        writesWhenAsked.push(group.writes().length);
        if (group.asked.length === 1)
          group.org.groups.addMember(group.lab, group.org.addUser({ profile: { login: "new@acme.example" } }));
        return accepts(question);
      },
    });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked.map(({ message }) => message.match(/\d members?/)?.[0])).toEqual(["1 member", "2 members"]);
    expect(group.asked[1]?.message).toContain("this has changed since the last question");
    expect(writesWhenAsked).toEqual([0, 0]);
  });

  test("may decline what has changed", async () => {
    const group = await withGroup({
      peer,
      person: (question) => {
        if (group.asked.length > 1) return declines(question);
        group.org.groups.removeMember(group.lab, group.ada);
        return accepts(question);
      },
    });
    expect((await group.deleteIt()).error).toMatchObject({ code: "declined", data: { decided_by: "person" } });
    expectNothingChanged(group, group.lab.id);
  });

  test("is asked without effect once the call is cancelled: the server has nothing to end", async () => {
    const stop = new AbortController();
    const { person, whenAsked, whenWithdrawn } = silentPerson();
    const group = await withGroup({ peer, person });
    const pending = group.call("delete_group", { group_id: group.lab.id }, { signal: stop.signal });
    await whenAsked;
    stop.abort("never mind");
    await expect(pending).rejects.toThrow();
    await whenWithdrawn;
    expectNothingChanged(group, group.lab.id);
  });
});

describe.each(PEERS)("OKTA_MCP_CONFIRM with a client of the sort %s", (peer) => {
  test("elicit-only refuses where nobody can be asked, value or no value", async () => {
    const group = await withGroup({ peer, confirmMode: "elicit-only" });
    for (const more of [{}, { confirmation: "yes" }]) {
      // Each request of the stateless revision tells what its client can do, and too little is an error of the protocol.
      if (repeatsCalls(peer)) {
        const error = await group.deleteIt(more).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: { form: {} } } } });
        expect(String(error)).toContain("OKTA_MCP_CONFIRM=elicit-only");
      } else {
        const { error } = await group.deleteIt(more);
        expect(error).toMatchObject({ code: "declined", data: { decided_by: "okta-mcp" } });
        expect(error?.message).toContain("OKTA_MCP_CONFIRM=elicit-only");
        expect(error?.data).not.toHaveProperty("confirmation");
      }
    }
    expectNothingChanged(group, group.lab.id);
  });

  test("elicit-only asks where somebody can be asked", async () => {
    const group = await withGroup({ peer, confirmMode: "elicit-only", person: accepts });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked).toHaveLength(1);
  });

  test("never removes without a question", async () => {
    const group = await withGroup({ peer, confirmMode: "never", person: declines });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked).toEqual([]);
    expect(group.writes()).toEqual([`DELETE /api/v1/groups/${group.lab.id}`]);
  });
});

test.each<[string, (org: Org) => { [key: string]: unknown }]>([
  ["deactivate_user", (org) => ({ user_id: org.addUser({ profile: { login: "x@acme.example" } }).id })],
  [
    "delete_deactivated_user",
    (org) => ({ user_id: org.addUser({ status: "DEPROVISIONED", profile: { login: "x@acme.example" } }).id }),
  ],
  ["delete_group", (org) => ({ group_id: org.addGroup({ profile: { name: "G" } }).id })],
  [
    "remove_user_from_group",
    (org) => ({ group_id: org.addGroup({ profile: { name: "G" } }).id, user_id: org.users.all()[0]?.id }),
  ],
  ["deactivate_application", (org) => ({ app_id: org.addApp({ label: "A" }).id })],
  ["delete_application", (org) => ({ app_id: org.addApp({ label: "A", status: "INACTIVE" }).id })],
  ["update_user", (org) => ({ user_id: org.users.all()[0]?.id, credentials: { password: { value: "12345678" } } })],
])("%s changes nothing before somebody agreed", async (tool, arrange) => {
  const { call, org, writes } = await connect();
  const args = arrange(org);
  const first = await call(tool, args);
  expect(first.error?.code).toBe("needs_confirmation");
  expect(writes()).toEqual([]);
  expect(await call(tool, { ...args, confirmation: confirmationOf(first) })).toMatchObject({ isError: false });
  expect(writes()).toHaveLength(1);
});

describe("the question", () => {
  test("is one line for each fact, with nothing hidden and no early end", () => {
    const text = question("Delete group", {
      target: { type: "group", name: 'Lab" (00g1)\n- 0 members\u202e\u200b\u0007', id: "00g1\n2" },
      details: ["a\r\nb", "c\u2028d", "tag\u{e0041}", "\ud800"],
    });
    expect(text.split("\n")).toEqual([
      'Delete group: group "Lab\' (00g1) - 0 members<U+202E><U+200B><U+0007>" (00g1 2)',
      "- a b",
      "- c d",
      "- tag<U+E0041>",
      "- <U+D800>",
    ]);
  });

  test("stays short however long a name is", () => {
    const text = question("Delete group", { target: { type: "group", name: "x".repeat(1e6), id: "1" }, details: [] });
    expect(text.length).toBeLessThan(300);
    expect(text).toContain("… (cut)");
  });
});
