import { Kysely, sql } from "kysely";
import { expect, test } from "vitest";
import { silentLog } from "../../src/log.js";
import { migrationsFor, type StoreMigrations } from "../../src/store/migrations.js";
import { migrateStore } from "../../src/store/open-store.js";
import { openPostgresDriver } from "../../src/store/postgres-driver.js";
import { openSqliteDriver } from "../../src/store/sqlite-driver.js";
import { temporaryFolder } from "../support/cli.js";
import { requirePostgres } from "../support/postgres.js";
import { atOnce, databaseOf, eachDatabase, openTestStore, personWith, type TestDatabase } from "./stores.js";

/** The migrations of this version, and those of made-up later releases. */
async function releases(dir: string, database: TestDatabase) {
  const driver =
    database === "postgresql"
      ? await openPostgresDriver(await databaseOf(dir), silentLog())
      : await openSqliteDriver({ dir, as: "server", library: database });
  const own = migrationsFor(driver.variant);
  const db = new Kysely<unknown>({ dialect: driver.dialect });
  await db.destroy().finally(() => driver.release());
  const last = Object.keys(own).sort().at(-1) ?? "";
  const next: StoreMigrations = {
    ...own,
    "9001-a-column-more": { up: (it) => it.schema.alterTable("people").addColumn("pet", "text").execute() },
  };
  const afterNext: StoreMigrations = {
    ...next,
    // It takes away what this version uses, so it asks for the release before it.
    "9002-a-column-less": {
      up: (it) => it.schema.alterTable("people").dropColumn("email_verified").execute(),
      oldest: "9001-a-column-more",
    },
  };
  return { own, last, next, afterNext };
}

eachDatabase("old and new versions", (database) => {
  test("L10: a server of the release before goes on beside the new tables, and starts again with them", async () => {
    const { store, dir } = await openTestStore({ database });
    const { id } = await store.people.signedIn(personWith());
    if (database !== "postgresql") await store.close();
    const { next } = await releases(dir, database === "postgresql" ? database : "libsql");
    const newer = await openTestStore({ database, dir, migrations: next });
    // With PostgreSQL both run at once.
    const older = database === "postgresql" ? store : newer.store;
    expect(await older.people.signedIn(personWith({ name: "Ada L" }))).toMatchObject({ id });
    expect(await newer.store.people.find(id)).toMatchObject({ name: "Ada L" });
    await store.close();
    if (database !== "postgresql") await newer.store.close();
    const restarted = await openTestStore({ database, dir });
    expect(await restarted.store.people.find(id)).toMatchObject({ name: "Ada L" });
    const beside = await openTestStore({ database, dir, as: "beside" });
    expect(await beside.store.people.find(id)).toMatchObject({ name: "Ada L" });
  });

  test("L10: a server that is older than that is refused with words, and changes nothing", async () => {
    const { store, dir } = await openTestStore({ database });
    await store.close();
    const { next, afterNext } = await releases(dir, database === "postgresql" ? database : "libsql");
    await (await openTestStore({ database, dir, migrations: afterNext })).store.close();
    for (const as of ["server", "beside"] as const) {
      await expect(openTestStore({ database, dir, as })).rejects.toMatchObject({
        code: "bad_config",
        message: expect.stringMatching(
          /written by a newer okta-mcp: it has 9001-a-column-more, 9002-a-column-less, and needs one that knows 9001-a-column-more\.$/,
        ),
        fix: expect.stringMatching(/Start that version or a later one.*backup/),
      });
    }
    await (await openTestStore({ database, dir, migrations: next })).store.close();
  });

  test("L10: of tables that do not say who works with them, only those of this version are taken", async () => {
    const { store, dir } = await openTestStore({ database });
    await store.close();
    const { next } = await releases(dir, database === "postgresql" ? database : "libsql");
    const forgetful: StoreMigrations = {
      ...next,
      // Another program has written the list of migrations.
      "9003-by-hand": {
        up: async (it) => void (await sql`insert into migrations values ('9009-x', '2027')`.execute(it)),
      },
    };
    await (await openTestStore({ database, dir, migrations: forgetful })).store.close();
    await expect(openTestStore({ database, dir })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/9009-x\.$/),
    });
  });

  test("a server that does not migrate refuses older tables, and `serve migrate` brings them up to date", async () => {
    const dir = temporaryFolder();
    await expect(openTestStore({ database, dir, migrates: false })).rejects.toMatchObject({
      code: "bad_config",
      fix: expect.stringContaining("okta-mcp serve migrate"),
    });
    const options = {
      dir,
      ...(database === "postgresql" ? { postgres: await databaseOf(dir) } : { library: database }),
      log: silentLog(),
    };
    const made = await migrateStore(options);
    expect(made[0]).toBe("0001-first-tables");
    expect(await migrateStore(options)).toEqual([]);
    const { store } = await openTestStore({ database, dir, migrates: false });
    await store.ping();
  });
});

test("several servers that start at once with an empty PostgreSQL make its tables once", async (context) => {
  requirePostgres(context);
  const dir = temporaryFolder();
  const opened = await atOnce(4, () => openTestStore({ database: "postgresql", dir }));
  const people = await Promise.all(opened.map(({ store }) => store.people.signedIn(personWith())));
  expect(new Set(people.map(({ id }) => id)).size).toBe(1);
});

test("a server with keys of its own is refused beside others, also where both start at once", async (context) => {
  requirePostgres(context);
  const dir = temporaryFolder();
  const postgres = await databaseOf(dir);
  const starts = await Promise.allSettled(
    [dir, temporaryFolder(), temporaryFolder()].map((own) => openTestStore({ dir: own, postgres })),
  );
  expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const start of starts)
    if (start.status === "rejected") expect(start.reason).toMatchObject({ code: "bad_config" });
});

test("a migration may take longer than a statement, and the other servers wait for it", async (context) => {
  requirePostgres(context);
  const dir = temporaryFolder();
  const postgres = { ...(await databaseOf(dir)), statementTimeoutMs: 400, lockTimeoutMs: 400 };
  const slow: StoreMigrations = {
    ...(await releases(dir, "postgresql")).own,
    "9001-slow": { up: async (it) => void (await sql`select pg_sleep(1)`.execute(it)) },
  };
  const opened = await atOnce(2, () => openTestStore({ dir, postgres, migrations: slow }));
  for (const { store } of opened) await store.ping();
});
