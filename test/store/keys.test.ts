import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Seals } from "../../src/call/seals.js";
import { newDataKeySet, parseDataKeys } from "../../src/store/data-keys.js";
import { PUBLISHED_BEFORE_MS } from "../../src/store/signing-keys.js";
import { fingerprintOf } from "../../src/store/vault.js";
import { temporaryFolder } from "../support/cli.js";
import { eachDatabase, openTestStore, personWith, sqlIn } from "./stores.js";

const TOKENS = { access: "a1", accessEndsAtMs: 1, refresh: "r1", dpopKey: undefined, scopes: ["okta.users.read"] };
const HOUR = 3_600_000;
const SUBJECT = { use: "value", principal: "ada", tool: "delete_group", args: { id: "00g1" }, state: null } as const;

const keysIn = (text: string): object[] => JSON.parse(text).keys;
const keySetOf = (...texts: string[]) => JSON.stringify({ keys: texts.flatMap(keysIn) });
const fingerprintIn = (text: string) => fingerprintOf(parseDataKeys(text, "keys")[0] ?? expect.unreachable());

eachDatabase("data keys of several instances", (database) => {
  /** A server with a key file, and an instance beside it with a file of its own. */
  async function twoInstances() {
    const dir = temporaryFolder();
    const [old, next] = [newDataKeySet(), newDataKeySet()];
    const files = { a: join(temporaryFolder(), "a.json"), b: join(temporaryFolder(), "b.json") };
    for (const file of Object.values(files)) writeFileSync(file, old);
    const a = await openTestStore({ database, dir, keysFile: files.a });
    const b = await openTestStore({ database, dir, keysFile: files.b, as: "beside" });
    await b.store.keys.begin();
    const { id: person } = await a.store.people.signedIn(personWith());
    /** The id of the key that has encrypted the tokens. */
    const encryptedBy = async () => {
      const [row] = await sqlIn(dir, database, "select access_sealed as sealed from upstream_grants");
      return JSON.parse(Buffer.from(String(row?.sealed).split(".")[0] ?? "", "base64url").toString()).kid as string;
    };
    return {
      a,
      b,
      old,
      next,
      files,
      person,
      dir,
      encryptedBy,
      idOf: (text: string) => (keysIn(text)[0] as { kid: string }).kid,
    };
  }

  test("a new first key encrypts once every running instance has it, in whatever order the file reaches them", async () => {
    const { a, b, old, next, files, person, encryptedBy, idOf } = await twoInstances();
    writeFileSync(files.a, keySetOf(next, old));
    await a.store.keys.refresh();
    await a.store.upstream.put(person, "org", TOKENS);
    expect(await encryptedBy()).toBe(idOf(old));
    expect(await b.store.upstream.find(person, "org")).toMatchObject({ access: "a1" });
    await b.store.keys.requireAll();
    writeFileSync(files.b, keySetOf(next, old));
    await b.store.keys.refresh();
    await b.store.upstream.put(person, "org", { ...TOKENS, access: "a2" });
    expect(await encryptedBy()).toBe(idOf(next));
    expect(await a.store.upstream.find(person, "org")).toMatchObject({ access: "a2" });
    await a.store.keys.refresh();
    await a.store.upstream.put(person, "org", { ...TOKENS, access: "a3" });
    expect(await encryptedBy()).toBe(idOf(next));
  });

  test("L7: an instance that lacks a key in use is not ready, signs nobody out, destroys nothing, and recovers with the key", async () => {
    const { a, b, old, next, files, person } = await twoInstances();
    const begun = { state: "s".repeat(32), browser: "b".repeat(32), kind: "sign_in" };
    // The other instance looks as if it had ended, e.g. since it was cut off for a while.
    await b.store.keys.end();
    writeFileSync(files.a, keySetOf(next, old));
    await a.store.keys.refresh();
    await a.store.upstream.put(person, "org", TOKENS);
    await a.store.transactions.begin({ ...begun, data: { nonce: "n" }, endsAtMs: a.nowMs() + HOUR });
    await a.store.oidc.upsert("RefreshToken", "refresh-token", { accountId: person, grantId: "g" }, 60);
    const missing = { code: "store_unavailable", data: { reason: "missing_key" } };
    await expect(b.store.keys.requireAll()).rejects.toMatchObject(missing);
    await expect(b.store.upstream.find(person, "org")).rejects.toMatchObject(missing);
    await expect(b.store.upstream.put(person, "org", TOKENS)).rejects.toMatchObject(missing);
    await expect(b.store.oidc.find("RefreshToken", "refresh-token")).rejects.toMatchObject(missing);
    await expect(b.store.transactions.take(begun)).rejects.toMatchObject(missing);
    writeFileSync(files.b, keySetOf(next, old));
    await b.store.keys.refresh();
    await b.store.keys.requireAll();
    expect(await b.store.upstream.find(person, "org")).toMatchObject({ access: "a1" });
    expect(await b.store.transactions.take(begun)).toEqual({ data: { nonce: "n" } });
    expect(await b.store.oidc.find("RefreshToken", "refresh-token")).toBeDefined();
  });

  test("a start without a key that the others have is refused, with the fingerprints and what to do", async () => {
    const { a, old, next, files, dir } = await twoInstances();
    writeFileSync(files.a, keySetOf(old, next));
    await a.store.keys.refresh();
    await a.store.close();
    await expect(openTestStore({ database, dir, keysFile: files.b })).rejects.toMatchObject({
      code: "bad_config",
      data: { missing: [fingerprintIn(next)], given: [fingerprintIn(old)] },
      fix: expect.stringMatching(/the file of the others.*serve keys drop.*serve keys start-over/),
    });
  });

  test.each<[string, (old: string) => string]>([
    ["is no key set", () => "{"],
    ["lacks a key that is in use", () => newDataKeySet()],
  ])("a running server keeps its keys where the new file %s, and says so", async (_, text) => {
    const { a, old, files, person } = await twoInstances();
    await a.store.upstream.put(person, "org", TOKENS);
    writeFileSync(files.a, text(old));
    await a.store.keys.refresh();
    expect(a.warnings.at(-1)).toMatch(/^the data keys were not read anew/);
    expect(a.warnings.join()).not.toContain((keysIn(old)[0] as { k: string }).k);
    expect(await a.store.upstream.find(person, "org")).toMatchObject({ access: "a1" });
  });

  test("a seal made before a rotation counts after it, and once", async () => {
    const { a, b, old, next, files, nowMs } = { ...(await twoInstances()), nowMs: () => 1_790_000_000_000 };
    const seal = await new Seals(a.store.seals, nowMs).issue(SUBJECT);
    for (const file of [files.a, files.b]) writeFileSync(file, keySetOf(next, old));
    await a.store.keys.refresh();
    await b.store.keys.refresh();
    await a.store.keys.refresh();
    const newer = await new Seals(a.store.seals, nowMs).issue(SUBJECT);
    expect(await new Seals(b.store.seals, nowMs).redeem(seal, SUBJECT)).toBeUndefined();
    expect(await new Seals(a.store.seals, nowMs).redeem(seal, SUBJECT)).toBe("used");
    expect(await new Seals(b.store.seals, nowMs).redeem(newer, SUBJECT)).toBeUndefined();
  });

  test("signing keys are the same on all instances, and the next one is published for an hour before it signs", async () => {
    const { a, b } = await twoInstances();
    const both = async () => [await a.store.signing.keySet(), await b.store.signing.keySet()];
    const [first, same] = await Promise.all([a.store.signing.keySet(), b.store.signing.keySet()]);
    expect(first).toHaveLength(1);
    expect(same).toEqual(first);
    const next = await b.store.signing.rotate();
    expect(next).toMatchObject({ state: "next" });
    expect(next.signsAtMs - a.nowMs()).toBeGreaterThanOrEqual(HOUR);
    await expect(a.store.signing.rotate()).rejects.toMatchObject({ code: "conflict" });
    const ids = async () => (await both()).map((keys) => keys.map(({ kid }) => kid));
    const kid = first?.[0]?.kid;
    expect(await ids()).toEqual([
      [kid, next.id],
      [kid, next.id],
    ]);
    for (const { pass } of [a, b]) pass(PUBLISHED_BEFORE_MS);
    expect(await ids()).toEqual([
      [next.id, kid],
      [next.id, kid],
    ]);
    expect((await a.store.signing.list()).map(({ state }) => state)).toEqual(["active", "retired"]);
    for (const { pass } of [a, b]) pass(HOUR);
    expect(await ids()).toEqual([[next.id], [next.id]]);
    await a.store.dropEnded();
    expect(await ids()).toEqual([[next.id], [next.id]]);
  });

  test("of several instances that start or rotate at once, all get one key", async () => {
    const { a, b } = await twoInstances();
    await Promise.all([a.store.signing.keySet(), b.store.signing.keySet(), a.store.signing.keySet()]);
    expect(await a.store.signing.list()).toHaveLength(1);
    await Promise.allSettled([a.store.signing.rotate(), b.store.signing.rotate()]);
    expect((await a.store.signing.list()).filter(({ state }) => state === "next")).toHaveLength(1);
  });

  test("a signing key that is rotated at once ends all others at once", async () => {
    const { a } = await twoInstances();
    await a.store.signing.keySet();
    await a.store.signing.rotate();
    const { id } = await a.store.signing.rotate({ atOnce: true });
    expect((await a.store.signing.keySet()).map(({ kid }) => kid)).toEqual([id]);
  });

  test("a data key of an own file is taken as well, without a restart", async () => {
    const { store, dir } = await openTestStore({ database });
    const file = join(dir, "data-keys.json");
    writeFileSync(file, keySetOf(newDataKeySet(), readFileSync(file, "utf8")));
    await store.keys.refresh();
    expect(store.keys.keys).toHaveLength(2);
  });
});
