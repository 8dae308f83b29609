import { describe, expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { startSandbox } from "../../sandbox/server.js";
import { type Keychain, KeychainProblem, useKeychainHere, useSystemKeychain } from "../../src/auth/keychain.js";
import { KeychainStore } from "../../src/auth/keychain-store.js";
import type { StoredSignIn } from "../../src/auth/stored-sign-in.js";
import { testAuthorization } from "../support/authorization.js";
import { KEYRING_PROGRAMS, type KeyringState } from "../support/keyring-session.js";
import { requireOrSkip } from "../support/programs.js";
import type { Orders, Outcome } from "./children/session-child.js";
import { type Run, runInKeyring } from "./keyring.js";
import { failure, tempDir } from "./support.js";

const KEY = { orgUrl: "https://acme.okta.com", clientId: "0oa1" };

const signIn = (change: Partial<StoredSignIn> = {}): StoredSignIn => ({
  version: 1,
  ...KEY,
  signInId: "one",
  user: "Zoë \u{1f600}",
  askedScopes: ["openid"],
  grantedScopes: ["openid"],
  accessToken: "a".repeat(6000),
  refreshToken: "refresh",
  obtainedAtMs: 1,
  ...change,
});

/** A keychain in memory, with the size limit of the Windows keychain. */
class SmallKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  /** The number of the `setPassword` call that fails, counted from 1; 0 lets all succeed. */
  failAtSet = 0;
  #sets = 0;

  async getPassword(service: string, account: string) {
    return this.entries.get(`${service}|${account}`) ?? null;
  }
  async setPassword(service: string, account: string, password: string) {
    this.#sets += 1;
    if (this.#sets === this.failAtSet) throw new KeychainProblem("it broke");
    if (Buffer.byteLength(password) > 2560) throw new KeychainProblem("too long");
    this.entries.set(`${service}|${account}`, password);
  }
  async deletePassword(service: string, account: string) {
    return this.entries.delete(`${service}|${account}`);
  }
}

const storeIn = (keychain: SmallKeychain, key = KEY) => new KeychainStore(key, (action) => action(keychain));

describe("the entries of a keychain", () => {
  test("hold a sign-in of any size, each of at most 2,560 bytes, and are gone after sign-out", async () => {
    const keychain = new SmallKeychain();
    const store = storeIn(keychain);
    expect((await store.read()).signIn).toBeUndefined();
    await store.write(signIn());
    expect(await store.read()).toEqual({ signIn: signIn() });
    expect([...keychain.entries.keys()]).toContain("okta-mcp|https://acme.okta.com 0oa1");
    await store.remove();
    expect(keychain.entries.size).toBe(0);
  });

  test("do not pile up when a sign-in is renewed, longer or shorter", async () => {
    const keychain = new SmallKeychain();
    const store = storeIn(keychain);
    for (const length of [6000, 20, 12_000, 20, 6000]) {
      await store.write(signIn({ accessToken: "b".repeat(length) }));
      expect((await store.read()).signIn?.accessToken).toHaveLength(length);
      expect(keychain.entries.size).toBe(1 + Math.ceil((length + 250) / 2400));
    }
  });

  test("keep the sign-in of before when a write breaks off, wherever it does", async () => {
    for (let failAtSet = 5; failAtSet <= 8; failAtSet += 1) {
      const keychain = new SmallKeychain();
      const store = storeIn(keychain);
      await store.write(signIn());
      keychain.failAtSet = failAtSet;
      expect((await failure(store.write(signIn({ refreshToken: "next", accessToken: "c".repeat(6000) })))).code).toBe(
        "bad_config",
      );
      expect((await store.read()).signIn).toEqual(signIn());
    }
  });

  test("are kept apart by org, client and way of signing in", async () => {
    const keychain = new SmallKeychain();
    await storeIn(keychain).write(signIn());
    for (const key of [
      { ...KEY, clientId: "0oa2" },
      { ...KEY, orgUrl: "https://other.okta.com" },
      { ...KEY, method: "private-key" as const },
    ]) {
      expect((await storeIn(keychain, key).read()).signIn).toBeUndefined();
    }
  });

  test("that are damaged or missing in part count as none", async () => {
    const keychain = new SmallKeychain();
    const store = storeIn(keychain);
    await store.write(signIn());
    for (const [account, value] of [...keychain.entries]) {
      keychain.entries.delete(account);
      expect((await store.read()).signIn).toBeUndefined();
      keychain.entries.set(account, '"');
      expect((await store.read()).signIn).toBeUndefined();
      keychain.entries.set(account, value);
    }
    expect((await store.read()).signIn).toEqual(signIn());
  });
});

describe("the system keychain", { timeout: 60_000 }, () => {
  /** Runs one process after the other, each with its steps, with an org that approves every sign-in. */
  async function run(
    state: KeyringState,
    tokenStore: Orders["tokenStore"],
    ...steps: Orders["steps"][]
  ): Promise<Run[]> {
    const sandbox = await startSandbox({
      seed: null,
      authorization: testAuthorization({ autoApprove: true, deviceIntervalSeconds: 0 }),
    });
    onTestFinished(sandbox.close);
    sandbox.org.addUser({ profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" } });
    const stateDir = await tempDir();
    const base = { orgUrl: sandbox.origin, clientId: DEVICE_CLIENT_ID, tokenStore, stateDir };
    const runs = await runInKeyring(
      state,
      steps.map((of) => ({ ...base, steps: of })),
    );
    expect(runs).toHaveLength(steps.length);
    for (const { exitCode, exitTookMs } of runs) {
      expect(exitCode).toBe(0);
      expect(exitTookMs).toBeLessThan(2_000);
    }
    return runs;
  }

  const warnings = (runs: Run[]) =>
    runs
      .flatMap(({ outcomes }) => outcomes.flatMap(({ logged }) => logged))
      .filter((line) => / (warn|error) /.test(line));

  const outcome = (runs: Run[], process: number, step: number): Outcome => {
    const found = runs[process]?.outcomes[step];
    if (!found) throw new Error("That step was not performed.");
    return found;
  };

  test("keeps a sign-in from one process to the next, renews it and gives it up", async (context) => {
    requireOrSkip(context, ...KEYRING_PROGRAMS);
    const runs = await run(
      "open",
      "auto",
      ["sign-in", "status"],
      ["restore", "status", "token", { renew: 2 }],
      ["token", "sign-out"],
      ["restore", "token"],
    );
    expect(outcome(runs, 0, 1).result).toMatchObject({ signedIn: true, tokenKept: "system keychain" });
    expect(outcome(runs, 1, 1).result).toMatchObject({ signedIn: true, user: ADMIN_LOGIN });
    expect(outcome(runs, 1, 2).result).toBe(200);
    expect(outcome(runs, 1, 3).result).toEqual({ 200: 2 });
    expect(outcome(runs, 2, 0).result).toBe(200);
    expect(outcome(runs, 2, 1).result).toEqual({ revoked: true });
    expect(outcome(runs, 3, 1).code).toBe("signed_out");
    expect(warnings(runs)).toEqual([]);
  });

  test.for(["absent", "locked", "stuck"] as const)(
    "that is %s leaves the sign-in in memory, with one warning that names the way out, and holds nothing up",
    async (state, context) => {
      requireOrSkip(context, ...KEYRING_PROGRAMS);
      const runs = await run(state, "auto", [
        "restore",
        "token",
        "sign-in",
        "token",
        { renew: 1 },
        "status",
        "sign-out",
      ]);
      const [restore, before, signingIn, token, renewal, status, signOut] = runs[0]?.outcomes ?? [];
      for (const { tookMs } of [restore, before].filter((step) => step !== undefined))
        expect(tookMs).toBeLessThan(6_000);
      expect(before?.code).toBe("signed_out");
      expect(signingIn?.code).toBeUndefined();
      expect(token?.result).toBe(200);
      expect(renewal?.result).toEqual({ 200: 1 });
      expect(status?.result).toMatchObject({ signedIn: true, tokenKept: "memory of this process" });
      expect(signOut?.result).toEqual({ revoked: true });
      expect(warnings(runs)).toHaveLength(1);
      expect(warnings(runs)[0]).toMatch(/system keychain cannot be used.*OKTA_MCP_TOKEN_STORE=file/);
    },
  );

  test.for(["absent", "locked", "stuck"] as const)(
    "that is %s is named before a person is asked, where it was chosen on purpose",
    async (state, context) => {
      requireOrSkip(context, ...KEYRING_PROGRAMS);
      const runs = await run(state, "keychain", ["restore", "sign-in", "status"]);
      const [, signingIn, status] = runs[0]?.outcomes ?? [];
      expect(signingIn?.code).toBe("bad_config");
      expect(signingIn?.message).toMatch(/system keychain cannot be used: "/);
      expect(status?.result).toMatchObject({ signedIn: false });
    },
  );

  test("that may only be locked is not taken for an empty one", async (context) => {
    requireOrSkip(context, ...KEYRING_PROGRAMS);
    const runs = await run("locked", "keychain", ["token"]);
    expect(outcome(runs, 0, 0)).toMatchObject({ code: "signed_out", message: expect.stringMatching(/may be locked/) });
  });

  test("answers, or says why not, where it is asked directly", async () => {
    const asked = useKeychainHere((keychain) => keychain.getPassword("okta-mcp", "https://nobody.example 0oa0"));
    const answer = await asked.catch((error: unknown) => error);
    expect(answer === null || answer instanceof KeychainProblem).toBe(true);
  });

  test("is asked in a process of its own, which goes when the answer is there", async (context) => {
    // On other systems the libraries that keytar needs are always there.
    if (process.platform === "linux") requireOrSkip(context, "libsecret-1.so.0");
    await expect(useSystemKeychain(async () => "done")).resolves.toBe("done");
  });
});
