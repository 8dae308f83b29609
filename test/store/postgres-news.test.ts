import { expect, test } from "vitest";
import type { Store } from "../../src/store/open-store.js";
import type { News } from "../../src/store/store-news.js";
import { requirePostgres, sharedCluster } from "../support/postgres.js";
import { databaseOf, openTestStore, personWith } from "./stores.js";

/** What a store hears. `until` resolves with the next news that is the wanted one. */
function listenTo({ news }: Store) {
  const heard: News[] = [];
  const waiting: (() => void)[] = [];
  news.subscribe((one) => {
    heard.push(one);
    for (const look of waiting) look();
  });
  const until = (wanted: News) =>
    new Promise<void>((resolve) => {
      const look = () => heard.some(({ about, id }) => about === wanted.about && id === wanted.id) && resolve();
      waiting.push(look);
      look();
    });
  return { heard, until };
}

/** Several stores of one database, as several servers have them. */
async function openSeveral(count: number) {
  const first = await openTestStore({ database: "postgresql" });
  const all = [first];
  while (all.length < count) all.push(await openTestStore({ database: "postgresql", dir: first.dir }));
  const { database } = await databaseOf(first.dir);
  return { stores: all.map(({ store }) => store), tests: all, database };
}

const PERSON: News = { about: "person", id: "per1" };
const LAST: News = { about: "client", id: "last" };

test("news reach every server that shares the database, each of them once", async (context) => {
  requirePostgres(context);
  const { stores } = await openSeveral(3);
  const listeners = stores.map(listenTo);
  const told: News[] = [PERSON, { about: "roles", id: "" }, { about: "client", id: "c1" }];
  for (const [n, news] of told.entries()) await stores[n]?.news.publish(news);
  const byId = (all: readonly News[]) => all.map(({ about, id }) => `${about} ${id}`).sort();
  for (const { heard, until } of listeners) {
    for (const news of told) await until(news);
    expect(byId(heard)).toEqual(byId(told));
  }
});

test("a change of somebody's groups is news for every server, and the same groups again are none", async (context) => {
  requirePostgres(context);
  const { stores } = await openSeveral(2);
  const [first, second] = stores;
  const id = (await first?.people.signedIn(personWith()))?.id ?? "";
  const other = listenTo(second ?? expect.unreachable());
  for (const groups of [["00g1"], ["00g1"], ["00g1", "00g2"]]) await first?.people.setGroups(id, groups);
  await first?.news.publish(LAST);
  await other.until(LAST);
  expect(other.heard.filter(({ about }) => about === "person")).toEqual([
    { about: "person", id },
    { about: "person", id },
  ]);
  expect(await second?.people.find(id)).toMatchObject({ groups: ["00g1", "00g2"] });
});

test("what is too long for the database, or no news at all, harms nobody", async (context) => {
  requirePostgres(context);
  const { stores, database } = await openSeveral(2);
  const [first, second] = stores.map(listenTo);
  const cluster = await sharedCluster();
  for (const payload of ["", "{", "null", '{"about":"nonsense","id":"x"}', '{"about":"person","id":7}', "[]"])
    await cluster.query(`notify okta_mcp_news, '${payload}'`, database);
  await stores[0]?.news.publish({ about: "client", id: `https://client.example/${"é".repeat(9_000)}` });
  await second?.until({ about: "all", id: "" });
  expect(second?.heard).toEqual([{ about: "all", id: "" }]);
  // Who tells it knows it whole.
  expect(first?.heard[0]?.id).toHaveLength(9_023);
});

test("a server whose connection for news has ended makes a new one, and is told to look at everything", async (context) => {
  requirePostgres(context);
  const { stores, tests, database } = await openSeveral(2);
  const [, second] = stores.map(listenTo);
  const cluster = await sharedCluster();
  await cluster.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
  // Nobody is told while the connection is away.
  await second?.until({ about: "all", id: "" });
  await stores[0]?.news.publish(LAST);
  await second?.until(LAST);
  expect(tests[1]?.warnings.join("\n")).toContain("news of other servers has ended");
  expect(tests.flatMap(({ warnings }) => warnings).join("\n")).not.toContain("in vain");
});

test("a limit by the session counts from the first server's start to the last one's end (M10)", async (context) => {
  requirePostgres(context);
  const { stores, tests } = await openSeveral(2);
  const [first, second] = stores;
  const { dir = "", nowMs = () => 0 } = tests[0] ?? {};
  const wanted = [{ key: "writes ada", allowance: { perSession: 1, perMinute: undefined } }];
  expect(await first?.limits.take(wanted, nowMs())).toBeUndefined();
  expect(await second?.limits.take(wanted, nowMs())).toBeDefined();
  await first?.close();
  // The other one still runs.
  const third = await openTestStore({ database: "postgresql", dir });
  expect(await third.store.limits.take(wanted, nowMs())).toBeDefined();
  await second?.close();
  await third.store.close();
  const later = await openTestStore({ database: "postgresql", dir });
  expect(await later.store.limits.take(wanted, nowMs())).toBeUndefined();
});
