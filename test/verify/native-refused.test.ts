import { createHash } from "node:crypto";
import { exportSPKI } from "jose";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, MCP_SERVER_ID, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import {
  adasClaims,
  MACHINE_CLIENT_ID,
  NATIVE_CLIENT_ID,
  OTHER_CLIENT_ID,
  ownSigner,
  put,
  startTokenWeb,
  statusesOf,
  TWIN_SERVER_ID,
} from "../support/company-tokens.js";

describe("a token that nobody here may use", () => {
  test("T4: alg none, HS256 with the public key, another kind of key: 401", async () => {
    const web = await startTokenWeb();
    const signer = await ownSigner("RS256");
    web.company.control.publishKey(signer.jwk, MCP_SERVER_ID);
    const claims = adasClaims(web);
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
    const claims = adasClaims(web);
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

  test("T6: another audience: 401; a list of ours alone: taken", async () => {
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
    expect((await web.listWith(await web.tokenOf({ claims: put({ aud: [ours] }) }))).status).toBe(200);
  });

  test("a token that is for other servers too counts only where each of them is named", async () => {
    const named = "https://hr.acme.example/mcp";
    for (const [shared, aud, status] of [
      [[], "api://default", 401],
      [[named], named, 200],
      [[named], "https://other.example", 401],
      [[named], 1, 401],
    ] as const) {
      const web = await startTokenWeb({ tokens: { shared_audience: shared } });
      const token = await web.tokenOf({ claims: put({ aud: [`${web.publicUrl}/mcp`, aud] }) });
      expect((await web.listWith(token)).status, JSON.stringify([shared, aud])).toBe(status);
      const alone = await web.tokenOf({ claims: put({ aud: [named] }) });
      expect((await web.listWith(alone)).status).toBe(401);
    }
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
    const claims = adasClaims(web);
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
