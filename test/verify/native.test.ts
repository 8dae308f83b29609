import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, MCP_SERVER_ID } from "../../sandbox/facts.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { adasClaims, ownSigner, put, startTokenWeb, statusesOf } from "../support/company-tokens.js";

describe("a token of a custom authorization server", () => {
  test("counts, and its person's groups decide; the metadata leads to its issuer, and nothing else gives out tokens", async () => {
    const web = await startTokenWeb();
    const { publicUrl, issuer, company } = web;
    const token = await web.tokenOf();
    const listed = await web.listWith(token);
    expect(listed.status).toBe(200);
    expect(listed.text).toContain('"name":"list_users"');
    expect((await web.callTool(token, "list_users")).text).toContain(ADMIN_LOGIN);
    for (const path of ["", "/mcp"]) {
      const answer = await fetch(`${publicUrl}/.well-known/oauth-protected-resource${path}`);
      expect(await answer.json()).toMatchObject({
        resource: `${publicUrl}/mcp`,
        authorization_servers: [issuer],
        scopes_supported: ["mcp:read", "mcp:write"],
      });
    }
    for (const path of [
      "/.well-known/oauth-authorization-server",
      "/.well-known/openid-configuration",
      "/oauth/authorize",
      "/oauth/token",
      "/oauth/register",
      "/oauth/jwks",
      "/oauth/interaction/x",
    ]) {
      expect((await fetch(`${publicUrl}${path}`)).status, path).toBe(404);
    }
    const person = await web.store.people.findBySubject(company.origin, company.person().id);
    expect(person).toMatchObject({ login: ADMIN_LOGIN, status: "active" });
    // Bob's token counts, and none of his groups has a role.
    const bob = await web.listWith(await web.tokenOf({ login: BOB_LOGIN }));
    expect(bob.status).toBe(403);
    expect(bob.text).toContain("no_role");
  });

  test("writes nothing to the store where nothing is new, and follows a new login and new groups", async () => {
    const web = await startTokenWeb();
    const { company, store } = web;
    await web.listWith(await web.tokenOf());
    const subject = company.person().id;
    const before = await store.people.findBySubject(company.origin, subject);
    company.clock.advanceSeconds(30);
    await web.listWith(await web.tokenOf());
    expect(await store.people.findBySubject(company.origin, subject)).toEqual(before);
    await web.listWith(await web.tokenOf({ claims: put({ sub: "ada.new@acme-robotics.example" }) }));
    const renamed = await store.people.findBySubject(company.origin, subject);
    expect(renamed).toMatchObject({ id: before?.id, login: "ada.new@acme-robotics.example" });
    const outside = await web.listWith(await web.tokenOf({ claims: put({ groups: [] }) }));
    expect(outside.status).toBe(403);
  });

  test("without groups, or with a claim that is no list of ids, nobody has a role, whatever was known before", async () => {
    const web = await startTokenWeb();
    expect((await web.listWith(await web.tokenOf())).status).toBe(200);
    const helpdesk = web.company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk")?.id;
    for (const groups of [undefined, null, helpdesk, { helpdesk }, ["okta-mcp-helpdesk"], [helpdesk, 7], "*"]) {
      const answer = await web.listWith(await web.tokenOf({ claims: put({ groups }) }));
      expect([answer.status, groups]).toEqual([403, groups]);
    }
    expect((await web.listWith(await web.tokenOf({ claims: put({ groups: [helpdesk] }) }))).status).toBe(200);
    expect(web.lines.join("")).toContain("tokens.groups_claim");
  });

  test("needs the scope for reading, and reads only without the one for writing", async () => {
    const web = await startTokenWeb();
    const none = await web.listWith(await web.tokenOf({ scopes: ["openid"] }));
    expect(none.status).toBe(403);
    expect(none.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    const reading = await web.tokenOf({ scopes: ["mcp:read"] });
    const group = web.company.org.addGroup({ profile: { name: "Lab" } });
    const refused = await web.callTool(reading, "delete_group", { group_id: group.id });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("www-authenticate")).toContain("mcp:write");
  });
});

describe("the keys of the authorization server", () => {
  test("T11: 500 tokens with keys that nobody knows cost two fetches, and others go on", async () => {
    const web = await startTokenWeb();
    const { sandbox } = web.company;
    const token = await web.tokenOf();
    const signer = await ownSigner("ES256");
    const claims = adasClaims(web);
    web.company.clock.advanceSeconds(31);
    const strangers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => signer.sign(claims, { kid: `random-${index}` })),
    );
    const statuses = await statusesOf(web, [token, ...strangers, token]);
    expect(statuses.filter((status) => status === 401)).toHaveLength(500);
    expect([statuses[0], statuses[501]]).toEqual([200, 200]);
    expect(sandbox.count("*", web.keysPath)).toBeLessThanOrEqual(2);
  }, 60_000);

  test("T12: a new key costs one fetch; while the keys cannot be had, those at hand go on", async () => {
    const web = await startTokenWeb();
    const { control, clock, sandbox } = web.company;
    const old = await web.tokenOf();
    expect((await web.listWith(old)).status).toBe(200);
    clock.advanceSeconds(31);
    await control.rotateKeys(MCP_SERVER_ID);
    sandbox.forgetCounts();
    const fresh = await web.tokenOf();
    const both = await Promise.all(
      [...Array.from({ length: 10 }, () => fresh), old].map((token) => web.listWith(token)),
    );
    expect(both.map(({ status }) => status)).toEqual(both.map(() => 200));
    expect(sandbox.count("*", web.keysPath)).toBe(1);
    control.dropOldKeys(MCP_SERVER_ID);
    for (const fault of [{ status: 500 }, { fault: "html" as const }, { fault: "huge" as const, bytes: 1_000_000 }]) {
      clock.advanceSeconds(11 * 60);
      sandbox.next("GET", web.keysPath, fault);
      expect((await web.listWith(await web.tokenOf())).status, JSON.stringify(fault)).toBe(200);
    }
    // Nobody can tell about a key that is not at hand.
    clock.advanceSeconds(31);
    await control.rotateKeys(MCP_SERVER_ID);
    sandbox.next("GET", web.keysPath, { status: 500 });
    const unknown = await web.listWith(await web.tokenOf());
    expect(unknown.status).toBe(503);
    expect(unknown.headers.get("retry-after")).toMatch(/^\d+$/);
  });

  test("T12: at a cold start without keys it is 503, not 401", async () => {
    const web = await startTokenWeb();
    const token = await web.tokenOf();
    web.company.sandbox.next("GET", web.keysPath, { status: 500, times: 2 });
    const down = await Promise.all(Array.from({ length: 5 }, () => web.listWith(token)));
    expect(down.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect(down[0]?.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(down[0]?.headers.get("www-authenticate")).toBeNull();
    expect(web.company.sandbox.count("*", web.keysPath)).toBe(1);
    web.company.clock.advanceSeconds(3);
    expect((await web.listWith(token)).status).toBe(503);
    web.company.clock.advanceSeconds(3);
    expect((await web.listWith(token)).status).toBe(200);
  });

  test("T13: keys of kinds that nobody knows stand beside good ones", async () => {
    const web = await startTokenWeb();
    const { control } = web.company;
    control.publishKey({ kty: "QUANTUM", kid: "q", alg: "Q256", x: "?" }, MCP_SERVER_ID);
    control.publishKey({ kty: "RSA", kid: "broken", alg: "RS256", n: "!", e: "" }, MCP_SERVER_ID);
    expect((await web.listWith(await web.tokenOf())).status).toBe(200);
  });
});
