import { chmod, lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { parsePrivateKey } from "../../src/auth/private-key.js";
import type { TokenStoreKind } from "../../src/auth/store-contract.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import {
  ask,
  failure,
  keptFile,
  REVOKE,
  SCOPES,
  serviceJwks,
  servicePem,
  startOrg,
  type TestOrg,
  TOKEN,
  tokenValue,
} from "./support.js";

/** The number of tokens that the org has issued. */
const granted = (org: TestOrg) => org.sent(TOKEN).filter(({ status }) => status === 200).length;

const inFile = { tokenStore: "file" as TokenStoreKind };

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

describe("the token of a service app", () => {
  test.each([false, true])(
    "serves one process after the other until a minute before its end (DPoP: %s)",
    async (dpop) => {
      const org = await startOrg({ serviceClient: { jwks: serviceJwks, dpopRequired: dpop } });
      for (let process = 0; process < 3; process += 1) {
        const session = org.serviceSession(inFile);
        await session.restore();
        expect(session.granted() !== undefined).toBe(process > 0);
        expect(await ask(session, org)).toBe(200);
        expect([...(session.granted() ?? [])]).toEqual(SCOPES);
      }
      expect(granted(org)).toBe(1);
      org.time.pass(3541);
      expect(await ask(org.serviceSession(inFile), org)).toBe(200);
      expect(granted(org)).toBe(2);
      expect(await ask(org.serviceSession(inFile), org)).toBe(200);
      expect(granted(org)).toBe(2);
    },
  );

  test.each(["auto", "memory"] as const)("is kept nowhere with the store %s", async (tokenStore) => {
    const org = await startOrg();
    for (let process = 0; process < 2; process += 1) await org.serviceSession({ tokenStore }).token();
    expect(granted(org)).toBe(2);
    expect(await readdir(org.stateDir)).toEqual([]);
  });

  test("is in a file of this user alone, which holds nothing of the app's key", async () => {
    const org = await startOrg();
    const session = org.serviceSession(inFile);
    await session.token();
    const file = await keptFile(org);
    expect(((await lstat(file)).mode & 0o777).toString(8)).toBe("600");
    expect(((await lstat(dirname(file))).mode & 0o777).toString(8)).toBe("700");
    expect(await session.status()).toMatchObject({ tokenKept: `file ${file}`, outlives: true });
    const kept = await readFile(file, "utf8");
    for (const line of servicePem.split("\n").filter((text) => text.length > 40)) expect(kept).not.toContain(line);
  });

  test("is asked for by one process alone, where several begin at once", async () => {
    const org = await startOrg();
    const sessions = Array.from({ length: 6 }, () => org.serviceSession(inFile));
    expect(new Set(await Promise.all(sessions.map((session) => tokenValue(session, org)))).size).toBe(1);
    expect(granted(org)).toBe(1);
    // All sessions learn that the token is refused, and again only one of them asks for the next.
    for (const session of sessions) session.reject(await session.token());
    expect(new Set(await Promise.all(sessions.map((session) => tokenValue(session, org)))).size).toBe(1);
    expect(granted(org)).toBe(2);
  });

  test("that was obtained for other scopes or with another key is not used, and is replaced", async () => {
    const { privateKey, publicKey } = newKeyPair({ type: "ec", namedCurve: "P-256" });
    const other = { ...publicKey.export({ format: "jwk" }), kid: "other" };
    const renamed = { ...serviceJwks.keys[0], kid: "renamed" };
    const org = await startOrg({ serviceClient: { jwks: { keys: [...serviceJwks.keys, other, renamed] as never } } });
    const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
    const signedWith = (text: string, kid: string) => ({
      ...inFile,
      credential: { method: "private-key" as const, key: parsePrivateKey(text, kid) },
    });
    const values = new Set<string>();
    for (const options of [
      inFile,
      { ...inFile, scopes: ["okta.users.read"] },
      { ...inFile, scopes: [...SCOPES, "okta.logs.read"] },
      signedWith(servicePem, "renamed"),
      signedWith(pem, "other"),
      inFile,
    ]) {
      const session = org.serviceSession(options);
      await session.restore();
      expect(session.granted()).toBeUndefined();
      values.add(await tokenValue(session, org));
      expect([...(session.granted() ?? [])]).toEqual(options && "scopes" in options ? options.scopes : SCOPES);
    }
    expect(values.size).toBe(6);
    // The order of the scopes in the settings makes no difference.
    await org.serviceSession({ ...inFile, scopes: [...SCOPES].reverse() }).token();
    expect(granted(org)).toBe(6);
    expect(await exists(await keptFile(org))).toBe(true);
  });

  test("and a person's sign-in with the same client leave each other alone", async () => {
    const org = await startOrg();
    const person = org.session({ ...inFile, clientId: DEVICE_CLIENT_ID });
    await org.signIn(person);
    const before = await readFile(await keptFile(org), "utf8");
    const app = org.serviceSession({ ...inFile, clientId: DEVICE_CLIENT_ID });
    await app.restore();
    expect(app.granted()).toBeUndefined();
    await app.signOut();
    expect(await readFile(await keptFile(org), "utf8")).toBe(before);
  });

  test("that Okta refuses is dropped and renewed once, also where no new one is to be had", async () => {
    const org = await startOrg();
    const first = await tokenValue(org.serviceSession(inFile), org);
    const second = org.serviceSession(inFile);
    second.reject(await second.token());
    org.sandbox.next("POST", TOKEN, { status: 503, times: 3 });
    expect((await failure(second.token())).code).toBe("okta_down");
    expect(await exists(await keptFile(org))).toBe(false);
    const next = await tokenValue(second, org);
    expect(next).not.toBe(first);
    expect(await tokenValue(org.serviceSession(inFile), org)).toBe(next);
    expect(granted(org)).toBe(2);
  });

  test("is revoked and removed by signing out, also one of another key", async () => {
    const org = await startOrg();
    const value = await tokenValue(org.serviceSession(inFile), org);
    const { signedBy: _, ...foreign } = JSON.parse(await readFile(await keptFile(org), "utf8"));
    await writeFile(await keptFile(org), JSON.stringify({ ...foreign, signedBy: "another key" }));
    const session = org.serviceSession(inFile);
    await session.restore();
    expect(session.granted()).toBeUndefined();
    expect(await session.signOut()).toEqual({ revoked: true });
    expect(org.sent(REVOKE).map(({ form }) => form.get("token"))).toEqual([value]);
    expect(await exists(await keptFile(org))).toBe(false);
    expect(await session.signOut()).toEqual({ revoked: true });
    const last = org.serviceSession(inFile);
    await last.token();
    org.sandbox.next("POST", REVOKE, { fault: "reset", times: 5 });
    expect(await last.signOut()).toEqual({ revoked: false });
    expect(await exists(await keptFile(org))).toBe(false);
  });

  test("that is damaged, from the future or in a place that others can read is not used, and calls go on", async () => {
    const org = await startOrg();
    await org.serviceSession(inFile).token();
    const file = await keptFile(org);
    const kept = JSON.parse(await readFile(file, "utf8"));
    for (const content of [
      "{",
      JSON.stringify({ ...kept, obtainedAtMs: org.time.now() + 60_000 }),
      JSON.stringify({ ...kept, expiresAtMs: undefined }),
      JSON.stringify({ ...kept, proofKey: { kty: "EC", crv: "P-256", x: "x", y: "y", d: "d" } }),
    ]) {
      const before = granted(org);
      await writeFile(file, content);
      expect(await ask(org.serviceSession(inFile), org)).toBe(200);
      expect(granted(org)).toBe(before + 1);
      expect(JSON.parse(await readFile(file, "utf8")).accessToken).not.toBe(kept.accessToken);
    }
    await chmod(join(org.stateDir, "tokens"), 0o755);
    org.logged.length = 0;
    const before = granted(org);
    const session = org.serviceSession(inFile);
    await session.restore();
    expect(await ask(session, org)).toBe(200);
    expect(granted(org)).toBe(before + 1);
    expect(org.logged.filter((line) => line.includes("cannot be read; it gets a new one"))).toHaveLength(1);
    expect((await session.status()).tokenKept).toMatch(/^memory of this process: .*can be read by other users/);
  });

  test("is not kept where scopes are missing that may be granted soon", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", TOKEN, {
      rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), scope: "okta.users.read" } }),
    });
    const session = org.serviceSession({ ...inFile, clientId: SERVICE_CLIENT_ID });
    await session.token();
    expect([...(session.granted() ?? [])]).toEqual(["okta.users.read"]);
    expect(await exists(await keptFile(org))).toBe(false);
    expect(await session.status()).toMatchObject({ signedIn: true });
  });
});
