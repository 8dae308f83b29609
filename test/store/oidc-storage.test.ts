import fc from "fast-check";
import { expect, test } from "vitest";
import { atOnce, eachDatabase, openTestStore } from "./stores.js";

const MINUTE = 60_000;
const REFRESH = "RefreshToken";

eachDatabase("what the authorization server keeps", (database) => {
  const open = async () => {
    const test = await openTestStore({ database });
    return { ...test, oidc: test.store.oidc };
  };

  test("comes back as it was kept, under its id alone", async () => {
    const { oidc } = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false } as never)),
        async (id, more) => {
          const payload = JSON.parse(
            JSON.stringify({ ...more, accountId: "per1", uid: undefined, userCode: undefined }),
          );
          delete payload.jti;
          await oidc.upsert("AccessToken", id, { ...payload, jti: id }, 60);
          expect(await oidc.find("AccessToken", id)).toEqual({ payload: { ...payload, jti: id }, isUsedUp: false });
          expect(await oidc.find("RefreshToken", id)).toBeUndefined();
          expect(await oidc.find("AccessToken", `${id}x`)).toBeUndefined();
        },
      ),
      { numRuns: 20 },
    );
  });

  test("is replaced by what comes later under its id, and destroyed", async () => {
    const { oidc } = await open();
    await oidc.upsert("Session", "s1", { jti: "s1", uid: "u1", accountId: "per1" }, 60);
    await oidc.upsert("Session", "s1", { jti: "s1", uid: "u2", accountId: "per2" }, 60);
    expect(await oidc.findByUid("Session", "u1")).toBeUndefined();
    expect(await oidc.findByUid("Session", "u2")).toMatchObject({ payload: { jti: "s1", accountId: "per2" } });
    expect(await oidc.findByUid("Interaction", "u2")).toBeUndefined();
    await oidc.destroy("Session", "s1");
    expect(await oidc.find("Session", "s1")).toBeUndefined();
    await oidc.upsert("DeviceCode", "d1", { jti: "d1", userCode: "ABCD" }, 60);
    expect(await oidc.findByUserCode("DeviceCode", "ABCD")).toMatchObject({ payload: { jti: "d1" } });
  });

  test("a code counts once: of 20 redemptions at once exactly one is the first (P13)", async () => {
    const { oidc, pass } = await open();
    await oidc.upsert("AuthorizationCode", "c1", { grantId: "g1" }, 60);
    const outcomes = await atOnce(20, () => oidc.consume("AuthorizationCode", "c1"));
    expect(outcomes.filter((outcome) => outcome === "first")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "used")).toHaveLength(19);
    expect(await oidc.find("AuthorizationCode", "c1")).toMatchObject({ isUsedUp: true });
    pass(1);
    expect(await oidc.consume("AuthorizationCode", "c1")).toBe("used");
    expect(await oidc.consume("AuthorizationCode", "c2")).toBe("gone");
  });

  test("a refresh token counts again within a minute, for two tabs and for lost answers (P16)", async () => {
    const { oidc, pass } = await open();
    await oidc.upsert(REFRESH, "r0", { grantId: "g1" }, 3600);
    const outcomes = await atOnce(20, () => oidc.consume(REFRESH, "r0"));
    expect(outcomes.sort()).toEqual([...Array(19).fill("again"), "first"]);
    await atOnce(20, (n) => oidc.upsert(REFRESH, `r1-${n}`, { grantId: "g1" }, 3600, "r0"));
    expect(await oidc.find(REFRESH, "r0")).toMatchObject({ isUsedUp: false });
    pass(MINUTE - 1);
    expect(await oidc.consume(REFRESH, "r0")).toBe("again");
    pass(1);
    expect(await oidc.find(REFRESH, "r0")).toMatchObject({ isUsedUp: true });
    expect(await oidc.consume(REFRESH, "r0")).toBe("used");
  });

  test("a refresh token counts no more once the one in its place was used (P17)", async () => {
    const { oidc } = await open();
    await oidc.upsert(REFRESH, "r0", { grantId: "g1" }, 3600);
    expect(await oidc.consume(REFRESH, "r0")).toBe("first");
    await oidc.upsert(REFRESH, "r1", { grantId: "g1" }, 3600, "r0");
    await oidc.upsert(REFRESH, "r1b", { grantId: "g1" }, 3600, "r0");
    expect(await oidc.consume(REFRESH, "r1")).toBe("first");
    expect(await oidc.consume(REFRESH, "r0")).toBe("used");
    // The other tab got a token of its own, which counts.
    expect(await oidc.consume(REFRESH, "r1b")).toBe("first");
    await oidc.upsert(REFRESH, "r2", { grantId: "g1" }, 3600, "r1");
    expect(await oidc.consume(REFRESH, "r1")).toBe("again");
  });

  test("whatever the order of uses, a token counts as the rule says", async () => {
    const { oidc, pass, nowMs } = await open();
    const step = fc.record({ token: fc.nat(3), waitMs: fc.nat(70_000) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        run += 1;
        const id = (n: number) => `${run}-${n}`;
        const used = new Map<number, number>();
        for (const n of [0, 1, 2, 3]) await oidc.upsert(REFRESH, id(n), {}, undefined, n === 0 ? undefined : id(n - 1));
        for (const { token, waitMs } of steps) {
          pass(waitMs);
          const at = used.get(token);
          const inGrace = at !== undefined && nowMs() - at < MINUTE && !used.has(token + 1);
          const expected = at === undefined ? "first" : inGrace ? "again" : "used";
          expect(await oidc.consume(REFRESH, id(token))).toBe(expected);
          if (at === undefined) used.set(token, nowMs());
        }
      }),
      { numRuns: 15 },
    );
  });

  test("a grant ends with everything that stems from it (P28)", async () => {
    const { oidc } = await open();
    for (const grant of ["g1", "g2"]) {
      await oidc.upsert("Grant", grant, { accountId: "per1", clientId: "c1" }, 3600);
      await oidc.upsert(REFRESH, `${grant}-r`, { grantId: grant, accountId: "per1", clientId: "c1" }, 3600);
      await oidc.upsert("AccessToken", `${grant}-a`, { grantId: grant, accountId: "per1", clientId: "c1" }, 3600);
    }
    await oidc.revokeByGrantId("g1", REFRESH);
    expect(await oidc.find(REFRESH, "g1-r")).toBeUndefined();
    expect(await oidc.find("AccessToken", "g1-a")).toBeDefined();
    expect(await oidc.hasGrant("g1")).toBe(true);
    await oidc.revokeByGrantId("g1");
    expect(await oidc.hasGrant("g1")).toBe(false);
    expect(await oidc.find("AccessToken", "g1-a")).toBeUndefined();
    expect(await oidc.hasGrant("g2")).toBe(true);
    expect(await oidc.find(REFRESH, "g2-r")).toBeDefined();
  });
});
