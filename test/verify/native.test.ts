import { createHash } from "node:crypto";
import { exportSPKI } from "jose";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, MCP_SERVER_ID, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { BOB_LOGIN } from "../support/company-org.js";
import {
  MACHINE_CLIENT_ID,
  NATIVE_CLIENT_ID,
  OTHER_CLIENT_ID,
  ownSigner,
  startTokenWeb,
  type TokenWeb,
  TWIN_SERVER_ID,
} from "../support/company-tokens.js";

/** The claims that the authorization server would give Ada. */
function claimsOf({ company, issuer, publicUrl }: TokenWeb) {
  const now = Math.floor(company.clock.now() / 1000);
  return {
    ver: 1,
    jti: "AT.test",
    iss: issuer,
    aud: `${publicUrl}/mcp`,
    sub: ADMIN_LOGIN,
    uid: company.person().id,
    cid: NATIVE_CLIENT_ID,
    scp: ["mcp:read", "mcp:write"],
    groups: company.org.groups
      .all()
      .filter(({ profile }) => profile.name === "okta-mcp-helpdesk")
      .map(({ id }) => id),
    iat: now,
    exp: now + 600,
  };
}

/** A change of one or several claims. */
const put = (change: Record<string, unknown>) => (claims: Record<string, unknown>) => ({ ...claims, ...change });

async function statusesOf(web: TokenWeb, tokens: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const token of tokens) statuses.push((await web.listWith(token)).status);
  return statuses;
}

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

describe("a token that nobody here may use", () => {
  test("T4: alg none, HS256 with the public key, another kind of key: 401", async () => {
    const web = await startTokenWeb();
    const signer = await ownSigner("RS256");
    web.company.control.publishKey(signer.jwk, MCP_SERVER_ID);
    const claims = claimsOf(web);
    const right = await signer.sign(claims);
    expect((await web.listWith(right)).status).toBe(200);
    const text = Buffer.from(JSON.stringify(claims)).toString("base64url");
    const head = (header: object) => Buffer.from(JSON.stringify(header)).toString("base64url");
    const none = `${head({ alg: "none", kid: signer.kid })}.${text}.`;
    const pem = new TextEncoder().encode(await exportSPKI(signer.publicKey));
    const jwk = new TextEncoder().encode(JSON.stringify(signer.jwk));
    const byPem = await signer.sign(claims, { alg: "HS256" }, pem);
    const byJwk = await signer.sign(claims, { alg: "HS256" }, jwk);
    const curve = await ownSigner("ES256", signer.kid);
    const swapped = await curve.sign(claims);
    const [, payload, signature] = right.split(".");
    const claimed = `${head({ alg: "ES256", kid: signer.kid })}.${payload}.${signature}`;
    const unsigned = `${head({ alg: "none", kid: signer.kid })}.${text}.x`;
    expect(await statusesOf(web, [none, unsigned, byPem, byJwk, swapped, claimed])).toEqual([
      401, 401, 401, 401, 401, 401,
    ]);
    web.company.control.nextToken("access_token", { signature: "stranger" });
    expect((await web.listWith(await web.tokenOf())).status).toBe(401);
    web.company.control.nextToken("access_token", { signature: "broken" });
    expect((await web.listWith(await web.tokenOf())).status).toBe(401);
  });

  test("T5: a key that the token brings along is not looked at, and no request goes out for it", async () => {
    const web = await startTokenWeb();
    await web.listWith(await web.tokenOf());
    const attacker = await ownSigner("RS256");
    const claims = claimsOf(web);
    web.company.sandbox.forgetCounts();
    const url = `${web.company.origin}/oauth2/attacker/keys`;
    const brought = [{ jwk: attacker.jwk }, { jku: url }, { x5u: url }, { x5c: ["MIIB"] }, { crit: ["exp"], exp: 1 }];
    for (const header of brought) {
      const token = await attacker.sign(claims, header).catch(() => undefined);
      const [, payload, signature] = (token ?? (await attacker.sign(claims))).split(".");
      const head = Buffer.from(JSON.stringify({ alg: "RS256", kid: attacker.kid, ...header })).toString("base64url");
      expect((await web.listWith(`${head}.${payload}.${signature}`)).status, JSON.stringify(header)).toBe(401);
    }
    expect(web.company.sandbox.count("*", "/oauth2/attacker/keys")).toBe(0);
    expect(web.company.sandbox.count("*", web.keysPath)).toBe(0);
  });

  test("T6: another audience: 401; a list of audiences with ours: taken", async () => {
    const web = await startTokenWeb();
    const ours = `${web.publicUrl}/mcp`;
    const wrong = [
      `${ours}/`,
      ours.slice(0, -1),
      `${ours}2`,
      web.publicUrl,
      NATIVE_CLIENT_ID,
      "api://default",
      ["x"],
      [],
      "",
      1,
      null,
    ];
    const tokens = await Promise.all(wrong.map((aud) => web.tokenOf({ claims: put({ aud }) })));
    expect(new Set(await statusesOf(web, tokens))).toEqual(new Set([401]));
    const without = await web.tokenOf({ claims: ({ aud: _, ...rest }) => rest });
    expect((await web.listWith(without)).status).toBe(401);
    expect((await web.listWith(await web.tokenOf({ claims: put({ aud: ["api://default", ours] }) }))).status).toBe(200);
  });

  test("T7, T21: another issuer, were it by one character or with the same keys: 401", async () => {
    const web = await startTokenWeb();
    const { issuer, company } = web;
    const { hostname, port } = new URL(company.origin);
    const wrong = [
      `${issuer}/`,
      company.origin,
      `${company.origin}/oauth2/default`,
      `${company.origin}/oauth2/${TWIN_SERVER_ID}`,
      issuer.replace("http:", "HTTP:"),
      issuer.replace(`${hostname}:${port}`, `LOCALHOST:${port}`),
      issuer.replace(MCP_SERVER_ID, MCP_SERVER_ID.toUpperCase()),
      "https://staging.acme-robotics.example",
      [issuer],
    ];
    const tokens = await Promise.all(wrong.map((iss) => web.tokenOf({ claims: put({ iss }) })));
    expect(new Set(await statusesOf(web, tokens))).toEqual(new Set([401]));
    // The other server of the same org gives out tokens for the same audience.
    expect((await web.listWith(await web.tokenOf({ serverId: TWIN_SERVER_ID }))).status).toBe(401);
  });

  test("T8: an ID token of the same client: 401, whatever the audience is set to", async () => {
    const web = await startTokenWeb({ tokens: { audience: NATIVE_CLIENT_ID } });
    const reply = await web.issue({ scopes: ["openid", "mcp:read"], nonce: "n" });
    expect((await web.listWith(String(reply.id_token))).status).toBe(401);
    const like = await web.tokenOf({ claims: put({ aud: NATIVE_CLIENT_ID, nonce: "n" }) });
    expect((await web.listWith(like)).status).toBe(401);
    expect((await web.listWith(await web.tokenOf({ claims: put({ aud: NATIVE_CLIENT_ID }) }))).status).toBe(200);
  });

  test("T9: the times of a token count, but for 60 seconds", async () => {
    const web = await startTokenWeb();
    const now = Math.floor(web.company.clock.now() / 1000);
    const wrong = [
      { exp: now - 61 },
      { exp: String(now + 600) },
      { exp: null },
      { exp: undefined },
      { nbf: now + 62 },
      { nbf: String(now) },
      { iat: now + 3600 },
      { iat: "now" },
    ];
    const tokens = await Promise.all(wrong.map((times) => web.tokenOf({ claims: put(times) })));
    expect(await statusesOf(web, tokens)).toEqual(wrong.map(() => 401));
    const right = [{ exp: now - 50 }, { nbf: now + 50 }, { iat: now + 50 }];
    const good = await Promise.all(right.map((times) => web.tokenOf({ claims: put(times) })));
    expect(await statusesOf(web, good)).toEqual([200, 200, 200]);
    web.company.clock.advanceSeconds(3600 + 61);
    expect((await web.listWith(good[2] ?? "")).status).toBe(401);
  });

  test("T14: long, deep and odd tokens are refused fast", async () => {
    const web = await startTokenWeb();
    const signer = await ownSigner("RS256");
    web.company.control.publishKey(signer.jwk, MCP_SERVER_ID);
    const claims = claimsOf(web);
    const deep = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`) as unknown;
    const startedMs = performance.now();
    const many = await signer.sign({ ...claims, scp: Array.from({ length: 1_500 }, (_, index) => `s${index}`) });
    const tokens = [
      await signer.sign({ ...claims, padding: "x".repeat(9_000) }),
      many.length > 8_192 ? many : `${many}x`,
      await signer.sign({ ...claims, sub: { deep } as never }),
      await signer.sign({ ...claims, scp: [deep] }),
      await signer.sign({ ...claims, cid: "" }),
      await signer.sign({ ...claims, uid: 7 as never }),
      await signer.sign(claims, { kid: "k".repeat(2_000) }),
      "a.b.c",
      "....",
      "x".repeat(7_000),
    ];
    expect(await statusesOf(web, tokens)).toEqual(tokens.map(() => 401));
    const nul = await signer.sign({ ...claims, cid: `${NATIVE_CLIENT_ID}\u0000` });
    expect((await web.listWith(nul)).status).toBe(401);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    const huge = await web.listWith("x".repeat(64 * 1024)).then(
      ({ status }) => status,
      () => 431,
    );
    expect(huge).toBe(431);
  });

  test("T19, T20: the org's own token, a refresh token, a code and a client that is not listed: 401", async () => {
    const web = await startTokenWeb();
    const { company } = web;
    const org = await company.control.issueFrom(undefined, {
      clientId: NATIVE_CLIENT_ID,
      login: ADMIN_LOGIN,
      scopes: ["openid", "okta.users.read", "offline_access"],
    });
    const lookedUp = await web.listWith(String(org.access_token));
    expect(lookedUp.status).toBe(401);
    expect(lookedUp.text).toContain("of another type");
    const reply = await web.issue({ scopes: ["openid", "offline_access", "mcp:read"] });
    const others = [
      String(org.refresh_token),
      String(org.id_token),
      String(reply.refresh_token),
      await web.tokenOf({ clientId: OTHER_CLIENT_ID }),
      await web.tokenOf({ clientId: WEB_CLIENT_ID }),
      await web.tokenOf({ clientId: MACHINE_CLIENT_ID, login: undefined }),
      await web.tokenOf({ claims: ({ uid: _, ...rest }) => rest }),
      await web.tokenOf({ claims: put({ cnf: { jkt: "x" } }) }),
      createHash("sha256").update("code").digest("base64url"),
    ];
    expect(await statusesOf(web, others)).toEqual(others.map(() => 401));
    expect(web.lines.join("")).toContain(OTHER_CLIENT_ID);
    for (const token of others) expect(web.lines.join("")).not.toContain(token);
  });
});

describe("the keys of the authorization server", () => {
  test("T11: 500 tokens with keys that nobody knows cost two fetches, and others go on", async () => {
    const web = await startTokenWeb();
    const { sandbox } = web.company;
    const token = await web.tokenOf();
    const signer = await ownSigner("ES256");
    const claims = claimsOf(web);
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
