import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN, HR_AUDIENCE, HR_SERVER_ID } from "../../sandbox/facts.js";
import { ApiIssuer } from "../../src/apis/api-issuer.js";
import { CodeSession } from "../../src/apis/code-session.js";
import { loopbackRedirectUri } from "../../src/apis/loopback-redirect.js";
import { sessionIdentity } from "../../src/apis/session-identity.js";
import { createLog } from "../../src/log.js";
import { createDirectFetch } from "../../src/net/direct-fetch.js";
import { ServerClock } from "../../src/net/server-clock.js";
import { plainBrowser } from "../support/browser.js";
import { temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/free-port.js";
import { type PracticeCompanyOptions, startPracticeCompany } from "../support/practice-company.js";

const SCOPES = ["hr.read", "hr.write"];

interface Changes {
  audience?: string;
  scopes?: string[];
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A person's session at the practice API, and a browser that signs in there. */
async function open(options: PracticeCompanyOptions = {}, changes: Changes = {}) {
  const redirectPort = await freePort();
  const company = await startPracticeCompany({
    ...options,
    apps: { nativeRedirectUris: [loopbackRedirectUri(redirectPort)] },
  });
  const { origin, apps, api, clock, control } = company;
  const lines: string[] = [];
  const log = createLog({ level: "trace", stderr: { write: (line) => lines.push(String(line)) > 0 } });
  const fetch = createDirectFetch();
  const serverClock = new ServerClock(clock.now);
  const source = {
    issuer: `${origin}/oauth2/${HR_SERVER_ID}`,
    client: { clientId: apps.native.clientId },
    scopes: changes.scopes ?? SCOPES,
    audience: changes.audience ?? HR_AUDIENCE,
  };
  const baseUrl = new URL(`${api.origin}/`);
  const stateDir = join(temporaryFolder(), "state");
  const newSession = () => {
    const issuer = new ApiIssuer({ ...source, api: "hr", fetch, clock: serverClock, log });
    const session = new CodeSession({
      name: "hr",
      baseUrl,
      source,
      redirectPort,
      issuer,
      keeping: { kind: "file", stateDir, outlives: false },
      shared: {
        log,
        fetch,
        now: clock.now,
        sleep: changes.sleep ?? ((ms, signal) => delay(ms, undefined, { signal })),
        clock: serverClock,
        requestTimeoutMs: 10_000,
      },
    });
    onTestFinished(() => session.close());
    return { session, identity: sessionIdentity({ session, issuer, baseUrl }) };
  };
  /** Goes to the link as this person's browser, up to the page on this machine. */
  const visit = async (link: string, login: string | undefined = ADMIN_LOGIN) => {
    control.autoSignIn(login);
    const browser = plainBrowser();
    let page = await browser.get(link);
    while (page.location !== undefined) page = await browser.get(page.location);
    return page;
  };
  return { ...company, ...newSession(), newSession, visit, redirectPort, source, lines };
}

test("a person signs in with a browser, and calls carry their own token", async () => {
  const { session, identity, visit, api, origin, call } = await open();
  await expect(session.token()).rejects.toMatchObject({ code: "signed_out", fix: expect.stringContaining("--api hr") });
  const pending = await session.startSignIn();
  expect(await session.startSignIn()).toBe(pending);
  expect(pending).toMatchObject({ api: "hr", userCode: "", foreignOrigin: undefined });
  const asked = new URL(pending.verificationUriComplete);
  expect(asked.origin).toBe(origin);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    scope: "openid profile offline_access hr.read hr.write",
  });
  await expect(session.token()).rejects.toMatchObject({ code: "sign_in_pending" });
  const page = await visit(pending.verificationUriComplete);
  expect(page).toMatchObject({ status: 200, html: expect.stringContaining("You are signed in") });
  await pending.done;

  const url = new URL("/user", api.origin);
  const { headers } = await identity.authorize({ scopes: ["hr.read"], method: "GET", url });
  expect((await call("GET", "/user", headers.authorization?.split(" ")[1])).status).toBe(200);
  expect(await identity.claims()).toMatchObject({ sub: ADMIN_LOGIN, gpid: "GP010000", aud: HR_AUDIENCE });
  expect(await session.status()).toMatchObject({ signedIn: true, user: ADMIN_LOGIN, renewable: true, method: "code" });
  await expect(
    identity.authorize({ scopes: [], method: "GET", url: new URL("https://evil.example/") }),
  ).rejects.toThrow();
});

test("the sign-in is kept for this API and this address alone, renews itself, and ends at Okta too", async () => {
  const { session, newSession, visit, api, clock, sandbox, control } = await open();
  const pending = await session.startSignIn();
  await visit(pending.verificationUriComplete);
  await pending.done;
  const url = new URL("/user", api.origin);

  const later = newSession();
  await later.session.restore();
  expect(await later.session.status()).toMatchObject({ signedIn: true, user: ADMIN_LOGIN });
  const first = await later.identity.authorize({ scopes: ["hr.write"], method: "GET", url });
  clock.advanceSeconds(3_600);
  const second = await later.identity.authorize({ scopes: ["hr.write"], method: "GET", url });
  expect(second.headers.authorization).not.toBe(first.headers.authorization);

  // A token that the API refuses is renewed once, however good it seems.
  later.identity.refused(second, new Headers());
  const third = await later.identity.authorize({ scopes: ["hr.write"], method: "GET", url });
  expect(third.headers.authorization).not.toBe(second.headers.authorization);

  expect(await later.session.signOut()).toEqual({ revoked: true });
  const revocations = sandbox.requests.filter(({ path }) => path === `/oauth2/${HR_SERVER_ID}/v1/revoke`);
  expect(revocations).toHaveLength(2);
  const left = control.issued().filter(({ revoked, expiresAtMs }) => !revoked && expiresAtMs > clock.now());
  expect(left.map(({ kind }) => kind)).toEqual([]);
  await session.restore();
  expect(await session.status()).toMatchObject({ signedIn: false });
});

test.each([
  ["a state that somebody made up", (link: URL) => link.searchParams.set("state", "made-up"), 400, /Nobody waits/],
  [
    "the answer of another issuer",
    (link: URL) => link.searchParams.set("iss", "https://evil.example"),
    400,
    /not one of/,
  ],
  ["a code of somebody else", (link: URL) => link.searchParams.set("code", "another"), 400, /did not work/],
])("a browser that comes back with %s signs nobody in", async (_what, change, status, words) => {
  const { session, control } = await open();
  const pending = await session.startSignIn();
  control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  let page = await browser.get(pending.verificationUriComplete);
  while (page.location !== undefined && page.location.pathname !== "/callback") page = await browser.get(page.location);
  const back = page.location as URL;
  change(back);
  const end = await browser.get(back);
  expect(end.status).toBe(status);
  expect(end.html).toMatch(words);
  await expect(session.token()).rejects.toMatchObject({
    code: expect.stringMatching(/^sign_in_pending$|^signed_out$/),
  });
});

test("a denied sign-in ends with Okta's words, on the page and for the calls", async () => {
  const { session, visit, control } = await open();
  const pending = await session.startSignIn();
  control.nextAuthorizeError("access_denied", "Not <b>today</b>.");
  const page = await visit(pending.verificationUriComplete);
  expect(page.status).toBe(400);
  expect(page.html).toContain("&lt;b&gt;today&lt;/b&gt;");
  await expect(pending.done).rejects.toMatchObject({ code: "login_denied" });
  expect((await session.startSignIn()).verificationUriComplete).not.toBe(pending.verificationUriComplete);
});

test("a token for another audience is not kept", async () => {
  const { session, visit } = await open({}, { audience: "https://another.example" });
  const pending = await session.startSignIn();
  const page = await visit(pending.verificationUriComplete);
  expect(page.html).toContain("must not be sent there");
  await expect(pending.done).rejects.toMatchObject({ code: "client_rejected" });
  expect(await session.status()).toMatchObject({ signedIn: false });
});

test("a scope that the authorization server does not have is named with its setting", async () => {
  const { session, visit } = await open({}, { scopes: ["hr.read", "hr.fire"] });
  const pending = await session.startSignIn();
  await visit(pending.verificationUriComplete);
  await expect(pending.done).rejects.toMatchObject({
    code: "missing_scope",
    message: expect.stringContaining("hr.fire"),
    fix: expect.stringContaining("apis.hr.auth.scopes"),
  });
});

test("a sign-in that nobody ends is over after a while, and tells which redirect URI the app needs", async () => {
  let pass = () => {};
  const sleep = () => new Promise<void>((resolve) => (pass = resolve));
  const { session, redirectPort } = await open({}, { sleep });
  const pending = await session.startSignIn();
  pass();
  await expect(pending.done).rejects.toMatchObject({
    code: "login_expired",
    fix: expect.stringContaining(`http://127.0.0.1:${redirectPort}/callback`),
  });
  await expect(fetch(loopbackRedirectUri(redirectPort))).rejects.toThrow();
});

test("a sign-in that is cancelled listens no longer, and another one may begin", async () => {
  const { session, redirectPort, visit } = await open();
  const first = await session.startSignIn();
  first.cancel();
  await expect(first.done).rejects.toMatchObject({ code: "cancelled" });
  await expect(fetch(loopbackRedirectUri(redirectPort))).rejects.toThrow();
  const second = await session.startSignIn();
  await visit(second.verificationUriComplete);
  await second.done;
  expect(await session.status()).toMatchObject({ signedIn: true });
});

test("no log and no error holds a token or a code", async () => {
  const { session, identity, visit, api, lines } = await open();
  const pending = await session.startSignIn();
  await visit(pending.verificationUriComplete);
  await pending.done;
  const url = new URL("/user", api.origin);
  const { headers } = await identity.authorize({ scopes: [], method: "GET", url });
  await session.signOut();
  expect(headers.authorization).toMatch(/^Bearer eyJ/);
  expect(lines.join("")).not.toMatch(/eyJ|code=/);
  expect(JSON.stringify([session, identity])).not.toMatch(/eyJ/);
});
