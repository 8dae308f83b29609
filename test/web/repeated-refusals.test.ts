import { expect, test } from "vitest";
import { RepeatedRefusals } from "../../src/web/repeated-refusals.js";
import { plainBrowser } from "../support/browser.js";
import { startCompanyWeb } from "../support/company-server.js";

test("a stranger who repeats a refused sign-in makes one entry a minute, which tells how many there were", async () => {
  const web = await startCompanyWeb();
  const { client_id } = await web.register();
  const own = plainBrowser();
  const begun = await web.begin({ client_id });
  const consent = await web.follow(own, await own.get(begun.url));
  const atOkta = await own.submit(consent, consent.url, { answer: "allow" });
  const state = atOkta.location?.searchParams.get("state");
  expect(state).toBeTruthy();
  const callback = `${web.publicUrl}/auth/sso/callback/okta?code=x&state=${state}`;
  const other = plainBrowser();
  await other.get(`${web.publicUrl}/me`);
  const refuse = async () => expect((await other.get(callback)).html).toContain("another_browser");
  for (let time = 0; time < 8; time++) await refuse();
  const entries = () => web.store.audit.page({ action: "sign_in", outcome: "refused", limit: 50 });
  expect(await entries()).toMatchObject([{ detail: { code: "another_browser" }, ip: "127.0.0.1" }]);
  web.company.clock.advanceSeconds(61);
  await refuse();
  expect((await entries())[0]).toMatchObject({ detail: { code: "another_browser", others_since_the_last_entry: 7 } });
  expect(await entries()).toHaveLength(2);
});

test("strangers of many addresses make a bounded number of entries, people whom the server knows one each", () => {
  const refusals = new RepeatedRefusals({ now: () => 1_000_000 });
  const refused = { action: "sign_in", outcome: "refused", detail: { code: "no_role" } } as const;
  const kept = (events: object[]) => events.filter((event) => refusals.onPage({ ...refused, ...event }) !== undefined);
  const many = Array.from({ length: 5_000 }, (_, n) => n);
  expect(kept(many.map((n) => ({ ip: `10.${n >> 8}.${n & 255}.1` })))).toHaveLength(20);
  expect(kept([1, 2, 3].flatMap((n) => [{ actor: `per${n}` }, { actor: `per${n}` }]))).toHaveLength(3);
  const done = { action: "sign_in", outcome: "done" } as const;
  expect([done, done].map((event) => refusals.onPage(event))).toEqual([done, done]);
});
