import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "../support/company-server.js";
import {
  appKey,
  DIRECTORY_CLIENT_ID,
  MACHINE_CLIENT_ID,
  SERVICE_ROLE,
  startTokenWeb,
} from "../support/company-tokens.js";

const ROLES = [{ name: "helpdesk", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }];

/** A company whose admin is Ada, and whose groups an app reads where it is asked. */
function start(options: CompanyWebOptions = {}) {
  const { pem, jwks } = appKey("directory");
  return startCompanyWeb({
    roles: ROLES,
    admins: { members: [ADMIN_LOGIN] },
    files: { "directory.pem": pem },
    serve: { directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" } },
    arrange(org) {
      const how = { type: "service", auth: "private_key_jwt", jwks: jwks as never } as const;
      addOAuthApp(org, { id: DIRECTORY_CLIENT_ID, ...how, scopes: ["okta.users.read", "okta.groups.read"] });
    },
    ...options,
  });
}

async function ask(web: Pick<CompanyWeb, "publicUrl">, path: string, init: RequestInit = {}) {
  const answer = await fetch(`${web.publicUrl}${path}`, { redirect: "manual", ...init });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

const bearer = (token: string, method = "GET"): RequestInit => ({
  method,
  headers: { authorization: `Bearer ${token}` },
});

/** The cookie of Ada's session of the admin pages. */
async function adminCookie(web: CompanyWeb): Promise<string> {
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  const login = await browser.get(`${web.publicUrl}/admin/login`);
  await web.follow(browser, await browser.submit(login, "/admin/login", {}));
  return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

describe("GET /auth/users", () => {
  test("tells an admin who has signed in, by a token of this server, without a secret", async () => {
    const web = await start();
    await web.signIn(BOB_LOGIN);
    const { access_token, refresh_token } = await web.signIn(ADMIN_LOGIN);
    const { status, headers, body } = await ask(web, "/auth/users", bearer(access_token));
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body.next).toBeNull();
    expect(body.users.map(({ login }: { login: string }) => login)).toEqual([ADMIN_LOGIN, BOB_LOGIN]);
    expect(body.users[0]).toMatchObject({
      issuer: web.company.origin,
      subject: web.company.person().id,
      email: ADMIN_LOGIN,
      email_verified: true,
      status: "active",
      is_admin: true,
      roles: ["helpdesk"],
      department: null,
      title: null,
    });
    expect(body.users[1]).toMatchObject({ is_admin: false });
    const text = JSON.stringify(body);
    for (const secret of [access_token, refresh_token]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/token|sealed|hash|cookie/);
  });

  test("by a token is on record, at most once a minute for an admin and a client, and by the pages is not", async () => {
    const web = await start();
    const ada = await web.signIn(ADMIN_LOGIN);
    const entries = () => web.store.audit.page({ action: "people_listed", limit: 9 });
    for (let nth = 0; nth < 3; nth += 1) await ask(web, "/auth/users", bearer(ada.access_token));
    const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
    const entry = { actor: person?.id, client: ada.client_id, outcome: "done", ip: "127.0.0.1" };
    expect(await entries()).toMatchObject([entry]);
    web.company.clock.advanceSeconds(61);
    expect((await ask(web, "/auth/users", bearer(ada.access_token))).status).toBe(200);
    expect(await entries()).toMatchObject([{ ...entry, detail: { others_since_the_last_entry: 2 } }, entry]);
    const other = await web.signIn(ADMIN_LOGIN);
    await ask(web, "/auth/users", bearer(other.access_token));
    await ask(web, "/auth/users", { headers: { cookie: await adminCookie(web) } });
    expect(await entries()).toHaveLength(other.client_id === ada.client_id ? 2 : 3);
  });

  test("comes in pages that are found by what stands last, with the way to the next one", async () => {
    const web = await start();
    const told = { name: undefined, email: undefined, emailVerified: false, groups: [], issuer: web.company.origin };
    for (let nth = 0; nth < 5; nth += 1) {
      await web.store.people.signedIn({ ...told, subject: `00u${nth}`, login: `p${nth}@acme.example` });
    }
    const { access_token } = await web.signIn(ADMIN_LOGIN);
    const logins: string[] = [];
    let path: string | undefined = "/auth/users?limit=2";
    while (path !== undefined) {
      const { headers, body } = await ask(web, path, bearer(access_token));
      logins.push(...body.users.map(({ login }: { login: string }) => login));
      path = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    }
    expect(logins).toHaveLength(6);
    expect(new Set(logins).size).toBe(6);
    for (const limit of ["0", "501", "x"]) {
      expect((await ask(web, `/auth/users?limit=${limit}`, bearer(access_token))).status).toBe(400);
    }
    expect((await ask(web, "/auth/users?after=%00nonsense", bearer(access_token))).status).toBe(200);
  });

  test("is for admins alone, and is not there where nobody is one", async () => {
    const web = await start();
    const bob = await web.signIn(BOB_LOGIN);
    expect(await ask(web, "/auth/users")).toMatchObject({ status: 401 });
    expect(await ask(web, "/auth/users", bearer("made-up"))).toMatchObject({ status: 401 });
    expect(await ask(web, "/auth/users", { headers: { authorization: "Basic YTpi" } })).toMatchObject({ status: 401 });
    expect(await ask(web, "/auth/users", bearer(bob.access_token))).toMatchObject({
      status: 403,
      body: { error: "not_admin" },
    });
    const ada = await web.signIn(ADMIN_LOGIN);
    web.company.control.setGroups(ADMIN_LOGIN, ["okta-mcp-helpdesk"]);
    web.company.clock.advanceSeconds(6 * 60);
    expect(await ask(web, "/auth/users", bearer(ada.access_token))).toMatchObject({ status: 403 });
    const none = await startCompanyWeb();
    const { access_token } = await none.signIn(ADMIN_LOGIN);
    expect(await ask(none, "/auth/users", bearer(access_token))).toMatchObject({ status: 404 });
  });

  test("takes the session of the admin pages, and no token where an assurance is asked for that a token does not tell", async () => {
    const web = await start();
    const cookie = await adminCookie(web);
    expect((await ask(web, "/auth/users", { headers: { cookie } })).body.users).toHaveLength(1);
    const { access_token } = await web.signIn(ADMIN_LOGIN);
    const { admins } = web.content;
    web.changeSettings({ admins: { ...(admins as NonNullable<typeof admins>), acr_values: ["urn:okta:loa:2fa:any"] } });
    expect(await ask(web, "/auth/users", bearer(access_token))).toMatchObject({
      status: 403,
      body: { error: "mfa_required" },
    });
  });

  test("takes tokens of a custom authorization server of people, and none of a machine", async () => {
    const web = await startTokenWeb({
      admins: { members: [ADMIN_LOGIN] },
      roles: [{ name: "helpdesk", scopes: ["okta.users.read"], ...SERVICE_ROLE }],
      serve: { machines: [{ client_id: MACHINE_CLIENT_ID, role: "helpdesk" }] },
    });
    expect((await ask(web, "/auth/users", bearer(await web.tokenOf()))).body.users).toHaveLength(1);
    const machine = await web.tokenOf({ clientId: MACHINE_CLIENT_ID, login: undefined as never });
    expect(await ask(web, "/auth/users", bearer(machine))).toMatchObject({ status: 403 });
  });
});

describe("POST /auth/users/{id}/sync", () => {
  test("reads somebody's groups anew, which counts at their next request, and is on record", async () => {
    const web = await start();
    const bob = await web.signIn(BOB_LOGIN);
    const ada = await web.signIn(ADMIN_LOGIN);
    const [person] = await web.store.people.findByLogin(BOB_LOGIN);
    const path = `/auth/users/${person?.id}/sync`;
    expect((await bob.call("tools/list")).status).toBe(200);
    web.company.control.setGroups(BOB_LOGIN, []);
    const { status, body } = await ask(web, path, bearer(ada.access_token, "POST"));
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.removed).toEqual(person?.groups);
    expect(body.user.roles).toEqual([]);
    expect((await bob.call("tools/list")).status).toBe(403);
    const [entry] = await web.store.audit.page({ action: "sync_groups", limit: 1 });
    expect(entry).toMatchObject({ target: person?.id, outcome: "done", ip: "127.0.0.1" });
    expect(entry?.actor).not.toBe(person?.id);
  });

  test("changes nothing where Okta does not answer, by nobody else, and by no other page's request", async () => {
    const web = await start();
    const bob = await web.signIn(BOB_LOGIN);
    const ada = await web.signIn(ADMIN_LOGIN);
    const [person] = await web.store.people.findByLogin(BOB_LOGIN);
    const path = `/auth/users/${person?.id}/sync`;
    expect((await ask(web, path, bearer(bob.access_token, "POST"))).status).toBe(403);
    expect((await ask(web, "/auth/users/per0/sync", bearer(ada.access_token, "POST"))).status).toBe(404);
    const cookie = await adminCookie(web);
    const foreign = { method: "POST", headers: { cookie, origin: "https://evil.example" } };
    expect(await ask(web, path, foreign)).toMatchObject({ status: 403, body: { error: "form_not_ours" } });
    expect((await ask(web, path, { method: "POST", headers: { cookie, origin: web.publicUrl } })).status).toBe(200);
    const groups = "/api/v1/users/{userId}/groups";
    web.company.sandbox.next("GET", groups, { status: 503, times: 20 });
    const failed = await ask(web, path, bearer(ada.access_token, "POST"));
    expect(failed).toMatchObject({ status: 503, body: { error: "okta_unreachable" } });
    expect((await web.store.people.find(person?.id ?? ""))?.groups).toEqual(person?.groups);
    const readOnly = await web.signIn(ADMIN_LOGIN, { scopes: ["mcp:read"] });
    expect(await ask(web, path, bearer(readOnly.access_token, "POST"))).toMatchObject({
      status: 403,
      body: { error: "insufficient_scope" },
    });
  });
});
