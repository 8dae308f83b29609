import { expect, onTestFinished, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";

const CB = "http://127.0.0.1:4711/cb";
const codeIn = (visit: Visit) => visit.location?.searchParams.get("code");

/** A client that asks, up to the page of consent. */
async function asked(web: CompanyWeb, browser: PlainBrowser, client_id?: string) {
  const id = client_id ?? (await web.register()).client_id;
  const begun = await web.begin({ client_id: id });
  const page = await web.follow(browser, await browser.get(begun.url), CB);
  return { id, begun, page };
}

/** Presses Continue, and stops at the address to which Okta sends the browser back. */
async function toCallback(browser: PlainBrowser, page: Visit): Promise<URL> {
  const atOkta = await browser.submit(page, page.url, { answer: "allow" });
  const back = await browser.get(atOkta.location as URL);
  expect(back.location?.pathname).toBe("/auth/sso/callback/okta");
  return back.location as URL;
}

async function started(options: Parameters<typeof startCompanyWeb>[0] = {}) {
  const web = await startCompanyWeb(options);
  web.company.control.autoSignIn(ADMIN_LOGIN);
  return web;
}

test("P5: a live session and an earlier consent give another client no code, and the page shows where its answer goes", async () => {
  const web = await started();
  const { browser } = await web.signIn(ADMIN_LOGIN);
  const evil = await web.register({ client_name: "Claude", redirect_uris: ["http://127.0.0.1/evil"] });
  const begun = await web.begin({ client_id: evil.client_id, redirect_uri: "http://127.0.0.1:666/evil" });
  const page = await web.follow(browser, await browser.get(begun.url), "http://127.0.0.1:666/evil");
  expect(page.status).toBe(200);
  expect(page.html).toContain("127.0.0.1:666");
  expect(page.html).toContain("Nobody has verified this name");
});

test("P6: a consent without our cookie, of another browser, from another site, sent twice or too late is 403 without a code", async () => {
  const web = await started();
  const browser = plainBrowser();
  const { page } = await asked(web, browser);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const send = (headers: Record<string, string>, token = csrf) =>
    fetch(page.url, {
      method: "POST",
      headers,
      body: new URLSearchParams({ csrf: token, answer: "allow" }),
      redirect: "manual",
    });
  const other = plainBrowser();
  const others = /name="csrf" value="([^"]+)"/.exec((await asked(web, other)).page.html)?.[1] ?? "";
  for (const refused of [
    await send({}),
    await send({ cookie }, others),
    await send({ cookie }, ""),
    await send({ cookie, "sec-fetch-site": "cross-site" }),
    await send({ cookie, origin: "https://evil.example" }),
    await send({ cookie: cookie.replace(/okta-mcp\.browser=[^;]*/, `okta-mcp.browser=${"x".repeat(43)}`) }),
  ]) {
    expect(refused.status).toBe(403);
    expect(refused.headers.get("location")).toBeNull();
  }
  const done = await web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
  expect(codeIn(done)).toBeTruthy();
  expect((await send({ cookie })).status).toBe(403);
  const late = await asked(web, browser);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 601_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect((await browser.submit(late.page, late.page.url, { answer: "allow" })).status).toBe(403);
});

test("P7: the callback of a sign-in that somebody else has begun is refused in the victim's browser, on record", async () => {
  const web = await started();
  const [attacker, victim] = [plainBrowser(), plainBrowser()];
  await web.follow(victim, await victim.get(`${web.publicUrl}/approve/x`));
  const { page } = await asked(web, attacker);
  const callback = await toCallback(attacker, page);
  const refused = await victim.get(callback);
  expect(refused.status).toBe(403);
  expect(refused.html).toContain("another_browser");
  const entries = await web.store.audit.page({ limit: 20 });
  expect(entries.some(({ detail }) => detail?.code === "another_browser")).toBe(true);
  expect(entries.some(({ ip }) => ip === "127.0.0.1")).toBe(true);
  expect(codeIn(await web.follow(attacker, await attacker.get(callback), CB))).toBeTruthy();
});

test("P10: a callback with an unknown or used state, without a code or from another issuer is refused in our words", async () => {
  const web = await started();
  const browser = plainBrowser();
  const { page } = await asked(web, browser);
  const callback = await toCallback(browser, page);
  const with_ = (change: Record<string, string | undefined>) => {
    const url = new URL(callback);
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return url;
  };
  expect((await browser.get(with_({ state: "y".repeat(43) }))).html).toContain("state_expired");
  expect((await browser.get(with_({ state: undefined }))).status).toBe(403);
  expect((await browser.get(with_({ code: undefined, iss: "https://evil.example" }))).html).toMatch(/Code <code>\w+</);
  expect((await browser.get(callback)).html).toContain("state_expired");
});

test("P10: an error of Okta's is shown with a code, its text is not, and the client learns that it is over", async () => {
  const web = await started();
  const browser = plainBrowser();
  web.company.control.nextAuthorizeError("access_denied", "<script>alert(1)</script>");
  const { page } = await asked(web, browser);
  const refused = await web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
  expect(refused.status).toBe(403);
  expect(refused.html).toContain("<code>access_denied</code>");
  expect(refused.html).not.toContain("alert(1)");
  expect(web.lines.join("")).toContain("fault=access_denied");
  expect(web.lines.join("")).toContain("alert(1)");
  const back = /<a class="button main" href="([^"]+)"/.exec(refused.html)?.[1] ?? "";
  const client = await web.follow(browser, await browser.get(back), CB);
  expect(client.location?.searchParams.get("error")).toBe("access_denied");
  expect(client.location?.searchParams.get("error_description")).toContain("access_denied: Okta did not let you in.");
  expect(client.location?.searchParams.get("state")).toBe("x");
});

test("P11: the same callback twice at once exchanges one code", async () => {
  const web = await started();
  const browser = plainBrowser();
  const { page } = await asked(web, browser);
  const callback = await toCallback(browser, page);
  web.company.sandbox.forgetCounts();
  const both = await Promise.all([browser.get(callback), browser.get(callback)]);
  expect(both.map(({ status }) => status).sort()).toEqual([303, 403]);
  expect(web.company.sandbox.count("POST", "/oauth2/v1/token")).toBe(1);
});

test.each([
  ["another nonce", { claims: (all: object) => ({ ...all, nonce: "other" }) }, "id_token_invalid"],
  ["another audience", { claims: (all: object) => ({ ...all, aud: "0oaother" }) }, "id_token_invalid"],
  ["a stranger's signature", { signature: "stranger" }, "id_token_invalid"],
  ["no signature", { signature: "none" }, "id_token_invalid"],
  ["an end in the past", { claims: (all: object) => ({ ...all, exp: 1 }) }, "clock_skew"],
  ["another issuer", { claims: (all: object) => ({ ...all, iss: "https://evil.example" }) }, "issuer_mismatch"],
] as const)("P12: an ID token with %s signs nobody in, on record", async (_, fault, code) => {
  const web = await started();
  const browser = plainBrowser();
  const { page } = await asked(web, browser);
  web.company.control.nextToken("id_token", fault as never);
  const refused = await web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
  expect(refused.html).toContain(`<code>${code}</code>`);
  expect((await web.store.audit.page({ limit: 5 }))[0]).toMatchObject({
    action: "sign_in",
    outcome: "refused",
    detail: { code },
  });
  expect(await web.store.people.findByLogin(ADMIN_LOGIN)).toEqual([]);
});

test("P12: somebody else who signs in between the two legs gets nothing, and neither does the first", async () => {
  const web = await started();
  const browser = plainBrowser();
  const { page } = await asked(web, browser);
  const callback = await toCallback(browser, page);
  const second = await browser.get(callback);
  web.company.control.endSessions();
  web.company.control.autoSignIn(BOB_LOGIN);
  const refused = await web.follow(browser, await browser.get(second.location as URL), CB);
  expect(refused.html).toContain("another_person");
});

test("two people use one browser, and each client acts for whoever allowed it", async () => {
  const web = await started({
    roles: [{ name: "all", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }],
  });
  const { browser } = await web.signIn(ADMIN_LOGIN);
  const { page, begun, id } = await asked(web, browser);
  expect(page.html).toContain(`I am not ${ADMIN_LOGIN}`);
  web.company.control.autoSignIn(BOB_LOGIN);
  const done = await web.follow(browser, await browser.submit(page, page.url, { answer: "switch" }), CB);
  const { status, body } = await web.token({
    grant_type: "authorization_code",
    client_id: id,
    code: codeIn(done) ?? "",
    redirect_uri: CB,
    code_verifier: begun.verifier,
  });
  expect(status, done.html).toBe(200);
  expect(body.access_token).toBeTruthy();
  const [bob] = await web.store.people.findByLogin(BOB_LOGIN);
  expect((await web.store.oidc.grantsOf(bob?.id ?? "")).map(({ client }) => client)).toEqual([id]);
});
