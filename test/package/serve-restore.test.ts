import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { runCli } from "../support/cli.js";
import { newDatabase, requirePostgres, sharedCluster } from "../support/postgres.js";
import { postgresPrograms } from "../support/postgres-cluster.js";
import { readyAt, recordsOf, startServeCommand, startServeProcess } from "../support/serve-process.js";

type Company = Awaited<ReturnType<typeof startServeProcess>>;

/** Ends a server in an orderly way. */
async function stop(cli: Company["cli"]) {
  cli.child.kill("SIGTERM");
  await cli.ended;
}

const refreshed = (web: Company, client_id: string, refresh_token: string) =>
  web.token({ grant_type: "refresh_token", client_id, refresh_token });

/** What happens between a backup and its restore: a client renews its tokens twice, so that the backup has one unused. */
async function lifeAfterBackup(web: Company, backUp: () => Promise<void>) {
  const ada = await web.signIn(ADMIN_LOGIN, { scopes: ["offline_access"] });
  expect((await ada.call("tools/list")).status).toBe(200);
  await backUp();
  const second = await refreshed(web, ada.client_id, ada.refresh_token);
  expect(second.status, JSON.stringify(second.body)).toBe(200);
  const third = await refreshed(web, ada.client_id, String(second.body.refresh_token));
  expect(third.status).toBe(200);
  return { ada, tokens: [ada.refresh_token, String(second.body.refresh_token), String(third.body.refresh_token)] };
}

/** Nothing of before the restore counts, and everybody can sign in again. */
async function expectSafe(web: Company, { ada, tokens }: Awaited<ReturnType<typeof lifeAfterBackup>>) {
  for (const token of tokens) {
    expect(await refreshed(web, ada.client_id, token)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  }
  expect((await ada.call("tools/list")).status).toBe(401);
  const me = await ada.browser.get(`${web.publicUrl}/me`);
  expect(me.html).not.toContain(ADMIN_LOGIN);
  const again = await web.signIn(ADMIN_LOGIN, { browser: plainBrowser() });
  const { message } = await again.call("tools/call", { name: "list_groups", arguments: {} });
  expect(message.result.isError, JSON.stringify(message)).toBeFalsy();
}

async function auditOf(file: string) {
  const { stdout } = await runCli(["serve", "audit", "--config", file, "--json"]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { action: string; actor?: string; detail?: Record<string, unknown> });
}

describe("a database of SQLite that is put back from a backup", () => {
  test.each([
    ["is found out by the server, which ends all access in it", false],
    ["is made safe by a command, also where nothing tells that it is an old one", true],
  ])(
    "%s",
    async (_title, byCommand) => {
      const web = await startServeProcess();
      const backup = join(web.folder, "backup.sqlite");
      const life = await lifeAfterBackup(web, async () => {
        const { code, stdout, stderr } = await runCli(["serve", "backup", backup, "--config", web.file]);
        expect(code, stderr).toBe(0);
        expect(stdout).toBe(`${backup}\n`);
        expect(statSync(backup).mode & 0o777).toBe(0o600);
        expect(stderr).toContain("data keys");
        const twice = await runCli(["serve", "backup", backup, "--config", web.file]);
        expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining("it is there already") });
      });
      expect((await runCli(["serve", "restored", "--config", web.file])).stderr).toContain("Another okta-mcp server");
      await stop(web.cli);
      const data = join(web.folder, "data");
      for (const name of ["store.sqlite-wal", "store.sqlite-shm"]) rmSync(join(data, name), { force: true });
      copyFileSync(backup, join(data, "store.sqlite"));
      if (byCommand) {
        rmSync(join(data, "last-mark"));
        const { code, stdout, stderr } = await runCli(["serve", "restored", "--config", web.file, "--json"]);
        expect(code, stderr).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          tokens: expect.any(Number),
          people_with_org_tokens: 1,
          people_erased_again: 0,
        });
      }
      const cli = startServeCommand(["--config", web.file]);
      await readyAt(cli);
      const warned = recordsOf(cli).filter(({ message }) => message.includes("older than what this server has seen"));
      expect(warned).toHaveLength(byCommand ? 0 : 1);
      await expectSafe(web, life);
      expect(await auditOf(web.file)).toContainEqual(
        expect.objectContaining({ action: "database_restored", actor: byCommand ? "operator" : "server" }),
      );
      await stop(cli);
      const again = startServeCommand(["--config", web.file]);
      await readyAt(again);
      expect(
        recordsOf(again)
          .filter(({ level }) => level === "warn")
          .map(({ message }) => message),
      ).not.toContainEqual(expect.stringContaining("older than"));
      await stop(again);
    },
    120_000,
  );
});

test("a database of PostgreSQL that is put back by its own programs is found out and made safe as well", async (context) => {
  requirePostgres(context);
  const programs = postgresPrograms() ?? "";
  const { database, host, port, user } = await newDatabase();
  const store = { kind: "postgresql", host, port, database, user, tls: "off" };
  const web = await startServeProcess({ store });
  const dump = join(web.folder, "backup.dump");
  const to = ["--host", String(host), "--port", String(port), "--username", "postgres"];
  const life = await lifeAfterBackup(web, async () => {
    const refused = await runCli(["serve", "backup", dump, "--config", web.file]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("pg_dump") });
    execFileSync(join(programs, "pg_dump"), [...to, "--format=custom", `--file=${dump}`, database]);
  });
  await stop(web.cli);
  const cluster = await sharedCluster();
  await cluster.query(`drop database ${database}`);
  await cluster.query(`create database ${database} owner ${user}`);
  execFileSync(join(programs, "pg_restore"), [...to, `--dbname=${database}`, dump]);
  const cli = startServeCommand(["--config", web.file]);
  await readyAt(cli);
  expect(recordsOf(cli).map(({ message }) => message)).toContainEqual(
    expect.stringContaining("older than what this server has seen"),
  );
  await expectSafe(web, life);
  await stop(cli);
}, 120_000);
