import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { parseJson } from "../../src/json/exact-json.js";
import { PageApprovals } from "../../src/web/page-approvals.js";
import { plainBrowser } from "../support/browser.js";
import { errorIn } from "../support/company-modern.js";
import { startCompanyWeb } from "../support/company-server.js";

const CB = "http://127.0.0.1:4711/cb";

const GROUPS = { name: "helpdesk", scopes: ["okta.groups.manage"] };

test("the authorization server answers at its announced paths alone, so that no other spelling passes its rules", async () => {
  const web = await startCompanyWeb({ serve: { limits: { oauth_per_address: 3 } } });
  const { client_id } = await web.register();
  const { url } = await web.begin({ client_id });
  const spellings = ["Authorize", "AUTHORIZE", "authorize/"];
  for (const path of spellings) {
    const other = new URL(`/oauth/${path}?${url.searchParams}`, url);
    expect((await plainBrowser().get(other)).status, path).toBe(404);
  }
  for (const path of ["token/", "TOKEN", "revoke/", "REGISTER", "jwks/"]) {
    const answer = await fetch(`${web.publicUrl}/oauth/${path}`, { method: "POST", body: new URLSearchParams() });
    expect(answer.status, path).toBe(404);
  }
  const { status, location } = await plainBrowser().get(url);
  expect([status, location?.pathname.startsWith("/oauth/interaction/")]).toEqual([303, true]);
});

test("an address that floods pages is told to wait, and keeps no more sign-ins in the store", async () => {
  const web = await startCompanyWeb({ serve: { limits: { oauth_per_address: 5 } } });
  const statuses = [];
  for (let index = 0; index < 8; index += 1) {
    const { status, headers } = await plainBrowser().get(`${web.publicUrl}/approve/x${index}`);
    statuses.push(status);
    if (status === 429) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429, 429, 429]);
});

test("a client that was blocked keeps nobody from seeing what waits for their answer", async () => {
  const web = await startCompanyWeb({ roles: [GROUPS] });
  const ada = await web.signIn(undefined, { clientName: "Shady" });
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  const call = { name: "delete_group", arguments: { group_id: lab.id } };
  const { url } = errorIn(await ada.call("tools/call", call));
  await web.store.clients.setBlocked(ada.client_id, true);
  const page = await web.follow(ada.browser, await ada.browser.get(url));
  expect(page.html).toContain("Shady asks in your name");
  const me = await ada.browser.get(`${web.publicUrl}/me`);
  expect([me.status, me.html.includes("Waiting for your answer")]).toEqual([200, true]);
});

test("a page shows the whole call but its secrets, and nobody is asked about a call too long for one, or about too many", async () => {
  const { store, publicUrl } = await startCompanyWeb();
  const told = {
    issuer: "https://acme.okta.com",
    subject: "00u1",
    login: undefined,
    name: undefined,
    email: undefined,
  };
  const { id: person } = await store.people.signedIn({ ...told, emailVerified: false, groups: [] });
  const approvals = new PageApprovals({
    approvals: store.approvals,
    publicUrl,
    person,
    client: "a client",
    keys: [new Uint8Array(32)],
    now: Date.now,
  });
  const ask = (args: Record<string, unknown>) =>
    approvals.ask({ principal: undefined, tool: "a_tool", args, state: null, question: "Do it?" });
  const body = { text: "x".repeat(100_000), number: parseJson("12345678901234567890"), last: "the end" };
  const { url } = await ask({ body, credentials: { password: { value: "hunter2" }, provider: { type: "OKTA" } } });
  const shown = String((await store.approvals.find(url.split("/").at(-1) ?? "", person))?.shown.args);
  for (const text of ["the end", "12345678901234567890", "OKTA"]) expect(shown).toContain(text);
  expect(shown).not.toContain("hunter2");
  await expect(ask({ body: "x".repeat(300_000) })).rejects.toThrow("too long for a page");
  const asked = [];
  for (let index = 1; index < 50; index += 1) asked.push((await ask({ index })).url);
  await expect(ask({ index: 50 })).rejects.toThrow("50 changes of this client wait for the person's answer already");
  expect((await ask({ index: 1 })).url).toBe(asked[0]);
});

test("over https the cookie of a sign-in here can be set by no other host", async () => {
  const web = await startCompanyWeb({ serve: { public_url: "https://mcp.acme.example" } });
  const here = (address: string | URL) => String(address).replace(web.publicUrl, web.server.address);
  const body = JSON.stringify({ redirect_uris: [CB], token_endpoint_auth_method: "none" });
  const headers = { "content-type": "application/json" };
  const registered = await fetch(here(`${web.publicUrl}/oauth/register`), { method: "POST", headers, body });
  const { client_id } = (await registered.json()) as { client_id: string };
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  let visit = await browser.get(here((await web.begin({ client_id, redirect_uri: CB })).url));
  const follow = async () => {
    while (visit.location !== undefined && !visit.location.href.startsWith(CB)) {
      visit = await browser.get(here(visit.location));
    }
  };
  await follow();
  visit = await browser.submit(visit, visit.url, { answer: "allow" });
  await follow();
  expect(visit.location?.searchParams.get("code"), visit.html).toBeTruthy();
  const names = [...browser.cookies.keys()];
  expect(names).toContain("__Host-okta-mcp.session");
  expect(names).not.toContain("okta-mcp.session");
});
