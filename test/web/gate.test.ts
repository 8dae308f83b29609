import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { startCompanyWeb } from "../support/company-server.js";
import { rawHttp, requestText } from "../support/raw-http.js";

const JSON_TYPE = "Content-Type: application/json";
const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });

test("T1: without a token nothing is told and no body is read, whatever is asked", async () => {
  const { publicUrl, lines } = await startCompanyWeb();
  const metadata = `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp"`;
  for (const method of ["initialize", "tools/list", "resources/read", "server/discover", "ping"]) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} });
    const answer = await fetch(`${publicUrl}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer.status, method).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe(`Bearer ${metadata}, scope="mcp:read mcp:write"`);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.json()).toEqual({ error: "invalid_token", error_description: "Sign in first." });
  }
  const { host } = new URL(publicUrl);
  // The answer comes although the body never does.
  const head = `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n${JSON_TYPE}\r\nConnection: close\r\n\r\n`;
  expect((await rawHttp(publicUrl, head)).status).toBe(401);
  expect(lines.join("")).not.toContain("resources/read");
});

test("T2: the scheme of a token in any case counts, and what is no one token is refused", async () => {
  const { publicUrl, signIn } = await startCompanyWeb();
  const { access_token: token } = await signIn();
  const { host } = new URL(publicUrl);
  const send = async (...authorization: string[]) => {
    const headers = [`Host: ${host}`, JSON_TYPE, ...authorization.map((value) => `Authorization: ${value}`)];
    return rawHttp(publicUrl, requestText("POST /mcp", headers, list));
  };
  for (const right of [`Bearer ${token}`, `bearer ${token}`, `BEARER ${token}`, `Bearer  ${token}`]) {
    expect((await send(right)).status, right.slice(0, 8)).toBe(200);
  }
  for (const wrong of [
    [`Bearer ${token},`],
    [`Bearer ${token} x`],
    ["Bearer"],
    ["Bearer "],
    [`Basic ${token}`],
    [token],
    [`Bearer ${token}`, `Bearer ${token}`],
  ]) {
    const refused = await send(...wrong);
    expect(refused.status, wrong.join("|").slice(0, 20)).toBe(400);
    expect(refused.headers.get("www-authenticate")).toContain('error="invalid_request"');
    expect(refused.body).not.toContain(token);
  }
});

test("T3: a token in an address or in a body counts for nothing, and no log has it", async () => {
  const { publicUrl, lines, signIn } = await startCompanyWeb();
  const { access_token: token } = await signIn();
  const inAddress = await fetch(`${publicUrl}/mcp?access_token=${token}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: list,
  });
  expect(inAddress.status).toBe(400);
  for (const type of ["application/json", "application/x-www-form-urlencoded"]) {
    const body = type.endsWith("json") ? JSON.stringify({ access_token: token }) : `access_token=${token}`;
    const answer = await fetch(`${publicUrl}/mcp`, { method: "POST", headers: { "content-type": type }, body });
    expect(answer.status).toBe(401);
  }
  await fetch(`${publicUrl}/nowhere?access_token=${token}`);
  expect(lines.join("")).not.toContain(token);
});

test("T14: a token that is long, or full of what is none, is refused at once", async () => {
  const { publicUrl } = await startCompanyWeb();
  const { host } = new URL(publicUrl);
  const send = (token: string) =>
    rawHttp(publicUrl, requestText("POST /mcp", [`Host: ${host}`, JSON_TYPE, `Authorization: Bearer ${token}`], list));
  const claims = Buffer.from(`${'{"a":'.repeat(1_500)}1${"}".repeat(1_500)}`).toString("base64url");
  const scopes = Buffer.from(JSON.stringify({ scp: Array.from({ length: 900 }, (_, at) => `s${at}`) }));
  const answers = {
    "64 KiB": await send("x".repeat(65_536)),
    "15 KiB": await send("x".repeat(15_000)),
    "nested claims": await send(`eyJhbGciOiJub25lIn0.${claims}.`),
    "many scopes": await send(`eyJhbGciOiJub25lIn0.${scopes.toString("base64url")}.x`),
    "a byte of zero": await send("abc\0def"),
  };
  const statuses = Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]));
  expect(statuses).toEqual({
    "64 KiB": 431,
    "15 KiB": 401,
    "nested claims": 401,
    "many scopes": 401,
    "a byte of zero": 400,
  });
  for (const [name, { tookMs }] of Object.entries(answers)) expect(tookMs, name).toBeLessThan(2_000);
});

test("T20, M15: whatever else this server has given out is no token, and every wrong token is answered alike", async () => {
  const { publicUrl, store, signIn } = await startCompanyWeb();
  const signedIn = await signIn();
  const revoked = await signIn();
  const [person] = await store.people.findByLogin(ADMIN_LOGIN);
  await store.endings.endClient(revoked.client_id, { why: "revoked", by: "a test" }, person?.id ?? "");
  const cookies = [...signedIn.browser.cookies.values()].flatMap((value) => value.split("."));
  const others = {
    "a refresh token": signedIn.refresh_token,
    "a client id": signedIn.client_id,
    "a token of a revoked grant": revoked.access_token,
    "a made-up token": "x".repeat(43),
    ...Object.fromEntries(cookies.map((value, at) => [`cookie ${at}`, value])),
  };
  const send = async (token: string) => {
    const answer = await fetch(`${publicUrl}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: list,
    });
    const challenge = answer.headers.get("www-authenticate");
    return { status: answer.status, challenge, text: await answer.text() };
  };
  const expected = await send("y".repeat(43));
  expect(expected.status).toBe(401);
  for (const [name, token] of Object.entries(others)) expect(await send(token), name).toEqual(expected);
  expect((await signedIn.call("tools/list")).status).toBe(200);
  await store.people.setStatus(person?.id ?? "", "blocked");
  expect(await send(signedIn.access_token)).toEqual(expected);
});

test("M1: pages and host names that are not ours are turned away before anything is read", async () => {
  const allowed = "https://inspector.example";
  const { publicUrl, signIn } = await startCompanyWeb({ serve: { allowed_origins: [allowed] } });
  const { access_token: token } = await signIn();
  const { host, port } = new URL(publicUrl);
  const send = (hosts: string[], ...headers: string[]) =>
    rawHttp(
      publicUrl,
      requestText(
        "POST /mcp",
        [...hosts.map((name) => `Host: ${name}`), JSON_TYPE, `Authorization: Bearer ${token}`, ...headers],
        list,
      ),
    );
  expect((await send([host])).status).toBe(200);
  expect((await send([host], `Origin: ${publicUrl}`)).status).toBe(200);
  expect((await send([host], `Origin: ${allowed}`)).status).toBe(200);
  const wrong = ["https://evil.example", "null", `${allowed}.evil.example`, `http://localhost:${port}`, "", "file://"];
  for (const origin of wrong) expect((await send([host], `Origin: ${origin}`)).status, origin).toBe(403);
  expect((await send([host], `Origin: ${allowed}`, "Origin: https://evil.example")).status).toBe(403);
  for (const other of [
    "evil.example",
    `evil.example:${port}`,
    `localhost:${port}`,
    "127.0.0.1:1",
    `127.0.0.1.:${port}`,
  ]) {
    expect((await send([other], "X-Forwarded-Host: 127.0.0.1", `Forwarded: host=${host}`)).status, other).toBe(403);
  }
  expect((await send([host, host])).status).toBeGreaterThanOrEqual(400);
  expect((await send([])).status).toBe(400);
});

test("M3: only POST is served, and other places tell where MCP is", async () => {
  const { publicUrl } = await startCompanyWeb();
  for (const method of ["GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"]) {
    const answer = await fetch(`${publicUrl}/mcp`, { method });
    expect(answer.status, method).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST");
  }
  for (const [path, status] of [
    ["/sse", 410],
    ["/", 404],
    ["/messages", 404],
  ] as const) {
    const answer = await fetch(`${publicUrl}${path}`);
    expect(answer.status, path).toBe(status);
    expect(await answer.text()).toContain(`${publicUrl}/mcp`);
  }
});

test("P27: no header of a request changes an address that this server tells", async () => {
  const { publicUrl } = await startCompanyWeb();
  const paths = [
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
  ];
  const lies = [
    "Host: evil.example",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: gopher",
    "X-Forwarded-Port: 1",
    "Forwarded: host=evil.example;proto=gopher",
    "X-Original-Host: evil.example",
  ];
  for (const path of paths) {
    const { status, body } = await rawHttp(publicUrl, requestText(`GET ${path}`, lies));
    expect(status, path).toBe(200);
    expect(body).not.toMatch(/evil|gopher/);
    expect(body).toContain(publicUrl);
  }
  const refused = await rawHttp(publicUrl, requestText("POST /mcp", lies, list));
  expect(refused.status).toBe(403);
  expect(refused.body).not.toContain("evil");
  const begun = await rawHttp(publicUrl, requestText("GET /oauth/authorize?client_id=x", lies));
  expect(begun.body + [...begun.headers.values()].join()).not.toMatch(/evil|gopher/);
});

test("curl as it is written in guides is answered: no Accept, a pasted token", async () => {
  const { publicUrl, signIn } = await startCompanyWeb();
  const { access_token: token } = await signIn();
  const { host } = new URL(publicUrl);
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "list_users", arguments: {} },
  });
  for (const accept of [
    [],
    ["Accept: */*"],
    ["Accept: application/json, text/plain, */*;q=0.8"],
    ["Accept: application/json"],
  ]) {
    const headers = [`Host: ${host}`, "User-Agent: curl/8.5.0", `Authorization: Bearer ${token}`, JSON_TYPE, ...accept];
    const answer = await rawHttp(publicUrl, requestText("POST /mcp", headers, body));
    // MCP has a client of the earlier revisions name both types; one that names a single type is told.
    const namesOne = accept.includes("Accept: application/json");
    expect(answer.status, accept.join()).toBe(namesOne ? 406 : 200);
    if (!namesOne) expect(answer.body).toContain(ADMIN_LOGIN);
  }
});
