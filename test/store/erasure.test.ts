import { expect, test } from "vitest";
import { firstLine } from "../journal/lines.js";
import { eachDatabase, openTestStore, personWith } from "./stores.js";

eachDatabase("the erasure of somebody", (database) => {
  test("takes them out of rows by the hundred, and leaves everybody else's as they are", async () => {
    const { store, pass } = await openTestStore({ database });
    const ada = await store.people.signedIn(personWith());
    const bob = await store.people.signedIn(personWith({ subject: "00u2", login: "bob@acme.example" }));
    const actor = { user: "ada@acme.example", client_id: "0oa1", method: "grant", subject: "00u1" };
    const exact = { mail: "to ADA@acme.example", n: 1 };
    for (let n = 0; n < 230; n++) {
      const reader = { person: ada.id, sees: "own" } as const;
      await store.journalFor(reader).append(firstLine({ id: `a${n}`, actor, arguments: exact }));
    }
    const ofBob = firstLine({ id: "b", actor: { ...actor, user: "bob@acme.example", subject: "00u2" }, target: "Bob" });
    await store.journalFor({ person: bob.id, sees: "own" }).append(ofBob);
    await store.audit.add({
      actor: ada.id,
      action: "sign_in",
      outcome: "done",
      ip: "192.0.2.1",
      detail: { as: "Ada" },
    });
    await store.audit.add({ actor: bob.id, action: "block", target: ada.id, outcome: "done", ip: "192.0.2.2" });
    pass(1_000);
    expect(await store.erasure.erase(ada.id, { by: "operator" })).toMatchObject({
      pseudonym: ada.id,
      journalLines: 230,
      auditEntries: 2,
      changesAboutThem: 0,
    });
    const { changes } = await store.companyJournal.page({ person: ada.id, limit: 500 });
    expect(changes).toHaveLength(230);
    for (const { change, login } of changes) {
      expect(login).toBeUndefined();
      expect(change).toMatchObject({
        actor: { user: "[erased]", client_id: "0oa1", method: "grant" },
        arguments: { mail: "to [erased]", n: 1 },
        caller: { person: ada.id },
      });
      expect(change.actor).not.toHaveProperty("subject");
    }
    const [bobs] = (await store.companyJournal.page({ person: bob.id, limit: 5 })).changes;
    expect(bobs).toMatchObject({ login: "bob@acme.example", change: { actor: ofBob.actor, target: "Bob" } });
    const [erased, blocked, signedIn] = await store.audit.page({ limit: 9 });
    expect(erased).toMatchObject({ action: "person_erased", actor: "operator", detail: { journal_lines: 230 } });
    expect(blocked).toMatchObject({ actor: bob.id, target: ada.id, ip: "192.0.2.2" });
    expect(signedIn).toMatchObject({ actor: ada.id, detail: { as: "[erased]" } });
    expect(signedIn?.ip).toBeUndefined();
    expect(await store.erasure.erase(ada.id, { by: "operator" })).toBeUndefined();
    expect((await store.people.signedIn(personWith())).id).not.toBe(ada.id);
  });

  test("is done again for whom a backup has brought back, and not for whoever has come since", async () => {
    const { store, pass } = await openTestStore({ database });
    const before = await store.people.signedIn(personWith());
    pass(1_000);
    const { tombstone } = (await store.erasure.erase(before.id, { by: "operator" })) ?? {};
    if (tombstone === undefined) throw new Error("nobody was erased");
    pass(1_000);
    await store.people.signedIn(personWith());
    expect(await store.tombstones.returned([tombstone])).toEqual([]);
    const later = { ...tombstone, erasedAtMs: tombstone.erasedAtMs + 5_000 };
    expect(await store.tombstones.returned([later])).toMatchObject([{ tombstone: later }]);
    expect(await store.tombstones.returned([{ ...later, subjectHash: "of somebody else" }])).toEqual([]);
  });
});
