import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { ALL_KNOWN, revoke, withDirectory } from "../support/company-leaving.js";
import { startCompanyWeb } from "../support/company-server.js";

const CB = "http://127.0.0.1:4711/cb";
const ROLES = [{ name: "all", scopes: ["okta.users.read"] }];
const SLOW_MS = 1_500;

test("S19: access that ends while a sign-in waits for Okta is not given by that sign-in", async () => {
  const web = await startCompanyWeb({ roles: ROLES, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  await web.signIn();
  const groups = `/api/v1/users/${web.company.person().id}/groups`;
  web.company.control.nextToken("id_token", { claims: (all) => ({ ...all, groups: undefined }) });
  web.company.sandbox.next("GET", groups, { fault: "delay", delayMs: SLOW_MS });
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  const { client_id } = await web.register();
  const page = await web.follow(browser, await browser.get((await web.begin({ client_id })).url), CB);
  const before = web.company.sandbox.count("GET", groups);
  const ended = web.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), CB);
  await expect.poll(() => web.company.sandbox.count("GET", groups), { interval: 20 }).toBe(before + 1);
  expect(await revoke(web)).toBe(204);
  expect((await ended).html).toContain("<code>state_expired</code>");
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  expect(await web.store.oidc.grantsOf(person?.id ?? "")).toEqual([]);
  // A sign-in that begins now is let in.
  expect((await (await web.signIn()).call("tools/list")).status).toBe(200);
});
