import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { logoutToken } from "../../sandbox/universal-logout.js";
import { openSqlite } from "../../src/store/sqlite-library.js";
import { plainBrowser } from "../support/browser.js";
import { endings, revoke } from "../support/company-leaving.js";
import { modernClient } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";

const ROLES = [{ name: "all", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }];

/** Sends a request as nobody but a test would. */
async function post({ publicUrl }: CompanyWeb, init: RequestInit) {
  const answer = await fetch(`${publicUrl}/okta/global-token-revocation`, { method: "POST", ...init });
  return { status: answer.status, text: await answer.text() };
}

const JSON_TYPE = { "content-type": "application/json" };

describe("S19: Global Token Revocation", () => {
  test.each(["ISS_SUB", "EMAIL"] as const)(
    "by %s ends all sessions and grants of the person on all instances within five seconds, and nobody else's",
    async (subjectFormat) => {
      const web = await startCompanyWeb({ roles: ROLES });
      const other = await web.anotherInstance();
      const [ada, second, bob] = [await web.signIn(), await web.signIn(), await web.signIn(BOB_LOGIN)];
      const stream = await modernClient(web.publicUrl, ada.access_token, { at: other.address }).send(
        "subscriptions/listen",
        { notifications: { toolsListChanged: true } },
      );
      const startedMs = Date.now();
      expect(await revoke(web, { subjectFormat })).toBe(204);
      await stream.text();
      expect(Date.now() - startedMs).toBeLessThan(5_000);
      for (const client of [ada, second]) expect((await client.call("tools/list")).status).toBe(401);
      const { client_id, refresh_token } = ada;
      expect((await web.token({ grant_type: "refresh_token", client_id, refresh_token })).body.error).toBe(
        "invalid_grant",
      );
      expect((await bob.call("tools/list")).status).toBe(200);
      expect(await web.store.audit.page({ action: "access_ended", limit: 9 })).toMatchObject([
        { actor: "okta", outcome: "done", ip: "127.0.0.1", detail: { why: "global_token_revocation" } },
      ]);
      // Whoever Okta still lets in may come back by signing in anew.
      expect((await (await web.signIn()).call("tools/list")).status).toBe(200);
    },
  );

  test("ends browser sessions too, and a token of another authorization server counts no more", async () => {
    const web = await startTokenWeb();
    const token = await web.tokenOf();
    expect((await web.listWith(token)).status).toBe(200);
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const browser = plainBrowser();
    const offer = await browser.get(`${web.publicUrl}/me`);
    const me = await web.follow(browser, await browser.submit(offer, "/me/sign-in", {}));
    expect(me.html).toContain(ADMIN_LOGIN);
    expect(await revoke(web)).toBe(204);
    expect((await web.listWith(token)).status).toBe(401);
    expect((await browser.get(`${web.publicUrl}/me`)).html).not.toContain(ADMIN_LOGIN);
  });

  test("is taken with Okta's own id of the user, and under the earlier name of the member", async () => {
    const web = await startCompanyWeb({ roles: ROLES });
    const { id } = web.company.person();
    for (const body of [
      { sub_id: { format: "opaque", id } },
      { subject: { format: "iss_sub", iss: web.company.origin, sub: id } },
    ]) {
      const ada = await web.signIn();
      expect(await revoke(web, { body })).toBe(204);
      expect((await ada.call("tools/list")).status).toBe(401);
    }
  });

  test("unsigned, signed by others, for others, expired, too long-lived, of another type or used before it is refused", async () => {
    const web = await startCompanyWeb({ roles: ROLES });
    const { company, publicUrl } = web;
    const ada = await web.signIn();
    const now = Math.floor(company.clock.now() / 1000);
    const of = { endpoint: `${publicUrl}/okta/global-token-revocation`, clientId: WEB_CLIENT_ID };
    const changes = {
      "signed by a stranger": { by: "stranger" as const },
      "of another issuer": { claims: { iss: "https://evil.example" } },
      "of the org with a slash": { claims: { iss: `${company.origin}/` } },
      "for another audience": { claims: { aud: publicUrl } },
      "for several": { claims: { aud: [of.endpoint, "https://evil.example"] } },
      "without an end": { claims: { exp: undefined } },
      "without a beginning": { claims: { iat: undefined } },
      "without an id": { claims: { jti: undefined } },
      expired: { claims: { exp: now - 61 } },
      "of the future": { claims: { iat: now + 120, exp: now + 300 } },
      "too long-lived": { claims: { exp: now + 3_600 } },
      "of another type": { typ: "JWT" },
      "an ID token": { typ: "JWT", claims: { aud: WEB_CLIENT_ID, nonce: "x" } },
    };
    for (const [name, change] of Object.entries(changes)) expect(await revoke(web, change), name).toBe(401);
    const body = JSON.stringify({ sub_id: { format: "iss_sub", iss: company.origin, sub: company.person().id } });
    const good = await logoutToken(company.org, company.control, of);
    const [header = "", payload = ""] = good.split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none", typ: "global-token-revocation+jwt" })).toString("base64url");
    for (const [name, authorization] of Object.entries({
      nothing: undefined,
      "an empty token": "Bearer ",
      basic: `Basic ${good}`,
      "no algorithm": `Bearer ${none}.${payload}.`,
      "no signature": `Bearer ${header}.${payload}.`,
      "a long one": `Bearer ${"x".repeat(9_000)}`,
      "the token of a client": `Bearer ${ada.access_token}`,
    })) {
      const headers = { ...JSON_TYPE, ...(authorization !== undefined && { authorization }) };
      expect((await post(web, { headers, body })).status, name).toBe(401);
    }
    expect((await ada.call("tools/list")).status).toBe(200);
    const authorization = `Bearer ${good}`;
    const headers = { ...JSON_TYPE, authorization };
    // A right token with a wrong body is used up as well.
    expect((await post(web, { headers, body: "{" })).status).toBe(400);
    expect((await post(web, { headers, body })).status).toBe(401);
    expect((await ada.call("tools/list")).status).toBe(200);
    expect(await endings(web)).toEqual([]);
    expect(web.lines.join("")).not.toContain(good);
  });

  test("that a fault of the database has cut short counts when Okta sends it again, and once alone", async () => {
    const web = await startCompanyWeb({ roles: ROLES });
    const { company } = web;
    const ada = await web.signIn();
    const endpoint = `${web.publicUrl}/okta/global-token-revocation`;
    const token = await logoutToken(company.org, company.control, { endpoint, clientId: WEB_CLIENT_ID });
    const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
    const body = JSON.stringify({ sub_id: { format: "iss_sub", iss: company.origin, sub: company.person().id } });
    const file = openSqlite(join(web.folder, "data", "store.sqlite"));
    file
      .prepare("create trigger no_end before update of ended_at on people begin select raise(abort, 'full'); end")
      .run([]);
    expect((await post(web, { headers, body })).status).toBeGreaterThanOrEqual(500);
    expect((await ada.call("tools/list")).status).toBe(200);
    file.prepare("drop trigger no_end").run([]);
    expect((await post(web, { headers, body })).status).toBe(204);
    // The use is remembered for an hour more than the token lives, since clocks differ.
    const [used] = file.prepare("select ends_at from used_once where kind = 'revocation_token'").all([]);
    file.close();
    expect(Number((used as { ends_at: unknown }).ends_at)).toBeGreaterThan(company.clock.now() + 60 * 60_000);
    expect((await ada.call("tools/list")).status).toBe(401);
    expect((await post(web, { headers, body })).status).toBe(401);
  });

  test("about nobody, about somebody unknown or about two people ends nothing, and the answers say which", async () => {
    const web = await startCompanyWeb({ roles: ROLES });
    const [ada, bob] = [await web.signIn(), await web.signIn(BOB_LOGIN)];
    const iss = web.company.origin;
    const bodies: [unknown, number][] = [
      [{}, 400],
      [[], 400],
      [{ sub_id: { format: "phone_number", phone_number: "+1" } }, 400],
      [{ sub_id: { format: "email" } }, 400],
      [{ sub_id: { format: "email", email: 7 } }, 400],
      [{ sub_id: { format: "iss_sub", iss } }, 400],
      [{ sub_id: { format: "__proto__" } }, 400],
      [{ sub_id: { format: "email", email: ADMIN_LOGIN }, subject: { format: "email", email: ADMIN_LOGIN } }, 400],
      [{ sub_id: { format: "iss_sub", iss: "https://other.example", sub: web.company.person().id } }, 404],
      [{ sub_id: { format: "iss_sub", iss, sub: "00uNobody" } }, 404],
      [{ sub_id: { format: "email", email: "nobody@acme.example" } }, 404],
      [{ sub_id: { format: "email", email: `${ADMIN_LOGIN}@evil.example` } }, 404],
    ];
    for (const [body, status] of bodies) expect(await revoke(web, { body }), JSON.stringify(body)).toBe(status);
    // Bob gets Ada's address, verified: nobody can tell any more who is meant.
    web.company.org.users.change(
      web.company.person(BOB_LOGIN),
      { profile: { ...web.company.person(BOB_LOGIN).profile, email: ADMIN_LOGIN } },
      { eventType: "x", displayMessage: "x" },
    );
    await web.signIn(BOB_LOGIN);
    expect(await revoke(web, { subjectFormat: "EMAIL" })).toBe(422);
    expect(await web.store.audit.page({ action: "global_token_revocation", limit: 9 })).toMatchObject([
      { outcome: "refused", detail: { why: "ambiguous_subject" } },
    ]);
    for (const { call } of [ada, bob]) expect((await call("tools/list")).status).toBe(200);
  });

  test("by an e-mail address that nobody has verified ends nothing", async () => {
    const web = await startCompanyWeb({ roles: ROLES });
    web.company.control.setEmailVerified(ADMIN_LOGIN, false);
    const ada = await web.signIn();
    expect(await revoke(web, { subjectFormat: "EMAIL" })).toBe(404);
    expect((await ada.call("tools/list")).status).toBe(200);
  });

  test("waits for the org's keys, is bounded, and can be turned off", async () => {
    const web = await startCompanyWeb({ roles: ROLES });
    web.company.sandbox.next("GET", "/oauth2/v1/keys", { status: 500 });
    const body = "x".repeat(10_000);
    expect(await revoke(web)).toBe(503);
    expect((await post(web, { headers: JSON_TYPE, body })).status).toBe(413);
    const statuses = await Promise.all(
      Array.from({ length: 620 }, () => post(web, { headers: JSON_TYPE, body: "{}" })),
    );
    expect(statuses.filter(({ status }) => status === 429).length).toBeGreaterThan(10);
    const off = await startCompanyWeb({ serve: { leaving: { global_token_revocation: false } } });
    expect((await post(off, { headers: JSON_TYPE, body: "{}" })).status).toBe(404);
  });
});
