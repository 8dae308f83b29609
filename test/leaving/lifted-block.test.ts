import { expect, test } from "vitest";
import { Departures } from "../../src/upstream/departures.js";
import { openTestStore, personWith } from "../store/stores.js";

test("a block is lifted from whoever is blocked, once, and from nobody who is gone or active meanwhile", async () => {
  const { store } = await openTestStore();
  const departures = new Departures({ store, revocations: { kick: () => {} } });
  const { id } = await store.people.signedIn(personWith());
  const lift = () => departures.lift(id, { by: "per-admin" });
  const status = async () => (await store.people.find(id))?.status;
  expect(await lift()).toBe(false);
  await departures.end(id, { by: "per-admin", cause: "admin", status: "blocked" });
  expect((await Promise.all([lift(), lift()])).sort()).toEqual([false, true]);
  expect(await status()).toBe("active");
  await departures.end(id, { by: "okta", cause: "deleted", status: "gone" });
  expect(await lift()).toBe(false);
  expect(await status()).toBe("gone");
  expect(await store.audit.page({ action: "block_lifted", limit: 9 })).toHaveLength(1);
});
