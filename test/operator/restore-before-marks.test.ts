import { expect, test } from "vitest";
import { lookForRestore } from "../../src/cli/company/after-restore.js";
import { silentLog } from "../../src/log.js";
import { MarkFile } from "../../src/store/mark-file.js";
import { openTestStore, personWith } from "../store/stores.js";

const HOUR_SECONDS = 3_600;

test("a backup from before an upgrade, which has no mark, is made safe like every other; a new database is left alone", async () => {
  const { store, dir, nowMs } = await openTestStore();
  await new MarkFile(dir).write(nowMs());
  await lookForRestore(store, dir, silentLog());
  expect(await store.audit.page({ action: "database_restored", limit: 9 })).toEqual([]);

  const backup = await openTestStore();
  const { id: person } = await backup.store.people.signedIn(personWith());
  await backup.store.oidc.upsert("Grant", "g", { accountId: person, clientId: "c" }, HOUR_SECONDS);
  await backup.store.oidc.upsert("RefreshToken", "r", { accountId: person, clientId: "c", grantId: "g" }, HOUR_SECONDS);
  await new MarkFile(backup.dir).write(backup.nowMs());
  await lookForRestore(backup.store, backup.dir, silentLog());
  expect(await backup.store.oidc.grantsOf(person)).toEqual([]);
  expect(await backup.store.audit.page({ action: "database_restored", limit: 9 })).toMatchObject([
    { actor: "server", detail: { last_used: "not known" } },
  ]);
  // From now on it has a mark.
  await lookForRestore(backup.store, backup.dir, silentLog());
  expect(await backup.store.audit.page({ action: "database_restored", limit: 9 })).toHaveLength(1);
});
