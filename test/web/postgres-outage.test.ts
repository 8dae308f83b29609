import { expect, type TestContext, test, vi } from "vitest";
import { atOnce } from "../store/stores.js";
import { startCompanyWeb } from "../support/company-server.js";
import { ownCluster, requirePostgres } from "../support/postgres.js";

const SHORT = { connectTimeoutMs: 1_000, statementTimeoutMs: 3_000, lockTimeoutMs: 2_000, poolSize: 3 };

/** A server whose database the test may stop, and somebody who has signed in. */
async function startWithOwnDatabase(context: TestContext) {
  requirePostgres(context);
  const cluster = await ownCluster();
  const database = await cluster.newDatabase(SHORT);
  const web = await startCompanyWeb({ database, roles: [{ name: "helpdesk", scopes: ["okta.groups.manage"] }] });
  const client = await web.signIn();
  const status = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${web.publicUrl}${path}`, { redirect: "manual", ...init });
    await answer.text();
    return { status: answer.status, retryAfter: Number(answer.headers.get("retry-after")) };
  };
  const refresh = () =>
    status("/oauth/token", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: client.client_id,
        refresh_token: client.refresh_token,
      }),
    });
  const call = async () => {
    const answer = await client.call("tools/list");
    return { status: answer.status, retryAfter: Number(answer.headers.get("retry-after")) };
  };
  const create = (name: string) =>
    client.call("tools/call", { name: "create_group", arguments: { profile: { name } } });
  const isReady = async (expected: number) =>
    vi.waitFor(async () => expect((await status("/readyz")).status).toBe(expected), { timeout: 30_000, interval: 50 });
  return { cluster, database, web, client, status, refresh, call, create, isReady };
}

const REFUSED = { status: 503, retryAfter: expect.toSatisfy((seconds: number) => seconds > 0) };

test("L4: while PostgreSQL is away everything is answered 503, and nothing is lost when it is back", async (context) => {
  const { cluster, web, status, refresh, call, create, isReady } = await startWithOwnDatabase(context);
  await isReady(200);
  await cluster.stop();
  await isReady(503);
  expect(await status("/healthz")).toMatchObject({ status: 200 });
  for (const answer of await atOnce(20, () => call())) expect(answer).toEqual(REFUSED);
  expect(await refresh()).toEqual(REFUSED);
  const { body } = await fetch(`${web.publicUrl}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: ["http://127.0.0.1/cb"], token_endpoint_auth_method: "none" }),
  });
  expect(await new Response(body).text()).toContain("temporarily_unavailable");
  expect(await status(`/oauth/authorize?client_id=x`)).toMatchObject({ status: 503 });
  await cluster.start();
  await isReady(200);
  expect(await call()).toMatchObject({ status: 200 });
  expect(await refresh()).toMatchObject({ status: 200 });
  expect((await create("Back")).text).toContain("Back");
  expect(web.lines.join("")).not.toContain("in vain");
});

test("L4: a crash of PostgreSQL in the midst of many calls leaves each with an answer", async (context) => {
  const { cluster, call, isReady } = await startWithOwnDatabase(context);
  let isOver = false;
  const seen = new Set<number>();
  const callers = Array.from({ length: 6 }, async () => {
    while (!isOver) seen.add((await call()).status);
  });
  await vi.waitFor(() => expect(seen.has(200)).toBe(true));
  await cluster.kill();
  await vi.waitFor(() => expect(seen.has(503)).toBe(true), { timeout: 20_000 });
  await cluster.start();
  await isReady(200);
  isOver = true;
  await Promise.all(callers);
  expect([...seen].sort()).toEqual([200, 503]);
  expect(await call()).toMatchObject({ status: 200 });
});

test("L4: a database that may only be read makes the server not ready, writes nothing, and is found again", async (context) => {
  const { cluster, database, web, create, refresh, isReady } = await startWithOwnDatabase(context);
  const groups = web.company.org.groups.all().length;
  const change = async (setting: string) => {
    await cluster.query(`alter database ${database.database} ${setting}`);
    await cluster.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.database}'`,
    );
  };
  await change("set default_transaction_read_only = on");
  await isReady(503);
  expect(await refresh()).toEqual(REFUSED);
  const refused = await create("Lost");
  expect(refused.status === 503 || refused.text.includes("store_unavailable")).toBe(true);
  expect(web.company.org.groups.all()).toHaveLength(groups);
  // The connections that saw it read-only are not used again.
  await cluster.query(`alter database ${database.database} reset default_transaction_read_only`);
  await isReady(200);
  expect(await refresh()).toMatchObject({ status: 200 });
  expect((await create("Found")).text).toContain("Found");
});

test("L4: while all connections are in use others are refused soon, and work goes on afterwards", async (context) => {
  const { cluster, database, call, refresh, isReady } = await startWithOwnDatabase(context);
  const held = cluster.query(
    "begin; lock table oidc in access exclusive mode; select pg_sleep(4); commit",
    database.database,
  );
  await vi.waitFor(async () => {
    const locks = await cluster.query(
      "select 1 from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'oidc'::regclass",
      database.database,
    );
    expect(locks).toHaveLength(1);
  });
  const startedMs = Date.now();
  const answers = await atOnce(20, () => call());
  for (const answer of answers) expect(answer).toEqual(REFUSED);
  expect(Date.now() - startedMs).toBeLessThan(8_000);
  await held;
  await isReady(200);
  expect(await call()).toMatchObject({ status: 200 });
  expect(await refresh()).toMatchObject({ status: 200 });
});

test("L4: a database that takes no more connections makes the server not ready until it does", async (context) => {
  const { cluster, call, isReady } = await startWithOwnDatabase(context);
  await cluster.query("alter role okta_mcp connection limit 0");
  await cluster.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'okta_mcp'");
  await isReady(503);
  expect(await call()).toEqual(REFUSED);
  await cluster.query("alter role okta_mcp connection limit -1");
  await isReady(200);
  expect(await call()).toMatchObject({ status: 200 });
});
