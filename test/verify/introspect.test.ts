import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, MCP_SERVER_ID, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import type { SandboxReply } from "../../sandbox/route.js";
import { NATIVE_CLIENT_ID, OTHER_CLIENT_ID, startTokenWeb, TWIN_SERVER_ID } from "../support/company-tokens.js";

const INTROSPECT = `/oauth2/${MCP_SERVER_ID}/v1/introspect`;

/** What an introspection says, changed before it is sent. */
const said = (change: (facts: Record<string, unknown>) => Record<string, unknown>) => ({
  rewrite: (reply: SandboxReply): SandboxReply => ({ ...reply, json: change(reply.json as Record<string, unknown>) }),
});

describe("a token that is introspected at each request", () => {
  test("counts as a JWT of native does, and T17: no longer once it was revoked", async () => {
    const web = await startTokenWeb({ signIn: "introspect" });
    const token = await web.tokenOf();
    expect((await web.listWith(token)).text).toContain('"name":"list_users"');
    expect((await web.callTool(token, "list_users")).text).toContain(ADMIN_LOGIN);
    expect(web.company.sandbox.count("POST", INTROSPECT)).toBe(2);
    web.company.control.revokeTokens({ login: ADMIN_LOGIN });
    expect((await web.listWith(token)).status).toBe(401);
    expect(web.lines.join("")).not.toContain(token);
  });

  test("a stranger with made-up tokens does not use up the org's limit, and locks out nobody who was here before", async () => {
    const web = await startTokenWeb({ signIn: "introspect", serve: { limits: { unknown_tokens_per_address: 5 } } });
    const token = await web.tokenOf();
    expect((await web.listWith(token)).status).toBe(200);
    const statuses = [];
    for (let index = 0; index < 7; index += 1) statuses.push((await web.listWith(`made-up-${index}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 503, 503, 503]);
    expect(web.company.sandbox.count("POST", INTROSPECT)).toBe(5);
    const { status, headers } = await web.listWith("one-more");
    expect([status, Number(headers.get("retry-after")) > 0]).toEqual([503, true]);
    expect((await web.listWith(token)).status).toBe(200);
    web.company.clock.advanceSeconds(120);
    expect((await web.listWith("made-up-later")).status).toBe(401);
  });

  test("T15: active, but of another client, for another audience, of another server, without an end: 401", async () => {
    const web = await startTokenWeb({ signIn: "introspect" });
    const { sandbox } = web.company;
    const reply = await web.issue({ scopes: ["openid", "offline_access", "mcp:read"] });
    const others = [
      await web.tokenOf({ clientId: OTHER_CLIENT_ID }),
      await web.tokenOf({ clientId: WEB_CLIENT_ID }),
      await web.tokenOf({ serverId: TWIN_SERVER_ID }),
      String(reply.id_token),
      String(reply.refresh_token),
      "opaque",
      "x".repeat(9_000),
    ];
    for (const token of others) expect((await web.listWith(token)).status, token.slice(0, 20)).toBe(401);
    const token = await web.tokenOf();
    const changes: Record<string, unknown>[] = [
      { exp: undefined },
      { exp: "2030" },
      { exp: 1 },
      { aud: NATIVE_CLIENT_ID },
      { aud: undefined },
      { iss: `${web.company.origin}/oauth2/${TWIN_SERVER_ID}` },
      { iss: undefined },
      { client_id: OTHER_CLIENT_ID },
      { client_id: undefined },
      { token_type: "DPoP" },
      { token_type: undefined },
      { cnf: { jkt: "x" } },
      { scope: undefined },
      { uid: undefined },
      { sub: undefined },
      { active: "true" },
      { active: false },
    ];
    for (const change of changes) {
      sandbox.next(
        "POST",
        INTROSPECT,
        said((facts) => ({ ...facts, ...change })),
      );
      const { status } = await web.listWith(token);
      expect([status, change], JSON.stringify(change)).toEqual([change.active === "true" ? 503 : 401, change]);
    }
    expect((await web.listWith(token)).status).toBe(200);
  });

  test("T16: while the server is down, limits or does not answer it is 503 with Retry-After, and no yes is remembered", async () => {
    const web = await startTokenWeb({ signIn: "introspect" });
    const { sandbox, control, clock } = web.company;
    const token = await web.tokenOf();
    expect((await web.listWith(token)).status).toBe(200);
    const faults = [
      { status: 500 },
      { status: 503, headers: { "retry-after": "7" } },
      { status: 401, json: { error: "invalid_client", error_description: "No client credentials found." } },
      { status: 404 },
      { fault: "html" as const },
      { fault: "hang" as const },
    ];
    for (const fault of faults) {
      sandbox.next("POST", INTROSPECT, fault);
      const answer = await web.listWith(token);
      expect(answer.status, JSON.stringify(fault)).toBe(503);
      expect(answer.headers.get("retry-after"), JSON.stringify(fault)).toMatch(/^\d+$/);
      expect(answer.headers.get("www-authenticate")).toBeNull();
      clock.advanceSeconds(10);
    }
    sandbox.next("POST", INTROSPECT, { status: 429, headers: { "retry-after": "20" } });
    const limited = await web.listWith(token);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([503, "20"]);
    // Whoever asked for a pause is not asked again.
    sandbox.forgetCounts();
    expect((await web.listWith(token)).status).toBe(503);
    expect(sandbox.count("POST", INTROSPECT)).toBe(0);
    clock.advanceSeconds(21);
    control.revokeTokens({ login: ADMIN_LOGIN });
    sandbox.next("POST", INTROSPECT, { status: 500 });
    expect((await web.listWith(token)).status).toBe(503);
    expect((await web.listWith(token)).status).toBe(401);
    expect(web.lines.join("")).toContain("serve check");
  }, 60_000);

  test("T18: 200 requests at once with one token ask once", async () => {
    const web = await startTokenWeb({
      signIn: "introspect",
      serve: { limits: { calls_at_once: 1_000, calls_at_once_in_all: 1_000 } },
    });
    const token = await web.tokenOf();
    await web.listWith(token);
    web.company.sandbox.forgetCounts();
    web.company.sandbox.next("POST", INTROSPECT, { fault: "delay", delayMs: 1_500 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => web.listWith(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(web.company.sandbox.count("POST", INTROSPECT)).toBeLessThanOrEqual(2);
  }, 60_000);

  test("a yes is used again only where the settings say so, for that time and not beyond the token's own", async () => {
    const web = await startTokenWeb({ signIn: "introspect", tokens: { cache_seconds: 30 } });
    const { sandbox, control, clock } = web.company;
    const token = await web.tokenOf();
    for (let time = 0; time < 3; time += 1) expect((await web.listWith(token)).status).toBe(200);
    expect(sandbox.count("POST", INTROSPECT)).toBe(1);
    control.revokeTokens({ login: ADMIN_LOGIN });
    clock.advanceSeconds(31);
    expect((await web.listWith(token)).status).toBe(401);
    expect((await web.listWith(token)).status).toBe(401);
    expect(sandbox.count("POST", INTROSPECT)).toBe(3);
  });
});

test("groups that a token does not tell are read by the directory's service app, once in minutes and by one at a time", async () => {
  const web = await startTokenWeb({ groupsClaim: false });
  const { company } = web;
  const groups = `/api/v1/users/${company.person().id}/groups`;
  const token = await web.tokenOf();
  const all = await Promise.all(Array.from({ length: 5 }, () => web.listWith(token)));
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(company.sandbox.count("GET", groups)).toBe(1);
  const helpdesk = company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk");
  if (helpdesk === undefined) throw new Error("the org lacks the role's group");
  company.org.groups.removeMember(helpdesk, company.person());
  company.clock.advanceSeconds(5 * 60 + 1);
  expect((await web.listWith(token)).status).toBe(403);
  // While the org does not answer, what was read within the hour counts; after it, the person may read alone.
  company.org.groups.addMember(helpdesk, company.person());
  company.clock.advanceSeconds(5 * 60 + 1);
  const later = await web.tokenOf({ lifetimeSeconds: 24 * 3600 });
  expect((await web.listWith(later)).status).toBe(200);
  company.clock.advanceSeconds(30 * 60);
  company.sandbox.next("GET", groups, { status: 403, json: { errorCode: "E0000006" } });
  expect((await web.listWith(later)).status).toBe(200);
  company.clock.advanceSeconds(31 * 60);
  company.sandbox.next("GET", groups, { status: 403, json: { errorCode: "E0000006" } });
  expect((await web.listWith(later)).status).toBe(200);
  company.sandbox.next("GET", groups, { status: 403, json: { errorCode: "E0000006" } });
  const write = await web.callTool(later, "create_group", { profile: { name: "Doubtful" } });
  expect([write.status, write.headers.get("retry-after")]).toEqual([503, "60"]);
  expect(company.org.groups.all().some(({ profile }) => profile.name === "Doubtful")).toBe(false);
});
