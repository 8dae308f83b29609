import { expect, test } from "vitest";
import type { KeysetPage } from "../../src/store/keyset.js";
import type { Store } from "../../src/store/open-store.js";
import { eachDatabase, openTestStore, personWith } from "./stores.js";

/** All rows of a list, page by page, and the number of pages. */
async function through<Row>(page: (after: string | undefined) => Promise<KeysetPage<Row>>) {
  const rows: Row[] = [];
  let after: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const { rows: more, next } = await page(after);
    rows.push(...more);
    if (next === undefined) return { rows, pages };
    after = next;
  }
}

const nobody = { acr: undefined, ipPrefix: undefined, agent: undefined, data: {} };

async function addPeople({ people }: Store, logins: readonly (string | undefined)[]) {
  return Promise.all(
    logins.map((login, index) =>
      people.signedIn(
        personWith({ subject: `00u${index}`, login, name: `${login ?? "No"} Body`, groups: ["00gall00000001"] }),
      ),
    ),
  );
}

eachDatabase("the lists of admins", (database) => {
  test("people come in the order of their logins, each once, whatever the case and whoever has the same", async () => {
    const { store } = await openTestStore({ database });
    const logins = ["Zoe@a", "adam@a", "Adam@a", "bob@a", undefined, "bob@a", "carl@a"];
    const people = await addPeople(store, logins);
    const { rows, pages } = await through((after) => store.peopleLists.page({ after, size: 2 }));
    expect(pages).toBe(4);
    expect(rows.map(({ id }) => id).sort()).toEqual(people.map(({ id }) => id).sort());
    const known = rows.flatMap(({ login }) => login?.toLowerCase() ?? []);
    expect(known).toEqual([...known].sort());
  });

  test("people are found by the beginning of login, name or a word in it, and nothing in it is a pattern", async () => {
    const { store } = await openTestStore({ database });
    await addPeople(store, ["ada@a", "a%b@a", "a_c@a", "Örn@a", "back\\slash@a"]);
    const found = async (begins: string) =>
      (await store.peopleLists.page({ begins, size: 50 })).rows.map(({ login }) => login).sort();
    expect(await found("ADA")).toEqual(["ada@a"]);
    expect(await found("a%")).toEqual(["a%b@a"]);
    expect(await found("a_")).toEqual(["a_c@a"]);
    expect(await found("%")).toEqual([]);
    expect(await found("Örn")).toEqual(["Örn@a"]);
    expect(await found("back\\s")).toEqual(["back\\slash@a"]);
    expect(await found("bod")).toHaveLength(5);
    expect(await found("ody")).toEqual([]);
    expect(await found("' or 1=1 --")).toEqual([]);
  });

  test("people are found by status and by a whole id of a group", async () => {
    const { store } = await openTestStore({ database });
    const [one, two] = await addPeople(store, ["one@a", "two@a"]);
    await store.people.setStatus(one?.id ?? "", "blocked");
    await store.people.setGroups(two?.id ?? "", ["00gadmins000001"]);
    const ids = async (query: object) => (await store.peopleLists.page({ ...query, size: 9 })).rows.map(({ id }) => id);
    expect(await ids({ status: "blocked" })).toEqual([one?.id]);
    expect(await ids({ groups: ["00gadmins000001"] })).toEqual([two?.id]);
    expect(await ids({ groups: ["00gadmins"] })).toEqual([]);
    expect(await ids({ groups: ['"'] })).toEqual([]);
    expect(await ids({ groups: [] })).toEqual([]);
    expect(await store.peopleLists.hasOthersIn(["00gadmins000001"], one?.id ?? "")).toBe(true);
    expect(await store.peopleLists.hasOthersIn(["00gadmins000001"], two?.id ?? "")).toBe(false);
  });

  test("a place that is none, or that of another list, is the beginning", async () => {
    const { store } = await openTestStore({ database });
    await addPeople(store, ["one@a", "two@a"]);
    const other = Buffer.from("[1,2,3]").toString("base64url");
    for (const after of ["", "%00", "x".repeat(3_000), other, "bnVsbA"]) {
      expect((await store.peopleLists.page({ after, size: 9 })).rows).toHaveLength(2);
      expect((await store.accessLists.clients({ after, size: 9 })).rows).toEqual([]);
    }
  });

  test("clients, grants and browsers come page by page, the last one first", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    const people = await addPeople(store, ["one@a", "two@a", "three@a"]);
    for (const [index, { id }] of people.entries()) {
      pass(1_000);
      const client = `client${index}`;
      await store.clients.put({ id: client, kind: "dcr", name: client, metadata: {}, endsAtMs: undefined });
      await store.consents.give(id, { client, redirectHost: "127.0.0.1", scopes: ["mcp:read"] });
      await store.oidc.upsert("Grant", `grant${index}`, { accountId: id, clientId: client }, 3_600);
      const token = { accountId: id, clientId: client, grantId: `grant${index}` };
      await store.oidc.upsert("AccessToken", `token${index}`, token, 600);
      const times = { signedInAtMs: nowMs(), idleEndsAtMs: nowMs() + 60_000, endsAtMs: nowMs() + 60_000 };
      await store.sessions.start(`${index}`.repeat(43), { person: id, kind: "pages", ...times, ...nobody });
    }
    const clients = await through((after) => store.accessLists.clients({ after, size: 2 }));
    expect(clients.rows.map(({ id, people: number }) => [id, number])).toEqual([
      ["client2", 1],
      ["client1", 1],
      ["client0", 1],
    ]);
    const grants = await through((after) => store.accessLists.grants({ after, size: 1 }));
    expect(grants.pages).toBe(3);
    expect(grants.rows[0]).toMatchObject({ login: "three@a", client: "client2", redirectHosts: ["127.0.0.1"] });
    expect(grants.rows[0]?.usedAtMs).toBe(grants.rows[0]?.sinceMs);
    const ofOne = await store.accessLists.grants({ person: people[0]?.id ?? "", size: 5 });
    expect(ofOne.rows.map(({ client }) => client)).toEqual(["client0"]);
    const browsers = await through((after) => store.accessLists.browsers({ after, size: 2 }));
    expect(browsers.rows.map(({ login }) => login)).toEqual(["three@a", "two@a", "one@a"]);
    expect(await store.counts.grants()).toBe(3);
    expect(await store.counts.people()).toEqual({ active: 3, blocked: 0, gone: 0 });
    pass(61_000);
    expect((await store.accessLists.browsers({ size: 9 })).rows).toEqual([]);
  });

  test("approvals come page by page, the last one first, and what concerns a person is found from both sides", async () => {
    const { store, pass, nowMs } = await openTestStore({ database });
    const [one] = await addPeople(store, ["one@a"]);
    const person = one?.id ?? "";
    for (const digest of ["a", "b", "c"]) {
      pass(1_000);
      const endsAtMs = nowMs() + 600_000;
      await store.approvals.open({
        person,
        client: "x",
        tool: "delete_group",
        digest,
        shown: { question: digest },
        endsAtMs,
      });
    }
    const { rows } = await through((after) => store.approvals.page({ after, size: 2 }));
    expect(rows.map(({ digest }) => digest)).toEqual(["c", "b", "a"]);
    await store.audit.add({ action: "did", actor: person, outcome: "done" });
    await store.audit.add({ action: "suffered", actor: "operator", target: person, outcome: "done" });
    await store.audit.add({ action: "other", actor: "operator", target: "x", outcome: "done" });
    const about = await store.audit.page({ about: person, limit: 9 });
    expect(about.map(({ action }) => action)).toEqual(["suffered", "did"]);
  });
});
