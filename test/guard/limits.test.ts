import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import type { Invoker } from "../../src/call/invoke.js";
import { MemoryLimitStore } from "../../src/guard/limit-store.js";
import type { GuardFile } from "../../src/guard/schema.js";
import { accepts, type ConnectOptions, connect, declines } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { guardRules } from "./support.js";

/** Opens an org with these limits and a clock that the test sets; `remove` deletes a new group. */
async function limited(limits: GuardFile["limits"], options: ConnectOptions = {}) {
  const clock = { nowMs: Date.now() };
  const guard = guardRules({ limits });
  const connected = await connect({ person: accepts, guard, now: () => clock.nowMs, ...options });
  const create = (name: string) => connected.call("create_group", { profile: { name } });
  const remove = (name: string) =>
    connected.call("delete_group", { group_id: connected.org.addGroup({ profile: { name } }).id });
  return { ...connected, clock, create, remove };
}

describe.each(PEERS)("a limit on writes in a session, by a client of the sort %s", (peer) => {
  test("lets so many through and no more, and names itself", async () => {
    const { create, writes } = await limited({ writes: { per_session: 2 } }, { peer });
    expect((await create("a")).isError).toBe(false);
    expect((await create("b")).isError).toBe(false);
    const { error } = await create("c");
    expect(error).toMatchObject({ code: "protected", data: { rule: "limits.writes.per_session", limit: 2 } });
    expect(error?.message).toMatch(/limits\.writes\.per_session in \/.*guard\.json allows 2 writes/);
    expect(writes()).toHaveLength(2);
  });

  test("holds for many at once", async () => {
    const { create, writes } = await limited({ writes: { per_session: 3 } }, { peer });
    const all = await Promise.all(Array.from({ length: 10 }, (_, n) => create(`g${n}`)));
    expect(all.filter(({ isError }) => !isError)).toHaveLength(3);
    expect(writes()).toHaveLength(3);
  });

  test("counts removals too, and nothing that did not come to a write", async () => {
    const { create, remove, call, get } = await limited({ writes: { per_session: 2 } }, { peer });
    await get("list_groups");
    expect((await call("update_user", { user_id: "nobody@x.example" })).error?.code).toBe("bad_input");
    expect((await call("delete_group", { group_id: "00gNobodyKnowsThis00" })).error?.code).toBe("not_found");
    expect((await remove("a")).isError).toBe(false);
    expect((await create("b")).error?.code).toBe("protected");
  });

  test("of nought allows none, and asks nobody", async () => {
    const { remove, asked, writes } = await limited({ removals: { per_session: 0 } }, { peer });
    expect((await remove("a")).error?.code).toBe("protected");
    expect([...asked, ...writes()]).toEqual([]);
  });

  test("is another one for each client", async () => {
    const first = await limited({ writes: { per_session: 1 } }, { peer });
    expect((await first.create("a")).isError).toBe(false);
    const second = await first.newClient();
    expect((await second.call("create_group", { profile: { name: "b" } })).isError).toBe(false);
    expect((await first.create("c")).isError).toBe(true);
  });
});

describe("servers with one store of counts", () => {
  const rules = () => guardRules({ limits: { writes: { per_session: 2 } } });
  const create = async (invoker: Invoker, name: string) => {
    const caller = { signal: new AbortController().signal, ask: undefined };
    const outcome = await invoker.invoke("create_group", { profile: { name } }, caller);
    return "error" in outcome ? outcome.error : undefined;
  };

  test("share what a person may write", async () => {
    const { openCalls } = await connect({ guard: rules() });
    const limits = new MemoryLimitStore();
    const both = [await openCalls({ limits }), await openCalls({ limits })];
    const all = await Promise.all(Array.from({ length: 6 }, (_, n) => create(both[n % 2] as Invoker, `g${n}`)));
    expect(all.filter((error) => error === undefined)).toHaveLength(2);
    expect(all.find((error) => error !== undefined)?.data).toMatchObject({ limit: 2, counted_for: ADMIN_LOGIN });
  });

  test("count each person's writes apart", async () => {
    const { openCalls, openCallsOfAnother } = await connect({ guard: rules() });
    const limits = new MemoryLimitStore();
    const [mine, theirs] = [await openCalls({ limits }), await openCallsOfAnother({ limits })];
    expect(await create(mine, "a")).toBeUndefined();
    expect(await create(mine, "b")).toBeUndefined();
    expect((await create(mine, "c"))?.code).toBe("protected");
    expect(await create(theirs, "d")).toBeUndefined();
  });
});

describe.each(PEERS)("a limit on removals, by a client of the sort %s", (peer) => {
  test("does not touch what only adds", async () => {
    const { create, remove } = await limited({ removals: { per_session: 1 } }, { peer });
    expect((await remove("a")).isError).toBe(false);
    expect((await remove("b")).error).toMatchObject({ data: { rule: "limits.removals.per_session" } });
    expect((await create("c")).isError).toBe(false);
  });

  test("counts a full replace that drops settings", async () => {
    const { call, org, asked } = await limited({ removals: { per_session: 1 } }, { peer });
    const replace = (name: string) => {
      const { id } = org.addGroup({ profile: { name, description: "x" } });
      return call("update_group", { group_id: id, profile: { name }, allow_removals: true });
    };
    expect((await replace("a")).isError).toBe(false);
    expect((await replace("b")).error).toMatchObject({ code: "protected" });
    expect(asked).toHaveLength(1);
    const { id } = org.addGroup({ profile: { name: "c" } });
    expect((await call("update_group", { group_id: id, profile: { name: "d" } })).isError).toBe(false);
  });

  test("is not used up by a removal that a person declined", async () => {
    let answer = declines;
    const { remove } = await limited(
      { removals: { per_session: 1 } },
      { peer, person: (question) => answer(question) },
    );
    expect((await remove("a")).error?.code).toBe("declined");
    answer = accepts;
    expect((await remove("b")).isError).toBe(false);
  });
});

describe("a limit on writes in a minute", () => {
  test("opens again a minute after the first of them, and says when", async () => {
    const { create, clock } = await limited({ writes: { per_minute: 2 } });
    expect((await create("a")).isError).toBe(false);
    clock.nowMs += 20_000;
    expect((await create("b")).isError).toBe(false);
    clock.nowMs += 10_000;
    const { error } = await create("c");
    expect(error).toMatchObject({
      code: "protected",
      data: { rule: "limits.writes.per_minute", possible_in_seconds: 30 },
    });
    expect(error?.fix).toContain("30 s");
    clock.nowMs += 29_999;
    expect((await create("c")).isError).toBe(true);
    clock.nowMs += 1;
    expect((await create("c")).isError).toBe(false);
    expect((await create("d")).isError).toBe(true);
  });
});

describe("a limit on writes in a day", () => {
  const HOUR_MS = 3_600_000;
  const rules = () => {
    const unlimited = { perSession: undefined, perMinute: undefined };
    return { ...guardRules({}), limits: { writes: { ...unlimited, perDay: 2 }, removals: unlimited } };
  };

  test("opens again a day after the first of them, and says when", async () => {
    const { create, clock } = await limited({}, { guard: rules() });
    expect((await create("a")).isError).toBe(false);
    clock.nowMs += 20 * HOUR_MS;
    expect((await create("b")).isError).toBe(false);
    clock.nowMs += 3 * HOUR_MS;
    const { error } = await create("c");
    expect(error).toMatchObject({
      code: "protected",
      message: expect.stringContaining("2 writes within 24 hours"),
      data: { rule: "limits.writes.per_day", possible_in_seconds: 3_600 },
    });
    clock.nowMs += HOUR_MS;
    expect((await create("c")).isError).toBe(false);
    expect((await create("d")).isError).toBe(true);
  });
});
