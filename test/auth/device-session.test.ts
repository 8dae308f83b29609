import { readdir, rm } from "node:fs/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDirectFetch } from "../../src/net/direct-fetch.js";
import { ask, failure, SCOPES, startOrg, type TestOrg, TOKEN, tokenValue } from "./support.js";

const refreshes = (org: TestOrg) => org.sent(TOKEN).filter(({ form }) => form.get("grant_type") === "refresh_token");

describe("renewing a sign-in", () => {
  test("twenty callers at once cause one renewal and get the same token", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    org.time.pass(3600);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.token()));
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes(org)).toHaveLength(1);
    expect(await ask(session, org)).toBe(200);
  });

  test("happens a minute before the token runs out, and not earlier", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    const first = await session.token();
    org.time.pass(3539);
    expect(await session.token()).toBe(first);
    org.time.pass(2);
    expect(await session.token()).not.toBe(first);
    expect(refreshes(org)).toHaveLength(1);
  });

  test("of a token that lives shorter than a minute happens near its end, not at every call", async () => {
    const org = await startOrg({ accessTokenLifetimeSeconds: 30 });
    const session = org.session();
    await org.signIn(session);
    const first = await session.token();
    org.time.pass(20);
    expect(await session.token()).toBe(first);
    org.time.pass(5);
    expect(await session.token()).not.toBe(first);
    await session.token();
    expect(refreshes(org)).toHaveLength(1);
  });

  test("goes on for the others when the caller who caused it leaves", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    org.time.pass(3600);
    org.sandbox.next("POST", TOKEN, { fault: "delay", delayMs: 30 });
    const leaving = new AbortController();
    const first = session.token(leaving.signal);
    const second = session.token();
    leaving.abort();
    expect((await failure(first)).code).toBe("cancelled");
    expect((await second).scopes).toEqual(expect.arrayContaining(SCOPES));
    expect(refreshes(org)).toHaveLength(1);
  });

  test("never starts for a caller who has left already", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    org.time.pass(3600);
    expect((await failure(session.token(AbortSignal.abort()))).code).toBe("cancelled");
    expect(refreshes(org)).toHaveLength(0);
  });

  test("is tried again when Okta is busy or the connection breaks", async () => {
    const org = await startOrg({ rotationGraceMs: 30_000 });
    const session = org.session();
    await org.signIn(session);
    org.time.pass(3600);
    org.sandbox.next("POST", TOKEN, { status: 429, headers: { "Retry-After": "3" } });
    org.sandbox.next("POST", TOKEN, { fault: "reset", performed: true });
    await session.token();
    expect(refreshes(org)).toHaveLength(3);
    expect(org.time.waits).toContain(3);
  });

  test("that gets lost on the way keeps the sign-in and says so, and the next call renews it", async () => {
    const org = await startOrg({ rotationGraceMs: 60_000 });
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    org.time.pass(3600);
    org.sandbox.next("POST", TOKEN, { fault: "reset", performed: true, times: 3 });
    const error = await failure(session.token());
    expect(error.code).toBe("unreachable");
    expect(error.message).toMatch(/The sign-in is kept/);
    expect(error.fix).toMatch(/takes the same refresh token again for a short time/);
    expect((await session.status()).signedIn).toBe(true);
    expect(await ask(session, org)).toBe(200);
  });

  test("that meets a proxy which opens TLS keeps the sign-in, and says what to do once its token is over", async () => {
    const org = await startOrg();
    const direct = createDirectFetch();
    let opened = false;
    const untrusted = () => Object.assign(new Error("self-signed"), { code: "SELF_SIGNED_CERT_IN_CHAIN" });
    const session = org.session({ fetch: (...sent) => (opened ? Promise.reject(untrusted()) : direct(...sent)) });
    await org.signIn(session);
    const first = await session.token();
    opened = true;
    org.time.pass(3550);
    expect(await session.token()).toBe(first);
    org.time.pass(100);
    const error = await failure(session.token());
    expect(error).toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/not trusted \(SELF_SIGNED_CERT_IN_CHAIN\)\. The sign-in is kept/),
      fix: expect.stringMatching(/NODE_EXTRA_CA_CERTS.* Try again soon/),
    });
    opened = false;
    expect(await session.token()).not.toBe(first);
  });

  test("ahead of time that fails leaves the present token in use", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    const first = await session.token();
    org.time.pass(3550);
    org.sandbox.next("POST", TOKEN, { status: 503, times: 3 });
    expect(await session.token()).toBe(first);
    expect(org.logged.join("")).toMatch(/could not be renewed in advance/);
    expect(await session.token()).not.toBe(first);
  });

  test.each([
    [500, "okta_down"],
    [429, "rate_limited"],
  ])("that Okta answers with %i when the token is over ends in %s, and the sign-in stays", async (status, code) => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    org.time.pass(3600);
    org.sandbox.next("POST", TOKEN, { status, times: 3 });
    expect((await failure(session.token())).code).toBe(code);
    expect(await ask(session, org)).toBe(200);
  });

  test("that Okta refuses ends the session with Okta's reason, once and for all later calls", async () => {
    const org = await startOrg();
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    org.control.revokeEverything();
    org.time.pass(3600);
    const error = await failure(session.token());
    expect(error.code).toBe("session_ended");
    expect(error.message).toMatch(/refresh token any more: "The refresh token is invalid or expired\."/);
    expect((await failure(session.token())).code).toBe("session_ended");
    expect(refreshes(org)).toHaveLength(1);
    expect(await session.status()).toMatchObject({ signedIn: false, renewable: false });
    await org.signIn(session);
    expect(await ask(session, org)).toBe(200);
  });

  test("without a refresh token is not possible, and says so", async () => {
    const org = await startOrg({ autoApprove: true });
    org.sandbox.next("POST", TOKEN, {
      rewrite: (reply) => {
        const { refresh_token: _gone, ...rest } = reply.json as Record<string, unknown>;
        return { ...reply, json: rest };
      },
    });
    const session = org.session();
    await (await session.startSignIn()).done;
    expect(await session.status()).toMatchObject({ signedIn: true, renewable: false });
    org.time.pass(3600);
    expect(await session.status()).toMatchObject({ signedIn: false });
    const error = await failure(session.token());
    expect(error.code).toBe("session_ended");
    expect(error.message).toMatch(/no refresh token/);
  });

  test("under way is not cut off by closing the session", async () => {
    const org = await startOrg();
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    org.time.pass(3600);
    const arrived = org.sandbox.arrival("POST", TOKEN);
    const renewal = session.token();
    await arrived;
    session.close();
    await renewal;
    const next = org.session({ tokenStore: "file" });
    expect(await ask(next, org)).toBe(200);
    expect(refreshes(org)).toHaveLength(1);
  });
});

test("any number of sign-ins that nobody approves leave nothing behind that the system warns of", async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
  const org = await startOrg();
  const session = org.session();
  for (let n = 0; n < 12; n += 1) {
    const { userCode, done } = await session.startSignIn();
    org.sandbox.authorization.control.deny(userCode);
    expect((await failure(done)).code).toBe("login_denied");
  }
  expect(warnings).toEqual([]);
});

describe("a token that Okta rejected", () => {
  test("is replaced by the next call, once for all callers", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    const rejected = await session.token();
    org.control.expireAccessTokens();
    session.reject(rejected);
    const [next, same] = await Promise.all([session.token(), session.token()]);
    expect(next).not.toBe(rejected);
    expect(same).toBe(next);
    expect(refreshes(org)).toHaveLength(1);
  });

  test("does not take a newer one with it when the news comes late", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    const old = await session.token();
    session.reject(old);
    const next = await session.token();
    session.reject(old);
    expect(await session.token()).toBe(next);
    expect(refreshes(org)).toHaveLength(1);
  });

  test("is not used on to its end when it cannot be renewed", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    session.reject(await session.token());
    org.sandbox.next("POST", TOKEN, { status: 503, times: 3 });
    expect((await failure(session.token())).code).toBe("okta_down");
  });

  test("is replaced from the store, without a renewal, when another window has renewed it", async () => {
    const org = await startOrg();
    const [one, other] = [org.session({ tokenStore: "file" }), org.session({ tokenStore: "file" })];
    await org.signIn(one);
    await other.restore();
    one.reject(await one.token());
    await one.token();
    other.reject(await other.token());
    expect(await tokenValue(other, org)).toBe(await tokenValue(one, org));
    expect(refreshes(org)).toHaveLength(1);
  });
});

describe("granted scopes", () => {
  test("are those of the token reply, not those asked for, and narrow with a renewal", async () => {
    const org = await startOrg();
    const session = org.session();
    const seen: (string[] | undefined)[] = [];
    session.onChange(() =>
      seen.push(session.granted() && [...(session.granted() ?? [])].filter((s) => s.includes("okta"))),
    );
    expect(session.granted()).toBeUndefined();
    await org.signIn(session);
    org.control.grantOnly(["okta.users.read"]);
    org.time.pass(3600);
    await session.token();
    expect(seen).toEqual([SCOPES, ["okta.users.read"]]);
    await session.signOut();
    expect(session.granted()).toBeUndefined();
    expect(seen.at(-1)).toBeUndefined();
  });

  test("are as asked for where the reply names none", async () => {
    const org = await startOrg({ autoApprove: true });
    org.sandbox.next("POST", TOKEN, {
      rewrite: (reply) => {
        const { scope: _gone, ...rest } = reply.json as Record<string, unknown>;
        return { ...reply, json: rest };
      },
    });
    const session = org.session();
    await (await session.startSignIn()).done;
    expect([...(session.granted() ?? [])]).toEqual(["openid", "profile", "email", "offline_access", ...SCOPES]);
  });

  test("are told to nobody who has stopped listening, and to others though one listener fails", async () => {
    const org = await startOrg();
    const session = org.session();
    const told: string[] = [];
    session.onChange(() => {
      throw new Error("listener");
    });
    const stop = session.onChange(() => told.push("stopped"));
    session.onChange(() => told.push("kept"));
    stop();
    await org.signIn(session);
    expect(told).toEqual(["kept"]);
  });
});

test("a session does nothing until it is asked: no request, no file, no keychain", async () => {
  const org = await startOrg();
  await rm(org.stateDir, { recursive: true });
  for (const tokenStore of ["auto", "keychain", "file", "memory"] as const) org.session({ tokenStore });
  org.serviceSession();
  await new Promise((resolve) => setImmediate(resolve));
  expect(org.sandbox.requests).toEqual([]);
  await expect(readdir(org.stateDir)).rejects.toThrow(/ENOENT/);
});
