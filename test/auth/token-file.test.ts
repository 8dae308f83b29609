import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StoredSignIn } from "../../src/auth/stored-sign-in.js";
import { TokenFile } from "../../src/auth/token-file.js";
import { skipUnless } from "../support/programs.js";
import { failure, startOrg, tempDir } from "./support.js";

const KEY = { orgUrl: "https://acme.okta.com", clientId: "0oa1" };

const SIGN_IN: StoredSignIn = {
  version: 1,
  ...KEY,
  signInId: "one",
  user: "Zoë\u{1f600}",
  askedScopes: ["openid"],
  grantedScopes: ["openid"],
  accessToken: "access",
  refreshToken: "refresh",
  proofKey: { kty: "EC", crv: "P-256", x: "x", y: "y", d: "d" },
  obtainedAtMs: 1,
  expiresAtMs: 2,
};

async function openFile() {
  const stateDir = await tempDir();
  const store = new TokenFile(KEY, async () => stateDir);
  const path = (await store.kept()).replace(/^file /, "");
  return { store, path, dir: join(stateDir, "tokens"), stateDir };
}

const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8);

describe("a token file", () => {
  test("gives back what was written, and nothing when there is none", async () => {
    const { store } = await openFile();
    expect(await store.read()).toEqual({ signIn: undefined, certain: true });
    await store.write(SIGN_IN);
    expect(await store.read()).toEqual({ signIn: SIGN_IN });
    await store.remove();
    await store.remove();
    expect(await store.read()).toEqual({ signIn: undefined, certain: true });
  });

  test("can be read by this user only, whatever the umask, and so can its folder", async () => {
    const { store, path, dir } = await openFile();
    const umask = process.umask(0);
    try {
      await store.write(SIGN_IN);
    } finally {
      process.umask(umask);
    }
    expect([await modeOf(path), await modeOf(dir)]).toEqual(["600", "700"]);
  });

  test("is replaced as a whole, and leaves no drafts behind", async () => {
    const { store, path, dir } = await openFile();
    await store.write(SIGN_IN);
    const before = await lstat(path);
    await store.write({ ...SIGN_IN, accessToken: "other" });
    expect((await lstat(path)).ino).not.toBe(before.ino);
    expect(await readdir(dir)).toHaveLength(1);
  });

  test("is made beside what a killed process left behind, which goes", async () => {
    const { store, path, dir } = await openFile();
    await store.write(SIGN_IN);
    const [old, young] = [`${path}.0000.tmp`, `${path}.1111.tmp`];
    await writeFile(old, "half", { mode: 0o600 });
    await utimes(old, 0, 0);
    await writeFile(young, "somebody is writing this", { mode: 0o600 });
    await store.write(SIGN_IN);
    expect(await readdir(dir)).toHaveLength(2);
    await store.remove();
    expect(await readdir(dir)).toEqual([]);
  });

  test("names org and client by a hash, one file for each", async () => {
    const stateDir = await tempDir();
    for (const clientId of ["../../escape", "0oa2"]) {
      const key = { ...KEY, clientId };
      await new TokenFile(key, async () => stateDir).write({ ...SIGN_IN, ...key });
    }
    const names = await readdir(join(stateDir, "tokens"));
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}\.json$/);
  });

  test.each([
    ["a file that others can read", (path: string) => chmod(path, 0o640), /can be read by other users.*/, /chmod 600/],
    [
      "a folder that others can read",
      (path: string) => chmod(join(path, ".."), 0o755),
      /read by other users/,
      /chmod 700/,
    ],
    [
      "a link",
      async (path: string) => {
        await rename(path, `${path}.real`);
        await symlink(`${path}.real`, path);
      },
      /is not a plain file/,
      /link there could lead tokens elsewhere/,
    ],
    ["a file with a second name", (path: string) => link(path, `${path}.second`), /is not a plain file/, /Remove it/],
    [
      "a folder in its place",
      async (path: string) => {
        await rm(path);
        await mkdir(path);
      },
      /is not a plain file/,
      /Remove it/,
    ],
  ])("is not read from %s", async (_what, spoil, message, advice) => {
    const { store, path } = await openFile();
    await store.write(SIGN_IN);
    await spoil(path);
    const error = await failure(store.read());
    expect(error.code).toBe("bad_config");
    expect(error.message).toMatch(message);
    expect(error.fix).toMatch(advice);
  });

  test("is not written into a folder that is a link or open to others", async () => {
    for (const spoil of [
      async (dir: string) => {
        const elsewhere = await tempDir();
        await symlink(elsewhere, dir);
      },
      async (dir: string) => {
        await mkdir(dir);
        await chmod(dir, 0o777);
      },
    ]) {
      const { store, dir } = await openFile();
      await spoil(dir);
      expect((await failure(store.prepare())).code).toBe("bad_config");
      expect((await failure(store.write(SIGN_IN))).code).toBe("bad_config");
      expect(await readdir(dir)).toEqual([]);
    }
  });

  test("is not read when it belongs to somebody else", async (context) => {
    skipUnless(context, process.getuid?.() === 0, "only root can give a file away");
    const { store, path } = await openFile();
    await store.write(SIGN_IN);
    await chown(path, 12345, 12345);
    expect((await failure(store.read())).message).toMatch(/belongs to another user/);
  });

  test("that cannot be written says so, with the system's reason", async () => {
    const { stateDir, store } = await openFile();
    await writeFile(join(stateDir, "tokens"), "in the way");
    const error = await failure(store.write(SIGN_IN));
    expect(error.code).toBe("bad_config");
    expect(error.message).toMatch(/cannot be written \((EEXIST|ENOTDIR)\)/);
    expect(error.message + error.fix).not.toContain('refresh"');
  });
});

describe("a session whose token file cannot be used", () => {
  test("says so before it asks a person to sign in", async () => {
    const org = await startOrg();
    await writeFile(join(org.stateDir, "tokens"), "in the way");
    const error = await failure(org.session({ tokenStore: "file" }).startSignIn());
    expect(error.code).toBe("bad_config");
    expect(org.sandbox.requests).toEqual([]);
  });

  test("restores quietly and names the trouble to the first call", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    await chmod(join(org.stateDir, "tokens"), 0o755);
    const session = org.session({ tokenStore: "file" });
    await session.restore();
    expect((await failure(session.token())).message).toMatch(/can be read by other users/);
    expect(org.logged.join("")).toMatch(/could not be read.*other users/);
  });

  test("keeps a renewed sign-in in memory when the disk fails in the middle, and says so", async () => {
    const org = await startOrg();
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    const dir = join(org.stateDir, "tokens");
    const before = await readFile(join(dir, (await readdir(dir))[0] ?? ""), "utf8");
    await rm(dir, { recursive: true });
    await writeFile(dir, before);
    for (let renewal = 0; renewal < 3; renewal += 1) {
      org.time.pass(3600);
      await session.token();
    }
    expect(org.logged.join("")).toMatch(/could not be kept and ends with this process/);
    expect((await session.status()).tokenKept).toMatch(/^memory of this process: .*cannot be written/);
    await rm(dir);
    org.time.pass(3600);
    await session.token();
    expect((await session.status()).tokenKept).toMatch(/^file /);
    await org.session({ tokenStore: "file" }).token();
  });

  test("leaves no used-up sign-in behind that would end this one in the hands of another process", async () => {
    const org = await startOrg();
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    const dir = join(org.stateDir, "tokens");
    org.time.pass(3600);
    // A folder stands in the place of an old draft. As on a full disk, writing fails and removing works.
    const draft = join(dir, `${(await readdir(dir))[0]}.000000000000.tmp`);
    await mkdir(draft);
    await utimes(draft, 0, 0);
    await session.token();
    expect(org.logged.join("")).toMatch(/could not be kept and ends with this process/);
    await rm(draft, { recursive: true });
    expect(await failure(org.session({ tokenStore: "file" }).token())).toMatchObject({ code: "signed_out" });
    org.time.pass(3600);
    await session.token();
  });

  test("works without a lock when no lock can be made", async () => {
    const org = await startOrg();
    await writeFile(join(org.stateDir, "locks"), "in the way");
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    org.time.pass(3600);
    await session.token();
    expect(org.logged.filter((line) => line.includes("not coordinated"))).toHaveLength(1);
  });
});
