import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ADMIN_LOGIN, HR_SERVER_ID, HR_SERVICE_CLIENT_ID, HR_WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { Departures } from "../../src/upstream/departures.js";
import { GPIDS, HR_SECRET, STAFF, startApiCompany } from "../support/api-company.js";
import { errorIn, modernClient, resultIn } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { testEachDatabase } from "../support/each-database.js";
import { requirePostgres } from "../support/postgres.js";

const HR_TOKEN = `/oauth2/${HR_SERVER_ID}/v1/token`;
const HR_REVOKE = `/oauth2/${HR_SERVER_ID}/v1/revoke`;
const ME = "hr_get_user_info_user_get";

test("an argument that is bound to the caller is in no schema, refused when given, and filled from the checked token", async () => {
  const bind = { gpid: ["claim:gpid", "claim:employeeNumber", "claim:sub"] };
  const { web, api, atPages, link } = await startApiCompany({ api: { bind } });
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const { tools } = (await ada.call("tools/list")).message.result;
  const tool = tools.find(({ name }: { name: string }) => name === "hr_get_employee_information");
  expect(JSON.stringify(tool.inputSchema)).not.toContain("gpid");
  const call = (args: object) => ada.call("tools/call", { name: tool.name, arguments: args });
  expect(resultIn(await call({})).gpid).toBe(GPIDS[ADMIN_LOGIN]);
  const asked = api.requests.length;
  expect(errorIn(await call({ gpid: GPIDS[BOB_LOGIN] })).code).toBe("bad_input");
  expect(api.requests).toHaveLength(asked);
});

test("a claim that the token does not have is an error that names it, and nothing is sent", async () => {
  const bind = { gpid: ["claim:badge", "claim:locker"] };
  const { web, api, atPages, link } = await startApiCompany({ api: { bind } });
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const answer = errorIn(await ada.call("tools/call", { name: "hr_get_employee_information", arguments: {} }));
  expect(answer.code).not.toBe("ok");
  expect(answer.text).toContain("badge");
  expect(answer.text).toContain("locker");
  expect(api.requests).toHaveLength(0);
});

test("with the identity of an app an argument is bound to what this server knows of the person", async () => {
  const auth = { kind: "client_credentials", client_id: HR_SERVICE_CLIENT_ID };
  const bind = { department: ["claim:department", "claim:login"] };
  const { web, api } = await startApiCompany({ auth, api: { bind } });
  const [ada, bob] = [await web.signIn(), await web.signIn(BOB_LOGIN)];
  for (const { call } of [ada, bob]) resultIn(await call("tools/call", { name: "hr_list_employees", arguments: {} }));
  expect(api.requests.map(({ path }) => new URL(path, api.origin).searchParams.get("department"))).toEqual([
    ADMIN_LOGIN,
    BOB_LOGIN,
  ]);
});

testEachDatabase(
  "whoever leaves has no link any more, and what is left of it is revoked at the API's server",
  async (start) => {
    const { web, atPages, link, grantOf, personId } = await startApiCompany({}, start);
    const ada = await web.signIn();
    await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
    resultIn(await ada.call("tools/call", { name: ME, arguments: {} }));
    const departures = new Departures({ store: web.store, revocations: { kick: () => {} } });
    await departures.end(await personId(ADMIN_LOGIN), { cause: "deactivated", status: "gone", by: "okta" });
    expect(await grantOf(ADMIN_LOGIN)).toBeUndefined();
    await expect.poll(() => web.company.sandbox.count("POST", HR_REVOKE), { timeout: 10_000 }).toBe(1);
    expect((await ada.call("tools/call", { name: ME, arguments: {} })).status).toBe(401);
  },
);

testEachDatabase("erasing somebody leaves nothing of their links and tokens", async (start) => {
  const { web, atPages, link, personId } = await startApiCompany({}, start);
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const id = await personId(ADMIN_LOGIN);
  const key = { person: id, api: "hr", scopes: ["hr.read"], roles: ["staff"] };
  await web.store.exchanged.put(key, "exchanged", web.company.clock.now() + 60_000);
  const departures = new Departures({ store: web.store, revocations: { kick: () => {} } });
  await departures.end(id, { cause: "erased", status: "gone", by: "operator" });
  await web.store.erasure.erase(id, { by: "operator" });
  expect(await web.store.upstream.apisOf(id)).toEqual([]);
  expect(await web.store.exchanged.find(key)).toBeUndefined();
});

test("an open link survives in three instances: any of them renews it, and each refresh token is used once", async (context) => {
  requirePostgres(context);
  const { web, api, atPages, link } = await startApiCompany({ instances: 3 });
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const tokens = () => web.company.sandbox.count("POST", HR_TOKEN);
  const read = () => ada.call("tools/call", { name: ME, arguments: {} });
  for (let times = 0; times < 3; times += 1) expect(resultIn(await read()).gpid).toBe(GPIDS[ADMIN_LOGIN]);
  const before = tokens();
  // All instances are told at once that the token counts no more, and one of them renews it for all.
  api.next("GET", "/user", { status: 401, times: 3 });
  const answers = await Promise.all([read(), read(), read()]);
  for (const answer of answers) expect(["ok", "api_refused_token"]).toContain(errorIn(answer).code);
  expect(tokens() - before).toBeLessThanOrEqual(3);
  for (let times = 0; times < 3; times += 1) expect(resultIn(await read()).gpid).toBe(GPIDS[ADMIN_LOGIN]);
});

testEachDatabase("refresh tokens that rotate are each used once, whoever renews at the same moment", async (start) => {
  const client_id = "0oaHrRotating00000001";
  const { web, api, atPages, link, grantOf } = await startApiCompany(
    {
      auth: { client_id },
      arrange: (org, publicUrl) =>
        void addOAuthApp(org, {
          id: client_id,
          secret: HR_SECRET,
          redirectUris: [`${publicUrl}/connect/hr/callback`],
          rotation: "ROTATE",
          leewaySeconds: 0,
        }),
    },
    start,
  );
  const second = await web.anotherInstance();
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const ways = [web.publicUrl, second.address].map((at) => modernClient(web.publicUrl, ada.access_token, { at }));
  for (let times = 0; times < 3; times += 1) {
    const before = (await grantOf(ADMIN_LOGIN))?.refresh;
    api.next("GET", "/user", { status: 401, times: 2 });
    const ends = await Promise.all(ways.map((client) => client.round(ME)));
    for (const { sees } of ends) expect(["ok", "api_refused_token"]).toContain(sees);
    api.clearFaults();
    expect((await grantOf(ADMIN_LOGIN))?.refresh).not.toBe(before);
  }
  for (const client of ways) expect((await client.round(ME)).sees).toBe("ok");
});

test("a removal is asked on a page where the client cannot ask, and on record with the role and the API", async () => {
  const { web, atPages, link } = await startApiCompany();
  const ada = await web.signIn();
  const browser = await atPages(ADMIN_LOGIN);
  await link(ADMIN_LOGIN, browser);
  const body = { start_date: "2026-03-02", end_date: "2026-03-02", kind: "vacation" };
  const made = resultIn(await ada.call("tools/call", { name: "hr_request_time_off", arguments: { body } }));
  const args = { gpid: made.gpid, request_id: made.request_id };
  const client = modernClient(web.publicUrl, ada.access_token, { capabilities: {} });
  const asked = await client.round("hr_withdraw_time_off", args);
  expect(asked.sees).toBe("needs_approval");
  const address = /https?:\/\/\S+\/approve\/[\w-]+/.exec(asked.text)?.[0] ?? "";
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const page = await web.follow(browser, await browser.get(address));
  await web.follow(browser, await browser.submit(page, new URL(address).pathname, { answer: "yes" }));
  expect((await client.round("hr_withdraw_time_off", args)).sees).toBe("ok");
  const changes = await web.store.companyJournal.page({ limit: 10 } as never);
  const text = JSON.stringify(changes);
  expect(text).toContain("hr_withdraw_time_off");
  expect(text).toContain("staff");
  expect(text).toContain('"hr"');
});

test("tokens that are bound to a key are sent with a proof for each request", async () => {
  const { web, api, atPages, link, grantOf } = await startApiCompany();
  const ada = await web.signIn();
  const browser = await atPages(ADMIN_LOGIN);
  web.company.control.demandDpop(true);
  await link(ADMIN_LOGIN, browser);
  expect((await grantOf(ADMIN_LOGIN))?.dpopKey).toBeTruthy();
  await ada.call("tools/call", { name: ME, arguments: {} });
  const [request] = api.requests;
  expect(request?.headers.authorization).toMatch(/^DPoP /);
  const proof = JSON.parse(Buffer.from(String(request?.headers.dpop).split(".")[1] ?? "", "base64url").toString());
  expect(proof).toMatchObject({ htm: "GET", htu: `${api.origin}/user`, ath: expect.any(String) });
});

test("no token, secret or code is in the database or in the log in clear", async () => {
  const { web, atPages, link, grantOf } = await startApiCompany();
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  resultIn(await ada.call("tools/call", { name: ME, arguments: {} }));
  const grant = await grantOf(ADMIN_LOGIN);
  const secrets = [grant?.access, grant?.refresh, HR_SECRET].map(String);
  const files = ["store.sqlite", "store.sqlite-wal"].flatMap((name) => {
    try {
      return [readFileSync(join(web.folder, "data", name)).toString("latin1")];
    } catch {
      return [];
    }
  });
  expect(files.length).toBeGreaterThan(0);
  const log = web.lines.join("");
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20);
    for (const text of [...files, log]) expect(text).not.toContain(secret);
  }
});

test("a change of groups ends the way to an API at once, and its tools go", async () => {
  const roles = [...STAFF, { name: "readers", members: [ADMIN_LOGIN], scopes: ["okta.users.read"] }];
  const { web, api, atPages, link, personId } = await startApiCompany({ roles });
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  resultIn(await ada.call("tools/call", { name: ME, arguments: {} }));
  const readers = web.company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-readers")?.id ?? "";
  await web.store.people.setGroups(await personId(ADMIN_LOGIN), [readers]);
  const asked = api.requests.length;
  expect((await ada.call("tools/list")).text).not.toContain("hr_");
  expect(errorIn(await ada.call("tools/call", { name: ME, arguments: {} })).code).not.toBe("ok");
  expect(api.requests).toHaveLength(asked);
  // The link can still be seen and ended.
  expect(HR_WEB_CLIENT_ID).toBeTruthy();
  const page = await (await atPages(ADMIN_LOGIN)).get(`${web.publicUrl}/me`);
  expect(page.html).toContain("/connect/hr");
});
