import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { Route } from "../../sandbox/route.js";
import { createRouter } from "../../sandbox/router.js";
import { startSandbox } from "../../sandbox/server.js";
import { errorOf, linkOf, openSandbox, person } from "../support/sandbox.js";

const USERS = "/api/v1/users";

describe("every answer", () => {
  test("says that it comes from a sandbox, when, and how the rate limit stands", async () => {
    const { get, clock } = await openSandbox();
    const { headers } = await get(USERS);
    expect(headers.get("server")).toBe("okta-mcp-sandbox");
    expect(headers.get("date")).toBe(new Date(clock.now()).toUTCString());
    expect(headers.get("x-okta-request-id")).toMatch(/^\w{27}$/);
    for (const name of ["limit", "remaining", "reset"]) expect(headers.get(`x-rate-limit-${name}`)).toMatch(/^\d+$/);
  });

  test("names the same id in an error's body and in its header", async () => {
    const { get } = await openSandbox();
    const { json, headers } = await get(`${USERS}/nobody`);
    expect(json).toEqual({
      errorCode: "E0000007",
      errorSummary: "Not found: Resource not found: nobody (User)",
      errorLink: "E0000007",
      errorId: headers.get("x-okta-request-id"),
      errorCauses: [],
    });
  });

  test("listens on this machine only, and the port can be chosen", async () => {
    const first = await startSandbox({ seed: null });
    const port = Number(new URL(first.origin).port);
    await expect(startSandbox({ seed: null, port })).rejects.toThrow("EADDRINUSE");
    await first.close();
    const second = await startSandbox({ seed: null, port });
    expect(second.origin).toBe(`http://127.0.0.1:${port}`);
    await second.close();
  });
});

/** Sends a request that libraries would refuse to send. Resolves with the status and the whole answer. */
async function rawRequest(port: number, lines: readonly string[]): Promise<{ status: number; text: string }> {
  const socket = connect(port, "127.0.0.1");
  socket.end([...lines, "Connection: close", "", ""].join("\r\n"));
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text };
}

describe("a page of another site", () => {
  test.each([
    ["a name of its own that leads here", (port: number) => [`Host: evil.example:${port}`]],
    ["a name of its own without a port", () => ["Host: evil.example"]],
    ["a name that begins like ours", (port: number) => [`Host: localhost.evil.example:${port}`]],
    ["a name that ends like ours", (port: number) => [`Host: evil.localhost:${port}`]],
    ["another address of this machine", (port: number) => [`Host: 127.0.0.2:${port}`]],
    ["the address of every machine", (port: number) => [`Host: 0.0.0.0:${port}`]],
    ["our name and another port", (port: number) => [`Host: localhost:${port - 1}`]],
    ["our name without the port", () => ["Host: localhost"]],
    ["a user before our name", (port: number) => [`Host: evil@127.0.0.1:${port}`]],
    ["an empty name", () => ["Host:"]],
  ])("that comes by %s is refused, whatever it asks for", async (_, headers) => {
    const sandbox = await openSandbox();
    const port = Number(new URL(sandbox.origin).port);
    const before = sandbox.requests.length;
    for (const line of ["GET /activate HTTP/1.1", `GET ${USERS} HTTP/1.1`, "POST /oauth2/v1/token HTTP/1.1"]) {
      const { status, text } = await rawRequest(port, [line, ...headers(port)]);
      expect(status, line).toBe(421);
      expect(text).toContain(`127.0.0.1:${port} and localhost:${port} only`);
      expect(text).not.toContain("evil");
    }
    expect(sandbox.requests).toHaveLength(before);
  });

  test("is refused without any name, too", async () => {
    const { origin } = await openSandbox();
    expect((await rawRequest(Number(new URL(origin).port), ["GET /activate HTTP/1.0"])).status).toBe(421);
  });

  test("cannot change anything from where it is", async () => {
    const { origin, org, call, requests } = await openSandbox();
    const users = org.users.all().length;
    const before = requests.length;
    const foreign = [
      "https://evil.example",
      "null",
      origin.replace("http:", "https:"),
      `${origin}0`,
      "http://localhost",
    ];
    for (const page of foreign) {
      for (const method of ["POST", "PUT", "DELETE"]) {
        const answer = await call(method, USERS, { profile: person("Eve") }, { origin: page });
        expect(errorOf(answer), `${method} from ${page}`).toMatchObject({ status: 403, code: "E0000006" });
      }
      const body = new URLSearchParams({ client_id: "x", scope: "openid" });
      const answer = await fetch(`${origin}/oauth2/v1/device/authorize`, {
        method: "POST",
        body,
        headers: { origin: page },
      });
      expect(answer.status).toBe(403);
    }
    expect(org.users.all()).toHaveLength(users);
    expect(requests).toHaveLength(before);
  });

  test("is told apart from the org's own, by both of its names", async () => {
    const { origin, call } = await openSandbox();
    const local = origin.replace("127.0.0.1", "localhost");
    for (const page of [origin, local]) {
      expect(
        (
          await call(
            "POST",
            `${USERS}?activate=false`,
            { profile: person(page === local ? "Lou" : "Ida") },
            { origin: page },
          )
        ).status,
      ).toBe(200);
    }
    expect(
      (await call("GET", USERS, undefined, { origin: "https://evil.example" })).headers.get(
        "access-control-allow-origin",
      ),
    ).toBeNull();
    expect((await fetch(`${local}/activate`)).status).toBe(200);
    const body = new URLSearchParams({ client_id: DEVICE_CLIENT_ID, scope: "openid" });
    const started = await fetch(`${local}/oauth2/v1/device/authorize`, { method: "POST", body });
    expect(await started.json()).toMatchObject({ verification_uri: `${local}/activate` });
  });
});

describe("before an operation runs", () => {
  test("an operation that the sandbox does not have is answered with 501 and remembered", async () => {
    const { get, call, unknownRoutes } = await openSandbox();
    expect(errorOf(await get("/api/v1/zones"))).toMatchObject({ status: 501, code: "E0000060" });
    expect((await call("PATCH", USERS)).status).toBe(501);
    expect(unknownRoutes).toEqual(["GET /api/v1/zones", "PATCH /api/v1/users"]);
  });

  test("the token must be good and have the operation's scope; manage covers read", async () => {
    const { get, call } = await openSandbox({ scopes: ["okta.users.manage"] });
    expect((await get(USERS)).status).toBe(200);
    const refused = await get("/api/v1/groups");
    expect(errorOf(refused)).toMatchObject({ status: 403, code: "E0000006" });
    expect(refused.headers.get("www-authenticate")).toMatch(/error="insufficient_scope"/);
    expect(refused.headers.get("www-authenticate")).toContain('scope="okta.groups.read"');
    expect((await call("GET", USERS, undefined, { authorization: "Bearer nonsense" })).status).toBe(401);
    expect((await call("DELETE", "/api/v1/groups/x")).status).toBe(403);
  });

  test("a body must be JSON and say so", async () => {
    const { origin, authorizationHeader, call } = await openSandbox();
    const post = async (body: string, type: string) => {
      const headers = { ...authorizationHeader, "content-type": type };
      const answer = await fetch(origin + USERS, { method: "POST", body, headers });
      return `${answer.status} ${JSON.parse(await answer.text()).errorCode}`;
    };
    expect(await post("{", "application/json")).toBe("400 E0000003");
    expect(await post("<x/>", "text/xml")).toBe("415 E0000021");
    expect(errorOf(await call("POST", USERS)).code).toBe("E0000003");
    expect(errorOf(await call("GET", `${USERS}/%zz`))).toMatchObject({ status: 400, code: "E0000001" });
  });

  test("requests are recorded as they came, with what was answered", async () => {
    const { call, requests } = await openSandbox();
    await call("POST", `${USERS}?activate=false`, { profile: person("Ann") }, { "x-mark": "here" });
    expect(requests.at(-1)).toMatchObject({
      method: "POST",
      path: "/api/v1/users?activate=false",
      headers: { "x-mark": "here", "content-type": "application/json" },
      body: JSON.stringify({ profile: person("Ann") }),
      status: 200,
    });
  });

  test("only so many requests are kept as asked for", async () => {
    const { get, requests } = await openSandbox({ keepRequests: 2 });
    for (const n of [1, 2, 3]) await get(`${USERS}?limit=${n}`);
    expect(requests.map(({ path }) => path)).toEqual([`${USERS}?limit=2`, `${USERS}?limit=3`]);
  });
});

describe("paging", () => {
  test("follows the next link to the end, and the link keeps what was asked", async () => {
    const { org, get, all } = await openSandbox();
    for (let n = 0; n < 5; n += 1) org.addUser({ profile: person(`User${n}`) });
    const { items, pages } = await all(USERS, { limit: "2", filter: 'status eq "ACTIVE"' });
    expect(pages).toEqual([2, 2, 1]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
    const first = await get(USERS, { limit: "2", filter: 'status eq "ACTIVE"' });
    expect(new URL(linkOf(first, "next") ?? "").searchParams.get("filter")).toBe('status eq "ACTIVE"');
    expect(linkOf(first, "self")).toContain(USERS);
  });

  test("loses and repeats nobody when people vanish between two pages", async () => {
    const { org, get, call } = await openSandbox();
    const people = Array.from({ length: 6 }, (_, n) => org.addUser({ profile: person(`User${n}`) }));
    const next = linkOf(await get(USERS, { limit: "2" }), "next") ?? "";
    const read = async () =>
      (await call("GET", next)).json.map((user: { profile: { firstName: string } }) => user.profile.firstName);
    const remove = (...indexes: number[]) => {
      for (const index of indexes) org.users.remove(people[index] as (typeof people)[number]);
    };
    remove(0);
    expect(await read()).toEqual(["User2", "User3"]);
    remove(2);
    expect(await read()).toEqual(["User3", "User4"]);
  });

  test.each([
    [USERS, "limit=201", 200],
    [USERS, "limit=0", 400],
    [USERS, "limit=-1", 400],
    [USERS, "limit=many", 400],
    [USERS, "after=nonsense", 400],
    ["/api/v1/groups", "limit=10000", 200],
    ["/api/v1/groups", "limit=10001", 400],
    ["/api/v1/apps", "limit=200", 200],
    ["/api/v1/apps", "limit=201", 400],
  ])("%s?%s is answered with %i", async (path, query, status) => {
    const { get } = await openSandbox();
    expect((await get(`${path}?${query}`)).status).toBe(status);
  });

  test("each list has Okta's own page size", async () => {
    const { org, get } = await openSandbox();
    const people = Array.from({ length: 205 }, (_, n) => org.addUser({ profile: person(`User${n}`) }));
    const groups = Array.from({ length: 25 }, (_, n) => org.addGroup({ profile: { name: `Group ${n}` } }));
    const apps = Array.from({ length: 25 }, (_, n) => org.addApp({ label: `App ${n}`, signOnMode: "BOOKMARK" }));
    const [group, app] = [groups[0], apps[0]];
    if (group === undefined || app === undefined) throw new Error("Nothing was made.");
    for (const user of people) org.groups.addMember(group, user);
    for (const one of groups) org.apps.assignGroup(app, one);
    for (const one of apps) org.apps.assignGroup(one, group);
    const size = async (path: string) => (await get(path)).json.length;
    expect(await size(USERS)).toBe(200);
    expect(await size(`${USERS}?limit=500`)).toBe(200);
    expect(await size("/api/v1/groups")).toBe(25);
    expect(await size(`/api/v1/groups/${group.id}/users`)).toBe(205);
    expect(await size(`/api/v1/groups/${group.id}/apps`)).toBe(20);
    expect(await size("/api/v1/apps")).toBe(20);
    expect(await size(`/api/v1/apps/${app.id}/users`)).toBe(50);
    expect(await size(`/api/v1/apps/${app.id}/groups`)).toBe(20);
  });
});

describe("the rate limit", () => {
  test("is counted per endpoint, told in Okta's headers, and over when the window is", async () => {
    const { get, limit, clock } = await openSandbox();
    limit({ perWindow: 2, windowMs: 10_000 });
    const left = async (path: string) => (await get(path)).headers.get("x-rate-limit-remaining");
    expect([await left(USERS), await left(USERS)]).toEqual(["1", "0"]);
    expect(await left("/api/v1/groups")).toBe("1");
    const refused = await get(USERS);
    expect(errorOf(refused)).toMatchObject({
      status: 429,
      code: "E0000047",
      summary: "API call exceeded rate limit due to too many requests.",
    });
    const resetMs = Number(refused.headers.get("x-rate-limit-reset")) * 1000;
    expect(resetMs).toBe(clock.now() + 10_000);
    clock.advanceSeconds(9);
    expect((await get(USERS)).status).toBe(429);
    clock.advanceSeconds(1);
    expect((await get(USERS)).status).toBe(200);
  });

  test("counts `/users/one` and `/users/another` as one endpoint", async () => {
    const { get, limit } = await openSandbox();
    limit({ perWindow: 1 });
    expect((await get(`${USERS}/one`)).status).toBe(404);
    expect((await get(`${USERS}/another`)).status).toBe(429);
  });

  test("does not let a request do anything that it refuses", async () => {
    const { call, org, limit } = await openSandbox();
    limit({ perWindow: 0 });
    expect((await call("POST", "/api/v1/groups", { profile: { name: "Lab" } })).status).toBe(429);
    expect(org.groups.size).toBe(0);
  });
});

describe("routes", () => {
  const route = (template: string): Route => ({ method: "GET", template, handle: () => ({ status: 200 }) });

  test("a literal segment wins over a parameter, whatever the order", () => {
    const router = createRouter([route("/a/{x}/c"), route("/a/b/{y}"), route("/a/b/c")]);
    expect(router.match("GET", "/a/b/c")?.route.template).toBe("/a/b/c");
    expect(router.match("GET", "/a/b/d")).toMatchObject({ route: { template: "/a/b/{y}" }, params: { y: "d" } });
    expect(router.match("GET", "/a/z%2Fz/c")?.params).toEqual({ x: "z/z" });
    expect(router.match("GET", "/a//c")).toBeUndefined();
    expect(router.match("POST", "/a/b/c")).toBeUndefined();
  });

  test("two routes for the same requests are an error", () => {
    expect(() => createRouter([route("/a/{x}"), route("/a/{y}")])).toThrow("two routes for GET /a/{y}");
  });
});
