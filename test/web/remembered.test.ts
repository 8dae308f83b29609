import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { startCompanyWeb } from "../support/company-server.js";

const WEB_CB = "https://assistant.example/cb";
const KNOWN = { client_id: "assistant", name: "Assistant", redirect_uris: [WEB_CB] };

test("a consent is remembered for its person, client, redirect host and scopes, and asks anew for others", async () => {
  const web = await startCompanyWeb({ serve: { clients: [KNOWN] } });
  const { browser } = await web.signIn(ADMIN_LOGIN, { clientId: "assistant", redirectUri: WEB_CB });
  const arrive = async (scope?: string) => {
    const { url } = await web.begin({ client_id: "assistant", redirect_uri: WEB_CB, scope });
    return web.follow(browser, await browser.get(url), WEB_CB);
  };
  expect((await arrive()).location?.searchParams.get("code")).toBeTruthy();
  expect((await arrive("mcp:read")).html).toContain("Allow");
});

test("a remembered consent gives no code once the person is gone at the org, and waits while the org does not answer", async () => {
  const web = await startCompanyWeb({ serve: { clients: [KNOWN] } });
  const { browser } = await web.signIn(ADMIN_LOGIN, { clientId: "assistant", redirectUri: WEB_CB });
  const arrive = async () => {
    const { url } = await web.begin({ client_id: "assistant", redirect_uri: WEB_CB });
    return web.follow(browser, await browser.get(url), WEB_CB);
  };
  web.company.clock.advanceSeconds(120);
  web.company.sandbox.next("POST", "/oauth2/v1/token", { status: 500 });
  expect(await arrive()).toMatchObject({ status: 503 });
  expect((await arrive()).location?.searchParams.get("code")).toBeTruthy();
  web.company.clock.advanceSeconds(120);
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", {
    eventType: "user.lifecycle.suspend",
    displayMessage: "Suspend Okta user",
  });
  const page = await arrive();
  expect(page.location).toBeUndefined();
  expect(page.html).toContain("Continue with Okta");
});

test("P23: a program of this machine is warned of and asked about every time", async () => {
  const web = await startCompanyWeb();
  const { browser, client_id } = await web.signIn(ADMIN_LOGIN);
  const again = await web.follow(browser, await browser.get((await web.begin({ client_id })).url));
  expect(again.html).toContain("You are asked every time");
  const stranger = plainBrowser();
  expect((await web.follow(stranger, await stranger.get((await web.begin({ client_id })).url))).html).toContain(
    "Continue with Okta",
  );
});

test("P23: a known client of this machine is not taken for verified or remembered, since any program can send its id", async () => {
  const callback = "http://127.0.0.1:4711/cb";
  const known = { client_id: "editor", name: "Editor", redirect_uris: ["http://127.0.0.1/cb"] };
  const web = await startCompanyWeb({ serve: { clients: [known] } });
  const { browser } = await web.signIn(ADMIN_LOGIN, { clientId: "editor", redirectUri: callback });
  const { url } = await web.begin({ client_id: "editor", redirect_uri: callback });
  const again = await web.follow(browser, await browser.get(url), callback);
  expect(again.location).toBeUndefined();
  expect(again.html).toContain("listed by your company");
  expect(again.html).not.toContain("verified by your company");
  expect(again.html).toContain("Any program of this computer can say that it is this one");
});
