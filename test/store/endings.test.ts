import { expect, test } from "vitest";
import { NobodyElseLeft } from "../../src/store/stored-endings.js";
import type { UpstreamTokens } from "../../src/store/upstream-grants.js";
import { atOnce, eachDatabase, openTestStore, personWith, sqlIn } from "./stores.js";

const TOKENS: UpstreamTokens = {
  access: "a1",
  accessEndsAtMs: 1_800_000_000_000,
  refresh: "r1",
  dpopKey: undefined,
  scopes: ["openid"],
};
const DAYS_30 = 30 * 24 * 3_600;
const END = { why: "deactivated", by: "okta", status: "gone" } as const;

eachDatabase("the end of access", (database) => {
  /** A store with somebody who has one of everything. */
  async function open() {
    const test = await openTestStore({ database });
    const { store, nowMs } = test;
    const { id: person } = await store.people.signedIn(personWith());
    const endsAtMs = nowMs() + 600_000;
    const grant = async (client: string) => {
      await store.oidc.upsert("Grant", `g-${client}`, { accountId: person, clientId: client }, DAYS_30);
      await store.oidc.upsert("RefreshToken", `r-${client}`, tokenOf(client), DAYS_30);
      await store.oidc.upsert("AccessToken", `a-${client}`, tokenOf(client), 600);
    };
    const tokenOf = (client: string) => ({ accountId: person, clientId: client, grantId: `g-${client}` });
    await grant("c1");
    await grant("c2");
    await store.oidc.upsert("Session", "s", { accountId: person, uid: "u" }, 3600);
    await store.oidc.upsert("Interaction", "i", { uid: "i", result: { login: { accountId: person } } }, 600);
    const session = { person, kind: "pages", acr: undefined, signedInAtMs: 1, ipPrefix: undefined, agent: undefined };
    await store.sessions.start("web", { ...session, idleEndsAtMs: endsAtMs, endsAtMs, data: {} });
    const begun = { state: "state", browser: "browser", kind: "sign_in", data: {} };
    await store.transactions.begin({ ...begun, endsAtMs, person });
    const asked = { person, client: "c1", tool: "delete_group", digest: "d", shown: {}, endsAtMs };
    await store.approvals.open(asked);
    await store.upstream.put(person, "org", TOKENS);
    await store.upstream.put(person, "identity", { ...TOKENS, access: "", accessEndsAtMs: 0, refresh: "r2" });
    const left = async () => ({
      grants: (await store.oidc.grantsOf(person)).length,
      session: await store.oidc.find("Session", "s"),
      interaction: await store.oidc.find("Interaction", "i"),
      pages: await store.sessions.use("web", 1),
      transaction: await store.transactions.take({ ...begun }),
      approvals: await store.approvals.openOf(person),
      upstream: [await store.upstream.find(person, "org"), await store.upstream.find(person, "identity")],
    });
    const waiting = async () => (await store.revocations.claim(1_000)).map(({ token }) => token).sort();
    return { ...test, person, left, waiting, asked };
  }

  test("of a person ends everything at once, is on record once, and leaves the tokens to be revoked", async () => {
    const { store, person, left, waiting } = await open();
    expect(await atOnce(5, () => store.endings.endPerson(person, END))).toContain(true);
    expect(await left()).toEqual({
      grants: 0,
      session: undefined,
      interaction: undefined,
      pages: undefined,
      transaction: { why: "unknown" },
      approvals: [],
      upstream: [undefined, undefined],
    });
    expect(await waiting()).toEqual(["r1", "r2"]);
    expect(await store.people.find(person)).toMatchObject({ status: "gone", endedAtMs: expect.any(Number) });
    expect(await store.audit.page({ action: "access_ended", limit: 9 })).toMatchObject([
      { actor: "okta", target: person, outcome: "done", detail: { why: "deactivated", status: "gone" } },
    ]);
    expect((await store.people.signedIn(personWith())).status).toBe("active");
  });

  test("of two last admins who end each other at once ends one of them", async () => {
    const { store } = await openTestStore({ database });
    const admins = await atOnce(2, (n) => store.people.signedIn(personWith({ subject: `00u${n}`, groups: ["00g1"] })));
    const end = { ...END, status: "blocked", othersIn: ["00g1"] } as const;
    const ended = await Promise.allSettled(admins.map(({ id }) => store.endings.endPerson(id, end)));
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ended.find(({ status }) => status === "rejected")).toMatchObject({ reason: expect.any(NobodyElseLeft) });
    const left = await Promise.all(admins.map(({ id }) => store.people.find(id)));
    expect(left.map((person) => person?.status).sort()).toEqual(["active", "blocked"]);
  });

  test("of somebody who is blocked stays a block, whatever Okta says, until it is lifted", async () => {
    const { store, person } = await open();
    await store.endings.endPerson(person, { why: "admin", by: "per1", status: "blocked" });
    expect(await store.endings.endPerson(person, END)).toBe(false);
    expect((await store.people.signedIn(personWith())).status).toBe("blocked");
  });

  test("takes no tokens that come at the same moment: they are given back, to be revoked", async () => {
    const { store, person, waiting } = await open();
    const put = store.upstream.put(person, "org", { ...TOKENS, refresh: "r3" });
    const [unused] = await Promise.all([put, store.endings.endPerson(person, { ...END, status: "blocked" })]);
    expect(await store.upstream.find(person, "org")).toBeUndefined();
    expect([...(await waiting()), unused].sort()).toEqual(["r1", "r2", "r3"]);
    expect(await store.upstream.put(person, "org", { ...TOKENS, refresh: "r4" })).toBe("r4");
    expect(await store.upstream.find(person, "org")).toBeUndefined();
  });

  test("of a client ends what it has of one person or of all, and with the last client the tokens at the org", async () => {
    const { store, person, waiting } = await open();
    const end = { why: "revoked", by: person };
    expect(await store.endings.endClient("c1", end, "somebody else")).toEqual([]);
    expect(await store.endings.endClient("c1", end, person)).toEqual([person]);
    expect((await store.oidc.grantsOf(person)).map(({ client }) => client)).toEqual(["c2"]);
    expect(await store.approvals.openOf(person)).toEqual([]);
    expect(await store.upstream.find(person, "org")).toBeDefined();
    expect(await store.endings.endClient("c2", end)).toEqual([person]);
    expect(await store.upstream.find(person, "org")).toBeUndefined();
    expect(await waiting()).toEqual(["r1", "r2"]);
    expect(await store.audit.page({ action: "grant_ended", limit: 9 })).toMatchObject([
      { client: "c2", target: person },
      { client: "c1", target: person },
    ]);
  });

  test("of a client that is blocked comes with the block, whole or not at all", async () => {
    const { store, person, waiting, dir } = await open();
    await store.clients.put({ id: "c1", kind: "dcr", name: "One", metadata: {}, endsAtMs: undefined });
    const end = { why: "admin", by: "per-admin" };
    const blockedAtMs = async () => (await store.clients.find("c1"))?.blockedAtMs;
    await sqlIn(dir, database, "alter table audit rename to audit_away");
    await expect(store.endings.blockClient("c1", end)).rejects.toThrow();
    await sqlIn(dir, database, "alter table audit_away rename to audit");
    expect(await blockedAtMs()).toBeUndefined();
    expect(await store.oidc.grantsOf(person)).toHaveLength(2);
    expect(await store.endings.blockClient("c1", end)).toEqual([person]);
    expect(await blockedAtMs()).toBeDefined();
    expect((await store.oidc.grantsOf(person)).map(({ client }) => client)).toEqual(["c2"]);
    expect(await store.endings.blockClient("c2", end)).toEqual([person]);
    expect(await waiting()).toEqual(["r1", "r2"]);
    expect(await store.audit.page({ action: "block_client", limit: 1 })).toMatchObject([
      { client: "c2", actor: "per-admin", outcome: "done", detail: { why: "admin", people: 1 } },
    ]);
  });

  test("of a sign-in that nobody finished comes by itself: its grant keeps no token at the org alive", async () => {
    const { store, pass, waiting } = await openTestStore({ database }).then(async (opened) => {
      const { id } = await opened.store.people.signedIn(personWith());
      await opened.store.upstream.put(id, "org", TOKENS);
      await opened.store.oidc.upsert("Grant", "g", { accountId: id, clientId: "c" }, DAYS_30);
      return { ...opened, waiting: () => opened.store.revocations.waiting(), person: id };
    });
    const [person] = await store.people.findByLogin("ada@acme.example");
    expect(await store.oidc.grantsOf(person?.id ?? "")).toHaveLength(1);
    pass(12 * 60_000);
    expect(await store.oidc.grantsOf(person?.id ?? "")).toEqual([]);
    expect(await store.endings.endUnused(3_600_000)).toBe(0);
    pass(3_600_000);
    expect(await store.endings.endUnused(3_600_000)).toBe(1);
    expect(await store.upstream.find(person?.id ?? "", "org")).toBeUndefined();
    expect(await waiting()).toBe(1);
  });

  test("leaves the tokens at the org of people whose clients have something, however old they are", async () => {
    const { store, person, pass } = await open();
    pass(24 * 3_600_000);
    expect(await store.endings.endUnused(3_600_000)).toBe(0);
    expect(await store.upstream.find(person, "org")).toBeDefined();
  });

  test("where there is no refresh token the access token is revoked, as long as it lives", async () => {
    const { store } = await openTestStore({ database });
    const { id } = await store.people.signedIn(personWith());
    await store.upstream.put(id, "org", { ...TOKENS, refresh: undefined });
    await store.upstream.put(id, "old", { ...TOKENS, refresh: undefined, accessEndsAtMs: 1 });
    await store.endings.endPerson(id, END);
    expect(await store.revocations.claim(1)).toMatchObject([{ kind: "access_token", token: "a1", attempts: 1 }]);
  });

  test("a token waits for one instance at a time, is tried again after a pause, and survives whoever claimed it", async () => {
    const { store, person, pass } = await open();
    await store.endings.endPerson(person, END);
    const claims = (await atOnce(8, () => store.revocations.claim(60_000))).flat();
    expect(claims.map(({ token }) => token).sort()).toEqual(["r1", "r2"]);
    await store.revocations.done(claims[0]?.id ?? "");
    await store.revocations.later(claims[1]?.id ?? "", 10_000, "failed");
    expect(await store.revocations.claim(1)).toEqual([]);
    pass(10_000);
    expect(await store.revocations.claim(60_000)).toMatchObject([{ attempts: 2 }]);
    pass(60_000);
    expect(await store.revocations.claim(60_000)).toMatchObject([{ attempts: 3 }]);
  });
});
