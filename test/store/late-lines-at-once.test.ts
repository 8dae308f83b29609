import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { LateLines } from "../../src/store/late-lines.js";
import { connectionOptions, openPool } from "../../src/store/postgres-pool.js";
import type { Tables } from "../../src/store/tables.js";
import { requirePostgres } from "../support/postgres.js";
import { databaseOf, openTestStore } from "./stores.js";

const IDS = ["chg000000001", "chg000000002", "chg000000003"];

test("L4: no change that ended while the database was away is lost where it is written twice at once and refused once", async (context) => {
  requirePostgres(context);
  const { dir } = await openTestStore({ database: "postgresql" });
  const settings = await databaseOf(dir);
  const other = new pg.Client(connectionOptions(settings));
  await other.connect();
  onTestFinished(() => other.end());
  await other.query("create sequence tries");
  await other.query(`create function refuse_once() returns trigger language plpgsql as $$ begin
    if new.change_id = '${IDS[1]}' and nextval('tries') = 1 then raise exception using errcode = '53000'; end if;
    return new; end $$`);
  await other.query("create trigger once before insert on journal for each row execute function refuse_once()");
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(settings, { warn: () => {} }) }) });
  const late = new LateLines({ db });
  onTestFinished(async () => {
    await late.end();
    await db.destroy();
  });
  for (const change_id of IDS) late.keep({ change_id, is_first: 0, line: "{}", written_at: 1 });
  await Promise.all([late.write(), late.write()]);
  const written = async () =>
    (await db.selectFrom("journal").select("change_id").orderBy("id").execute()).map((row) => row.change_id);
  await expect.poll(written, { timeout: 5_000 }).toEqual(IDS);
});
