import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { runServeErase } from "../../src/cli/company/run-erase.js";
import { openStore } from "../../src/store/open-store.js";
import { openSqlite } from "../../src/store/sqlite-library.js";
import { firstLine } from "../journal/lines.js";
import { commandLine, startServeOf } from "../support/company-command.js";
import { freePort, startCompanyWeb } from "../support/company-server.js";

const LOG = { warn: () => {}, error: () => {} };

/** A server on which Ada has signed in and made a change, and what tells who she is. */
async function startWithAda() {
  const web = await startCompanyWeb();
  const ada = await web.signIn();
  const { message } = await ada.call("tools/call", {
    name: "create_group",
    arguments: { profile: { name: `Group of ${ADMIN_LOGIN}` } },
  });
  expect(message.result.isError, JSON.stringify(message)).toBeFalsy();
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  if (person === undefined) throw new Error("Ada is not there");
  const { subject, name = "", email = "" } = person;
  return { web, ada, person, labels: [ADMIN_LOGIN, subject, name, email] };
}

/** Everything that stands in the database, but for what is encrypted. */
function everythingIn(folder: string): string {
  const file = openSqlite(join(folder, "data", "store.sqlite"));
  const tables = file.prepare("select name from sqlite_master where type = 'table'").all([]) as { name: string }[];
  const rows = tables.map(({ name }) => [name, file.prepare(`select * from "${name}"`).all([])]);
  file.close();
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

test("somebody's data are erased: nothing tells who they were, both records keep their lines, and access has ended", async () => {
  const { web, ada, person, labels } = await startWithAda();
  const boss = { person: "per-boss", sees: "all" } as const;
  await web.store.journalFor(boss).append(firstLine({ id: "of-others", arguments: { user_id: person.subject } }));
  const changes = (await web.store.companyJournal.page({ limit: 9 })).changes.length;
  const line = commandLine(web);
  expect(await runServeErase(line.io, ADMIN_LOGIN, { config: line.config, confirm: ADMIN_LOGIN })).toBe(0);
  expect(line.text()).toMatch(/Erased: name, login, e-mail address, groups, sessions/);
  expect(line.text()).toMatch(/^Kept as it is: 1 changes that others made/m);
  expect((await ada.call("tools/list")).status).toBe(401);
  expect(await web.store.people.find(person.id)).toBeUndefined();
  const { changes: kept } = await web.store.companyJournal.page({ limit: 9 });
  expect(kept).toHaveLength(changes);
  expect(kept[1]).toMatchObject({
    change: {
      tool: "create_group",
      outcome: "done",
      actor: { user: "[erased]" },
      arguments: { profile: { name: "Group of [erased]" } },
      caller: { person: person.id, role: "helpdesk" },
    },
  });
  expect(kept[1]?.change.actor).not.toHaveProperty("subject");
  const entries = await web.store.audit.page({ actor: person.id, limit: 50 });
  expect(entries.length).toBeGreaterThan(2);
  for (const entry of entries) expect(entry.ip).toBeUndefined();
  expect((await web.store.audit.page({ action: "person_erased", limit: 1 }))[0]).toMatchObject({
    actor: "operator",
    target: person.id,
    detail: { consents: 1, changes_about_them: 1, journal_lines: expect.any(Number) },
  });
  const everything = everythingIn(web.folder)
    .replaceAll("of-others", "")
    .replace(/"user_id[^,]*/g, "");
  for (const label of labels) expect(everything, label).not.toContain(label);
});

test("whoever was erased is a new person when they sign in again; whoever was blocked stays blocked", async () => {
  const { web, person } = await startWithAda();
  const line = commandLine(web);
  await runServeErase(line.io, person.id, { config: line.config, confirm: ADMIN_LOGIN });
  await web.signIn();
  const [again] = await web.store.people.findByLogin(ADMIN_LOGIN);
  expect(again).toMatchObject({ status: "active", subject: person.subject });
  expect(again?.id).not.toBe(person.id);
  await web.store.people.setStatus(String(again?.id), "blocked");
  await runServeErase(line.io, ADMIN_LOGIN, { config: line.config, confirm: ADMIN_LOGIN });
  const { issuer, subject } = person;
  const told = { issuer, subject, login: ADMIN_LOGIN, name: "A", email: undefined, emailVerified: false, groups: [] };
  expect(await web.store.people.signedIn(told)).toMatchObject({ status: "blocked" });
});

test("nobody is erased without the login typed once more", async () => {
  const { web, person } = await startWithAda();
  const line = commandLine(web);
  await expect(runServeErase(line.io, ADMIN_LOGIN, { config: line.config })).rejects.toMatchObject({
    code: "bad_input",
    fix: `Add --confirm ${ADMIN_LOGIN}.`,
  });
  expect(await runServeErase(line.io, ADMIN_LOGIN, { config: line.config, confirm: "yes" })).toBe(1);
  expect(await runServeErase(line.io, "nobody@acme.example", { config: line.config, confirm: "x" })).toBe(1);
  await web.store.people.signedIn({ ...person, subject: "another" });
  await expect(runServeErase(line.io, ADMIN_LOGIN, { config: line.config })).rejects.toMatchObject({
    message: "2 people were last seen with that login.",
    fix: expect.stringContaining(person.id),
  });
  expect(await web.store.people.find(person.id)).toMatchObject({ login: ADMIN_LOGIN });
});

test("a backup from before does not bring anybody back, and the file of the database forgets what was in it", async () => {
  const { web, person, labels } = await startWithAda();
  const data = join(web.folder, "data");
  const other = join(web.folder, "restored");
  mkdirSync(other, { mode: 0o700 });
  const line = commandLine(web);
  await web.server.close();
  await web.store.close();
  const backup = readFileSync(join(data, "store.sqlite"));
  for (const label of labels) expect(backup.includes(label), label).toBe(true);
  await runServeErase(line.io, ADMIN_LOGIN, { config: line.config, confirm: ADMIN_LOGIN, json: true });
  const kept = JSON.parse(line.text());
  const now = readFileSync(join(data, "store.sqlite"));
  for (const label of labels) expect(now.includes(label), label).toBe(false);
  writeFileSync(join(other, "store.sqlite"), backup, { mode: 0o600 });
  for (const name of ["data-keys.json", "erased.jsonl"]) copyFileSync(join(data, name), join(other, name));
  const listen = { host: "127.0.0.1", port: await freePort() };
  const restored = commandLine(web, { listen, data_dir: other });
  const { logged } = await startServeOf(restored);
  expect(logged()).toContain("people whose data were erased were in the database again");
  const store = await openStore({ dir: other, as: "beside", log: LOG });
  onTestFinished(() => store.close());
  expect(await store.people.find(person.id)).toBeUndefined();
  expect(kept.tombstone).toMatchObject({ file: join(data, "erased.jsonl") });
  expect(readFileSync(join(data, "erased.jsonl"), "utf8")).not.toContain(person.subject);
});
