import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dropDataKey, rewrap, rotateDataKey, startOver, tellKeys } from "../../src/operator/keys.js";
import type { PostgresSettings } from "../../src/store/postgres-settings.js";
import { SEALED_COLUMNS } from "../../src/store/sealed-values.js";
import { openSqlite } from "../../src/store/sqlite-library.js";
import { temporaryFolder } from "../support/cli.js";
import { newDatabase, requirePostgres } from "../support/postgres.js";
import { atOnce, openTestStore, personWith, type TestStore } from "./stores.js";

const HOUR = 3_600_000;
const FOR_EVER = new AbortController().signal;
const quietly = () => {};
const TOKENS = { access: "a", accessEndsAtMs: 1, refresh: "r", dpopKey: "d", scopes: ["okta.users.read"] };
const TRANSACTION = { state: "s".repeat(32), browser: "b".repeat(32), kind: "sign_in" };

/** Fills every column whose values are encrypted. @returns the ids of the people */
async function fill({ store, nowMs }: TestStore, people = 3): Promise<string[]> {
  const ids: string[] = [];
  const endsAtMs = nowMs() + 24 * HOUR;
  for (let n = 0; n < people; n += 1) {
    const { id } = await store.people.signedIn(personWith({ subject: `00u${n}` }));
    ids.push(id);
    await store.upstream.put(id, "org", { ...TOKENS, access: `a${n}` });
    await store.oidc.upsert("RefreshToken", `refresh-${n}`, { accountId: id, grantId: `g${n}` }, 24 * 3_600);
    const web = { person: id, kind: "pages", acr: undefined, ipPrefix: undefined, agent: undefined };
    const times = { signedInAtMs: nowMs(), idleEndsAtMs: endsAtMs, endsAtMs };
    await store.sessions.start(`session-${n}`, { ...web, ...times, data: { n } });
  }
  const [person = ""] = ids;
  await store.clients.put({ id: "c1", kind: "dcr", name: "C", metadata: { x: 1 }, endsAtMs: undefined });
  await store.transactions.begin({ ...TRANSACTION, data: { nonce: "n" }, endsAtMs });
  const call = { person, client: "c1", tool: "create_user", digest: "d1", endsAtMs };
  await store.approvals.open({ ...call, shown: { question: "?" } });
  await store.revocations.add({ person, kind: "refresh_token", token: "old" });
  await store.signing.keySet();
  return ids;
}

/** Looks at everything that `fill` has kept. */
async function expectAll({ store }: TestStore, ids: readonly string[]): Promise<void> {
  for (const [n, id] of ids.entries()) {
    expect(await store.upstream.find(id, "org")).toMatchObject({ access: `a${n}`, refresh: "r", dpopKey: "d" });
    expect(await store.oidc.find("RefreshToken", `refresh-${n}`)).toMatchObject({ payload: { accountId: id } });
    expect(await store.sessions.use(`session-${n}`, HOUR)).toMatchObject({ data: { n } });
  }
  expect(await store.clients.find("c1")).toMatchObject({ metadata: { x: 1 } });
  expect(await store.approvals.openOf(ids[0] ?? "")).toHaveLength(1);
  expect(await store.signing.keySet()).toHaveLength(1);
}

test("every column with encrypted values is known to whoever encrypts them anew", async () => {
  const { dir, store } = await openTestStore();
  await store.close();
  const file = openSqlite(join(dir, "store.sqlite"), undefined);
  const columns = file
    .prepare(
      "select m.name || '.' || c.name as name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and c.name like '%\\_sealed' escape '\\'",
    )
    .all([]) as { name: string }[];
  file.close();
  const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  expect(known.sort()).toEqual(columns.map(({ name }) => name).sort());
});

/** A server and a command beside it, in SQLite or in PostgreSQL. */
const DATABASES = [
  ["SQLite", () => undefined],
  ["PostgreSQL", () => newDatabase()],
] as const;

describe.each(DATABASES)("beside a server that writes, with %s", (name, database) => {
  // Every write of SQLite waits for the disk, which a busy machine shares.
  test("L7: data keys are rotated and the old one is given up", { timeout: 240_000 }, async (context) => {
    if (name === "PostgreSQL") requirePostgres(context);
    await rotateAll(await database());
  });
});

async function rotateAll(postgres: PostgresSettings | undefined): Promise<void> {
  const dir = temporaryFolder();
  const server = await openTestStore({ dir, postgres });
  const ids = await fill(server, 120);
  const beside = async <T>(action: (store: TestStore["store"]) => Promise<T>): Promise<T> => {
    const command = await openTestStore({ dir, postgres, as: "beside", now: server.nowMs });
    try {
      return await action(command.store);
    } finally {
      await command.store.close();
    }
  };
  const old = server.store.keys.first.id;
  const { id } = await beside((store) => rotateDataKey(store, undefined));
  expect((await beside(tellKeys)).data.map((key) => [key.id, key.state])).toEqual([
    [id, "next"],
    [old, "encrypts"],
  ]);
  await expect(beside((store) => rewrap(store, FOR_EVER, quietly))).rejects.toMatchObject({ code: "conflict" });
  await server.store.keys.refresh();
  const drop = (atOnce = false) =>
    beside((store) => dropDataKey(store, { key: old, out: undefined, atOnce }, server.nowMs()));
  await expect(drop()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/\d+ values need it/),
  });

  // The command is stopped in its middle, and the server goes on writing all the while.
  const stop = new AbortController();
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n = (n + 1) % ids.length) {
      await server.store.upstream.put(ids[n] ?? "", "org", { ...TOKENS, access: `a${n}` });
      expect(await server.store.oidc.find("RefreshToken", `refresh-${n}`)).toBeDefined();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const begun = await beside((store) => rewrap(store, stop.signal, () => stop.abort()));
  expect(begun.rewrapped).toBeGreaterThan(0);
  expect(begun.rewrapped).toBeLessThan(ids.length);
  const rest = await beside((store) => rewrap(store, FOR_EVER, quietly));
  isOver = true;
  await writing;
  expect(rest).toMatchObject({ id, unreadable: 0 });
  expect((await beside(tellKeys)).data.find((key) => key.id === old)).toMatchObject({ state: "reads", values: 0 });
  await expectAll(server, ids);

  await expect(drop()).rejects.toMatchObject({ message: expect.stringContaining("cookies of browsers") });
  server.pass(13 * HOUR);
  await server.store.keys.refresh();
  await drop();
  await server.store.keys.refresh();
  expect(server.store.keys.keys.map((key) => key.id)).toEqual([id]);
  await expectAll(server, ids);
  expect((await server.store.audit.page({ limit: 10 })).map(({ action }) => action)).toEqual([
    "data_key_dropped",
    "data_key_added",
  ]);
  await server.store.close();
  await expectAll(await openTestStore({ dir, postgres, now: server.nowMs }), ids);
}

test("a value that somebody has put into another row stays of no use when it is encrypted anew", async () => {
  const server = await openTestStore();
  const [ada = "", eve = ""] = await fill(server, 2);
  await server.store.close();
  const { dir } = server;
  const file = openSqlite(join(dir, "store.sqlite"), undefined);
  file.exec(
    `update upstream_grants set access_sealed = (select access_sealed from upstream_grants where person = '${ada}') where person = '${eve}'`,
  );
  file.close();
  const { store } = await openTestStore({ dir });
  await rotateDataKey(store, undefined);
  await store.keys.refresh();
  await rewrap(store, FOR_EVER, quietly);
  expect(await store.upstream.find(ada, "org")).toMatchObject({ access: "a0" });
  expect(await store.upstream.find(eve, "org")).toBeUndefined();
});

test("a key that is in use or unknown is not given up, and a set is written elsewhere where that is asked for", async () => {
  const { store, dir, nowMs } = await openTestStore();
  const drop = (key: string) => dropDataKey(store, { key, out: undefined, atOnce: true }, nowMs());
  await expect(drop(store.keys.first.id)).rejects.toMatchObject({ code: "conflict" });
  await expect(drop("nobody's")).rejects.toMatchObject({ code: "bad_input" });
  const before = readFileSync(join(dir, "data-keys.json"), "utf8");
  const out = join(temporaryFolder(), "next.json");
  expect(await rotateDataKey(store, out)).toMatchObject({ file: out });
  expect(JSON.parse(readFileSync(out, "utf8")).keys).toHaveLength(2);
  expect(readFileSync(join(dir, "data-keys.json"), "utf8")).toBe(before);
  await expect(rotateDataKey(store, out)).rejects.toMatchObject({ message: expect.stringContaining("there already") });
});

test.each([["are gone"], ["are others"]])(
  "where the keys %s, a start over gives up what they encrypted and nothing else",
  async (how) => {
    const server = await openTestStore();
    const { dir } = server;
    const [ada = ""] = await fill(server);
    await server.store.clients.put({
      id: "https://bad.example/c",
      kind: "cimd",
      name: "Bad",
      metadata: {},
      endsAtMs: undefined,
    });
    await server.store.clients.setBlocked("https://bad.example/c", true);
    await server.store.audit.add({ action: "sign_in", outcome: "done", actor: ada });
    await expect(openTestStore({ dir, startsOver: true })).rejects.toMatchObject({ code: "bad_config" });
    await server.store.close();
    const file = join(dir, "data-keys.json");
    rmSync(file);
    if (how === "are others") {
      const other = await openTestStore();
      writeFileSync(file, readFileSync(join(other.dir, "data-keys.json")), { mode: 0o600 });
    }
    await expect(openTestStore({ dir })).rejects.toMatchObject({
      fix: expect.stringContaining("serve keys start-over"),
    });
    const over = await openTestStore({ dir, startsOver: true, now: server.nowMs });
    const { rows, lost } = await startOver(over.store);
    expect(rows).toBeGreaterThan(10);
    expect(lost).toHaveLength(1);
    await over.store.close();
    expect(existsSync(file)).toBe(true);

    const { store } = await openTestStore({ dir, now: server.nowMs });
    expect(await store.upstream.find(ada, "org")).toBeUndefined();
    expect(await store.oidc.find("RefreshToken", "refresh-0")).toBeUndefined();
    expect(await store.clients.find("c1")).toBeUndefined();
    expect(await store.clients.find("https://bad.example/c")).toMatchObject({ blockedAtMs: expect.any(Number) });
    expect(await store.people.find(ada)).toMatchObject({ status: "active" });
    expect((await store.audit.page({ limit: 10 })).map(({ action }) => action)).toEqual([
      "keys_started_over",
      "sign_in",
    ]);
    await store.upstream.put(ada, "org", TOKENS);
    expect(await store.upstream.find(ada, "org")).toMatchObject({ access: "a" });
    expect(await store.signing.keySet()).toHaveLength(1);
  },
);

test("of several rotations at once each leaves a whole file, and a server takes no file without a key in use", async () => {
  const { store } = await openTestStore();
  await atOnce(5, () => rotateDataKey(store, undefined));
  await store.keys.refresh();
  expect(store.keys.keys).toHaveLength(2);
});
