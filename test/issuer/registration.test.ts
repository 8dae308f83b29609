import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openSqlite } from "../../src/store/sqlite-library.js";
import { plainBrowser } from "../support/browser.js";
import { startCompanyWeb } from "../support/company-server.js";
import { allowed, allScopes, obtainCode, redemption, registration } from "../support/issuer.js";

const DAY_SECONDS = 24 * 3_600;
const LOOPBACK = { redirect_uris: ["http://127.0.0.1/cb"] };

describe("a client that registers itself", () => {
  test("P3: gives no address that a browser runs, shows or reads from its disk, and none of another machine", async () => {
    const web = await startCompanyWeb({ serve: { registration: { hosts: ["app.example"] } } });
    const wrong: unknown[] = [
      ...["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "blob:https://app.example/x", "vbscript:x"],
      ...["about:blank", "view-source:https://app.example/cb", "ftp://app.example/cb", "http://intranet.corp/cb"],
      ...[
        "https://user@app.example/cb",
        "https://other.example/cb",
        "https://app.example/*",
        "https://*.app.example/cb",
      ],
      ...[
        "https://app.example/cb#x",
        "unlisted://cb",
        "//app.example/cb",
        "",
        "cb",
        "http://127.0.0.1\\@evil.example/",
      ],
      ...["https://app.example/\u202Ecb", `https://app.example/${"x".repeat(3_000)}`, 7, null, { href: "x" }],
    ];
    for (const uri of wrong) {
      const { status, body } = await registration(web, { redirect_uris: [uri] });
      expect([status, body.error], String(uri).slice(0, 60)).toEqual([400, "invalid_redirect_uri"]);
    }
    const many = Array.from({ length: 1_000 }, (_, index) => `http://127.0.0.1/${index}`);
    for (const redirect_uris of [many, [], "http://127.0.0.1/cb", undefined, {}]) {
      expect((await registration(web, { redirect_uris })).status).toBe(400);
    }
    for (const metadata of [[], "x", null]) expect((await registration(web, metadata)).status).toBe(400);
    expect(await web.store.clients.count("dcr")).toBe(0);
  });

  test("P3: a name of a megabyte is refused, and markup or hidden characters in a name change nothing on a page", async () => {
    const web = await startCompanyWeb();
    expect((await registration(web, { ...LOOPBACK, client_name: "x".repeat(1_000_000) })).status).toBe(413);
    const client_name = "<script>alert(1)</script>\u202Eevil\u200B\r\nClaude";
    const { body } = await registration(web, { ...LOOPBACK, client_name });
    expect(body.client_name).toBe("<script>alert(1)</script><U+202E>evil<U+200B> Claude");
    const { url } = await web.begin({ client_id: String(body.client_id) });
    const browser = plainBrowser();
    const page = await web.follow(browser, await browser.get(url));
    expect(page.html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&lt;U+202E&gt;evil&lt;U+200B&gt; Claude");
    expect(page.html).not.toMatch(/<script|\u202E|\u200B/);
    expect(page.html).toContain("Nobody has verified this name");
    const long = await registration(web, { ...LOOPBACK, client_name: "y".repeat(5_000) });
    expect(String(long.body.client_name)).toHaveLength(100);
  });

  test("P3: addresses of pages, pictures and keys are not kept, so that none of them is ever fetched", async () => {
    const web = await startCompanyWeb();
    const at = `${web.company.origin}/intranet`;
    web.company.sandbox.forgetCounts();
    const more = { client_uri: at, logo_uri: at, policy_uri: at, tos_uri: at, jwks_uri: at, sector_identifier_uri: at };
    const { status, body } = await registration(web, { ...LOOPBACK, ...more, initiate_login_uri: at, contacts: ["x"] });
    expect(status).toBe(201);
    for (const member of Object.keys(more)) expect(body).not.toHaveProperty(member);
    const code = await obtainCode(web, { clientId: String(body.client_id) });
    expect((await web.token(redemption(code))).status).toBe(200);
    expect(web.company.sandbox.count("*", "/intranet")).toBe(0);
  });

  test("P3b: without application_type a loopback port may vary, and a private scheme that is listed works", async () => {
    const web = await startCompanyWeb({ serve: { registration: { hosts: ["app.example"] } } });
    const fixed = await registration(web, { redirect_uris: ["http://localhost:3334/cb"] });
    expect(fixed.body).toMatchObject({ application_type: "native", token_endpoint_auth_method: "none" });
    expect(fixed.body).not.toHaveProperty("client_secret");
    const clientId = String(fixed.body.client_id);
    const code = await obtainCode(web, { clientId, change: { redirect_uri: "http://localhost:4711/cb" } });
    expect((await web.token(redemption(code))).status).toBe(200);
    const redirect_uri = "cursor://anysphere.cursor-retrieval/oauth/user-okta/callback";
    const cursor = await registration(web, { redirect_uris: [redirect_uri] });
    const of = { clientId: String(cursor.body.client_id), change: { redirect_uri } };
    const second = await obtainCode(web, of);
    expect(second.location.href).toMatch(/^cursor:\/\/anysphere\.cursor-retrieval\/oauth\/user-okta\/callback\?code=/);
    expect((await web.token(redemption(second))).status).toBe(200);
    for (const uri of ["http://intranet.corp/cb", "https://user@a.b/cb"]) {
      expect((await registration(web, { redirect_uris: [uri] })).status, uri).toBe(400);
    }
  });

  test("P3b: of addresses on the web and of this machine, as VS Code names them, those that are allowed are left", async () => {
    const web = await startCompanyWeb({ serve: { registration: { hosts: ["app.example"] } } });
    const machine = ["http://127.0.0.1/", "http://127.0.0.1:33418/"];
    const editor = await registration(web, {
      redirect_uris: ["https://insiders.vscode.dev/redirect", "https://vscode.dev/redirect", ...machine],
    });
    expect(editor.body).toMatchObject({ application_type: "native", redirect_uris: machine });
    const code = await obtainCode(web, {
      clientId: String(editor.body.client_id),
      change: { redirect_uri: "http://127.0.0.1:59656/" },
    });
    expect((await web.token(redemption(code))).status).toBe(200);
    const both = await registration(web, { redirect_uris: ["https://app.example/cb", ...machine] });
    expect(both.body).toMatchObject({ redirect_uris: ["https://app.example/cb", ...machine] });
    const none = await registration(web, { redirect_uris: ["https://vscode.dev/redirect"] });
    expect([none.status, none.body.error]).toEqual([400, "invalid_redirect_uri"]);
  });

  test("P3b: with a secret it has to show it, and without a right one it gets nothing", async () => {
    const web = await startCompanyWeb();
    const { body } = await registration(web, { ...LOOPBACK, token_endpoint_auth_method: "client_secret_post" });
    const obtained = await obtainCode(web, { clientId: String(body.client_id) });
    expect((await web.token(redemption(obtained))).status).toBe(401);
    expect((await web.token({ ...redemption(obtained), client_secret: "x".repeat(43) })).status).toBe(401);
    const client_secret = String(body.client_secret);
    expect((await web.token({ ...redemption(obtained), client_secret })).status).toBe(200);
  });
});

describe("the number of clients", () => {
  const limits = { registrations_per_address: 5, registrations_in_all: 12 };

  test("P4: one address registers so many a day and no more, whatever it says of other addresses", async () => {
    const web = await startCompanyWeb({ serve: { limits } });
    const register = (headers = {}) => registration(web, LOOPBACK, headers);
    const answers = [];
    for (let index = 0; index < 9; index += 1) answers.push(await register({ "x-forwarded-for": `192.0.2.${index}` }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 429, 429, 429, 429]);
    const { headers, body } = answers[5] as (typeof answers)[number];
    expect(body).toMatchObject({ error: "temporarily_unavailable" });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(3_600);
    expect(await web.store.clients.count("dcr")).toBe(5);
    const [refused, ...more] = await web.store.audit.page({ action: "register", limit: 10 });
    // The record is for ever, so that a flood leaves one line in it.
    expect(more).toEqual([]);
    expect(refused).toMatchObject({ outcome: "refused", ip: "127.0.0.1" });
    web.company.clock.advanceSeconds(DAY_SECONDS + 1);
    expect((await register()).status).toBe(201);
  });

  test("P4: several at once and on two instances count together", async () => {
    const web = await startCompanyWeb({ serve: { limits } });
    const other = await web.anotherInstance();
    const register = (address: string) =>
      fetch(`${address}/oauth/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(LOOPBACK),
      });
    const addresses = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? web.publicUrl : other.address));
    const statuses = (await Promise.all(addresses.map(register))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  test("P4: a client that nobody used ends after a day, and one that was used stays", async () => {
    const web = await startCompanyWeb();
    const [unused, used] = [await web.register(), await web.register()];
    const obtained = await obtainCode(web, { clientId: used.client_id });
    expect((await web.token(redemption(obtained))).status).toBe(200);
    web.company.clock.advanceSeconds(DAY_SECONDS + 1);
    await web.store.dropEnded();
    expect(await web.store.clients.find(unused.client_id)).toBeUndefined();
    const row = await web.store.clients.find(used.client_id);
    expect(row).toMatchObject({ kind: "dcr", name: "A test", blockedAtMs: undefined });
    expect(row?.usedAtMs).toBeDefined();
    const { url } = await web.begin({ client_id: unused.client_id });
    expect((await plainBrowser().get(url)).html).toContain("<code>invalid_client</code>");
    web.company.clock.advanceSeconds(91 * DAY_SECONDS);
    expect(await web.store.clients.find(used.client_id)).toBeUndefined();
  });

  test("P4: where the database does not answer, nobody registers, and the answer says that it is for now", async () => {
    const web = await startCompanyWeb();
    const other = openSqlite(join(web.folder, "data", "store.sqlite"));
    onTestFinished(() => other.close());
    // It holds the lock that every write needs.
    other.exec("begin immediate");
    const { status, headers, body } = await registration(web, LOOPBACK);
    expect([status, body.error]).toEqual([503, "temporarily_unavailable"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    other.exec("rollback");
    expect((await registration(web, LOOPBACK)).status).toBe(201);
  });

  test("P4: requests of one address to any endpoint are counted, and 429 says how long to wait", async () => {
    const web = await startCompanyWeb({ serve: { limits: { oauth_per_address: 20 } } });
    const { url } = await web.begin({ client_id: "nobody" });
    const statuses: number[] = [];
    for (let index = 0; index < 25; index += 1) statuses.push((await fetch(url, { redirect: "manual" })).status);
    expect(statuses.slice(0, 20)).not.toContain(429);
    expect(statuses.slice(20)).toEqual([429, 429, 429, 429, 429]);
    const page = await plainBrowser().get(url);
    expect(page.html).toContain("<code>temporarily_unavailable</code>");
    for (const name of ["token", "register", "revoke"]) {
      const answer = await fetch(`${web.publicUrl}/oauth/${name}`, {
        method: "POST",
        body: new URLSearchParams({ a: "b" }),
      });
      expect(answer.status, name).toBe(429);
      expect(Number(answer.headers.get("retry-after")), name).toBeGreaterThan(0);
      expect(((await answer.json()) as { error: string }).error).toBe("temporarily_unavailable");
    }
    web.company.clock.advanceSeconds(120);
    expect((await fetch(url, { redirect: "manual" })).status).toBe(400);
  });
});

describe("a client that was blocked", () => {
  test("is refused at once, at the authorization and the token endpoint, on every instance", async () => {
    const web = await startCompanyWeb();
    const other = await web.anotherInstance();
    const { client_id } = await web.register();
    const first = await obtainCode(web, { clientId: client_id });
    const { body } = await web.token(redemption(first));
    const second = await obtainCode(web, { clientId: client_id });
    await web.store.clients.setBlocked(client_id, true);
    const { url } = await web.begin({ client_id, scope: await allScopes(web) });
    const visit = await plainBrowser().get(url);
    expect([visit.status, visit.location]).toEqual([400, undefined]);
    expect(visit.html).toContain("<code>unauthorized_client</code>");
    expect(visit.html).toContain("they have blocked it");
    const refresh = { grant_type: "refresh_token", client_id, refresh_token: String(body.refresh_token) };
    for (const [address, fields] of [
      [web.publicUrl, redemption(second)],
      [other.address, refresh],
    ] as const) {
      const answer = await fetch(`${address}/oauth/token`, { method: "POST", body: new URLSearchParams(fields) });
      expect(((await answer.json()) as { error: string }).error).toBe("unauthorized_client");
    }
    expect((await web.call(String(body.access_token), "tools/list")).status).toBe(401);
    web.company.clock.advanceSeconds(100 * DAY_SECONDS);
    await web.store.dropEnded();
    expect((await plainBrowser().get(url)).html).toContain("<code>unauthorized_client</code>");
    await web.store.clients.setBlocked(client_id, false);
    const browser = plainBrowser();
    expect((await allowed(web, browser, await browser.get(url), "http://127.0.0.1:4711")).location?.search).toContain(
      "code=",
    );
  });

  test("a client of serve.json is one of the known ones, with a row once it was used, and can be blocked too", async () => {
    const redirect_uris = ["http://127.0.0.1/cb", "https://claude.example/cb"];
    const web = await startCompanyWeb({
      serve: { clients: [{ client_id: "desk", name: "Help desk", redirect_uris }] },
    });
    const obtained = await obtainCode(web, { clientId: "desk" });
    expect((await web.token(redemption(obtained))).status).toBe(200);
    expect(await web.store.clients.find("desk")).toMatchObject({
      kind: "static",
      name: "Help desk",
      endsAtMs: undefined,
    });
    await web.store.clients.setBlocked("desk", true);
    const { url } = await web.begin({ client_id: "desk" });
    expect((await plainBrowser().get(url)).html).toContain("<code>unauthorized_client</code>");
  });
});
