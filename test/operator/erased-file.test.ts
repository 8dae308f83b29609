import { chmodSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { eraseReturned } from "../../src/cli/company/after-restore.js";
import { TombstoneFile } from "../../src/store/tombstone-file.js";
import { Departures } from "../../src/upstream/departures.js";
import { Erasure } from "../../src/upstream/erasure.js";
import { openTestStore, personWith } from "../store/stores.js";

/** A store with two people, the file beside it, and what erases. */
async function start() {
  const { store, dir, pass } = await openTestStore();
  const file = new TombstoneFile(dir);
  const erasure = new Erasure({ store, file, departures: new Departures({ store, revocations: { kick: () => {} } }) });
  const { id: ada } = await store.people.signedIn(personWith());
  const { id: bob } = await store.people.signedIn(personWith({ subject: "00u2" }));
  pass(1);
  return { store, dir, pass, file, ada, bob, erase: (person: string) => erasure.erase(person, { by: "operator" }) };
}

test("whoever the file missed when they were erased is added at the next start, and with the next one who is erased", async () => {
  const { store, dir, file, pass, ada, bob, erase } = await start();
  await erase(ada);
  const [first] = await file.read();
  rmSync(file.path);
  expect(await eraseReturned(store, dir)).toBe(0);
  expect(await file.read()).toEqual([first]);
  rmSync(file.path);
  expect(await erase(ada)).toBeUndefined();
  expect(await file.read()).toEqual([first]);
  rmSync(file.path);
  pass(1);
  await erase(bob);
  expect(await file.read()).toMatchObject([first, { subjectHash: expect.any(String) }]);
  pass(1);
  const { id: again } = await store.people.signedIn(personWith());
  pass(1);
  await erase(again);
  expect((await file.read()).map(({ subjectHash }) => subjectHash === first?.subjectHash)).toEqual([true, false, true]);
});

test("nobody is erased while the file cannot be used", async () => {
  const { store, file, ada, bob, erase } = await start();
  await erase(ada);
  chmodSync(file.path, 0o644);
  await expect(erase(bob)).rejects.toMatchObject({ code: "bad_config" });
  expect(await store.people.find(bob)).toMatchObject({ status: "active" });
});
