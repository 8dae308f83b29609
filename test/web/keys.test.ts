import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { newDataKeySet } from "../../src/store/data-keys.js";
import { PUBLISHED_BEFORE_MS } from "../../src/store/signing-keys.js";
import { plainBrowser } from "../support/browser.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";

/** The ids of the keys that an instance publishes. */
async function published(address: string): Promise<string[]> {
  const answer = await fetch(`${address}/oauth/jwks`);
  const { keys } = (await answer.json()) as { keys: { kid: string; d?: string }[] };
  expect(keys.every((key) => key.d === undefined)).toBe(true);
  return keys.map(({ kid }) => kid);
}

/** Puts a new data key before those that are there. @returns its content */
function addDataKey({ folder }: CompanyWeb): string {
  const file = join(folder, "data", "data-keys.json");
  const { keys: next } = JSON.parse(newDataKeySet());
  const { keys } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ keys: [...next, ...keys] }));
  return next[0].kid;
}

test("signing keys: the same on all instances, published before they sign, taken over without a restart", async () => {
  const web = await startCompanyWeb();
  const other = await web.anotherInstance();
  const before = await published(web.publicUrl);
  expect(before).toHaveLength(1);
  expect(await published(other.address)).toEqual(before);
  const { id } = await web.store.signing.rotate();
  await web.store.keys.refresh();
  expect(await published(web.publicUrl)).toEqual([...before, id]);
  expect(await published(other.address)).toEqual([...before, id]);
  web.company.clock.advanceSeconds(PUBLISHED_BEFORE_MS / 1000);
  await web.store.keys.refresh();
  expect(await published(web.publicUrl)).toEqual([id, ...before]);
});

test("L7: both sorts of keys are rotated while people call, refresh and sign in, and nobody gets a 401", async () => {
  const web = await startCompanyWeb();
  const signedIn = await web.signIn();
  let access = String(signedIn.access_token);
  let refresh = String(signedIn.refresh_token);
  const use = async () => {
    expect((await web.call(access, "tools/list")).status).toBe(200);
    const { status, body } = await web.token({
      grant_type: "refresh_token",
      refresh_token: refresh,
      client_id: signedIn.client_id,
    });
    expect(status).toBe(200);
    [access, refresh] = [String(body.access_token), String(body.refresh_token)];
    expect((await web.call(access, "tools/list")).status).toBe(200);
  };
  await use();
  addDataKey(web);
  await web.store.signing.rotate();
  await use();
  await Promise.all([use(), web.store.keys.refresh()]);
  await use();
  web.company.clock.advanceSeconds(60);
  await web.store.keys.refresh();
  await use();
  expect((await web.signIn()).access_token).toEqual(expect.any(String));
  expect(await (await fetch(`${web.publicUrl}/readyz`)).json()).toEqual({ status: "ready" });
});

test("a question that a person sees while the keys are rotated is answered after it", async () => {
  const web = await startCompanyWeb();
  const { client_id } = await web.register();
  const browser = plainBrowser();
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const begun = await web.begin({ client_id });
  const asked = await web.follow(browser, await browser.get(begun.url), begun.redirectUri);
  expect(asked.html).toContain('value="allow"');
  addDataKey(web);
  await web.store.signing.rotate();
  await web.store.keys.refresh();
  const submitted = await browser.submit(asked, asked.url, { answer: "allow" });
  const { location } = await web.follow(browser, submitted, begun.redirectUri);
  expect(location?.searchParams.get("code")).toEqual(expect.any(String));
});
