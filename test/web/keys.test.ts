import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { rewrap } from "../../src/operator/keys.js";
import { newDataKeySet } from "../../src/store/data-keys.js";
import { PUBLISHED_BEFORE_MS } from "../../src/store/signing-keys.js";
import { plainBrowser } from "../support/browser.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { requirePostgres } from "../support/postgres.js";

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

test("L7: three instances behind a balancer rotate their keys one after the other, and nobody is signed out", async (context) => {
  requirePostgres(context);
  const web = await startCompanyWeb({ instances: 3 });
  const signedIn = await web.signIn();
  let refresh = signedIn.refresh_token;
  const use = async () => {
    for (let n = 0; n < 3; n += 1) {
      const { status, body } = await web.token({
        grant_type: "refresh_token",
        refresh_token: refresh,
        client_id: signedIn.client_id,
      });
      expect(status, JSON.stringify(body)).toBe(200);
      refresh = String(body.refresh_token);
      expect((await web.call(String(body.access_token), "tools/list")).status).toBe(200);
    }
  };
  const id = addDataKey(web);
  await web.store.signing.rotate();
  for (const { store } of web.instances) {
    await Promise.all([use(), store.keys.refresh()]);
    await use();
  }
  for (const { store } of web.instances) await store.keys.refresh();
  await use();
  for (const { store, server } of web.instances) {
    expect(store.keys.first.id).toBe(id);
    expect(await published(server.address)).toHaveLength(2);
  }
  const { store } = web.instances[1] ?? expect.unreachable();
  await Promise.all([rewrap(store, new AbortController().signal, () => {}), use()]);
  await use();
});

test("L7: an instance that lacks a key says so at /readyz and answers 503, so that its balancer leaves it out", async (context) => {
  requirePostgres(context);
  const web = await startCompanyWeb({ instances: 2 });
  const [ready, late] = web.instances;
  if (ready === undefined || late === undefined) expect.unreachable();
  const before = await web.signIn();
  const onlyTo = (one: typeof ready) => web.instances.splice(0, web.instances.length, one);
  // The late instance looks as if it had ended, so nobody waits for it.
  await late.store.keys.end();
  addDataKey(web);
  await ready.store.keys.refresh();
  onlyTo(ready);
  const tokens = { grant_type: "refresh_token", refresh_token: before.refresh_token, client_id: before.client_id };
  const { body } = await web.token(tokens);
  const list = () => web.call(String(body.access_token), "tools/list");
  expect((await list()).status).toBe(200);

  onlyTo(late);
  const readyz = () => fetch(`${web.publicUrl}/readyz`);
  const answer = await readyz();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ status: "not_ready", reason: "missing_key" });
  expect((await list()).status).toBe(503);
  const again = await web.token({ ...tokens, refresh_token: String(body.refresh_token) });
  expect(again).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
  await late.store.keys.refresh();
  expect((await readyz()).status).toBe(200);
  expect((await list()).status).toBe(200);
  expect((await web.token({ ...tokens, refresh_token: String(body.refresh_token) })).status).toBe(200);
});
