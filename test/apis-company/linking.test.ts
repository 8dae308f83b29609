import { expect, test } from "vitest";
import { ADMIN_LOGIN, HR_SERVER_ID } from "../../sandbox/facts.js";
import { HR_SCOPES, startApiCompany } from "../support/api-company.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { testEachDatabase } from "../support/each-database.js";

const HR_TOKEN = `/oauth2/${HR_SERVER_ID}/v1/token`;
const HR_REVOKE = `/oauth2/${HR_SERVER_ID}/v1/revoke`;
const ORG_REVOKE = "/oauth2/v1/revoke";

testEachDatabase("a person links an API once, sees it on their page, and ends it", async (start) => {
  const { web, atPages, link, grantOf, path } = await startApiCompany({}, start);
  const ada = await atPages(ADMIN_LOGIN);
  expect((await ada.get(`${web.publicUrl}/me`)).html).toContain("not linked");
  const linked = await link(ADMIN_LOGIN, ada);
  expect(linked.html).toContain("This server may act for you at hr");
  const grant = await grantOf(ADMIN_LOGIN);
  expect(grant?.scopes).toEqual(expect.arrayContaining(HR_SCOPES));
  expect(grant?.refresh).toBeTruthy();
  expect((await ada.get(`${web.publicUrl}/me`)).html).toContain("this server may act for you since");
  const before = web.company.sandbox.count("POST", ORG_REVOKE);
  await web.follow(ada, await ada.submit(linked, path, { answer: "unlink" }));
  expect(await grantOf(ADMIN_LOGIN)).toBeUndefined();
  await expect.poll(() => web.company.sandbox.count("POST", HR_REVOKE)).toBe(1);
  expect(web.company.sandbox.count("POST", ORG_REVOKE)).toBe(before);
  await expect.poll(() => web.store.revocations.waiting()).toBe(0);
  const audit = await web.store.audit.page({ limit: 20 });
  expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining(["link_api", "unlink_api"]));
});

test("a link that was made for somebody else, another browser and a used state lead to no grant", async () => {
  const { web, atPages, grantOf, personId, path } = await startApiCompany();
  const [ada, bob] = [await atPages(ADMIN_LOGIN), await atPages(BOB_LOGIN)];
  const adasLink = `${web.publicUrl}${path}?person=${await personId(ADMIN_LOGIN)}`;
  expect((await bob.get(adasLink)).html).toContain("another_person");
  // Ada begins, and her browser stops in front of the callback.
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const begin = async () => {
    const page = await ada.get(adasLink);
    const visit = await ada.submit(page, page.url, { answer: "link" });
    return web.follow(ada, visit, `${web.publicUrl}${path}/callback`);
  };
  const first = await begin();
  const callback = first.location ?? expect.unreachable();
  expect((await bob.get(callback)).html).toContain("another_browser");
  expect((await plainBrowser().get(callback)).html).toContain("another_browser");
  expect(await grantOf(BOB_LOGIN)).toBeUndefined();
  await web.follow(ada, await ada.get(callback));
  expect(await grantOf(ADMIN_LOGIN)).toBeDefined();
  const exchanged = web.company.sandbox.count("POST", HR_TOKEN);
  expect((await ada.get(callback)).html).toContain("state_expired");
  // A callback of another API's path, a wrong iss and a state that nobody gave out.
  const changes: [string, string][] = [
    ["state", "x"],
    ["iss", "https://evil.example"],
  ];
  for (const [name, value] of changes) {
    const again = new URL((await begin()).location ?? expect.unreachable());
    again.searchParams.set(name, value);
    expect((await ada.get(again)).html).toMatch(/state_expired|issuer_mismatch|id_token_invalid/);
  }
  expect(web.company.sandbox.count("POST", HR_TOKEN)).toBe(exchanged);
});

test("somebody who signs in at the authorization server as another person links nothing", async () => {
  const { web, atPages, link, grantOf } = await startApiCompany();
  const ada = await atPages(ADMIN_LOGIN);
  // Ada's session at Okta has ended, and Bob signs in there in the same browser.
  for (const name of [...ada.cookies.keys()]) if (!name.includes("okta-mcp")) ada.cookies.delete(name);
  expect((await link(BOB_LOGIN, ada)).html).toContain("another_person");
  expect(await grantOf(ADMIN_LOGIN)).toBeUndefined();
  // What came for the other person is revoked.
  await expect.poll(() => web.company.sandbox.count("POST", HR_REVOKE)).toBe(1);
});

test.each([
  ["another audience", { aud: "https://payroll.example" }],
  ["several audiences", { aud: ["https://hr.acme-robotics.example", "https://payroll.example"] }],
  ["another issuer", { iss: "https://evil.example" }],
  ["another person", { uid: "00uSomebodyElse00001" }],
])("a token with %s is not kept, and is revoked", async (_what, change) => {
  const { web, atPages, link, grantOf } = await startApiCompany();
  const ada = await atPages(ADMIN_LOGIN);
  web.company.control.nextToken("access_token", { claims: (all) => ({ ...all, ...change }) });
  expect((await link(ADMIN_LOGIN, ada)).html).toContain("api_token_wrong");
  expect(await grantOf(ADMIN_LOGIN)).toBeUndefined();
  await expect.poll(() => web.company.sandbox.count("POST", HR_REVOKE)).toBe(1);
});

test("an API that no role of a person names has no page for them", async () => {
  const roles = [
    { name: "staff", members: [ADMIN_LOGIN], scopes: [] },
    { name: "readers", members: [BOB_LOGIN], scopes: ["okta.users.read"] },
  ];
  const { web, atPages, path } = await startApiCompany({ roles });
  const bob = await atPages(BOB_LOGIN);
  const page = await bob.get(`${web.publicUrl}${path}`);
  expect(page.status).toBe(404);
  expect(page.html).toContain("api_not_there");
  expect((await bob.get(`${web.publicUrl}/me`)).html).not.toContain("company&#39;s APIs");
});
