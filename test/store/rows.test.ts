import { expect, test } from "vitest";
import { atOnce, eachDatabase, openTestStore, personWith } from "./stores.js";

const MINUTE = 60_000;

eachDatabase("people", (database) => {
  const open = async () => {
    const opened = await openTestStore({ database });
    return { ...opened, people: opened.store.people };
  };

  test("stay the same when login and e-mail change (S4)", async () => {
    const { people, pass } = await open();
    const before = await people.signedIn(personWith({ groups: ["00g1"] }));
    pass(1_000);
    const after = await people.signedIn(
      personWith({ login: "ada.l@acme.example", email: undefined, emailVerified: false }),
    );
    expect(after).toEqual({
      ...before,
      login: "ada.l@acme.example",
      email: undefined,
      emailVerified: false,
      seenAtMs: before.seenAtMs + 1_000,
    });
    expect(after.groups).toEqual(["00g1"]);
  });

  test("are others with the same e-mail and another id, or the same id at another org (S3, S5)", async () => {
    const { people } = await open();
    const first = await people.signedIn(personWith());
    const reused = await people.signedIn(personWith({ subject: "00u2" }));
    const elsewhere = await people.signedIn(personWith({ issuer: "https://other.okta.com" }));
    expect(new Set([first.id, reused.id, elsewhere.id]).size).toBe(3);
    expect((await people.findByLogin("ada@ACME.example")).map(({ id }) => id).sort()).toEqual(
      [first.id, reused.id, elsewhere.id].sort(),
    );
    expect(await people.findBySubject("https://acme.okta.com", "00u2")).toEqual(reused);
    expect(await people.find("nobody")).toBeUndefined();
  });

  test("that sign in 20 times at once are one", async () => {
    const { people } = await open();
    const signedIn = await atOnce(20, () => people.signedIn(personWith()));
    expect(new Set(signedIn.map(({ id }) => id)).size).toBe(1);
  });

  test("that are blocked stay blocked at the next sign-in; those that were gone are back", async () => {
    const { people, nowMs } = await open();
    const { id } = await people.signedIn(personWith());
    await people.setStatus(id, "blocked");
    expect(await people.signedIn(personWith())).toMatchObject({ status: "blocked" });
    await people.setStatus(id, "gone");
    expect(await people.signedIn(personWith())).toMatchObject({ status: "active" });
    await people.setGroups(id, ["00g2", "00g3"]);
    expect(await people.find(id)).toMatchObject({ groups: ["00g2", "00g3"], groupsAtMs: nowMs() });
  });
});

eachDatabase("clients and consents", (database) => {
  const client = {
    id: "https://client.example/id",
    kind: "dcr",
    name: "Client",
    metadata: { client_secret: "s3cret" },
  } as const;

  test("a client is there until its end, and stays blocked when it registers again", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    await store.clients.put({ ...client, endsAtMs: nowMs() + MINUTE });
    expect(await store.clients.find(client.id)).toMatchObject({
      ...client,
      usedAtMs: undefined,
      blockedAtMs: undefined,
    });
    expect(await store.clients.count("dcr")).toBe(1);
    await store.clients.setBlocked(client.id, true);
    await store.clients.put({ ...client, name: "Renamed", endsAtMs: nowMs() + MINUTE });
    expect(await store.clients.list("dcr")).toMatchObject([{ name: "Renamed", blockedAtMs: nowMs() }]);
    expect(await store.clients.list("cimd")).toEqual([]);
    pass(MINUTE - 1);
    await store.clients.used(client.id, nowMs() + MINUTE);
    pass(MINUTE - 1);
    expect(await store.clients.find(client.id)).toMatchObject({ name: "Renamed" });
    pass(1);
    expect(await store.clients.find(client.id)).toBeUndefined();
    await store.clients.put({ ...client, endsAtMs: undefined });
    await store.clients.remove(client.id);
    expect(await store.clients.find(client.id)).toBeUndefined();
  });

  test("a consent holds for its person, client, host and exact set of scopes", async () => {
    const { store } = await openTestStore({ database });
    const [ada, bob] = [
      await store.people.signedIn(personWith()),
      await store.people.signedIn(personWith({ subject: "00u2" })),
    ];
    const given = { client: "c1", redirectHost: "app.example", scopes: ["mcp", "okta.users.read"] };
    await store.consents.give(ada.id, given);
    await store.consents.give(ada.id, given);
    expect(await store.consents.has(ada.id, { ...given, scopes: [...given.scopes].reverse() })).toBe(true);
    expect(await store.consents.has(bob.id, given)).toBe(false);
    for (const change of [
      { client: "c2" },
      { redirectHost: "app.example.evil" },
      { scopes: ["mcp"] },
      { scopes: [...given.scopes, "x"] },
    ]) {
      expect(await store.consents.has(ada.id, { ...given, ...change })).toBe(false);
    }
    expect(await store.consents.of(ada.id)).toMatchObject([given]);
    await store.consents.withdraw(ada.id, "c2");
    expect(await store.consents.has(ada.id, given)).toBe(true);
    await store.consents.withdraw(ada.id);
    expect(await store.consents.of(ada.id)).toEqual([]);
    await expect(store.consents.give("nobody", given)).rejects.toThrow(/foreign key/i);
  });
});

eachDatabase("sign-ins under way", (database) => {
  const begun = { state: "s".repeat(43), browser: "b".repeat(43), kind: "okta", data: { nonce: "n", verifier: "v" } };

  test("are taken once, by one of 20 at once (P11)", async () => {
    const { store, nowMs } = await openTestStore({ database });
    await store.transactions.begin({ ...begun, endsAtMs: nowMs() + MINUTE });
    const taken = await atOnce(20, () => store.transactions.take(begun));
    expect(taken.filter((outcome) => "data" in outcome)).toEqual([{ data: begun.data }]);
    expect(taken.filter((outcome) => "why" in outcome)).toEqual(Array(19).fill({ why: "unknown" }));
  });

  test("are not used up by another browser, for another purpose, or with another state (P7, P10)", async () => {
    const { store, nowMs } = await openTestStore({ database });
    await store.transactions.begin({ ...begun, endsAtMs: nowMs() + MINUTE });
    expect(await store.transactions.take({ ...begun, browser: "x" })).toEqual({ why: "another_browser" });
    expect(await store.transactions.take({ ...begun, kind: "approve" })).toEqual({ why: "another_kind" });
    expect(await store.transactions.take({ ...begun, state: "x" })).toEqual({ why: "unknown" });
    expect(await store.transactions.take(begun)).toEqual({ data: begun.data });
  });

  test("end after their time", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    await store.transactions.begin({ ...begun, endsAtMs: nowMs() + MINUTE });
    pass(MINUTE);
    expect(await store.transactions.take(begun)).toEqual({ why: "expired" });
  });
});

eachDatabase("browser sessions", (database) => {
  const open = async () => {
    const opened = await openTestStore({ database });
    const { id: person } = await opened.store.people.signedIn(personWith());
    const startedAtMs = opened.nowMs();
    const session = {
      person,
      kind: "pages",
      acr: undefined,
      signedInAtMs: startedAtMs,
      idleEndsAtMs: startedAtMs + 15 * MINUTE,
      endsAtMs: startedAtMs + 60 * MINUTE,
      ipPrefix: "10.0.0",
      agent: "Chromium",
      data: { idToken: "t" },
    };
    return { ...opened, sessions: opened.store.sessions, person, session };
  };

  test("get a new id at sign-in, and the one before is dead (S1)", async () => {
    const { sessions, session } = await open();
    await sessions.start("fixed-by-an-attacker", session);
    await sessions.start("new", session, "fixed-by-an-attacker");
    expect(await sessions.use("fixed-by-an-attacker", MINUTE)).toBeUndefined();
    expect(await sessions.use("new", MINUTE)).toEqual(session);
  });

  test("end without use, and after their whole time with it", async () => {
    const { sessions, session, pass } = await open();
    await sessions.start("idle", session);
    await sessions.start("used", session);
    for (let n = 0; n < 5; n += 1) {
      pass(10 * MINUTE);
      expect(await sessions.use("used", 15 * MINUTE), `${n}`).toMatchObject({ person: session.person });
    }
    expect(await sessions.use("idle", 15 * MINUTE)).toBeUndefined();
    pass(10 * MINUTE);
    expect(await sessions.use("used", 15 * MINUTE)).toBeUndefined();
  });

  test("are told to their person with handles that open nothing, and end one by one or all (S22)", async () => {
    const { sessions, session, person } = await open();
    for (const id of ["one", "two", "three"]) await sessions.start(id, session);
    const [first] = await sessions.of(person);
    expect(first).toMatchObject({ agent: "Chromium", ipPrefix: "10.0.0" });
    const handle = first?.handle ?? expect.unreachable();
    expect(await sessions.use(handle, MINUTE)).toBeUndefined();
    await sessions.endOf("somebody else", handle);
    expect(await sessions.of(person)).toHaveLength(3);
    await sessions.endOf(person, handle);
    expect(await sessions.of(person)).toHaveLength(2);
    await sessions.endOf(person);
    expect(await sessions.of(person)).toEqual([]);
    await sessions.end("one");
  });
});

eachDatabase("approvals", (database) => {
  const open = async () => {
    const opened = await openTestStore({ database });
    const { id: person } = await opened.store.people.signedIn(personWith());
    const call = { person, client: "c1", digest: "d1" };
    const wanted = {
      ...call,
      tool: "delete_group",
      shown: { text: "Delete it?" },
      endsAtMs: opened.nowMs() + 10 * MINUTE,
    };
    return { ...opened, approvals: opened.store.approvals, person, call, wanted };
  };

  test("are one page for one call, until it is answered", async () => {
    const { approvals, person, call, wanted } = await open();
    expect(await approvals.use(call)).toBe("none");
    const first = await approvals.open(wanted);
    const again = await atOnce(20, () => approvals.open(wanted));
    expect(new Set(again.map(({ id }) => id))).toEqual(new Set([first.id]));
    const others = await atOnce(20, () => approvals.open({ ...wanted, digest: "d2" }));
    expect(new Set(others.map(({ id }) => id)).size).toBe(1);
    expect(others[0]?.id).not.toBe(first.id);
    expect(await approvals.use(call)).toBe("open");
    expect(await approvals.find(first.id, person)).toMatchObject({ state: "open", shown: wanted.shown });
    expect((await approvals.openOf(person)).map(({ digest }) => digest).sort()).toEqual(["d1", "d2"]);
  });

  test("allow their call once, to one of 20 at once; 20 clicks are one answer (M5, M6)", async () => {
    const { approvals, person, call, wanted } = await open();
    const { id } = await approvals.open(wanted);
    const answers = await atOnce(20, (n) => approvals.decide(id, person, n % 2 ? "denied" : "approved"));
    expect(answers.filter((isFirst) => isFirst)).toHaveLength(1);
    const { state } = (await approvals.find(id, person)) ?? expect.unreachable();
    const uses = await atOnce(20, () => approvals.use(call));
    expect(uses.filter((use) => use === "approved")).toHaveLength(state === "approved" ? 1 : 0);
    const again = await approvals.open(wanted);
    expect(again.id).not.toBe(id);
    expect(await approvals.decide(again.id, person, "approved")).toBe(true);
    const later = await atOnce(20, () => approvals.use(call));
    expect(later.filter((use) => use === "approved")).toHaveLength(1);
  });

  test("are nobody else's to see, answer or use, and end (M4, M6)", async () => {
    const { approvals, person, call, wanted, pass, store } = await open();
    const { id: bob } = await store.people.signedIn(personWith({ subject: "00u2" }));
    const { id } = await approvals.open(wanted);
    expect(await approvals.find(id, bob)).toBeUndefined();
    expect(await approvals.decide(id, bob, "approved")).toBe(false);
    expect(await approvals.decide(id, person, "approved")).toBe(true);
    for (const change of [{ person: bob }, { client: "c2" }, { digest: "d2" }]) {
      expect(await approvals.use({ ...call, ...change })).toBe("none");
    }
    pass(10 * MINUTE);
    expect(await approvals.use(call)).toBe("none");
    const late = await approvals.open({ ...wanted, endsAtMs: wanted.endsAtMs + MINUTE });
    pass(MINUTE);
    expect(await approvals.decide(late.id, person, "approved")).toBe(false);
    expect(await approvals.find(late.id, person)).toBeUndefined();
  });

  test("that were denied say so", async () => {
    const { approvals, person, call, wanted } = await open();
    const { id } = await approvals.open(wanted);
    await approvals.decide(id, person, "denied");
    expect(await approvals.use(call)).toBe("denied");
  });
});

eachDatabase("the audit and what has ended", (database) => {
  test("the audit is read from its end, page by page", async () => {
    const { store, nowMs } = await openTestStore({ database });
    for (const n of [1, 2, 3, 4, 5]) {
      await store.audit.add({ actor: n % 2 ? "ada" : "bob", action: "sign_in", outcome: "done", detail: { n } });
    }
    const [newest, next] = await store.audit.page({ limit: 2 });
    expect(newest).toMatchObject({ actor: "ada", atMs: nowMs(), detail: { n: 5 } });
    const rest = await store.audit.page({ limit: 10, before: next?.id ?? 0 });
    expect(rest.map(({ detail }) => detail)).toEqual([{ n: 3 }, { n: 2 }, { n: 1 }]);
    expect(await store.audit.page({ limit: 10, actor: "bob" })).toHaveLength(2);
    expect(await store.audit.page({ limit: 10, action: "refused" })).toEqual([]);
  });

  test("what has ended is dropped in batches, and nothing else", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    await atOnce(1_100, (n) => store.once.claim("jti", `${n}`, nowMs() + MINUTE));
    await store.once.claim("jti", "later", nowMs() + 3 * MINUTE);
    await store.oidc.upsert("Session", "s1", {}, 60);
    await store.oidc.upsert("Session", "s2", {}, 180);
    await store.oidc.upsert("Grant", "g1", {}, undefined);
    await store.clients.put({ id: "c1", kind: "static", name: undefined, metadata: {}, endsAtMs: undefined });
    await store.limits.take([{ key: "k", allowance: { perSession: 5, perMinute: 5 } }], nowMs());
    expect(await store.dropEnded()).toBe(0);
    pass(2 * MINUTE);
    expect(await store.dropEnded()).toBe(1_101);
    expect(await store.once.claim("jti", "later", nowMs())).toBe(false);
    expect(await store.oidc.find("Session", "s2")).toBeDefined();
    expect(await store.oidc.hasGrant("g1")).toBe(true);
    expect(await store.clients.find("c1")).toBeDefined();
    pass(24 * 60 * MINUTE);
    await store.dropEnded();
    expect(await store.limits.used("k", nowMs())).toEqual({ total: 1, times: [] });
  });
});
