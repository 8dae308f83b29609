import { describe, expect, test } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { DEVICE, failure, SCOPES, startOrg, TOKEN, until } from "./support.js";

const pendingPolls = (polls: { form: URLSearchParams }[]) =>
  polls.filter(({ form }) => form.get("grant_type") === "urn:ietf:params:oauth:grant-type:device_code").length;

describe("signing in with the device grant", () => {
  test("gives a link with the code in it, waits for the person and ends with a token", async () => {
    const org = await startOrg();
    const session = org.session();
    const startMs = org.time.now();
    const pending = await session.startSignIn();
    expect(pending.verificationUri).toBe(`${org.sandbox.origin}/activate`);
    expect(pending.verificationUriComplete).toBe(`${org.sandbox.origin}/activate?user_code=${pending.userCode}`);
    expect(pending.expiresAtMs).toBe(startMs + 600_000);
    await until(() => org.sent(TOKEN).length >= 3);
    org.control.approve(pending.userCode);
    await pending.done;
    expect(org.time.waits.slice(0, 3)).toEqual([5, 5, 5]);
    expect((await session.token()).scopes).toEqual(expect.arrayContaining(SCOPES));
    expect((await session.status()).user).toBe("ada.admin@acme-robotics.example");
  });

  test("asks for the sign-in scopes and the configured ones, each once, and sends no secret", async () => {
    const org = await startOrg({ autoApprove: true });
    const session = org.session({ scopes: ["okta.users.read", "openid", "okta.users.read"] });
    await (await session.startSignIn()).done;
    const [request] = org.sent(DEVICE);
    expect(request?.form.get("scope")).toBe("openid profile email offline_access okta.users.read");
    expect([...(request?.form.keys() ?? [])].sort()).toEqual(["client_id", "scope"]);
    expect(request?.form.get("client_id")).toBe(DEVICE_CLIENT_ID);
    expect(request?.headers.authorization).toBeUndefined();
  });

  test("polls five seconds slower after slow_down, and stays slower", async () => {
    const org = await startOrg();
    const session = org.session();
    org.control.slowDownNext(2);
    const pending = await session.startSignIn();
    await until(() => pendingPolls(org.sent(TOKEN)) >= 5);
    org.control.approve(pending.userCode);
    await pending.done;
    expect(org.time.waits.slice(0, 5)).toEqual([5, 10, 15, 15, 15]);
  });

  test("ends with login_denied when the person denies", async () => {
    const org = await startOrg();
    const pending = await org.session().startSignIn();
    org.control.deny(pending.userCode);
    const error = await failure(pending.done);
    expect(error.code).toBe("login_denied");
    expect(error.message).toMatch(/denied: "The resource owner/);
  });

  test("ends with login_expired when nobody approves in time, and not later", async () => {
    const org = await startOrg({ deviceCodeLifetimeSeconds: 60 });
    const startMs = org.time.now();
    const pending = await org.session().startSignIn();
    const error = await failure(pending.done);
    expect(error.code).toBe("login_expired");
    expect(org.time.now() - startMs).toBe(60_000);
  });

  test("ends with login_expired when Okta forgets the code", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", TOKEN, { status: 400, json: { error: "invalid_grant", error_description: "gone" } });
    const pending = await org.session().startSignIn();
    expect((await failure(pending.done)).code).toBe("login_expired");
  });

  test("goes on after a reset, a web page, a server error and a broken answer, with growing waits", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", TOKEN, { fault: "reset" });
    org.sandbox.next("POST", TOKEN, { fault: "html" });
    org.sandbox.next("POST", TOKEN, { status: 503 });
    org.sandbox.next("POST", TOKEN, { fault: "malformed" });
    const session = org.session();
    const pending = await session.startSignIn();
    await until(() => org.sent(TOKEN).length >= 6);
    org.control.approve(pending.userCode);
    await pending.done;
    expect(org.time.waits.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 5]);
  });

  test("waits as long as Okta asks with 429 while polling", async () => {
    const org = await startOrg({ autoApprove: true });
    org.sandbox.next("POST", TOKEN, { status: 429, headers: { "Retry-After": "77" } });
    await (await org.session().startSignIn()).done;
    expect(org.time.waits).toEqual([5, 77]);
  });

  test("reads the time to wait from a date or from Okta's rate-limit header, by Okta's clock", async () => {
    const org = await startOrg({ autoApprove: true });
    const at = (seconds: number) => Math.floor(org.time.now() / 1000) + seconds;
    const httpDate = (epochSeconds: number) => new Date(epochSeconds * 1000).toUTCString();
    const date = { Date: httpDate(at(1000)) };
    org.sandbox.next("POST", TOKEN, { status: 429, headers: { ...date, "Retry-After": httpDate(at(1033)) } });
    org.sandbox.next("POST", TOKEN, { status: 429, headers: { ...date, "X-Rate-Limit-Reset": String(at(1044)) } });
    org.sandbox.next("POST", TOKEN, { status: 429, headers: { "Retry-After": "soon" } });
    await (await org.session().startSignIn()).done;
    expect(org.time.waits).toEqual([5, 33, 44, 40]);
  });

  test("says that Okta cannot be reached when the network stays away until the code expires", async () => {
    const org = await startOrg({ deviceCodeLifetimeSeconds: 120 });
    org.sandbox.next("POST", TOKEN, { fault: "reset", times: 50 });
    const startMs = org.time.now();
    const pending = await org.session().startSignIn();
    const error = await failure(pending.done);
    expect(error.code).toBe("unreachable");
    expect(org.time.now() - startMs).toBe(120_000);
  });

  test("is cancelled at once: while it waits, and while Okta does not answer", async () => {
    const org = await startOrg();
    const waiting = await org.session().startSignIn();
    waiting.cancel();
    expect((await failure(waiting.done)).code).toBe("cancelled");

    org.sandbox.next("POST", TOKEN, { fault: "hang" });
    const arrived = org.sandbox.arrival("POST", TOKEN);
    const hanging = await org.session().startSignIn();
    await arrived;
    hanging.cancel();
    expect((await failure(hanging.done)).code).toBe("cancelled");
  });

  test("is one sign-in for all who start it at the same time, and another after it ended", async () => {
    const org = await startOrg();
    const session = org.session();
    const started = await Promise.all(Array.from({ length: 20 }, () => session.startSignIn()));
    expect(new Set(started).size).toBe(1);
    expect(org.sent(DEVICE)).toHaveLength(1);
    expect(await session.startSignIn()).toBe(started[0]);
    started[0]?.cancel();
    await failure(started[0]?.done ?? Promise.resolve());
    expect(await session.startSignIn()).not.toBe(started[0]);
  });

  test("goes on for the others when one of those who started it leaves", async () => {
    const org = await startOrg();
    const session = org.session();
    const leaving = new AbortController();
    const first = session.startSignIn(leaving.signal);
    const second = session.startSignIn();
    leaving.abort();
    expect((await failure(first)).code).toBe("cancelled");
    const pending = await second;
    org.control.approve(pending.userCode);
    await pending.done;
    expect((await session.status()).signedIn).toBe(true);
  });

  test("ends when the session is closed", async () => {
    const org = await startOrg();
    const session = org.session();
    const pending = await session.startSignIn();
    session.close();
    expect((await failure(pending.done)).code).toBe("cancelled");
    expect((await failure(session.token())).code).toBe("cancelled");
    expect((await failure(session.startSignIn())).code).toBe("cancelled");
  });

  test("ends when the session is closed while Okta does not even answer the start", async () => {
    const org = await startOrg();
    org.sandbox.next("POST", DEVICE, { fault: "hang" });
    const session = org.session();
    const arrived = org.sandbox.arrival("POST", DEVICE);
    const starting = failure(session.startSignIn());
    await arrived;
    session.close();
    expect((await starting).code).toBe("cancelled");
  });

  test("names the pending link to a call that needs a token meanwhile", async () => {
    const org = await startOrg();
    const session = org.session();
    const pending = await session.startSignIn();
    const error = await failure(session.token());
    expect(error.code).toBe("sign_in_pending");
    expect(error.message).toContain(pending.verificationUriComplete);
    expect(error.message).toContain(`the Okta org ${org.sandbox.origin} with the app ${DEVICE_CLIENT_ID} (client ID)`);
    expect(error.data).toEqual({
      link: pending.verificationUriComplete,
      code: pending.userCode,
      org: org.sandbox.origin,
      client_id: DEVICE_CLIENT_ID,
      expires_at: new Date(pending.expiresAtMs).toISOString(),
    });
    pending.cancel();
  });

  test("proves a key of its own where the app demands DPoP, also when renewing and asking the API", async () => {
    const org = await startOrg({ deviceClient: { dpopRequired: true } });
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    const { authorization = "", dpop } = await (await session.token()).headers("GET", new URL(org.sandbox.origin));
    expect(authorization).toMatch(/^DPoP /);
    expect(dpop).toMatch(/^ey/);
    org.time.pass(3600);
    await session.token();
    org.time.pass(3600);
    const later = org.session({ tokenStore: "file" });
    await later.restore();
    expect((await (await later.token()).headers("GET", new URL(org.sandbox.origin))).authorization).toMatch(/^DPoP /);
    expect(org.sent(TOKEN).filter(({ form }) => form.get("grant_type") === "refresh_token")).not.toHaveLength(0);
  });
});
