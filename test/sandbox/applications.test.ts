import { describe, expect, test } from "vitest";
import { errorOf, openSandbox, person } from "../support/sandbox.js";

const bookmark = { label: "Wiki", signOnMode: "BOOKMARK", settings: { app: { url: "https://wiki.example/" } } };

describe("creating an app", () => {
  test("stores everything that was sent, of a sign-on mode nobody knows too", async () => {
    const { call, get } = await openSandbox();
    const sent = {
      label: "Gate",
      name: "gate_app",
      signOnMode: "WALLET_PRESENTATION",
      settings: { app: { siteIds: ["a"] }, presentation: { strict: true }, notes: { admin: "x" } },
      visibility: { appLinks: { gate: true }, hide: { iOS: true } },
      profile: { anything: [1, { deep: null }] },
      inventedBySomebody: { later: true },
    };
    const made = await call("POST", "/api/v1/apps", sent);
    expect(made.status).toBe(200);
    const { json } = await get(`/api/v1/apps/${made.json.id}`);
    expect(json).toMatchObject({ ...sent, status: "ACTIVE" });
    expect(json.visibility.appLinks).toEqual({ gate: true });
    expect(json.settings.notifications.vpn.network.connection).toBe("DISABLED");
  });

  test("ignores what Okta assigns, and can leave the app inactive", async () => {
    const { call } = await openSandbox();
    const body = {
      ...bookmark,
      id: "0oaMine",
      status: "ACTIVE",
      created: "1999-01-01T00:00:00.000Z",
      features: ["SSO"],
    };
    const { json } = await call("POST", "/api/v1/apps?activate=false", body);
    expect(json).toMatchObject({ name: "bookmark", status: "INACTIVE", features: [] });
    expect(json.id).not.toBe("0oaMine");
    expect(json.created).not.toMatch(/^1999/);
  });

  test("an OIDC app is given a client id, and a secret where it can keep one", async () => {
    const { call } = await openSandbox();
    const create = async (method?: string) => {
      const credentials = { oauthClient: method === undefined ? {} : { token_endpoint_auth_method: method } };
      const settings = { oauthClient: { grant_types: ["authorization_code"], application_type: "web" } };
      const body = { label: "App", signOnMode: "OPENID_CONNECT", credentials, settings };
      const { json } = await call("POST", "/api/v1/apps", body);
      expect(json.credentials.oauthClient.client_id).toBe(json.id);
      return json.credentials.oauthClient;
    };
    expect((await create()).client_secret).toMatch(/^\w{64}$/);
    expect(await create("none")).not.toHaveProperty("client_secret");
    expect(await create("private_key_jwt")).not.toHaveProperty("client_secret");
  });

  test.each([
    [{ signOnMode: "BOOKMARK", settings: bookmark.settings }, "label"],
    [{ label: "Wiki", settings: bookmark.settings }, "signOnMode"],
    [{ label: "Wiki", signOnMode: "BOOKMARK" }, "settings.app.url"],
    [
      { label: "Tool", signOnMode: "BASIC_AUTH", settings: { app: { url: "https://x.example" } } },
      "settings.app.authURL",
    ],
    [{ label: "App", signOnMode: "OPENID_CONNECT" }, "settings.oauthClient"],
    [{ ...bookmark, label: "x".repeat(101) }, "label"],
  ])("%j is refused for its %s", async (body, path) => {
    const { call } = await openSandbox();
    const refused = errorOf(await call("POST", "/api/v1/apps", body));
    expect(refused).toMatchObject({ status: 400, code: "E0000001", summary: `Api validation failed: ${path}` });
  });
});

describe("replacing an app", () => {
  test("drops what is not sent, keeps what Okta assigns", async () => {
    const { call, clock } = await openSandbox();
    const extra = { settings: { app: { url: "https://wiki.example/" }, notes: { admin: "keep me?" } }, extra: 1 };
    const { json: made } = await call("POST", "/api/v1/apps", { ...bookmark, ...extra });
    clock.advanceSeconds(1);
    const body = { ...bookmark, id: "0oaOther", name: "other", status: "INACTIVE", label: "Wiki 2" };
    const { json } = await call("PUT", `/api/v1/apps/${made.id}`, body);
    expect(json).toMatchObject({
      id: made.id,
      name: "bookmark",
      status: "ACTIVE",
      label: "Wiki 2",
      created: made.created,
    });
    expect(json.settings).not.toHaveProperty("notes");
    expect(json).not.toHaveProperty("extra");
    expect(json.lastUpdated > made.lastUpdated).toBe(true);
  });

  test("an app that comes back as it was read stays as it is, its secret included", async () => {
    const { org, call, get } = await openSandbox({ seed: 1 });
    for (const { id } of org.apps.all()) {
      const before = (await get(`/api/v1/apps/${id}`)).json;
      const after = (await call("PUT", `/api/v1/apps/${id}`, before)).json;
      expect({ ...after, lastUpdated: before.lastUpdated }).toEqual(before);
    }
  });

  test("a client secret that is not sent stays", async () => {
    const { call } = await openSandbox();
    const body = { label: "App", signOnMode: "OPENID_CONNECT", settings: { oauthClient: { application_type: "web" } } };
    const made = (await call("POST", "/api/v1/apps", body)).json;
    const { json } = await call("PUT", `/api/v1/apps/${made.id}`, body);
    expect(json.credentials.oauthClient).toEqual(made.credentials.oauthClient);
  });
});

describe("the life of an app", () => {
  test("only an inactive one can be deleted", async () => {
    const { org, call, get } = await openSandbox();
    const { id } = org.addApp(bookmark);
    expect(errorOf(await call("DELETE", `/api/v1/apps/${id}`))).toMatchObject({
      status: 403,
      code: "E0000056",
      summary: "Delete application forbidden.",
    });
    expect(await call("POST", `/api/v1/apps/${id}/lifecycle/deactivate`)).toMatchObject({ status: 200, json: {} });
    expect((await get(`/api/v1/apps/${id}`)).json).toMatchObject({ status: "INACTIVE" });
    expect((await call("DELETE", `/api/v1/apps/${id}`)).status).toBe(204);
    expect(errorOf(await get(`/api/v1/apps/${id}`)).summary).toBe(`Not found: Resource not found: ${id} (AppInstance)`);
    expect(org.events.map((event) => event.eventType)).toEqual([
      "application.lifecycle.create",
      "application.lifecycle.deactivate",
      "application.lifecycle.delete",
    ]);
  });

  test("activating twice does it once", async () => {
    const { org, call } = await openSandbox();
    const { id } = org.addApp({ ...bookmark, status: "INACTIVE" });
    for (let n = 0; n < 2; n += 1) await call("POST", `/api/v1/apps/${id}/lifecycle/activate`);
    expect(org.apps.get(id)?.status).toBe("ACTIVE");
    expect(org.events.filter((event) => event.eventType === "application.lifecycle.activate")).toHaveLength(1);
  });
});

describe("listing apps", () => {
  test("by how the name or label begins, and by the few attributes that a filter may ask for", async () => {
    const { org, get } = await openSandbox();
    const user = org.addUser({ profile: person("Ann") });
    const group = org.addGroup({ profile: { name: "Lab" } }, [user]);
    const wiki = org.addApp(bookmark, { groups: [group] });
    const mail = org.addApp({ label: "Mail", name: "google", signOnMode: "SAML_2_0", status: "INACTIVE" });
    const ids = async (query: Record<string, string>) =>
      (await get("/api/v1/apps", query)).json.map(({ id }: { id: string }) => id);
    expect(await ids({})).toEqual([wiki.id, mail.id]);
    expect(await ids({ q: "GOO" })).toEqual([mail.id]);
    expect(await ids({ q: "wik" })).toEqual([wiki.id]);
    expect(await ids({ filter: 'status eq "ACTIVE"' })).toEqual([wiki.id]);
    expect(await ids({ filter: `user.id eq "${user.id}"` })).toEqual([wiki.id]);
    for (const filter of ['label eq "Wiki"', `group.id eq "${group.id}"`]) {
      expect(errorOf(await get("/api/v1/apps", { filter })).code, filter).toBe("E0000031");
    }
  });

  test("`expand=user` embeds the user's assignment, `useOptimization` leaves settings out", async () => {
    const { org, get } = await openSandbox();
    const user = org.addUser({ profile: person("Ann") });
    const app = org.addApp(bookmark, { users: [user] });
    const expand = `user/${user.id}`;
    const [listed] = (await get("/api/v1/apps", { filter: `user.id eq "${user.id}"`, expand })).json;
    expect(listed._embedded.user).toMatchObject({ id: user.id, scope: "USER" });
    expect((await get(`/api/v1/apps/${app.id}`, { expand })).json._embedded.user.id).toBe(user.id);
    const [optimized] = (await get("/api/v1/apps", { useOptimization: "true" })).json;
    expect(optimized).toMatchObject({ id: app.id, label: "Wiki" });
    expect(optimized).not.toHaveProperty("settings");
  });
});

describe("who has an app", () => {
  test("users by hand and through groups, by hand first; groups in their order", async () => {
    const { org, call, get } = await openSandbox();
    const [ann, bob] = [org.addUser({ profile: person("Ann") }), org.addUser({ profile: person("Bob") })];
    const group = org.addGroup({ profile: { name: "Lab" } }, [ann, bob]);
    const path = `/api/v1/apps/${org.addApp(bookmark).id}`;
    await call("PUT", `${path}/groups/${group.id}`, { priority: 4, profile: { role: "reader" } });
    await call("POST", `${path}/users`, { id: bob.id, credentials: { userName: "bobby" }, profile: { role: "owner" } });
    const users = (await get(`${path}/users`)).json;
    expect(users).toMatchObject([
      { id: bob.id, scope: "USER", credentials: { userName: "bobby" }, profile: { role: "owner" } },
      { id: ann.id, scope: "GROUP", credentials: { userName: "ann@acme.example" }, profile: { role: "reader" } },
    ]);
    expect((await get(`${path}/users`, { q: "bobb", expand: "user" })).json).toMatchObject([
      { id: bob.id, _embedded: { user: { profile: { firstName: "Bob" } } } },
    ]);
    expect((await get(`${path}/groups`, { q: "la", expand: "group" })).json).toMatchObject([
      { id: group.id, priority: 4, _embedded: { group: { profile: { name: "Lab" } } } },
    ]);
    expect((await get(`/api/v1/groups/${group.id}/apps`)).json).toMatchObject([{ label: "Wiki" }]);

    expect((await call("DELETE", `${path}/users/${bob.id}`)).status).toBe(204);
    expect((await get(`${path}/users/${bob.id}`)).json.scope).toBe("GROUP");
    expect((await call("DELETE", `${path}/groups/${group.id}`)).status).toBe(204);
    expect((await get(`${path}/users/${bob.id}`)).status).toBe(404);
    expect((await get(`${path}/groups/${group.id}`)).status).toBe(404);
    expect((await call("DELETE", `${path}/groups/${group.id}`)).status).toBe(404);
    expect((await call("DELETE", `${path}/users/${bob.id}`)).status).toBe(404);
  });

  test("nobody can be assigned who is not there", async () => {
    const { org, call } = await openSandbox();
    const path = `/api/v1/apps/${org.addApp(bookmark).id}`;
    expect(errorOf(await call("POST", `${path}/users`, {})).code).toBe("E0000001");
    expect(errorOf(await call("POST", `${path}/users`, { id: "00uNobody" })).code).toBe("E0000007");
    expect(errorOf(await call("PUT", `${path}/groups/00gNone`)).code).toBe("E0000007");
    expect(errorOf(await call("POST", "/api/v1/apps/0oaNone/users", { id: "x" })).code).toBe("E0000007");
  });
});
