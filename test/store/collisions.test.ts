import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { connectionOptions } from "../../src/store/postgres-pool.js";
import { requirePostgres } from "../support/postgres.js";
import { databaseOf, openTestStore, personWith } from "./stores.js";

const DAYS_30 = 30 * 24 * 3_600;

test("the end of access comes through where another server has locked the same rows in another order", async (context) => {
  requirePostgres(context);
  const { store, dir } = await openTestStore({ database: "postgresql" });
  const { id: person } = await store.people.signedIn(personWith());
  const token = { accountId: person, clientId: "c", grantId: "g" };
  await store.oidc.upsert("Grant", "g", { accountId: person, clientId: "c" }, DAYS_30);
  await store.oidc.upsert("RefreshToken", "first", token, DAYS_30);
  const settings = await databaseOf(dir);
  const other = new pg.Client(connectionOptions(settings));
  await other.connect();
  onTestFinished(() => other.end());
  // As a use of the second token does, which first marks itself and then the token before it.
  await store.oidc.upsert("RefreshToken", "second", token, DAYS_30, "first");
  await other.query("begin");
  await other.query("update oidc set consumed_at = 1 where predecessor_hash is not null");
  const ending = store.endings.endPerson(person, { why: "global_token_revocation", by: "okta", status: undefined });
  const waiting = () => other.query("select 1 from pg_locks where not granted");
  await expect.poll(async () => (await waiting()).rowCount, { interval: 20 }).toBe(1);
  await other.query("update oidc set successor_used_at = 1 where model = 'RefreshToken' and predecessor_hash is null");
  await other.query("commit");
  expect(await ending).toBe(true);
  expect(await store.oidc.grantsOf(person)).toEqual([]);
  expect(await store.audit.page({ action: "access_ended", limit: 9 })).toHaveLength(1);
});
