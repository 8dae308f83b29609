import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { modernClient } from "../support/company-modern.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";
import { requirePostgres } from "../support/postgres.js";

const ROLES = [{ name: "helpdesk", scopes: ["okta.users.manage", "okta.groups.manage"] }];
/** With PostgreSQL each instance has a store of its own, and hears of the others through the database alone. */
const DATABASES = ["sqlite", "postgresql"] as const;
const NOTE = { eventType: "user.lifecycle.test", displayMessage: "A test" };

/** Signs out everywhere by the button of the page. */
async function signOutEverywhere(web: CompanyWeb) {
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  const offer = await browser.get(`${web.publicUrl}/me`);
  const me = await web.follow(browser, await browser.submit(offer, "/me/sign-in", {}));
  await browser.submit(me, "/me/sign-out", { where: "everywhere" });
}

const idOf = async ({ store }: CompanyWeb) => (await store.people.findByLogin(ADMIN_LOGIN))[0]?.id ?? "";

const live = ({ company }: CompanyWeb) =>
  company.control.issued().filter(({ kind, revoked }) => kind === "refresh_token" && !revoked);

test.for(DATABASES)(
  "S19: running calls and streams of somebody whose access ends are cut on every instance, within five seconds (%s)",
  async (database, context) => {
    if (database === "postgresql") requirePostgres(context);
    const web = await startCompanyWeb({ roles: ROLES, ...(database === "postgresql" && { database }) });
    const other = await web.anotherInstance();
    const { access_token: token } = await web.signIn();
    const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
    web.company.sandbox.next("GET", "/api/v1/groups/{groupId}", { fault: "hang", times: 2 });
    const clients = [web.publicUrl, other.address].map((at) => modernClient(web.publicUrl, token, { at }));
    const streams = await Promise.all(
      clients.map(({ send }) => send("subscriptions/listen", { notifications: { toolsListChanged: true } })),
    );
    const calls = clients.map(({ ask }) =>
      ask("tools/call", { name: "get_group", arguments: { group_id: lab.id } }, "get_group"),
    );
    const hanging = () => web.company.sandbox.count("GET", "/api/v1/groups/{groupId}");
    await expect.poll(hanging, { timeout: 10_000 }).toBe(2);
    const startedMs = Date.now();
    await signOutEverywhere(web);
    for (const { status, headers } of await Promise.all(calls)) {
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toContain("invalid_token");
    }
    await Promise.all(streams.map((stream) => stream.text()));
    expect(Date.now() - startedMs).toBeLessThan(5_000);
    expect(await web.store.audit.page({ action: "access_ended", limit: 9 })).toMatchObject([
      { actor: await idOf(web), target: await idOf(web), detail: { why: "signed_out" }, ip: "127.0.0.1" },
    ]);
  },
);

test("S19: a write that was sent to Okta before the access ended comes to its end, and is in the journal", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const { access_token: token } = await web.signIn();
  web.company.sandbox.next("POST", "/api/v1/groups", { fault: "delay", delayMs: 1_500 });
  const args = { name: "create_group", arguments: { profile: { name: "Last" } } };
  const call = modernClient(web.publicUrl, token).ask("tools/call", args, "create_group");
  await expect.poll(() => web.company.sandbox.count("POST", "/api/v1/groups"), { timeout: 10_000 }).toBe(1);
  await signOutEverywhere(web);
  expect((await call).status).toBe(401);
  const journal = web.store.journalFor({ person: await idOf(web), sees: "own" });
  const outcomes = async () => {
    const found: unknown[] = [];
    for await (const { tool, outcome } of journal.changes()) found.push([tool, outcome]);
    return found;
  };
  await expect.poll(outcomes, { timeout: 10_000 }).toEqual([["create_group", "done"]]);
  expect(web.company.org.groups.all().filter(({ profile }) => profile.name === "Last")).toHaveLength(1);
});

test("P19: after a reactivation at Okta nothing comes back by itself, and a new sign-in is let in", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const before = await web.signIn();
  web.company.clock.advanceSeconds(120);
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", NOTE);
  const { client_id, refresh_token } = before;
  const refresh = { grant_type: "refresh_token", client_id, refresh_token };
  expect((await web.token(refresh)).body.error).toBe("invalid_grant");
  web.company.org.users.setStatus(web.company.person(), "ACTIVE", NOTE);
  expect((await web.token(refresh)).body.error).toBe("invalid_grant");
  expect((await before.call("tools/list")).status).toBe(401);
  const after = await web.signIn();
  expect((await after.call("tools/list")).status).toBe(200);
  expect((await before.call("tools/list")).status).toBe(401);
});

test.for(DATABASES)(
  "P28: tokens at Okta are revoked though Okta does not answer at first and the server stops meanwhile (%s)",
  { timeout: 60_000 },
  async (database, context) => {
    if (database === "postgresql") requirePostgres(context);
    const web = await startCompanyWeb({ roles: ROLES, ...(database === "postgresql" && { database }) });
    await web.signIn();
    expect(live(web).length).toBeGreaterThan(0);
    web.company.sandbox.next("POST", "/oauth2/v1/revoke", { status: 500, times: 4 });
    await signOutEverywhere(web);
    await expect
      .poll(() => web.company.sandbox.count("POST", "/oauth2/v1/revoke"), { timeout: 10_000 })
      .toBeGreaterThan(1);
    await web.server.close();
    const waiting = await web.store.revocations.waiting();
    expect(waiting).toBeGreaterThan(0);
    web.company.sandbox.forgetCounts();
    // Two instances start, and each token is revoked by one of them.
    await Promise.all([web.anotherInstance(), web.anotherInstance()]);
    await expect
      .poll(
        async () => {
          web.company.clock.advanceSeconds(60);
          return web.store.revocations.waiting();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(0);
    expect(live(web)).toEqual([]);
  },
);

test("a stream ends with the token with which it was opened", async () => {
  const web = await startTokenWeb();
  const token = await web.tokenOf();
  const client = modernClient(web.publicUrl, token);
  const stream = await client.send("subscriptions/listen", { notifications: { toolsListChanged: true } });
  expect(stream.status).toBe(200);
  web.company.clock.advanceSeconds(2 * 3_600);
  await stream.text();
});

test("S21: a token of another authorization server that still lives counts no more once its person's access has ended", async () => {
  const web = await startTokenWeb();
  const token = await web.tokenOf();
  expect((await web.listWith(token)).status).toBe(200);
  const person = await web.store.people.findBySubject(web.company.origin, web.company.person().id);
  await web.store.endings.endPerson(person?.id ?? "", { why: "deactivated", by: "okta", status: "gone" });
  const refused = await web.listWith(token);
  expect(refused.status).toBe(401);
  expect(refused.text).toContain("Sign in anew");
  web.company.clock.advanceSeconds(5);
  expect((await web.listWith(await web.tokenOf())).status).toBe(200);
  expect((await web.listWith(token)).status).toBe(401);
});
