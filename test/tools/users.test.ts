import { describe, expect, test } from "vitest";
import type { Org } from "../../sandbox/org.js";
import type { NewUser } from "../../sandbox/state/user-store.js";
import { guardRules } from "../guard/support.js";
import { accepts, connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";

const person = (name: string, more: Partial<NewUser> = {}): NewUser => ({
  ...more,
  profile: {
    login: `${name}@acme.example`,
    email: `${name}@acme.example`,
    firstName: name,
    lastName: "Tester",
    ...more.profile,
  },
});

const addPeople = (org: Org, count: number) =>
  Array.from({ length: count }, (_, index) => org.addUser(person(`p${String(index).padStart(3, "0")}`)));

const ids = (data: { items?: unknown }) => (data.items as { id: string }[]).map(({ id }) => id);

describe("list_users", () => {
  test("sends what was asked for, as it was asked for", async () => {
    const { get, sandbox } = await connect();
    await get("list_users", {
      search: 'profile.department eq "R&D" and status eq "ACTIVE"',
      limit: 7,
      sort_by: "profile.lastName",
      sort_order: "desc",
      expand: "classification",
    });
    const url = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
    expect(url.pathname).toBe("/api/v1/users");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      search: 'profile.department eq "R&D" and status eq "ACTIVE"',
      limit: "7",
      sortBy: "profile.lastName",
      sortOrder: "desc",
      expand: "classification",
    });
  });

  test("finds with search, filter and q", async () => {
    const { get, org } = await connect();
    const mona = org.addUser(person("mona", { profile: { department: "Lab" } }));
    const gone = org.addUser(person("gone", { status: "DEPROVISIONED" }));
    expect(ids(await get("list_users", { search: 'profile.department eq "Lab"' }))).toEqual([mona.id]);
    expect(ids(await get("list_users", { filter: 'status eq "DEPROVISIONED"' }))).toEqual([gone.id]);
    expect(ids(await get("list_users", { q: "mon" }))).toEqual([mona.id]);
    expect(ids(await get("list_users"))).not.toContain(gone.id);
  });

  test("shows a page at a time, and goes on where next_cursor says", async () => {
    const { get, org } = await connect();
    const people = addPeople(org, 5);
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await get("list_users", { limit: 2, ...(cursor ? { after: cursor } : {}) });
      expect(page.total_fetched).toBe(ids(page).length);
      expect(page.has_more).toBe(page.next_cursor !== null);
      seen.push(...ids(page));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen.slice(1)).toEqual(people.map(({ id }) => id));
  });

  test.each(PEERS)(
    "follows every page with fetch_all, and tells how far it is, to a client of the sort %s",
    async (peer) => {
      const { get, org, sent } = await connect({ peer });
      addPeople(org, 5);
      const progress: unknown[] = [];
      const all = await get("list_users", { limit: 2, fetch_all: true }, { onprogress: (step) => progress.push(step) });
      expect(all).toMatchObject({ total_fetched: 6, has_more: false, next_cursor: null });
      expect(sent()).toHaveLength(3);
      expect(sent().every((line) => line.includes("limit=2"))).toBe(true);
      expect(progress).toEqual([
        expect.objectContaining({ progress: 1, message: "Read 2 items in 1 page" }),
        expect.objectContaining({ progress: 2, message: "Read 4 items in 2 pages" }),
      ]);
    },
  );

  test("refuses a limit that Okta does not take, rather than change it", async () => {
    const { call, sent } = await connect();
    for (const limit of [0, 201, 2.5, -1]) {
      expect((await call("list_users", { limit })).error?.code, String(limit)).toBe("bad_input");
    }
    expect(sent()).toEqual([]);
  });

  test("explains a search that Okta refuses in one quoted line", async () => {
    const { call } = await connect();
    const { error } = await call("list_users", { search: "profile.department eq" });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toMatch(/^Okta answered GET \/api\/v1\/users with 400 and said "/);
  });
});

describe("get_user", () => {
  test("takes an id or a login", async () => {
    const { get, org } = await connect();
    const mona = org.addUser(person("mona+lab"));
    expect(await get("get_user", { user_id: mona.id })).toMatchObject({ id: mona.id, status: "ACTIVE" });
    expect(await get("get_user", { user_id: "mona+lab@acme.example" })).toMatchObject({ id: mona.id });
  });

  test("keeps whatever Okta sends, and leaves out only what a model cannot use", async () => {
    const { get, org, sandbox } = await connect();
    org.customAttributes.set("badgeColours", { title: "Badge colours", type: "array" });
    const mona = org.addUser(person("mona", { profile: { badgeColours: ["red", "blue"], shoeSize: 41.5 } }));
    sandbox.next("GET", "/api/v1/users/{id}", {
      rewrite: (reply) => ({
        ...reply,
        json: { ...(reply.json as object), status: "HIBERNATING", realmId: "guo1", brandNew: { deep: [1, null, "é"] } },
      }),
    });
    const user = await get("get_user", { user_id: mona.id });
    expect(user).toMatchObject({
      status: "HIBERNATING",
      realmId: "guo1",
      brandNew: { deep: [1, null, "é"] },
      profile: { badgeColours: ["red", "blue"], shoeSize: 41.5 },
    });
    expect(user).not.toHaveProperty("_links");
    expect(await get("get_user", { user_id: mona.id, include_links: true })).toHaveProperty("_links.self.href");
  });

  test("chooses fields", async () => {
    const { get, org } = await connect();
    const mona = org.addUser(person("mona"));
    const chosen = await get("get_user", { user_id: mona.id, fields: ["id", "profile.login", "no.such.field"] });
    expect(chosen).toEqual({ note: "It has no no.such.field.", id: mona.id, profile: { login: "mona@acme.example" } });
  });

  test("embeds what expand asks for", async () => {
    const { get, org, sent } = await connect();
    const mona = org.addUser(person("mona"));
    expect(await get("get_user", { user_id: mona.id, expand: "blocks" })).toHaveProperty("_embedded.blocks");
    expect(sent()).toEqual([`GET /api/v1/users/${mona.id}?expand=blocks`]);
  });

  test("names the tool that finds the id of somebody who is not there", async () => {
    const { call } = await connect();
    const { error, text } = await call("get_user", { user_id: "nobody@acme.example" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_users");
  });

  test.each([
    "jo_acme.com#EXT#@corp.onmicrosoft.com",
    "what?@acme.example",
    "100%@acme.example",
    "50%off@acme.example",
    "o'neil+x&y=z;a,b@acme.example",
  ])("takes the login %s, as do the tools that change its user and the guard's look at it", async (login) => {
    const { get, org, sent } = await connect({ person: accepts });
    const guest = org.addUser({ ...person("guest"), profile: { ...person("guest").profile, login } });
    const group = org.groups.add({ type: "OKTA_GROUP", profile: { name: "Guests" } });
    expect(await get("get_user", { user_id: login })).toMatchObject({ id: guest.id, profile: { login } });
    expect(sent()).toEqual([`GET /api/v1/users/${encodeURIComponent(login)}`]);
    expect(await get("update_user", { user_id: login, profile: { title: "Guest" } })).toMatchObject({ id: guest.id });
    await get("add_user_to_group", { group_id: group.id, user_id: login });
    await get("deactivate_user", { user_id: login });
    expect(org.users.get(guest.id)).toMatchObject({ status: "DEPROVISIONED", profile: { title: "Guest" } });
    await get("get_login_failures", { user_id: login });

    const guarded = await connect({ person: accepts, guard: guardRules({ protect: { users: [{ login }] } }) });
    guarded.org.addUser({ ...person("guest"), profile: { ...person("guest").profile, login } });
    for (const [tool, args] of [
      ["update_user", { profile: { title: "Guest" } }],
      ["deactivate_user", {}],
    ] as const) {
      expect((await guarded.call(tool, { user_id: login, ...args })).error?.code, tool).toBe("protected");
    }
  });

  test("takes a login with a blank, where the org lets it have one", async () => {
    const { get, org, sent } = await connect();
    const mary = org.addUser({ ...person("mary"), profile: { ...person("mary").profile, login: "mary ann" } });
    expect(await get("get_user", { user_id: "mary ann" })).toMatchObject({ id: mary.id });
    expect(sent()).toEqual(["GET /api/v1/users/mary%20ann"]);
  });

  test("says how to name a user whose login has a slash, and that one that is not there was not found", async () => {
    const { call } = await connect();
    expect((await call("get_user", { user_id: "corp/jo" })).text).toContain("list_users");
    const { error, text } = await call("get_user", { user_id: "no#body@acme.example" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_users");
  });

  test("lets no id leave its place in the path", async () => {
    const { call, sent } = await connect();
    for (const id of [
      "",
      ".",
      "..",
      "../groups",
      "a/b",
      "a\\b",
      "%2e%2e",
      "..%2f",
      "%252e%252e",
      "a%2fb",
      "a%5cb",
      "..;",
      " a",
      "a ",
      "a\u00a0b",
      "a\tb",
      "a\nb",
      "a\u0000b",
      "a\u202eb",
      "\ud800",
    ]) {
      expect((await call("get_user", { user_id: id })).error?.code, JSON.stringify(id)).toBe("bad_input");
    }
    expect(sent()).toEqual([]);
  });
});

describe("get_user_profile_attributes", () => {
  test("reads the org's schema where it may", async () => {
    const { get, org, sent } = await connect();
    org.customAttributes.set("clearance", {
      title: "Clearance",
      type: "string",
      enum: ["none", "high"],
      required: true,
    });
    const { source, attributes } = await get("get_user_profile_attributes");
    expect(source).toBe("schema");
    expect(attributes).toContainEqual(
      expect.objectContaining({ name: "login", origin: "base", title: "Username", type: "string", required: true }),
    );
    expect(attributes).toContainEqual(
      expect.objectContaining({ name: "clearance", origin: "custom", enum: ["none", "high"], required: true }),
    );
    expect(attributes).toContainEqual(expect.objectContaining({ name: "city", required: false }));
    expect(sent()).toEqual(["GET /api/v1/meta/schemas/user/default"]);
  });

  test("infers names from users where it may not, says so, and shows nobody's values", async () => {
    const { call, org, sent } = await connect({ scopes: ["okta.users.read"] });
    org.addUser(person("mona", { profile: { secretHobby: "falconry" } }));
    const { data, text } = await call("get_user_profile_attributes");
    expect(data.source).toBe("inferred");
    expect(data.note).toContain("okta.schemas.read");
    expect(data.attributes).toContainEqual({ name: "secretHobby" });
    expect(text).not.toContain("falconry");
    expect(sent()).toEqual(["GET /api/v1/users?limit=200"]);
  });
});
