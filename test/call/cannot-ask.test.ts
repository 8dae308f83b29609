import { type ElicitResult, ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { accepts, type ConnectOptions, connect, type Person } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { confirmationOf, expectNothingChanged, FIVE_MINUTES_MS, ON_UNDO, withGroup } from "./support-group.js";

describe.each(PEERS)("a client of the sort %s that cannot ask", (peer) => {
  test("gets the impact and a value, with which the same call does it once", async () => {
    const group = await withGroup({ peer });
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
    const group = await withGroup({ peer });
    const other = group.org.addGroup({ profile: { name: "Twin" } });
    const confirmation = confirmationOf(await group.deleteIt());
    await group.deleteIt({ confirmation });
    const again = await group.call("delete_group", { group_id: other.id, confirmation });
    expect(again.error?.code).toBe("needs_confirmation");
    expect(again.error?.message).toContain("it belongs to another call");
    expectNothingChanged({ ...group, writes: () => [] }, other.id);
  });

  test("cannot use a value twice at once", async () => {
    const { call, org, writes } = await connect({ peer });
    const [ada] = org.users.all();
    const lab = org.addGroup({ profile: { name: "Lab" } }, ada ? [ada] : []);
    const args = { group_id: lab.id, user_id: ada?.id };
    const confirmation = confirmationOf(await call("remove_user_from_group", args));
    const both = await Promise.all([1, 2].map(() => call("remove_user_from_group", { ...args, confirmation })));
    expect(both.map(({ isError }) => isError).sort()).toEqual([false, true]);
    expect(writes()).toHaveLength(1);
  });

  test("can still use a value after a made-up one, or another call with it, was refused", async () => {
    const { call, org, writes } = await connect({ peer });
    const { id: user_id } = org.addUser({ profile: { login: "a@acme.example" } });
    const value = confirmationOf(await call("deactivate_user", { user_id }));
    for (const more of [
      { confirmation: `${value.slice(0, 24)}${"A".repeat(value.length - 24)}` },
      { confirmation: value, send_email: true },
    ]) {
      expect((await call("deactivate_user", { user_id, ...more })).error?.code).toBe("needs_confirmation");
    }
    expect(writes()).toEqual([]);
    expect((await call("deactivate_user", { user_id, confirmation: value })).isError).toBe(false);
    expect(writes()).toHaveLength(1);
  });

  test("cannot use a value for another target, another tool, or other arguments", async () => {
    const { call, org, writes } = await connect({ peer });
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
    const group = await withGroup({ peer });
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
    const group = await withGroup({ peer, now: () => now });
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
    const group = await withGroup({ peer });
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
      // The last letter of the seal encodes two bits that belong to no byte.
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
    const group = await withGroup({ peer });
    const other = await group.newClient();
    const theirs = await other.call("delete_group", { group_id: group.lab.id });
    const { error } = await group.deleteIt({ confirmation: confirmationOf(theirs) });
    expect(error?.message).toContain("unknown here");
    expectNothingChanged(group, group.lab.id);
  });

  test("is told the same where it can show links but no forms", async () => {
    const group = await withGroup({ peer, links: accepts });
    expect((await group.deleteIt()).error?.code).toBe("needs_confirmation");
    expect(group.asked).toEqual([]);
  });
});

describe.each(PEERS)("a client of the sort %s that declares questions and shows none", (peer) => {
  /** A person who takes `tookMs` milliseconds to answer, by a clock of the test. */
  function answersAfter(tookMs: number, answer: ElicitResult): ConnectOptions {
    let clockMs = Date.now();
    const person: Person = () => {
      clockMs += tookMs;
      return answer;
    };
    // Between two requests the time is that of the wall clock, since another process may get the second one.
    return { peer, person, fastestPersonMs: undefined, monotonicMs: () => clockMs, now: () => clockMs };
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

  test("and agrees at once is believed: a person may have told it to", async () => {
    const group = await withGroup(answersAfter(1, { action: "accept", content: { confirm: true } }));
    expect((await group.deleteIt()).isError).toBe(false);
  });
});

// A client of the stateless revision that has no handler ends such a call by itself, and the server hears no more of it.
describe("a client that declares questions and has no handler for them", () => {
  const noHandler: Person = () => Promise.reject(new McpError(ErrorCode.MethodNotFound, "Method not found"));

  test("gets a one-time value, as one that declares none", async () => {
    const group = await withGroup({ person: noHandler });
    const first = await group.deleteIt();
    expect(first.error?.code).toBe("needs_confirmation");
    expect((await group.deleteIt({ confirmation: confirmationOf(first) })).isError).toBe(false);
    expect(group.writes()).toEqual([`DELETE /api/v1/groups/${group.lab.id}`]);
  });

  test("gets nothing where a person must be asked", async () => {
    const group = await withGroup({ person: noHandler, confirmMode: "elicit-only" });
    const { error } = await group.deleteIt();
    expect(error?.message).toContain("cannot ask a person");
    expect(error?.fix).toContain("okta-mcp call");
    expect(error?.data).not.toHaveProperty("confirmation");
    expectNothingChanged(group, group.lab.id);
  });
});
