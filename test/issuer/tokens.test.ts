import { describe, expect, test, vi } from "vitest";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { testEachDatabase } from "../support/each-database.js";
import { allScopes, obtainCode, postForm, redemption, statusOfMcp } from "../support/issuer.js";

const ORG_REVOKE = "/oauth2/v1/revoke";

/** What happened to grants, the newest first. */
async function endings(web: CompanyWeb) {
  const entries = await web.store.audit.page({ action: "grant_ended", limit: 50 });
  return entries.map(({ outcome, client, detail }) => ({ outcome, client, why: detail?.why }));
}

/** Tokens of a person for a new client. */
async function tokensOf(web: CompanyWeb, login?: string) {
  const obtained = await obtainCode(web, login === undefined ? {} : { login });
  const { status, body } = await web.token(redemption(obtained));
  expect(status).toBe(200);
  return { clientId: obtained.clientId, access: String(body.access_token), refresh: String(body.refresh_token) };
}

const renewal = (clientId: string, refreshToken: string) => ({
  grant_type: "refresh_token",
  client_id: clientId,
  refresh_token: refreshToken,
});

describe("a code", () => {
  testEachDatabase(
    "P13: a code that is redeemed again gets nothing, and ends what the first redemption gave",
    async (startCompanyWeb) => {
      const web = await startCompanyWeb();
      const obtained = await obtainCode(web);
      const first = await web.token(redemption(obtained));
      expect(first.status).toBe(200);
      expect(await statusOfMcp(web, String(first.body.access_token))).toBe(200);
      const second = await web.token(redemption(obtained));
      expect([second.status, second.body.error]).toEqual([400, "invalid_grant"]);
      expect(await statusOfMcp(web, String(first.body.access_token))).toBe(401);
      const renewed = await web.token(renewal(obtained.clientId, String(first.body.refresh_token)));
      expect(renewed.body.error).toBe("invalid_grant");
      expect(await endings(web)).toEqual([{ outcome: "refused", client: obtained.clientId, why: "code_reused" }]);
    },
  );

  testEachDatabase(
    "P13: a code that is redeemed 20 times at once on three instances counts once",
    async (startCompanyWeb) => {
      const web = await startCompanyWeb();
      const more = [await web.anotherInstance(), await web.anotherInstance()];
      const addresses = [web.publicUrl, ...more.map(({ address }) => address)];
      const obtained = await obtainCode(web);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => postForm(addresses[index % 3] ?? "", "token", redemption(obtained))),
      );
      const got = answers.filter(({ status }) => status === 200);
      expect(got).toHaveLength(1);
      for (const { status, body } of answers.filter((answer) => answer !== got[0])) {
        expect([status, body.error]).toEqual([400, "invalid_grant"]);
      }
      for (const address of addresses)
        expect(await statusOfMcp(web, String(got[0]?.body.access_token), address)).toBe(401);
      expect((await endings(web)).map(({ why }) => why)).toContain("code_reused");
    },
  );
});

describe("a refresh token", () => {
  testEachDatabase(
    "P17: one that was used before is taken for a while, and after its successor was used it ends the whole family",
    async (startCompanyWeb) => {
      const web = await startCompanyWeb();
      const other = await web.anotherInstance();
      const { clientId, refresh } = await tokensOf(web);
      const first = await web.token(renewal(clientId, refresh));
      const again = await postForm(other.address, "token", renewal(clientId, refresh));
      expect([first.status, again.status]).toEqual([200, 200]);
      const next = await web.token(renewal(clientId, String(first.body.refresh_token)));
      expect(next.status).toBe(200);
      expect(await statusOfMcp(web, String(next.body.access_token))).toBe(200);
      const late = await web.token(renewal(clientId, refresh));
      expect([late.status, late.body.error]).toEqual([400, "invalid_grant"]);
      for (const { body } of [first, again, next]) {
        expect(await statusOfMcp(web, String(body.access_token), other.address)).toBe(401);
        expect((await web.token(renewal(clientId, String(body.refresh_token)))).body.error).toBe("invalid_grant");
      }
      expect(await endings(web)).toEqual([{ outcome: "refused", client: clientId, why: "refresh_token_reused" }]);
    },
  );

  test("P17: one that was used more than 60 seconds ago ends the family too", async () => {
    const web = await startCompanyWeb();
    const { clientId, refresh } = await tokensOf(web);
    const first = await web.token(renewal(clientId, refresh));
    web.company.clock.advanceSeconds(59);
    expect((await web.token(renewal(clientId, refresh))).status).toBe(200);
    web.company.clock.advanceSeconds(2);
    expect((await web.token(renewal(clientId, refresh))).body.error).toBe("invalid_grant");
    expect(await statusOfMcp(web, String(first.body.access_token))).toBe(401);
    expect(await endings(web)).toEqual([{ outcome: "refused", client: clientId, why: "refresh_token_reused" }]);
  });

  test("P20: a renewal never gets a scope that the person did not allow", async () => {
    const web = await startCompanyWeb();
    const { clientId, refresh } = await tokensOf(web);
    for (const scope of [
      "okta.users.manage",
      `${await allScopes(web)} okta.users.read`,
      "openid offline_access",
      "x",
    ]) {
      const { status, body } = await web.token({ ...renewal(clientId, refresh), scope });
      expect([status, body.error], scope).toEqual([400, "invalid_scope"]);
    }
    // Nothing was used up by it.
    expect((await web.token(renewal(clientId, refresh))).status).toBe(200);
  });
});

describe("revocation (RFC 7009)", () => {
  testEachDatabase(
    "P28: either token of a client ends the grant, at once and on every instance",
    async (startCompanyWeb) => {
      const web = await startCompanyWeb();
      const other = await web.anotherInstance();
      for (const kind of ["access", "refresh"] as const) {
        const held = await tokensOf(web);
        expect(await statusOfMcp(web, held.access, other.address)).toBe(200);
        const { status } = await postForm(other.address, "revoke", { client_id: held.clientId, token: held[kind] });
        expect(status, kind).toBe(200);
        for (const address of [web.publicUrl, other.address]) {
          expect(await statusOfMcp(web, held.access, address), kind).toBe(401);
          const renewed = await postForm(address, "token", renewal(held.clientId, held.refresh));
          expect(renewed.body.error, kind).toBe("invalid_grant");
        }
        const [newest] = await endings(web);
        expect(newest).toEqual({ outcome: "done", client: held.clientId, why: "revoked" });
      }
    },
  );

  test("P28: a token of another client stays, and the answer does not tell", async () => {
    const web = await startCompanyWeb();
    const held = await tokensOf(web);
    const { client_id } = await web.register();
    for (const token of [held.access, held.refresh, "x".repeat(43), "nothing"]) {
      expect((await postForm(web.publicUrl, "revoke", { client_id, token })).status).toBe(200);
    }
    expect(await statusOfMcp(web, held.access)).toBe(200);
    expect((await web.token(renewal(held.clientId, held.refresh))).status).toBe(200);
    expect(await endings(web)).toEqual([]);
  });

  test("P28: the person's own token at Okta is revoked with the last grant, and not before", async () => {
    const web = await startCompanyWeb({
      roles: [{ name: "helpdesk", members: [BOB_LOGIN], scopes: ["okta.users.read"] }],
    });
    const { sandbox } = web.company;
    const [first, second] = [await tokensOf(web, BOB_LOGIN), await tokensOf(web, BOB_LOGIN)];
    const people = await web.store.people.findByLogin(BOB_LOGIN);
    const person = people[0]?.id ?? "";
    const held = await web.store.upstream.find(person, "org");
    expect(held?.refresh).toBeDefined();
    sandbox.forgetCounts();
    await postForm(web.publicUrl, "revoke", { client_id: first.clientId, token: first.refresh });
    expect(await web.store.upstream.find(person, "org")).toBeDefined();
    expect(sandbox.count("POST", ORG_REVOKE)).toBe(0);
    await postForm(web.publicUrl, "revoke", { client_id: second.clientId, token: second.access });
    expect(await web.store.upstream.find(person, "org")).toBeUndefined();
    await vi.waitFor(() => expect(sandbox.count("POST", ORG_REVOKE)).toBeGreaterThan(0));
    await vi.waitFor(async () => expect((await web.company.introspect(String(held?.refresh))).active).toBe(false));
  });
});
