import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Kysely, sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { migrate } from "../../src/store/migrate.js";
import { openSqliteDriver } from "../../src/store/sqlite-driver.js";
import { hasSqliteLibrary, type SqliteLibrary } from "../../src/store/sqlite-library.js";
import type { StoreDriver } from "../../src/store/store-driver.js";
import type { Tables } from "../../src/store/tables.js";
import { spawnProcess, temporaryFolder } from "../support/cli.js";
import { skipUnless } from "../support/programs.js";
import { atOnce, eachLibrary, openTestStore, personWith } from "./stores.js";

const HOLDER = fileURLToPath(new URL("holder.ts", import.meta.url));

/** Opens the tables of a folder; they are closed when the test is over. */
async function tablesIn(
  dir: string,
  library: SqliteLibrary,
  change: (driver: StoreDriver) => StoreDriver = (it) => it,
) {
  const driver = change(await openSqliteDriver({ dir, as: "server", library }));
  const db = new Kysely<Tables>({ dialect: driver.dialect });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= db.destroy().then(() => driver.release());
    return closed;
  };
  onTestFinished(close);
  const { place, variant } = driver;
  return { db, close, bring: (how: "migrate" | "check" = "migrate") => migrate({ db, variant, place, how }) };
}

/** Starts a process of its own that serves from a folder, and waits until it does. */
async function holderOf(dir: string, library: SqliteLibrary) {
  const holder = spawnProcess([process.execPath, "--import", "tsx", HOLDER, dir, library]);
  await holder.seen("stdout", /holds/);
  return holder;
}

eachLibrary("the database of one server", (library) => {
  const open = (dir: string) => openTestStore({ dir, database: library });

  test("is a file that only this user reads, and survives a power cut", async () => {
    const dir = join(temporaryFolder(), "data");
    const { db, bring } = await tablesIn(dir, library);
    await bring();
    for (const file of ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "store.lock"]) {
      expect(statSync(join(dir, file)).mode & 0o777, file).toBe(0o600);
    }
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    const pragma = async (name: string) =>
      (await sql<object>`pragma ${sql.raw(name)}`.execute(db)).rows.map(Object.values);
    expect(await pragma("journal_mode")).toEqual([["wal"]]);
    expect(await pragma("synchronous")).toEqual([[2]]);
    expect(await pragma("foreign_keys")).toEqual([[1]]);
    expect(await pragma("busy_timeout")).toEqual([[5000]]);
  });

  test("is refused where others can read it, or where it is a link (L11)", async () => {
    const dir = temporaryFolder();
    await (await open(dir)).store.close();
    chmodSync(join(dir, "store.sqlite"), 0o644);
    await expect(open(dir)).rejects.toMatchObject({ code: "bad_config", fix: expect.stringContaining("chmod 600") });
    chmodSync(join(dir, "store.sqlite"), 0o600);
    chmodSync(dir, 0o755);
    await expect(open(dir)).rejects.toMatchObject({ code: "bad_config", fix: expect.stringContaining("chmod 700") });
    const other = temporaryFolder();
    symlinkSync(join(dir, "store.sqlite"), join(other, "store.sqlite"));
    await expect(open(other)).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining("plain file"),
    });
  });

  test("has one server at a time, and is free again however that one ends (L11)", async () => {
    const dir = temporaryFolder();
    const holder = await holderOf(dir, library);
    await expect(open(dir)).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/^Another okta-mcp server uses the database/),
    });
    holder.child.kill("SIGKILL");
    await holder.ended;
    const { store } = await open(dir);
    // The other one was killed while it wrote. What it was told to be kept is there, once and whole.
    const kept = Number(holder.stdout().match(/.*kept (\d+)/s)?.[1] ?? 0);
    const entries = await store.audit.page({ limit: 100_000 });
    expect(entries.length).toBeGreaterThanOrEqual(kept);
    expect(new Set(entries.map(({ target }) => target)).size).toBe(entries.length);
  });

  test("is open to a command beside its server", async () => {
    const { store, dir } = await openTestStore({ database: library });
    await store.people.signedIn(personWith());
    const beside = await openTestStore({ dir, database: library, as: "beside" });
    expect(await beside.store.people.findByLogin("ADA@acme.example")).toMatchObject([{ subject: "00u1" }]);
    await expect(openTestStore({ dir: temporaryFolder(), database: library, as: "beside" })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/^There is no database/),
    });
  });

  test("tells a full disk, and goes on when there is room again (L11)", async () => {
    const { db, bring } = await tablesIn(temporaryFolder(), library);
    await bring();
    const add = (n: number) =>
      db
        .insertInto("meta")
        .values({ key: `k${n}`, value: "x".repeat(10_000) })
        .execute();
    await add(0);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 5)}`.execute(db);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => add(n + 1)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refused.length).toBeGreaterThan(5);
    for (const error of refused) {
      expect(error).toMatchObject({ code: "store_unavailable", retry: "after-wait", data: { reason: "disk_full" } });
    }
    const inOne = db.transaction().execute(async (transaction) => {
      for (const n of [20, 21, 22])
        await transaction
          .insertInto("meta")
          .values({ key: `k${n}`, value: "x".repeat(10_000) })
          .execute();
    });
    await expect(inOne).rejects.toMatchObject({ code: "store_unavailable", data: { reason: "disk_full" } });
    expect(await db.selectFrom("meta").select("key").where("key", "in", ["k0", "k20"]).execute()).toHaveLength(1);
    await sql`pragma max_page_count = 1000000`.execute(db);
    await add(30);
  });

  test("tells a database that may only be read", async () => {
    const { db, bring } = await tablesIn(temporaryFolder(), library);
    await bring();
    await sql`pragma query_only = 1`.execute(db);
    const write = db.insertInto("meta").values({ key: "a", value: "b" }).execute();
    await expect(write).rejects.toMatchObject({ code: "store_unavailable", data: { reason: "read_only" } });
    const transaction = db.transaction().execute(async (inside) => {
      await inside.insertInto("meta").values({ key: "a", value: "b" }).execute();
    });
    await expect(transaction).rejects.toMatchObject({ code: "store_unavailable", data: { reason: "read_only" } });
    expect(await db.selectFrom("meta").selectAll().where("key", "=", "a").execute()).toEqual([]);
  });

  test("tells a file that is no database, and leaves it as it is", async () => {
    const dir = temporaryFolder();
    const text = "This is a letter, and no database at all.\n".repeat(100);
    writeFileSync(join(dir, "store.sqlite"), text, { mode: 0o600 });
    await expect(open(dir)).rejects.toMatchObject({
      code: "store_unavailable",
      data: { reason: "damaged" },
      atTerminal: { message: expect.stringContaining(dir), fix: expect.stringContaining("backup") },
    });
    expect(readFileSync(join(dir, "store.sqlite"), "utf8")).toBe(text);
  });

  test("brings its tables to this version once, and all of them or none", async () => {
    const dir = temporaryFolder();
    const fault = { appendOnly: () => [sql`create nonsense`] };
    const broken = await tablesIn(dir, library, (driver) => ({ ...driver, variant: { ...driver.variant, ...fault } }));
    await expect(broken.bring()).rejects.toThrow();
    expect((await broken.db.introspection.getTables()).map(({ name }) => name)).not.toContain("people");
    await broken.close();
    const { db, bring } = await tablesIn(dir, library);
    await expect(bring("check")).rejects.toMatchObject({ code: "bad_config" });
    await bring();
    await bring();
    await bring("check");
    expect((await db.introspection.getTables()).map(({ name }) => name)).toContain("people");
  });

  test("refuses tables of a newer version with words", async () => {
    const dir = temporaryFolder();
    const newer = await tablesIn(dir, library);
    await newer.bring();
    await sql`insert into migrations (name, timestamp) values ('9099-later', '2027')`.execute(newer.db);
    await newer.close();
    await expect(open(dir)).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/written by a newer okta-mcp: it has 9099-later/),
      fix: expect.stringContaining("backup"),
    });
  });

  test("keeps rows of the audit as they are, whoever asks", async () => {
    const { db, bring } = await tablesIn(temporaryFolder(), library);
    await bring();
    await db.insertInto("audit").values({ at: 1, action: "sign_in", outcome: "done" }).execute();
    await expect(db.deleteFrom("audit").execute()).rejects.toThrow(/stay as they are/);
    await expect(db.updateTable("audit").set({ outcome: "refused" }).execute()).rejects.toThrow(/stay as they are/);
    expect(await db.selectFrom("audit").select("outcome").execute()).toMatchObject([{ outcome: "done" }]);
  });

  test("runs transactions of many callers one after another", async () => {
    const { db, bring } = await tablesIn(temporaryFolder(), library);
    await bring();
    await db.insertInto("meta").values({ key: "n", value: "0" }).execute();
    await atOnce(20, () =>
      db.transaction().execute(async (transaction) => {
        const { value } = await transaction
          .selectFrom("meta")
          .select("value")
          .where("key", "=", "n")
          .executeTakeFirstOrThrow();
        await new Promise((resolve) => setImmediate(resolve));
        await transaction
          .updateTable("meta")
          .set({ value: String(Number(value) + 1) })
          .where("key", "=", "n")
          .execute();
      }),
    );
    expect(await db.selectFrom("meta").select("value").where("key", "=", "n").execute()).toMatchObject([
      { value: "20" },
    ]);
  });
});

test("a database that one library has written is read by the other", async (context) => {
  const both = hasSqliteLibrary("node:sqlite") && hasSqliteLibrary("libsql");
  skipUnless(context, both, "a Node.js that brings SQLite, with libsql beside it");
  const dir = temporaryFolder();
  const first = await openTestStore({ dir, database: "libsql" });
  const person = await first.store.people.signedIn(personWith());
  await first.store.close();
  const second = await openTestStore({ dir, database: "node:sqlite" });
  expect(await second.store.people.find(person.id)).toEqual(person);
});
