import { expect, test } from "vitest";
import { startCompanyWeb } from "../support/company-server.js";

const PAGE = "https://inspector.example";
const EVIL = "https://evil.example";

test("scripts of listed pages may call, and see what they have to see", async () => {
  const { publicUrl, signIn } = await startCompanyWeb({ serve: { allowed_origins: [PAGE] } });
  const { access_token: token } = await signIn();
  const preflight = (path: string, origin: string, method = "POST") =>
    fetch(`${publicUrl}${path}`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,mcp-protocol-version,mcp-param-id,x-evil",
      },
    });
  for (const path of ["/mcp", "/oauth/token", "/oauth/register", "/oauth/revoke"]) {
    const allowed = await preflight(path, PAGE);
    expect(allowed.status, path).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(allowed.headers.get("access-control-allow-methods")).toContain("POST");
    const headers = "authorization, content-type, mcp-protocol-version, mcp-param-id";
    expect(allowed.headers.get("access-control-allow-headers")).toBe(headers);
    expect(allowed.headers.get("vary")).toContain("Origin");
    const refused = await preflight(path, EVIL);
    expect(refused.status, path).toBe(403);
    expect(refused.headers.get("access-control-allow-origin")).toBe(publicUrl);
    for (const { headers } of [allowed, refused]) expect(headers.has("access-control-allow-credentials")).toBe(false);
  }
  const call = await fetch(`${publicUrl}/mcp`, {
    method: "POST",
    headers: {
      origin: PAGE,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });
  expect(call.status).toBe(200);
  const unsigned = await fetch(`${publicUrl}/mcp`, { method: "POST", headers: { origin: PAGE } });
  expect(unsigned.status).toBe(401);
  for (const { headers } of [call, unsigned]) {
    expect(headers.get("access-control-allow-origin")).toBe(PAGE);
    for (const name of ["WWW-Authenticate", "Mcp-Session-Id", "Retry-After", "MCP-Protocol-Version"]) {
      expect(headers.get("access-control-expose-headers")).toContain(name);
    }
  }
  const get = await fetch(`${publicUrl}/mcp`, { headers: { origin: PAGE } });
  expect([get.status, get.headers.get("access-control-allow-origin")]).toEqual([405, PAGE]);
});

test("the token and registration endpoints follow the same list", async () => {
  const { publicUrl } = await startCompanyWeb({ serve: { allowed_origins: [PAGE] } });
  const post = (path: string, origin: string | undefined, type: string, body: string) =>
    fetch(`${publicUrl}${path}`, {
      method: "POST",
      headers: { "content-type": type, ...(origin === undefined ? {} : { origin }) },
      body,
    });
  const form = "application/x-www-form-urlencoded";
  const client = JSON.stringify({ redirect_uris: ["http://127.0.0.1/cb"], token_endpoint_auth_method: "none" });
  for (const [path, type, body] of [
    ["/oauth/token", form, "grant_type=authorization_code&code=x&client_id=y"],
    ["/oauth/register", "application/json", client],
    ["/oauth/revoke", form, "token=x&client_id=y"],
  ] as const) {
    const listed = await post(path, PAGE, type, body);
    expect(listed.headers.get("access-control-allow-origin"), path).toBe(PAGE);
    for (const origin of [EVIL, "null", undefined]) {
      const other = await post(path, origin, type, body);
      expect(other.headers.get("access-control-allow-origin"), `${path} ${origin}`).toBe(publicUrl);
    }
  }
});

test("every page may read what tells nothing of anybody, and no page the rest", async () => {
  const { publicUrl } = await startCompanyWeb();
  for (const path of [
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/oauth/jwks",
  ]) {
    const answer = await fetch(`${publicUrl}${path}`, { headers: { origin: EVIL } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")], path).toEqual([200, "*"]);
    const asked = { origin: EVIL, "access-control-request-method": "GET" };
    const preflight = await fetch(`${publicUrl}${path}`, {
      method: "OPTIONS",
      headers: { ...asked, "access-control-request-headers": "mcp-protocol-version" },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")], path).toEqual([
      204,
      "mcp-protocol-version",
    ]);
  }
  for (const path of ["/me", "/oauth/authorize?client_id=x", "/approve/x", "/healthz"]) {
    const answer = await fetch(`${publicUrl}${path}`, { headers: { origin: EVIL }, redirect: "manual" });
    expect(answer.headers.has("access-control-allow-origin"), path).toBe(false);
  }
});
