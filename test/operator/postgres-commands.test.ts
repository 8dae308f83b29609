import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { runServeMigrate } from "../../src/cli/company/run-migrate.js";
import { runServeWho } from "../../src/cli/company/run-who.js";
import { commandLine } from "../support/company-command.js";
import { startCompanyWeb, storeMembers } from "../support/company-server.js";
import { newDatabase, requirePostgres } from "../support/postgres.js";

test("commands open the PostgreSQL of a running server beside it", async (context) => {
  requirePostgres(context);
  const web = await startCompanyWeb({ database: "postgresql" });
  await web.signIn();
  const who = commandLine(web);
  expect(await runServeWho(who.io, { login: ADMIN_LOGIN, config: who.config })).toBe(0);
  expect(who.text()).toMatch(/^Role +helpdesk: by group \w+; acts as user$/m);
  const migrate = commandLine(web);
  expect(await runServeMigrate(migrate.io, { config: migrate.config })).toBe(0);
  expect(migrate.text()).toMatch(/up to date; nothing was changed/);
});

test("serve migrate makes the tables that a server with migrate_at_start false asks for", async (context) => {
  requirePostgres(context);
  const web = await startCompanyWeb();
  const store = { ...storeMembers(await newDatabase()), migrate_at_start: false };
  const first = commandLine(web, { store });
  expect(await runServeMigrate(first.io, { config: first.config, json: true })).toBe(0);
  expect(JSON.parse(first.text()).migrations).toContain("0001-first-tables");
  const again = commandLine(web, { store });
  await runServeMigrate(again.io, { config: again.config, json: true });
  expect(JSON.parse(again.text())).toEqual({ migrations: [] });
});

test("serve migrate is refused while a server uses the file of an SQLite database", async () => {
  const web = await startCompanyWeb();
  const line = commandLine(web);
  await expect(runServeMigrate(line.io, { config: line.config })).rejects.toMatchObject({
    code: "bad_config",
    message: expect.stringMatching(/^Another okta-mcp server uses the database/),
  });
});
