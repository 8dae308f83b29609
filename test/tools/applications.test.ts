import { describe, expect, test } from "vitest";
import { valuesAt } from "../../sandbox/filter.js";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { accepts, connect } from "../support/client.js";

type JsonObject = { [key: string]: unknown };

const ids = (data: { items?: unknown }) => (data.items as { id: string }[]).map(({ id }) => id);

/** An application of an unknown kind, with a field of each type. */
const FUTURE_APP = {
  label: "Teleporter",
  name: "teleporter",
  signOnMode: "QUANTUM_SSO",
  settings: { app: { planet: "Mars", retries: 3, on: false, nothing: null }, quantum: { spin: ["up", "down"] } },
  credentials: { quantumKey: { half: 1.5 } },
  brandNewField: { list: [{ deep: "é\u2028" }], empty: {} },
};

test("the sign-on policy of an app, which stands in a link alone, is kept by its id", async () => {
  const { get, org, lastBody } = await connect({ person: accepts });
  const store = org.area(POLICIES);
  const strict = store.insert({ given: { type: "ACCESS_POLICY", name: "Strict" } });
  const [app, other] = [org.addApp({ ...FUTURE_APP }), org.addApp({ ...FUTURE_APP, label: "Other" })];
  store.assign(strict, app);
  const byDefault = store.ofType("ACCESS_POLICY").find(({ system }) => system);
  const found = await get("get_application", { app_id: app.id });
  expect(found.access_policy_id).toBe(strict.id);
  expect((await get("get_policy", { policy_id: strict.id })).name).toBe("Strict");
  expect((await get("list_applications", { fields: ["label", "access_policy_id"] })).items).toEqual([
    { label: "Teleporter", access_policy_id: strict.id },
    { label: "Other", access_policy_id: byDefault?.id },
  ]);
  // The field `access_policy_id` is not sent to Okta, so that an app can be sent back as it was read.
  const app_config = { ...found, label: "Beamer" };
  const updated = await get("update_application", { app_id: app.id, app_config });
  expect(updated).toMatchObject({ label: "Beamer", access_policy_id: strict.id });
  expect(lastBody()).not.toHaveProperty("access_policy_id");
  const copy = await get("create_application", { app_config: { ...found, label: "Copy" } });
  expect(lastBody()).not.toHaveProperty("access_policy_id");
  expect(copy.access_policy_id).toBe(byDefault?.id);
  expect(other.id).not.toBe(app.id);
});

test("other policies and addresses of another form come through, and no link is no id", async () => {
  const { get, sandbox } = await connect();
  const links = (accessPolicy: unknown, profileEnrollment?: unknown) =>
    sandbox.next("GET", "/api/v1/apps/{appId}", {
      status: 200,
      json: { id: "0oa1", _links: { accessPolicy, profileEnrollment } },
    });
  const read = () => get("get_application", { app_id: "0oa1" });
  links({ href: "https://acme.okta.com/api/v1/policies/rst1/?a=b" }, { href: "https://a.example/x/rst2" });
  expect(await read()).toEqual({ id: "0oa1", access_policy_id: "rst1", profile_enrollment_policy_id: "rst2" });
  for (const odd of [undefined, null, "text", {}, { href: 5 }, { href: "" }, { href: "rst1" }]) {
    links(odd);
    expect(await read()).toEqual({ id: "0oa1" });
  }
});

describe("list_applications", () => {
  test("sends what was asked for, as it was asked for", async () => {
    const { get, sandbox } = await connect();
    await get("list_applications", {
      q: "Tele",
      limit: 3,
      filter: 'status eq "ACTIVE"',
      include_non_deleted: true,
      use_optimization: false,
      always_include_vpn_settings: true,
    });
    const url = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
    expect(url.pathname).toBe("/api/v1/apps");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: "Tele",
      limit: "3",
      filter: 'status eq "ACTIVE"',
      includeNonDeleted: "true",
      useOptimization: "false",
      alwaysIncludeVpnSettings: "true",
    });
  });

  test("shows applications whole, unknown sign-on modes included, page by page", async () => {
    const { get, org } = await connect();
    const apps = ["A", "B", "C"].map((label) => org.addApp({ ...FUTURE_APP, label }));
    const first = await get("list_applications", { limit: 2 });
    expect(first.items).toContainEqual(expect.objectContaining({ ...FUTURE_APP, label: "A" }));
    const rest = await get("list_applications", { limit: 2, after: first.next_cursor });
    expect([...ids(first), ...ids(rest)]).toEqual(apps.map(({ id }) => id));
    expect(rest).toMatchObject({ has_more: false, next_cursor: null });
    expect(ids(await get("list_applications", { limit: 2, fetch_all: true }))).toHaveLength(3);
  });

  test("chooses fields of every item", async () => {
    const { get, org } = await connect();
    const app = org.addApp({ ...FUTURE_APP });
    const { items } = await get("list_applications", { fields: ["id", "settings.quantum.spin"] });
    expect(items).toEqual([{ id: app.id, settings: { quantum: { spin: ["up", "down"] } } }]);
  });
});

describe("get_application", () => {
  test("shows one application whole, with the user that expand names", async () => {
    const { get, org, sent } = await connect();
    const ada = org.users.all()[0];
    const app = org.addApp({ ...FUTURE_APP }, { users: ada ? [ada] : [] });
    const shown = await get("get_application", { app_id: app.id, expand: `user/${ada?.id}` });
    expect(shown).toMatchObject(FUTURE_APP);
    expect(shown).toHaveProperty("_embedded.user.id", ada?.id);
    expect(shown).not.toHaveProperty("_embedded.user._links");
    expect(sent()).toEqual([`GET /api/v1/apps/${app.id}?expand=${encodeURIComponent(`user/${ada?.id}`)}`]);
  });

  test("masks what is secret in it, and nothing else", async () => {
    const { call, org } = await connect();
    const secrets = ["s3cr3t-client", "p4ssw0rd", "jwk-private", "org-token", "scim-password", "-----BEGIN KEY"];
    const app = org.addApp({
      label: "Vault",
      signOnMode: "OPENID_CONNECT",
      credentials: {
        oauthClient: {
          client_id: "abc",
          client_secret: "s3cr3t-client",
          token_endpoint_auth_method: "client_secret_basic",
        },
        userName: "svc",
        password: { value: "p4ssw0rd" },
        revealPassword: false,
      },
      settings: {
        oauthClient: {
          refresh_token: { rotation_type: "ROTATE", leeway: 30 },
          jwks: { keys: [{ kty: "RSA", kid: "k1", n: "modulus", e: "AQAB", d: "jwk-private" }] },
        },
        app: { token: "org-token", adminPassword: "scim-password", privateKey: "-----BEGIN KEY", passwordField: "pw" },
      },
    });
    const { data, text } = await call("get_application", { app_id: app.id });
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(data).toMatchObject({
      credentials: {
        oauthClient: { client_id: "abc", client_secret: "[masked]", token_endpoint_auth_method: "client_secret_basic" },
        password: { value: "[masked]" },
        revealPassword: false,
      },
      settings: {
        oauthClient: {
          refresh_token: { rotation_type: "ROTATE", leeway: 30 },
          jwks: { keys: [{ kid: "k1", n: "modulus", d: "[masked]" }] },
        },
        app: { token: "[masked]", adminPassword: "[masked]", privateKey: "[masked]", passwordField: "pw" },
      },
    });
  });

  test("names the tool that finds the right id", async () => {
    const { call } = await connect();
    const { error, text } = await call("get_application", { app_id: "0oaNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_applications");
  });
});

describe("create_application", () => {
  test("sends an application of any sign-on mode untouched", async () => {
    const { get, org, lastBody, sandbox } = await connect();
    const created = await get("create_application", { app_config: FUTURE_APP, activate: false });
    expect(lastBody()).toEqual(FUTURE_APP);
    expect(sandbox.requests.at(-1)).toMatchObject({ method: "POST", path: "/api/v1/apps?activate=false" });
    expect(org.apps.get(String(created.id))).toMatchObject({ ...FUTURE_APP, status: "INACTIVE" });
    expect(created).toMatchObject(FUTURE_APP);
  });

  test("refuses a status in the body that activate does not make, since Okta takes none from it", async () => {
    const { get, call, org, sandbox } = await connect();
    const app_config = { ...FUTURE_APP, status: "INACTIVE" };
    const { error } = await call("create_application", { app_config });
    expect(error).toMatchObject({ code: "bad_input", fix: "Set activate to false, or leave status out of the body." });
    const gone = { ...app_config, status: "DELETED" };
    expect((await call("create_application", { app_config: gone })).error?.code).toBe("bad_input");
    expect(sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
    const created = await get("create_application", { app_config, activate: false });
    expect(org.apps.get(String(created.id))?.status).toBe("INACTIVE");
  });

  test("activates by default, and hides the secret that Okta makes up", async () => {
    const { call, org } = await connect();
    const { data, text } = await call("create_application", {
      app_config: {
        label: "Web",
        signOnMode: "OPENID_CONNECT",
        settings: { oauthClient: { application_type: "web" } },
      },
    });
    const app = org.apps.get(String(data.id));
    const [secret] = valuesAt(app, ["credentials", "oauthClient", "client_secret"]);
    expect(app?.status).toBe("ACTIVE");
    expect(String(secret).length).toBeGreaterThan(20);
    expect(text).not.toContain(secret);
    expect(data).toHaveProperty("credentials.oauthClient.client_secret", "[masked]");
  });

  test("tells what Okta misses", async () => {
    const { call } = await connect();
    const { error } = await call("create_application", { app_config: { signOnMode: "BOOKMARK" } });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toContain("settings.app.url");
  });

  test("takes an object only", async () => {
    const { call, sent } = await connect();
    for (const app_config of ["[]", "x", [], null, 1]) {
      expect((await call("create_application", { app_config })).error?.code).toBe("bad_input");
    }
    expect(sent()).toEqual([]);
  });
});

describe("update_application", () => {
  test("names every setting that would be lost, and changes nothing", async () => {
    const { call, org, writes } = await connect();
    const app = org.addApp({ ...FUTURE_APP, status: "ACTIVE" });
    const { error } = await call("update_application", {
      app_id: app.id,
      app_config: { label: "Teleporter 2", signOnMode: "QUANTUM_SSO", settings: { app: { planet: "Venus" } } },
    });
    expect(error).toMatchObject({
      code: "would_remove",
      data: {
        would_be_lost: ["settings.app.retries", "settings.app.on", "settings.quantum", "credentials", "brandNewField"],
      },
    });
    expect(writes()).toEqual([]);
  });

  test("takes back what get_application showed, with a change", async () => {
    const { get, org, lastBody, writes } = await connect();
    const app = org.addApp({ ...FUTURE_APP });
    const shown = await get("get_application", { app_id: app.id });
    const changed = { ...shown, label: "Teleporter 2" };
    await get("update_application", { app_id: app.id, app_config: changed });
    expect(writes()).toEqual([`PUT /api/v1/apps/${app.id}`]);
    const { access_policy_id: _, ...sentBack } = changed as JsonObject;
    expect(lastBody()).toEqual(sentBack);
    expect(org.apps.get(app.id)).toMatchObject({ ...FUTURE_APP, label: "Teleporter 2" });
  });

  test("keeps a secret that the body leaves out, or sends back masked where it stood, and refuses its mask elsewhere", async () => {
    const { call, get, org, writes, lastBody } = await connect();
    const { id } = await get("create_application", {
      app_config: {
        label: "Web",
        signOnMode: "OPENID_CONNECT",
        settings: { oauthClient: { application_type: "web" } },
      },
    });
    const secret = () => JSON.stringify(org.apps.get(String(id))?.credentials);
    const before = secret();
    const shown = await get("get_application", { app_id: id });
    const moved = { ...shown, label: "[masked]" };
    const { error } = await call("update_application", { app_id: id, app_config: moved });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toContain("label holds the mask");
    expect(writes()).toHaveLength(1);
    await get("update_application", { app_id: id, app_config: shown });
    expect(JSON.stringify(lastBody())).not.toContain("[masked]");
    expect(secret()).toBe(before);

    const { credentials, ...rest } = shown as JsonObject & { credentials: { oauthClient: JsonObject } };
    const { client_secret: _masked, ...oauthClient } = credentials.oauthClient;
    const body = { ...rest, label: "Web 2", credentials: { ...credentials, oauthClient } };
    await get("update_application", { app_id: id, app_config: body });
    expect(secret()).toBe(before);
  });

  test("drops settings where that is wanted", async () => {
    const { get, org } = await connect({ person: accepts });
    const app = org.addApp({ ...FUTURE_APP });
    await get("update_application", {
      app_id: app.id,
      app_config: { label: "Bare", signOnMode: "QUANTUM_SSO" },
      allow_removals: true,
    });
    expect(org.apps.get(app.id)).not.toHaveProperty("brandNewField");
  });
});

describe("activate_application", () => {
  test("activates and asks nobody", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const app = org.addApp({ label: "Wiki", status: "INACTIVE" });
    expect(await get("activate_application", { app_id: app.id })).toEqual({ done: true, app_id: app.id });
    expect(writes()).toEqual([`POST /api/v1/apps/${app.id}/lifecycle/activate`]);
    expect(org.apps.get(app.id)?.status).toBe("ACTIVE");
    expect(asked).toEqual([]);
  });
});

describe("deactivate_application", () => {
  test("shows what it is and who has it, then does it", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const [ada] = org.users.all();
    const group = org.addGroup({ profile: { name: "Lab" } });
    const app = org.addApp({ label: "Wiki", signOnMode: "SAML_2_0" }, { users: ada ? [ada] : [], groups: [group] });
    await get("deactivate_application", { app_id: app.id });
    expect(asked[0]?.message.split("\n")).toEqual([
      `Deactivate application: application "Wiki" (${app.id})`,
      "- status ACTIVE, sign-on mode SAML_2_0",
      "- assigned to 1 user and 1 group",
      "- nobody can sign in to it until it is activated again",
    ]);
    expect(writes()).toEqual([`POST /api/v1/apps/${app.id}/lifecycle/deactivate`]);
    expect(org.apps.get(app.id)?.status).toBe("INACTIVE");
  });
});

describe("delete_application", () => {
  test("refuses one that is active, and names the state needed", async () => {
    const { call, org, asked, writes } = await connect({ person: accepts });
    const app = org.addApp({ label: "Wiki" });
    const { error } = await call("delete_application", { app_id: app.id });
    expect(error?.code).toBe("conflict");
    expect(error?.message).toContain("INACTIVE");
    expect(error?.fix).toContain("deactivate_application");
    expect([asked, writes()]).toEqual([[], []]);
  });

  test("deletes an inactive one for good", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const app = org.addApp({ label: "Wiki", status: "INACTIVE" });
    expect(await get("delete_application", { app_id: app.id })).toEqual({ done: true, app_id: app.id });
    expect(asked[0]?.message).toContain("deleted for good");
    expect(writes()).toEqual([`DELETE /api/v1/apps/${app.id}`]);
    expect(org.apps.get(app.id)).toBeUndefined();
  });
});
