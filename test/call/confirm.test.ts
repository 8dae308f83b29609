import { type ElicitResult, ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test, vi } from "vitest";
import type { Org } from "../../sandbox/org.js";
import { question } from "../../src/call/confirm.js";
import {
  accepts,
  type CallOutcome,
  type ConnectOptions,
  cannotShowIt,
  closesTheQuestion,
  connect,
  declines,
  leavesTheBoxEmpty,
  type Person,
} from "../support/client.js";
import { signal } from "../support/signal.js";

const FIVE_MINUTES_MS = 300_000;

type Connected = Awaited<ReturnType<typeof connect>>;

/** What the question about a group says of its undo. */
const ON_UNDO =
  "undo_change can only make a new group of this name with its members; apps, policies, rules and admin rights stay gone";

/** A group with a member and an app, about to be deleted. */
async function withGroup(options: ConnectOptions = {}) {
  const connected = await connect(options);
  const { org } = connected;
  const ada = org.addUser({ profile: { login: "ada@acme.example" } });
  const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
  org.addApp({ label: "Wiki" }, { groups: [lab] });
  const deleteIt = (more: { [key: string]: unknown } = {}) =>
    connected.call("delete_group", { group_id: lab.id, ...more });
  return { ...connected, ada, lab, deleteIt };
}

/** Somebody who looks at a question and says nothing. */
function silentPerson() {
  const asked = signal();
  const person: Person = () => {
    asked.give();
    return new Promise<never>(() => {});
  };
  return { person, whenAsked: asked.given };
}

const confirmationOf = ({ error }: CallOutcome) => String(error?.data.confirmation);

function expectNothingChanged({ writes, org }: Pick<Connected, "writes" | "org">, groupId: string) {
  expect(writes()).toEqual([]);
  expect(org.groups.get(groupId)).toBeDefined();
}

describe("a person who can be asked", () => {
  test("sees what is removed by name and what goes with it, and one box to tick", async () => {
    const { deleteIt, asked, lab } = await withGroup({ person: accepts });
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
    ["cannot be shown the question", cannotShowIt, "could not show the question", "okta-mcp", "failed"],
    [
      "is answered for with nonsense",
      () => ({ action: "accept" as const, content: { confirm: "yes" } }),
      "could not show",
      "okta-mcp",
      "failed",
    ],
  ])("and who %s keeps everything as it is", async (_, person, says, decided_by, answer) => {
    const group = await withGroup({ person });
    const { error } = await group.deleteIt();
    expect(error).toMatchObject({ code: "declined", retry: "never", data: { decided_by, answer } });
    expect(error?.message).toContain(says);
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

  test("is not believed where the target has gone meanwhile", async () => {
    const group = await withGroup({
      person: (question) => {
        group.org.groups.remove(group.lab);
        return accepts(question);
      },
    });
    expect((await group.deleteIt()).error?.code).toBe("not_found");
    expect(group.writes()).toEqual([]);
  });

  test("is asked whatever value the call brings", async () => {
    const group = await withGroup({ person: declines });
    const { error } = await group.deleteIt({ confirmation: "yes" });
    expect(error?.code).toBe("declined");
    expect(group.asked).toHaveLength(1);
    expectNothingChanged(group, group.lab.id);
  });

  test("of an older client, which does not name its ways of asking, is asked too", async () => {
    const group = await withGroup({ person: accepts, elicitation: {} });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked).toHaveLength(1);
  });

  test("is not asked any more once the call is cancelled", async () => {
    const stop = new AbortController();
    const { person, whenAsked } = silentPerson();
    const group = await withGroup({ person });
    const pending = group.call("delete_group", { group_id: group.lab.id }, { signal: stop.signal });
    await whenAsked;
    stop.abort("never mind");
    await expect(pending).rejects.toThrow();
    await group.logSays(/call failed tool=delete_group error=cancelled/);
    expectNothingChanged(group, group.lab.id);
  });
});

describe("a client that cannot ask", () => {
  test("gets the impact and a value, with which the same call does it once", async () => {
    const group = await withGroup();
    const first = await group.deleteIt();
    expect(first.error).toMatchObject({
      code: "needs_confirmation",
      retry: "after-fix",
      data: {
        target: { type: "group", name: "Lab", id: group.lab.id },
        details: [
          "1 member: ada@acme.example",
          "1 app assigned through it: Wiki",
          "no group rule or policy names it",
          ON_UNDO,
        ],
        valid_for_seconds: 300,
      },
    });
    expect(first.text).toContain('Delete group: group "Lab"');
    expectNothingChanged(group, group.lab.id);

    expect((await group.deleteIt({ confirmation: confirmationOf(first) })).data).toEqual({
      done: true,
      group_id: group.lab.id,
    });
    expect(group.writes()).toEqual([`DELETE /api/v1/groups/${group.lab.id}`]);
  });

  test("cannot use a value twice", async () => {
    const group = await withGroup();
    const other = group.org.addGroup({ profile: { name: "Twin" } });
    const confirmation = confirmationOf(await group.deleteIt());
    await group.deleteIt({ confirmation });
    const again = await group.call("delete_group", { group_id: other.id, confirmation });
    expect(again.error?.code).toBe("needs_confirmation");
    expect(again.error?.message).toContain("unknown here or was used already");
    expectNothingChanged({ ...group, writes: () => [] }, other.id);
  });

  test("cannot use a value twice at once", async () => {
    const { call, org, writes } = await connect();
    const [ada] = org.users.all();
    const lab = org.addGroup({ profile: { name: "Lab" } }, ada ? [ada] : []);
    const args = { group_id: lab.id, user_id: ada?.id };
    const confirmation = confirmationOf(await call("remove_user_from_group", args));
    const both = await Promise.all([1, 2].map(() => call("remove_user_from_group", { ...args, confirmation })));
    expect(both.map(({ isError }) => isError).sort()).toEqual([false, true]);
    expect(writes()).toHaveLength(1);
  });

  test("can still use a value after a made-up one, or another call with it, was refused", async () => {
    const { call, org, writes } = await connect();
    const { id: user_id } = org.addUser({ profile: { login: "a@acme.example" } });
    const value = confirmationOf(await call("deactivate_user", { user_id }));
    for (const more of [
      { confirmation: `${value.split(".")[0]}.${"A".repeat(43)}` },
      { confirmation: value, send_email: true },
    ]) {
      expect((await call("deactivate_user", { user_id, ...more })).error?.code).toBe("needs_confirmation");
    }
    expect(writes()).toEqual([]);
    expect((await call("deactivate_user", { user_id, confirmation: value })).isError).toBe(false);
    expect(writes()).toHaveLength(1);
  });

  test("cannot use a value for another target, another tool, or other arguments", async () => {
    const { call, org, writes } = await connect();
    const people = ["a", "b"].map((name) => org.addUser({ profile: { login: `${name}@acme.example` } }));
    const [a, b] = people;
    const value = async () => confirmationOf(await call("deactivate_user", { user_id: a?.id }));
    for (const [tool, args] of [
      ["deactivate_user", { user_id: b?.id }],
      ["deactivate_user", { user_id: a?.id, send_email: true }],
      ["update_user", { user_id: a?.id, credentials: {} }],
    ] as const) {
      const { error } = await call(tool, { ...args, confirmation: await value() });
      expect(error?.code, tool).toBe("needs_confirmation");
      expect(error?.message).toContain("belongs to another call");
    }
    expect(writes()).toEqual([]);
  });

  test("cannot use a value after the target has changed", async () => {
    const group = await withGroup();
    const confirmation = confirmationOf(await group.deleteIt());
    group.org.groups.removeMember(group.lab, group.ada);
    const again = await group.deleteIt({ confirmation });
    expect(again.error?.message).toContain("the target has changed since");
    expect(again.error?.data.details).toContain("0 members");
    expectNothingChanged(group, group.lab.id);
    expect((await group.deleteIt({ confirmation: confirmationOf(again) })).isError).toBe(false);
  });

  test("cannot use a value that is older than five minutes", async () => {
    let now = Date.now();
    const group = await withGroup({ now: () => now });
    const confirmation = confirmationOf(await group.deleteIt());
    now += FIVE_MINUTES_MS;
    const late = await group.deleteIt({ confirmation });
    expect(late.error?.message).toContain("older than five minutes");
    expectNothingChanged(group, group.lab.id);
    const fresh = confirmationOf(late);
    now += FIVE_MINUTES_MS - 1;
    expect((await group.deleteIt({ confirmation: fresh })).isError).toBe(false);
  });

  test("cannot make a value up, or bend one", async () => {
    const group = await withGroup();
    const value = confirmationOf(await group.deleteIt());
    const [nonce, seal] = value.split(".");
    for (const confirmation of [
      "",
      "yes",
      "true",
      ".",
      `${nonce}.`,
      `${nonce}.${"A".repeat(43)}`,
      `x.${seal}`,
      // The last letter holds two bits that belong to no byte.
      `${value.slice(0, -1)}${value.endsWith("A") ? "B" : "A"}`,
      `${value}=`,
      `${value}.`,
    ]) {
      const { error } = await group.deleteIt({ confirmation });
      expect(error?.code, confirmation).toBe("needs_confirmation");
    }
    expectNothingChanged(group, group.lab.id);
    expect((await group.deleteIt({ confirmation: value })).isError).toBe(false);
  });

  test("cannot use the value of another server", async () => {
    const group = await withGroup();
    const other = await group.newClient();
    const theirs = await other.call("delete_group", { group_id: group.lab.id });
    const { error } = await group.deleteIt({ confirmation: confirmationOf(theirs) });
    expect(error?.message).toContain("unknown here");
    expectNothingChanged(group, group.lab.id);
  });

  test("is told the same where it can show links but no forms", async () => {
    const group = await withGroup({ links: accepts });
    expect((await group.deleteIt()).error?.code).toBe("needs_confirmation");
    expect(group.asked).toEqual([]);
  });
});

describe("a client that declares questions and shows none", () => {
  /** Answers after so many milliseconds of a clock that the test turns. */
  function answersAfter(tookMs: number, answer: ElicitResult): ConnectOptions {
    let clockMs = 1_000;
    const person: Person = () => {
      clockMs += tookMs;
      return answer;
    };
    return { person, fastestPersonMs: undefined, monotonicMs: () => clockMs };
  }

  test.each([
    ["declines", { action: "decline" } as const],
    ["closes the question", { action: "cancel" } as const],
    ["sends the form back as it was", { action: "accept", content: { confirm: false } } as const],
  ])("and %s by itself is told as what it is, not as a person's no", async (_, answer) => {
    const group = await withGroup(answersAfter(40, answer));
    const { error } = await group.deleteIt();
    expect(error).toMatchObject({ code: "declined", data: { decided_by: "client", answer: "not_shown" } });
    expect(error?.message).toContain("did not ask a person");
    expect(error?.message).not.toMatch(/person (declined|closed)/);
    expect(error?.fix).toMatch(/okta-mcp call.*another OKTA_MCP_CONFIRM/);
    expectNothingChanged(group, group.lab.id);
    const slow = await withGroup(answersAfter(250, answer));
    expect((await slow.deleteIt()).error?.data.decided_by).toBe("person");
  });

  const noHandler: Person = () => Promise.reject(new McpError(ErrorCode.MethodNotFound, "Method not found"));

  test("for want of a handler gets a one-time value, as one that declares none", async () => {
    const group = await withGroup({ person: noHandler });
    const first = await group.deleteIt();
    expect(first.error?.code).toBe("needs_confirmation");
    expect((await group.deleteIt({ confirmation: confirmationOf(first) })).isError).toBe(false);
    expect(group.writes()).toEqual([`DELETE /api/v1/groups/${group.lab.id}`]);
  });

  test("for want of a handler gets nothing where a person must be asked", async () => {
    const group = await withGroup({ person: noHandler, confirmMode: "elicit-only" });
    const { error } = await group.deleteIt();
    expect(error?.message).toContain("cannot ask a person");
    expect(error?.fix).toContain("okta-mcp call");
    expect(error?.data).not.toHaveProperty("confirmation");
    expectNothingChanged(group, group.lab.id);
  });

  test("and agrees at once is believed: a person may have told it to", async () => {
    const group = await withGroup(answersAfter(1, { action: "accept", content: { confirm: true } }));
    expect((await group.deleteIt()).isError).toBe(false);
  });
});

describe("OKTA_MCP_CONFIRM", () => {
  test("elicit-only refuses where nobody can be asked, value or no value", async () => {
    const group = await withGroup({ confirmMode: "elicit-only" });
    for (const more of [{}, { confirmation: "yes" }]) {
      const { error } = await group.deleteIt(more);
      expect(error).toMatchObject({ code: "declined", data: { decided_by: "okta-mcp" } });
      expect(error?.message).toContain("OKTA_MCP_CONFIRM=elicit-only");
      expect(error?.data).not.toHaveProperty("confirmation");
    }
    expectNothingChanged(group, group.lab.id);
  });

  test("elicit-only asks where somebody can be asked", async () => {
    const group = await withGroup({ confirmMode: "elicit-only", person: accepts });
    expect((await group.deleteIt()).isError).toBe(false);
    expect(group.asked).toHaveLength(1);
  });

  test("never removes without a question", async () => {
    const group = await withGroup({ confirmMode: "never", person: declines });
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
