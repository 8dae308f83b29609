import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { NATIVE_CLIENT_ID, OTHER_CLIENT_ID, startTokenWeb, TWIN_SERVER_ID } from "../support/company-tokens.js";

const ROLES = [{ name: "admins", scopes: ["okta.users.read", "okta.groups.manage"] }];

test("C8: an org's own token as bearer is introspected, used for the call, and tells that this departs from the rules", async () => {
  const web = await startTokenWeb({ signIn: "bearer", roles: ROLES });
  const { company, publicUrl } = web;
  const token = await web.tokenOf();
  expect((await web.callTool(token, "list_users")).text).toContain(ADMIN_LOGIN);
  const sent = company.sandbox.requests.find(({ path }) => /^\/api\/v1\/users(\?|$)/.test(path));
  expect(sent?.headers.authorization).toBe(`Bearer ${token}`);
  expect(company.sandbox.count("POST", "/oauth2/v1/introspect")).toBeGreaterThan(0);
  expect(web.lines.join("")).toContain("departs from MCP");
  const ready = (await (await fetch(`${publicUrl}/readyz`)).json()) as { status: string; warning?: string };
  expect(ready).toMatchObject({ status: "ready", warning: expect.stringContaining("departs from MCP") });
  const metadata = (await (await fetch(`${publicUrl}/.well-known/oauth-protected-resource/mcp`)).json()) as object;
  expect(metadata).not.toHaveProperty("authorization_servers");
  expect((await fetch(`${publicUrl}/oauth/register`, { method: "POST" })).status).toBe(404);
  // A change is on record under the person, by the client's app.
  await web.callTool(token, "create_group", { profile: { name: "Lab" } });
  const person = await web.store.people.findBySubject(company.origin, company.person().id);
  const changes = [];
  for await (const change of web.store.journalFor({ person: person?.id ?? "", sees: "own" }).changes())
    changes.push(change);
  expect(changes[0]).toMatchObject({
    tool: "create_group",
    actor: { user: ADMIN_LOGIN, client_id: NATIVE_CLIENT_ID },
    caller: { person: person?.id, act_as: "user" },
  });
  expect(web.lines.join("")).not.toContain(token);
});

test("in bearer mode scopes of the token and the role both decide, each token is used for its own calls, and others are refused", async () => {
  const web = await startTokenWeb({ signIn: "bearer", roles: ROLES });
  const { company } = web;
  const reading = await web.tokenOf({ scopes: ["openid", "okta.users.read"] });
  expect((await web.listWith(reading)).text).not.toContain('"name":"create_group"');
  const other = await web.tokenOf();
  await web.callTool(other, "list_users");
  await web.callTool(reading, "list_users");
  const used = company.sandbox.requests.filter(({ path }) => /^\/api\/v1\/users(\?|$)/.test(path));
  expect(used.slice(-2).map(({ headers }) => headers.authorization)).toEqual([`Bearer ${other}`, `Bearer ${reading}`]);
  const reply = await web.issue({ scopes: ["openid", "offline_access", "okta.users.read"] });
  const refused = [
    await web.tokenOf({ clientId: OTHER_CLIENT_ID }),
    String(reply.id_token),
    String(reply.refresh_token),
    String(
      (
        await company.control.issueFrom(TWIN_SERVER_ID, {
          clientId: NATIVE_CLIENT_ID,
          login: ADMIN_LOGIN,
          scopes: ["openid"],
        })
      ).access_token,
    ),
  ];
  for (const token of refused) expect((await web.listWith(token)).status).toBe(401);
  expect((await web.listWith(await web.tokenOf({ login: BOB_LOGIN }))).status).toBe(403);
  company.control.revokeTokens({ login: ADMIN_LOGIN });
  expect((await web.listWith(other)).status).toBe(401);
});

test("C8: a pasted token of a custom authorization server works by native as a header of plain fetch, in any case of the scheme", async () => {
  const web = await startTokenWeb();
  const token = await web.tokenOf();
  for (const scheme of ["Bearer", "bearer", "BEARER"]) {
    const answer = await fetch(`${web.publicUrl}/mcp`, {
      method: "POST",
      headers: { authorization: `${scheme} ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
    });
    expect(answer.status, scheme).toBe(200);
  }
});
