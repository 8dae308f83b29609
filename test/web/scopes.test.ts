import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { startCompanyWeb } from "../support/company-server.js";

const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};

test("both scopes are named in the metadata, in the challenge, and in the token of a client that names none", async () => {
  const { publicUrl, signIn } = await startCompanyWeb();
  for (const path of ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"]) {
    const metadata = await (await fetch(`${publicUrl}${path}`)).json();
    expect(metadata).toMatchObject({ resource: `${publicUrl}/mcp`, scopes_supported: ["mcp:read", "mcp:write"] });
  }
  const bare = await fetch(`${publicUrl}/mcp`, { method: "POST", body: "{}" });
  expect(bare.headers.get("www-authenticate")).toContain('scope="mcp:read mcp:write"');
  expect((await signIn()).scope).toBe("mcp:read mcp:write");
  expect((await signIn(ADMIN_LOGIN, { scopes: ["openid", "profile"] })).scope).toBe("mcp:read mcp:write");
  expect((await signIn(ADMIN_LOGIN, { scopes: ["openid", "mcp:read", "offline_access"] })).scope).toBe("mcp:read");
});

test("T10: a token that may only read is told all scopes that a call needs, before anything is done", async () => {
  const { publicUrl, company, signIn } = await startCompanyWeb();
  const { call, scope } = await signIn(ADMIN_LOGIN, { scopes: ["mcp:read"] });
  expect(scope).toBe("mcp:read");
  const listed = (await call("tools/list")).message.result.tools.map(({ name }: { name: string }) => name);
  expect(listed).toEqual(expect.arrayContaining(["list_users", "create_group", "delete_group"]));
  expect((await call("tools/call", { name: "list_users", arguments: {} })).text).toContain(ADMIN_LOGIN);

  const asked = company.org.groups.size;
  const params = { name: "create_group", arguments: { profile: { name: "Lab" } } };
  const earlier = await call("tools/call", params);
  const stateless = await call(
    "tools/call",
    { ...params, _meta: MODERN },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "create_group" },
  );
  for (const refused of [earlier, stateless]) {
    expect(refused.status).toBe(403);
    const challenge = refused.headers.get("www-authenticate") ?? "";
    expect(challenge).toMatch(/^Bearer error="insufficient_scope", /);
    expect(challenge).toContain('scope="mcp:read mcp:write"');
    expect(challenge).toContain(`resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp"`);
    expect(challenge.match(/Bearer/g)).toHaveLength(1);
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(refused.message).toMatchObject({ error: "insufficient_scope" });
  }
  expect(company.org.groups.size).toBe(asked);
});

test("T10: a client steps up with a new request, and the person is asked anew", async () => {
  const { company, signIn, begin, follow } = await startCompanyWeb();
  const browser = plainBrowser();
  const first = await signIn(ADMIN_LOGIN, { scopes: ["mcp:read"], browser });
  const params = { name: "create_group", arguments: { profile: { name: "Lab" } } };
  expect((await first.call("tools/call", params)).status).toBe(403);

  const more = await begin({ client_id: first.client_id, scope: "mcp:read mcp:write" });
  const page = await follow(browser, await browser.get(more.url), more.redirectUri);
  expect(page.html).toContain("change and remove");
  const second = await signIn(ADMIN_LOGIN, {
    scopes: ["mcp:read", "mcp:write"],
    browser,
    clientId: first.client_id,
  });
  expect((await second.call("tools/call", params)).status).toBe(200);
  expect(company.org.groups.all().some(({ profile }) => profile.name === "Lab")).toBe(true);
});

test("the page of consent says in words what each scope lets a client do", async () => {
  const { register, begin, follow } = await startCompanyWeb();
  const { client_id } = await register();
  const pageFor = async (scope: string) => {
    const browser = plainBrowser();
    const { url } = await begin({ client_id, scope });
    return (await follow(browser, await browser.get(url))).html;
  };
  const reading = await pageFor("mcp:read");
  expect(reading).toContain("read what your roles let you read");
  expect(reading).not.toContain("change and remove");
  expect(await pageFor("mcp:read mcp:write")).toContain("change and remove");
});

test("T10: a token without the scope that every request needs is told which", async () => {
  const { signIn } = await startCompanyWeb();
  const { call } = await signIn(ADMIN_LOGIN, { scopes: ["mcp:write"] });
  const refused = await call("tools/list");
  expect(refused.status).toBe(403);
  expect(refused.headers.get("www-authenticate")).toContain('scope="mcp:read"');
});

test("a client that registers with scopes of its own may ask for others later", async () => {
  const { register, signIn } = await startCompanyWeb();
  const { client_id } = await register({ scope: "mcp:read openid" });
  expect(client_id).toBeDefined();
  expect((await signIn(ADMIN_LOGIN, { clientId: client_id, scopes: ["mcp:read", "mcp:write"] })).scope).toBe(
    "mcp:read mcp:write",
  );
});
