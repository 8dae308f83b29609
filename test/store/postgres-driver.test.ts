import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { OktaMcpError } from "../../src/errors/index.js";
import { createLog, silentLog } from "../../src/log.js";
import { openStore } from "../../src/store/open-store.js";
import type { PostgresSettings } from "../../src/store/postgres-settings.js";
import { temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";
import { newDatabase, ownCluster, requirePostgres, sharedCluster } from "../support/postgres.js";
import { GUARDED, GUARDED_PASSWORD } from "../support/postgres-cluster.js";
import { ROOT_CERTIFICATE } from "../support/tls-org.js";
import { openTestStore, personWith } from "./stores.js";

const SHORT = { connectTimeoutMs: 1_000, statementTimeoutMs: 2_000, lockTimeoutMs: 500 };

/** Opens a store, and returns the error with everything that a log would write of it. */
async function failureOf(change: Partial<PostgresSettings>) {
  const postgres = { ...(await newDatabase(SHORT)), ...change };
  const lines: string[] = [];
  const log = createLog({ level: "debug", stderr: { write: (line) => lines.push(String(line)) > 0 } });
  const error: OktaMcpError = await openStore({ dir: temporaryFolder(), postgres, log }).then(
    async (store) => {
      await store.close();
      return expect.unreachable("the store opened");
    },
    (thrown) => thrown,
  );
  log.error("it failed", { error });
  const told = `${error.message} ${error.fix} ${JSON.stringify(error.atTerminal)} ${lines.join("")}`;
  expect(told).not.toContain(GUARDED_PASSWORD);
  return { error, told };
}

beforeEach((context) => requirePostgres(context));

test.each<[string, () => Promise<Partial<PostgresSettings>>, string, RegExp]>([
  ["nobody listens", async () => ({ port: await freePort() }), "unreachable", /does not answer/],
  ["the name is unknown", async () => ({ host: "nowhere.invalid" }), "unreachable", /does not answer/],
  ["the socket is missing", async () => ({ host: "/nowhere" }), "unreachable", /does not answer/],
  ["there is no such database", async () => ({ database: "nothing" }), "cannot_open", /is not there.*store\.database/],
  ["there is no such user", async () => ({ user: "nobody_there" }), "refused", /refuses this server's user/],
  [
    "the password is wrong",
    async () => ({ user: GUARDED, password: () => `${GUARDED_PASSWORD}x` }),
    "refused",
    /refuses/,
  ],
  ["the password is missing", async () => ({ user: GUARDED }), "refused", /refuses.*store\.password_file/],
  [
    "the user may not make tables",
    async () => ({ user: GUARDED, password: () => GUARDED_PASSWORD }),
    "no_right",
    /may not do that/,
  ],
  ["it takes no TLS", async () => ({ tls: { ca: undefined, own: undefined } }), "no_tls", /TLS is not right/],
])("where %s, the start says why without a secret", async (_, change, reason, words) => {
  const { error, told } = await failureOf(await change());
  expect(error).toMatchObject({ code: "store_unavailable", data: { reason } });
  expect(told).toMatch(words);
});

test("a server that takes connections and says nothing is given up in time", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  const startedMs = Date.now();
  const { error } = await failureOf({ port });
  expect(error).toMatchObject({ code: "store_unavailable", data: { reason: "unreachable" } });
  expect(Date.now() - startedMs).toBeLessThan(10_000);
});

test("no variable of the environment decides in the place of serve.json", async () => {
  const postgres = await newDatabase();
  for (const [name, value] of Object.entries({
    PGHOST: "nowhere.invalid",
    PGPORT: "1",
    PGUSER: "nobody_there",
    PGDATABASE: "nothing",
    PGPASSWORD: GUARDED_PASSWORD,
    PGSSLMODE: "require",
    PGOPTIONS: "-c default_transaction_read_only=on",
    PGCLIENT_ENCODING: "LATIN1",
  }))
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { store } = await openTestStore({ dir: temporaryFolder(), postgres });
  expect(await store.people.signedIn(personWith({ name: "Ada Łukasz 😀" }))).toMatchObject({ name: "Ada Łukasz 😀" });
  const guarded = openTestStore({ dir: temporaryFolder(), postgres: { ...postgres, user: GUARDED } });
  await expect(guarded).rejects.toMatchObject({ data: { reason: "refused" } });
});

test("a changed password counts for the next connection", async () => {
  const cluster = await sharedCluster();
  const settings = await newDatabase();
  await cluster.query(`alter database ${settings.database} owner to ${GUARDED}`);
  let password = "an old one";
  const postgres = { ...settings, user: GUARDED, password: () => password };
  await expect(openStore({ dir: temporaryFolder(), postgres, log: silentLog() })).rejects.toThrow();
  password = GUARDED_PASSWORD;
  const { store } = await openTestStore({ dir: temporaryFolder(), postgres });
  await store.ping();
});

test("rows that another one holds are waited for a while, and no longer", async () => {
  const postgres = await newDatabase(SHORT);
  const { store } = await openTestStore({ dir: temporaryFolder(), postgres });
  const { id } = await store.people.signedIn(personWith());
  const cluster = await sharedCluster();
  const held = cluster.query("begin; update people set name = 'x'; select pg_sleep(3); commit", postgres.database);
  await vi.waitFor(async () =>
    expect(
      await cluster.query("select 1 from pg_stat_activity where query like '%pg_sleep(3)%' and wait_event = 'PgSleep'"),
    ).toHaveLength(1),
  );
  const write = store.people.setStatus(id, "blocked");
  await expect(write).rejects.toMatchObject({
    code: "store_unavailable",
    retry: "after-wait",
    data: { reason: "busy" },
  });
  await held;
  await store.people.setStatus(id, "blocked");
  expect(await store.people.find(id)).toMatchObject({ status: "blocked", name: "x" });
});

test("the database itself refuses to change or drop entries of the audit", async () => {
  const postgres = await newDatabase();
  const { store } = await openTestStore({ dir: temporaryFolder(), postgres });
  await store.audit.add({ action: "sign_in", outcome: "done", actor: "\u0000ada" });
  const cluster = await sharedCluster();
  for (const statement of ["delete from audit", "update audit set outcome = 'refused'", "truncate audit"])
    await expect(cluster.query(statement, postgres.database), statement).rejects.toThrow(/stay as they are/);
  expect(await store.audit.page({ limit: 5 })).toMatchObject([{ actor: "\ufffdada", outcome: "done" }]);
});

test("TLS counts with the right authority and name alone", async () => {
  const pem = (name: string) => readFileSync(join(ROOT_CERTIFICATE, "..", name), "utf8");
  const [ca, key] = [pem("loopback.pem"), pem("ec.key")];
  const cluster = await ownCluster({ tls: { cert: ca, key } });
  const settings = await cluster.newDatabase(SHORT);
  const open = (change: Partial<PostgresSettings>) =>
    openStore({ dir: temporaryFolder(), postgres: { ...settings, ...change }, log: silentLog() });
  const refused = { code: "store_unavailable", data: { reason: "no_tls" } };
  // Node.js does not know the authority; the name is another one.
  await expect(open({ tls: { ca: undefined, own: undefined } })).rejects.toMatchObject(refused);
  await expect(open({ tls: { ca, own: undefined }, host: "localhost" })).rejects.toMatchObject(refused);
  const store = await open({ tls: { ca, own: undefined } });
  onTestFinished(() => store.close());
  const encrypted = await cluster.query(
    "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'okta_mcp'",
  );
  expect(encrypted.length).toBeGreaterThan(0);
  expect(encrypted.every(({ ssl }) => ssl === true)).toBe(true);
});
