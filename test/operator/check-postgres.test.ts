import { beforeEach, expect, test } from "vitest";
import type { Finding } from "../../src/operator/finding.js";
import { freePort, startCompanyWeb, storeMembers } from "../support/company-server.js";
import { newDatabase, requirePostgres, sharedCluster } from "../support/postgres.js";
import { findingsOf } from "../support/serve-check.js";

beforeEach((context) => requirePostgres(context));

const ofDatabase = (findings: readonly Finding[]) => findings.filter(({ about }) => /^(?:database|store)/.test(about));
const stateOf = (findings: readonly Finding[], about: string) =>
  findings.find((finding) => finding.about === about)?.state;
const told = (findings: readonly Finding[]) =>
  ofDatabase(findings)
    .map(({ message, fix }) => `${message} ${fix}`)
    .join("\n");

test("a PostgreSQL that is set up right has nothing wrong but what the test's own cluster lacks", async () => {
  const web = await startCompanyWeb({ database: "postgresql" });
  const findings = await findingsOf(web, { now: Date.now });
  for (const about of [
    "database",
    "database rights",
    "database connections",
    "database TLS",
    "database clock",
    "store",
  ])
    expect(stateOf(findings, about), about).toBe("ok");
  // The test's cluster does without fsync, and that is told.
  expect(stateOf(findings, "database writes")).toBe("wrong");
  expect(told(findings)).toMatch(/a crash could undo what was done/);
  expect(told(findings)).toMatch(/Each server has up to 7 of the 197 connections/);
});

test("an empty database is worth a note, where the server makes its tables", async () => {
  const web = await startCompanyWeb();
  const store = storeMembers(await newDatabase());
  const findings = await findingsOf(web, { serve: { store } });
  expect(stateOf(findings, "store")).toBe("note");
  expect(told(findings)).toMatch(/has no tables of okta-mcp yet.*first start makes them/);
  const apart = await findingsOf(web, { serve: { store: { ...store, migrate_at_start: false } } });
  expect(stateOf(apart, "store")).toBe("wrong");
  expect(told(apart)).toMatch(/okta-mcp serve migrate/);
});

test("a database that does not answer is named with its place, and without a secret", async () => {
  const web = await startCompanyWeb({ files: { password: "a-password-for-nobody-else" } });
  const port = await freePort();
  const members = { ...storeMembers(await newDatabase()), port, password_file: "password" };
  const findings = await findingsOf(web, { serve: { store: members } });
  expect(stateOf(findings, "database")).toBe("wrong");
  expect(told(findings)).toContain(`127.0.0.1:${port}`);
  expect(JSON.stringify(findings)).not.toContain("for-nobody-else");
});

test("a read-only database, a user without rights, a superuser and a pool that is too large are told", async () => {
  const cluster = await sharedCluster();
  const web = await startCompanyWeb();
  const check = (members: Record<string, unknown>) => findingsOf(web, { serve: { store: members }, now: Date.now });
  const readOnly = await newDatabase();
  await cluster.query(`alter database ${readOnly.database} set default_transaction_read_only = on`);
  expect(told(await check(storeMembers(readOnly)))).toMatch(/It is read-only.*default_transaction_read_only/);
  const others = await newDatabase();
  await cluster.query(`grant connect on database ${others.database} to public`);
  await cluster.query("create role without_rights login");
  const poor = await check({ ...storeMembers(others), user: "without_rights" });
  expect(stateOf(poor, "database rights")).toBe("wrong");
  expect(told(poor)).toMatch(/neither make tables in the schema public nor use/);
  const mighty = await check({ ...storeMembers(others), user: "postgres" });
  expect(stateOf(mighty, "database rights")).toBe("note");
  const many = await check({ ...storeMembers(others), pool_size: 300 });
  expect(stateOf(many, "database connections")).toBe("wrong");
});

test("a clock that differs from that of the database is told", async () => {
  const web = await startCompanyWeb();
  const store = storeMembers(await newDatabase());
  const states = [];
  for (const offMs of [0, 5_000, -60_000]) {
    const findings = await findingsOf(web, { serve: { store }, now: () => Date.now() + offMs });
    states.push(stateOf(findings, "database clock"));
  }
  expect(states).toEqual(["ok", "note", "wrong"]);
});
