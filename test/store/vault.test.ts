import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newDataKeySet, parseDataKeys } from "../../src/store/data-keys.js";
import { fingerprintOf, type RowIdentity, type Unreadable, Vault } from "../../src/store/vault.js";
import { temporaryFolder } from "../support/cli.js";
import { openTestStore, personWith } from "./stores.js";

const ROW: RowIdentity = { table: "people", column: "a_sealed", id: "1", person: "per1" };

const newKeys = () => parseDataKeys(newDataKeySet(), "the keys");

function vaultWith(keys = newKeys()) {
  const told: Unreadable[] = [];
  return { vault: new Vault({ keys, onUnreadable: (_, why) => void told.push(why) }), told };
}

/** A key set of these keys, as the text of its file. */
function keySetOf(...texts: string[]): string {
  return JSON.stringify({ keys: texts.flatMap((text) => JSON.parse(text).keys) });
}

describe("the vault", () => {
  test("gives back any text, and never the same sealed text twice", async () => {
    const { vault } = vaultWith();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string(), async (text, id) => {
        const row = { ...ROW, id };
        const [one, two] = await Promise.all([vault.seal(text, row), vault.seal(text, row)]);
        expect(one).not.toBe(two);
        expect(await vault.open(one, row)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test.each<[string, Partial<RowIdentity>]>([
    ["table", { table: "clients" }],
    ["column", { column: "b_sealed" }],
    ["row", { id: "2" }],
    ["person", { person: "per2" }],
    ["person, where there is none", { person: null }],
  ])("does not take a value of another %s", async (_, change) => {
    const { vault, told } = vaultWith();
    const sealed = await vault.seal("secret", ROW);
    expect(await vault.open(sealed, { ...ROW, ...change })).toBeUndefined();
    expect(told).toEqual(["another_row"]);
  });

  test("does not take a value in which one character was changed", async () => {
    const { vault, told } = vaultWith();
    const sealed = await vault.seal("secret", ROW);
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === "A" ? "Q" : "A";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character of a part may stand for fewer bits than it has.
      if (!sameBytes(changed, sealed)) expect(await vault.open(changed, ROW), `${at}`).toBeUndefined();
    }
    for (const text of ["", ".", "....", "a.b.c.d.e", "x".repeat(100_000)])
      expect(await vault.open(text, ROW)).toBeUndefined();
    expect(new Set(told)).toEqual(new Set(["damaged", "unknown_key"]));
  });

  test("takes no value that says it is not encrypted as ours are", async () => {
    const { vault } = vaultWith();
    const [, ...rest] = (await vault.seal("secret", ROW)).split(".");
    for (const header of [{ alg: "none" }, { alg: "dir", enc: "A128GCM" }, { alg: "A256KW", enc: "A256GCM" }]) {
      const first = Buffer.from(JSON.stringify({ ...header, kid: "x", row: Object.values(ROW) })).toString("base64url");
      expect(await vault.open([first, ...rest].join("."), ROW)).toBeUndefined();
    }
  });

  test("encrypts with the first key, decrypts with all, and reports what no key reads", async () => {
    const [old, next] = [newKeys(), newKeys()];
    const sealed = await vaultWith(old).vault.seal("secret", ROW);
    const both = vaultWith([...next, ...old]);
    expect(await both.vault.open(sealed, ROW)).toBe("secret");
    const again = await both.vault.seal("secret", ROW);
    expect(await vaultWith(next).vault.open(again, ROW)).toBe("secret");
    const late = vaultWith(next);
    expect(await late.vault.open(sealed, ROW)).toBeUndefined();
    expect(late.told).toEqual(["unknown_key"]);
  });

  test("makes another key for each use, the same each time", () => {
    const [old, next] = [newKeys(), newKeys()];
    const hex = (keys: Uint8Array[]) => keys.map((key) => Buffer.from(key).toString("hex"));
    const one = hex(vaultWith([...next, ...old]).vault.subKeys("cookies"));
    expect(one).toEqual([
      ...hex(vaultWith(next).vault.subKeys("cookies")),
      ...hex(vaultWith(old).vault.subKeys("cookies")),
    ]);
    expect(hex(vaultWith(old).vault.subKeys("seals"))).not.toEqual(hex(vaultWith(old).vault.subKeys("cookies")));
    expect(hex(old.map(({ bytes }) => bytes))).not.toContain(one[1]);
    expect(one.every((key) => key.length === 64)).toBe(true);
  });
});

function sameBytes(one: string, other: string): boolean {
  const bytes = (text: string) => text.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
  return JSON.stringify(bytes(one)) === JSON.stringify(bytes(other));
}

describe("a file of data keys", () => {
  const good = JSON.parse(newDataKeySet()).keys[0];
  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /not JSON/],
    ["no keys", '{"keys":[]}', /keys/],
    ["a key of another kind", JSON.stringify({ keys: [{ ...good, kty: "RSA" }] }), /keys\.0\.kty/],
    ["a key for something else", JSON.stringify({ keys: [{ ...good, alg: "HS256" }] }), /keys\.0\.alg/],
    ["a short key", JSON.stringify({ keys: [{ ...good, k: good.k.slice(0, 20) }] }), /32 bytes/],
    ["a key without an id", JSON.stringify({ keys: [{ ...good, kid: undefined }] }), /keys\.0\.kid/],
    ["two keys of one id", JSON.stringify({ keys: [good, { ...good }] }), /two keys have one kid/],
  ])("with %s is refused, and its keys are not in the words", (_, text, why) => {
    try {
      parseDataKeys(text, "/data/keys.json");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "bad_config", message: expect.stringMatching(why) });
      expect(JSON.stringify(error) + String(error)).not.toContain(good.k.slice(0, 10));
    }
  });
});

describe("the data keys of a store", () => {
  test("are made at the first start, for this user alone, and found again", async () => {
    const { store, dir } = await openTestStore();
    const file = join(dir, "data-keys.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(store.keyChange).toEqual({ added: [], gone: [] });
    await store.upstream.put((await store.people.signedIn(personWith())).id, "org", TOKENS);
    await store.close();
    const again = await openTestStore({ dir });
    const [person] = await again.store.people.findByLogin("ada@acme.example");
    expect(await again.store.upstream.find(person?.id ?? "", "org")).toMatchObject({ access: TOKENS.access });
  });

  test("are not made anew where they got lost, since nothing could be read with them", async () => {
    const { store, dir } = await openTestStore();
    await store.close();
    const file = join(dir, "data-keys.json");
    const text = readFileSync(file, "utf8");
    rmSync(file);
    const fingerprint = fingerprintOf(parseDataKeys(text, file)[0] ?? expect.unreachable());
    await expect(openTestStore({ dir })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining(file),
      fix: expect.stringContaining(fingerprint),
    });
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, newDataKeySet(), { mode: 0o600 });
    await expect(openTestStore({ dir })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining("other data keys"),
      data: { expected: [fingerprint] },
    });
    writeFileSync(file, text);
    await openTestStore({ dir });
  });

  test("can be given by a file, also by one behind a link, and be replaced one by one", async () => {
    const dir = temporaryFolder();
    const [old, next] = [newDataKeySet(), newDataKeySet()];
    const keysFile = join(temporaryFolder(), "keys.json");
    const link = join(temporaryFolder(), "link.json");
    writeFileSync(keysFile, old);
    symlinkSync(keysFile, link);
    const first = await openTestStore({ dir, keysFile: link });
    const person = await first.store.people.signedIn(personWith());
    await first.store.upstream.put(person.id, "org", TOKENS);
    await first.store.transactions.begin({ ...TRANSACTION, endsAtMs: first.nowMs() + 1_000 });
    await first.store.close();
    expect(existsSync(join(dir, "data-keys.json"))).toBe(false);

    writeFileSync(keysFile, keySetOf(next, old));
    const beside = await openTestStore({ dir, keysFile: link, as: "beside" });
    await beside.store.close();
    const second = await openTestStore({ dir, keysFile: link });
    expect(second.store.keyChange).toMatchObject({ added: [expect.any(String)], gone: [] });
    expect(await second.store.upstream.find(person.id, "org")).toMatchObject({ access: TOKENS.access });
    await second.store.upstream.put(person.id, "org", TOKENS);
    await second.store.close();

    writeFileSync(keysFile, next);
    const fingerprint = fingerprintOf(parseDataKeys(old, keysFile)[0] ?? expect.unreachable());
    await expect(openTestStore({ dir, keysFile: link })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining(`lacks: ${fingerprint}`),
      fix: expect.stringContaining("serve keys drop"),
    });
    const looking = await openTestStore({ dir, keysFile: link, as: "beside" });
    expect(looking.store.keyChange).toMatchObject({ added: [], gone: [fingerprint] });
  });

  test("say which file cannot be read, and why", async () => {
    await expect(openTestStore({ keysFile: "/nowhere/keys.json" })).rejects.toMatchObject({
      code: "bad_config",
      message: "The key file /nowhere/keys.json was not read: there is no such file.",
    });
    const dir = temporaryFolder();
    writeFileSync(join(dir, "data-keys.json"), newDataKeySet(), { mode: 0o644 });
    await expect(openTestStore({ dir })).rejects.toMatchObject({
      code: "bad_config",
      fix: expect.stringContaining("chmod"),
    });
  });
});

const TOKENS = {
  access: "access-token",
  accessEndsAtMs: 1,
  refresh: "refresh-token",
  dpopKey: undefined,
  scopes: ["okta.users.read"],
};
const TRANSACTION = { state: "s".repeat(32), browser: "b".repeat(32), kind: "sign_in", data: { nonce: "n" } };
