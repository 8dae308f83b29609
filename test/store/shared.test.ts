import fc from "fast-check";
import { expect, test } from "vitest";
import { Seals } from "../../src/call/seals.js";
import { type LimitStore, MemoryLimitStore } from "../../src/guard/limit-store.js";
import { atOnce, eachDatabase, openTestStore, personWith } from "./stores.js";

const SUBJECT = { use: "value", principal: "ada", tool: "delete_group", args: { id: "00g1" }, state: null } as const;

/** The number of times that a value is in a list. */
const count = <T>(values: readonly T[], wanted: T) => values.filter((value) => value === wanted).length;

const TOKENS = { access: "a1", accessEndsAtMs: 1, refresh: "r1", dpopKey: undefined, scopes: ["okta.users.read"] };

eachDatabase("what counts once among all who share the database", (database) => {
  const open = () => openTestStore({ database });

  test("a seal that 20 redeem at once, on two instances, counts for exactly one (M4)", async () => {
    const { store, nowMs } = await open();
    const instances = [new Seals(store.seals, nowMs), new Seals(store.seals, nowMs)] as const;
    const seal = await instances[0].issue(SUBJECT);
    const outcomes = await atOnce(20, (n) => instances[n % 2 ? 1 : 0].redeem(seal, SUBJECT));
    expect(count(outcomes, undefined)).toBe(1);
    expect(count(outcomes, "used")).toBe(19);
  });

  test("a seal stays good when the server starts again, and when a data key is added", async () => {
    const { store, nowMs, dir } = await open();
    const seal = await new Seals(store.seals, nowMs).issue(SUBJECT);
    await store.close();
    const again = await openTestStore({ dir, database });
    expect(await new Seals(again.store.seals, nowMs).redeem(seal, SUBJECT)).toBeUndefined();
  });

  test("a value counts once for each use", async () => {
    const { store, nowMs } = await open();
    const outcomes = await atOnce(20, () => store.once.claim("jti", "one", nowMs() + 1_000));
    expect(count(outcomes, true)).toBe(1);
    expect(await store.once.claim("other", "one", nowMs() + 1_000)).toBe(true);
    expect(await store.once.claim("jti", "two", nowMs() + 1_000)).toBe(true);
  });

  test("a limit lets so many through of any number at once, and counts none of the others (M10)", async () => {
    const { store, nowMs } = await open();
    const ten = { perSession: 10, perMinute: undefined };
    const one = { perSession: 1_000, perMinute: undefined };
    const outcomes = await atOnce(40, () =>
      store.limits.take(
        [
          { key: "removals ada", allowance: ten },
          { key: "writes ada", allowance: one },
        ],
        nowMs(),
      ),
    );
    expect(count(outcomes, undefined)).toBe(10);
    expect(outcomes.find((outcome) => outcome !== undefined)).toMatchObject({
      key: "removals ada",
      used: { total: 10 },
    });
    expect(await store.limits.used("writes ada", nowMs())).toMatchObject({ total: 10 });
    expect(await store.limits.used("writes bob", nowMs())).toEqual({ total: 0, times: [] });
  });

  test("limits count like those of one process, whatever is taken and when", async () => {
    const { store } = await open();
    const allowance = fc.record({
      perSession: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      perMinute: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      perDay: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    });
    const wanted = fc.uniqueArray(fc.record({ key: fc.constantFrom("a", "b"), allowance }), {
      selector: ({ key }) => key,
      maxLength: 2,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(wanted, fc.oneof(fc.nat(40_000), fc.nat(20 * 3_600_000))), { maxLength: 10 }),
        async (steps) => {
          run += 1;
          const memory: LimitStore = new MemoryLimitStore();
          let nowMs = 1_000_000;
          for (const [step, waitMs] of steps) {
            nowMs += waitMs;
            const keyed = step.map(({ key, ...rest }) => ({ key: `${run}${key}`, ...rest }));
            expect(await store.limits.take(keyed, nowMs)).toEqual(await memory.take(keyed, nowMs));
            for (const { key } of keyed)
              expect(await store.limits.used(key, nowMs)).toEqual(await memory.used(key, nowMs));
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test("a limit by the day goes on when the server starts again; one by the session begins anew (M10)", async () => {
    const { store, dir, nowMs } = await open();
    const day = { key: "removals ada", allowance: { perSession: undefined, perMinute: undefined, perDay: 2 } };
    const session = { key: "writes ada", allowance: { perSession: 2, perMinute: undefined } };
    for (const _ of [1, 2]) expect(await store.limits.take([day, session], nowMs())).toBeUndefined();
    expect(await store.limits.take([session], nowMs())).toMatchObject({ key: "writes ada" });
    // A command beside the server begins no session.
    const beside = await openTestStore({ dir, database, as: "beside" });
    expect(await beside.store.limits.take([session], nowMs())).toMatchObject({ key: "writes ada" });
    await beside.store.close();
    await store.close();
    const again = await openTestStore({ dir, database });
    expect(await again.store.limits.take([day], nowMs() + 1_000)).toMatchObject({ key: "removals ada" });
    expect(await again.store.limits.take([session], nowMs() + 1_000)).toBeUndefined();
    expect(await again.store.limits.take([day], nowMs() + 24 * 3_600_000)).toBeUndefined();
  });

  test("tokens at the org are renewed by one of 20 at once; the others see its result (P16)", async () => {
    const { store } = await open();
    const { id: person } = await store.people.signedIn(personWith());
    expect(await store.upstream.find(person, "org")).toBeUndefined();
    expect(await store.upstream.put(person, "org", TOKENS)).toBeUndefined();
    const grant = (await store.upstream.find(person, "org")) ?? expect.unreachable();
    expect(grant).toMatchObject({ ...TOKENS, person, version: 1, isRenewing: false });
    const claims = await atOnce(20, () => store.upstream.claimRenewal(grant, 10_000));
    expect(count(claims, true)).toBe(1);
    expect(await store.upstream.find(person, "org")).toMatchObject({ isRenewing: true, access: "a1" });
    const renewals = await atOnce(20, (n) =>
      store.upstream.renewed(grant, { ...TOKENS, access: `a2-${n}`, refresh: `r2-${n}` }),
    );
    expect(count(renewals, true)).toBe(1);
    const n = renewals.indexOf(true);
    const renewed = await store.upstream.find(person, "org");
    expect(renewed).toMatchObject({ access: `a2-${n}`, refresh: `r2-${n}`, version: 2, isRenewing: false });
    expect(await store.upstream.claimRenewal(grant, 10_000)).toBe(false);
    expect(await store.upstream.claimRenewal(renewed ?? grant, 10_000)).toBe(true);
  });

  test("a renewal that fails, or whose process died, is left to the next (P18)", async () => {
    const { store, pass } = await open();
    const { id: person } = await store.people.signedIn(personWith());
    await store.upstream.put(person, "org", TOKENS);
    const grant = (await store.upstream.find(person, "org")) ?? expect.unreachable();
    expect(await store.upstream.claimRenewal(grant, 10_000)).toBe(true);
    await store.upstream.release(grant, "okta_down");
    expect(await store.upstream.find(person, "org")).toMatchObject({ ...TOKENS, lastError: "okta_down" });
    expect(await store.upstream.claimRenewal(grant, 10_000)).toBe(true);
    pass(9_999);
    expect(await store.upstream.claimRenewal(grant, 10_000)).toBe(false);
    pass(1);
    expect(await store.upstream.claimRenewal(grant, 10_000)).toBe(true);
  });

  test("tokens are those of the last change, however they were read before", async () => {
    const { store, dir } = await open();
    const { id: person } = await store.people.signedIn(personWith());
    const tokens = async () => store.upstream.find(person, "org");
    for (const n of [1, 2, 3]) {
      await store.upstream.put(person, "org", { ...TOKENS, access: `a${n}`, dpopKey: n === 2 ? "k2" : undefined });
      for (const _ of [1, 2])
        expect(await tokens()).toMatchObject({ access: `a${n}`, dpopKey: n === 2 ? "k2" : undefined });
    }
    // Another process that shares the database.
    const beside = await openTestStore({ dir, database, as: "beside" });
    expect(await beside.store.upstream.find(person, "org")).toEqual(await tokens());
    await beside.store.upstream.put(person, "org", { ...TOKENS, access: "a4" });
    expect(await tokens()).toMatchObject({ access: "a4" });
    await beside.store.upstream.end(person, "signed_out");
    expect(await tokens()).toBeUndefined();
  });

  test("tokens that ended meanwhile stay ended, and what replaces tokens gives them back to be revoked", async () => {
    const { store } = await open();
    const { id: person } = await store.people.signedIn(personWith());
    await store.upstream.put(person, "org", TOKENS);
    const grant = (await store.upstream.find(person, "org")) ?? expect.unreachable();
    await store.upstream.claimRenewal(grant, 10_000);
    await store.upstream.end(person, "signed_out");
    expect((await store.revocations.claim(1)).map(({ token }) => token)).toEqual(["r1"]);
    expect(await store.upstream.renewed(grant, { ...TOKENS, access: "a2" })).toBe(false);
    expect(await store.upstream.find(person, "org")).toBeUndefined();
    await store.upstream.end(person, "signed_out");
    expect(await store.upstream.put(person, "org", { ...TOKENS, refresh: "r3" })).toBeUndefined();
    expect(await store.upstream.put(person, "org", { ...TOKENS, refresh: "r4" })).toBe("r3");
    // An answer about old tokens does not end new ones.
    await store.upstream.end(person, "invalid_grant", { kind: "org", version: grant.version });
    expect(await store.upstream.find(person, "org")).toMatchObject({ refresh: "r4" });
    expect(await store.revocations.waiting()).toBe(1);
  });
});
