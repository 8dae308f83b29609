import { describe, expect, test } from "vitest";
import { errorOf, linkOf, openSandbox, person } from "../support/sandbox.js";

const names = (groups: { profile: { name: string } }[]) => groups.map((group) => group.profile.name);

describe("listing groups", () => {
  test("`q` asks how the name begins and does not page", async () => {
    const { org, get } = await openSandbox();
    for (const name of ["West Coast", "Westward", "North by West"]) org.addGroup({ profile: { name } });
    const found = await get("/api/v1/groups", { q: "west", limit: "1" });
    expect(names(found.json)).toEqual(["West Coast"]);
    expect(linkOf(found, "next")).toBeUndefined();
    expect(names((await get("/api/v1/groups", { q: "west" })).json)).toEqual(["West Coast", "Westward"]);
  });

  test("a search knows every attribute, the source of an imported group too", async () => {
    const { org, get } = await openSandbox();
    org.addGroup({ profile: { name: "Beta", samAccountName: "b" }, type: "APP_GROUP", appId: "0oaDirectory" });
    org.addGroup({ profile: { name: "Alpha", description: "first in the list" } });
    const search = async (expression: string, more = {}) =>
      names((await get("/api/v1/groups", { search: expression, ...more })).json);
    expect(await search('type eq "APP_GROUP"')).toEqual(["Beta"]);
    expect(await search('source.id eq "0oaDirectory" and profile.samAccountName eq "B"')).toEqual(["Beta"]);
    expect(await search('profile.description co "FIRST"')).toEqual(["Alpha"]);
    expect(await search("id pr", { sortBy: "profile.name" })).toEqual(["Alpha", "Beta"]);
    expect(errorOf(await get("/api/v1/groups", { search: 'profile.samAccountName co "b"' })).code).toBe("E0000031");
    for (const refused of ['profile.name ew "ta"', 'type ne "APP_GROUP"', "objectClass pr", 'name eq "Beta"']) {
      expect(errorOf(await get("/api/v1/groups", { search: refused })).code, refused).toBe("E0000031");
    }
    expect(errorOf(await get("/api/v1/groups", { filter: 'profile.name eq "Beta"' })).code).toBe("E0000031");
  });

  test("`expand` adds numbers and the app that imports the group", async () => {
    const { org, get } = await openSandbox();
    const app = org.addApp({ id: "0oaDirectory", label: "Directory", signOnMode: "AUTO_LOGIN" });
    const members = [org.addUser({ profile: person("Ann") }), org.addUser({ profile: person("Bob") })];
    const group = org.addGroup({ profile: { name: "Beta" }, type: "APP_GROUP", appId: app.id }, members);
    org.apps.assignGroup(app, group);
    const [shown] = (await get("/api/v1/groups", { expand: "stats,app" })).json;
    expect(shown._embedded.stats).toMatchObject({ usersCount: 2, appsCount: 1 });
    expect(shown._embedded.app).toMatchObject({ id: app.id, label: "Directory" });
    expect(shown._links.source.href).toContain(`/api/v1/apps/${app.id}`);
    expect((await get("/api/v1/groups")).json[0]).not.toHaveProperty("_embedded");
  });
});

describe("changing a group", () => {
  test("keeps custom attributes, and replaces the whole profile", async () => {
    const { call, org } = await openSandbox();
    org.groupAttributes.set("floor", { title: "Floor", type: "integer" });
    org.groupAttributes.set("tags", { title: "Tags", type: "array", items: { type: "string" } });
    const made = await call("POST", "/api/v1/groups", { profile: { name: "Lab", floor: 3, tags: ["a"] } });
    expect(made.json).toMatchObject({ type: "OKTA_GROUP", objectClass: ["okta:user_group"] });
    expect(made.json.profile).toEqual({ name: "Lab", description: null, floor: 3, tags: ["a"] });
    const replaced = await call("PUT", `/api/v1/groups/${made.json.id}`, { profile: { name: "Lab 2" } });
    expect(replaced.json.profile).toEqual({ name: "Lab 2", description: null });
  });

  test("refuses what the group schema does not have or allow", async () => {
    const { org, call } = await openSandbox();
    org.groupAttributes.set("floor", { title: "Floor", type: "integer", required: true });
    org.groupAttributes.set("site", { title: "Site", type: "string", enum: ["Oslo", "Bergen"] });
    const lab = org.addGroup({ profile: { name: "Lab", floor: 1 } });
    for (const [method, path] of [
      ["POST", "/api/v1/groups"],
      ["PUT", `/api/v1/groups/${lab.id}`],
    ] as const) {
      const profile = { name: "Lab 2", colour: "red", site: "Rome" };
      expect(errorOf(await call(method, path, { profile })), method).toMatchObject({
        status: 400,
        code: "E0000001",
        causes: [
          "floor: The field cannot be left blank",
          "site: The value must be one of Oslo, Bergen",
          "colour: The attribute is not defined in the group schema",
        ],
      });
    }
    expect(lab.profile).toEqual({ name: "Lab", floor: 1 });
  });

  test("refuses a name that is missing, too long or taken by another group", async () => {
    const { org, call } = await openSandbox();
    const lab = org.addGroup({ profile: { name: "Lab" } });
    const create = async (profile: object) =>
      errorOf(await call("POST", "/api/v1/groups", { profile: { ...profile } }));
    expect((await create({ description: "x" })).causes).toEqual(["name: The field cannot be left blank"]);
    expect((await create({ name: "x".repeat(256) })).causes).toEqual(["name: The field is too long"]);
    expect(await create({ name: "Lab" })).toMatchObject({
      status: 400,
      code: "E0000001",
      causes: ["name: An object with this field already exists in the current organization"],
    });
    expect((await call("PUT", `/api/v1/groups/${lab.id}`, { profile: { name: "Lab", description: "x" } })).status).toBe(
      200,
    );
  });

  test("what Okta or an app manages stays as it is", async () => {
    const { org, call } = await openSandbox();
    const user = org.addUser({ profile: person("Ann") });
    const everyone = org.addGroup({ type: "BUILT_IN", profile: { name: "Everyone" } });
    const imported = org.addGroup({ type: "APP_GROUP", appId: "0oaX", profile: { name: "Imported" } });
    const ruled = org.addGroup({ rule: "userType is Contractor", profile: { name: "Contractors" } });
    const refused: [string, string][] = [
      ["DELETE", `/api/v1/groups/${everyone.id}`],
      ["PUT", `/api/v1/groups/${everyone.id}`],
      ["PUT", `/api/v1/groups/${imported.id}`],
      ...[everyone, imported, ruled].flatMap(({ id }): [string, string][] => [
        ["PUT", `/api/v1/groups/${id}/users/${user.id}`],
        ["DELETE", `/api/v1/groups/${id}/users/${user.id}`],
      ]),
    ];
    for (const [method, path] of refused) {
      const body = path.includes("/users/") || method === "DELETE" ? undefined : { profile: { name: "Mine" } };
      const refusal = path.includes(imported.id)
        ? { status: 403, code: "E0000006", summary: "You do not have permission to perform the requested action" }
        : { status: 501, code: "E0000060", summary: "Unsupported operation." };
      expect(errorOf(await call(method, path, body)), `${method} ${path}`).toMatchObject(refusal);
    }
    expect(org.groups.isMember(everyone, user.id)).toBe(true);
    expect((await call("DELETE", `/api/v1/groups/${imported.id}`)).status).toBe(204);
  });

  test("a deleted group is gone from its members and apps", async () => {
    const { org, call, get } = await openSandbox();
    const user = org.addUser({ profile: person("Ann") });
    const group = org.addGroup({ profile: { name: "Lab" } }, [user]);
    const app = org.addApp({ label: "Wiki", signOnMode: "BOOKMARK" }, { groups: [group] });
    expect((await get(`/api/v1/apps/${app.id}/users`)).json).toHaveLength(1);
    await call("DELETE", `/api/v1/groups/${group.id}`);
    expect((await get(`/api/v1/groups/${group.id}`)).status).toBe(404);
    expect((await get(`/api/v1/users/${user.id}/groups`)).json).toEqual([]);
    expect((await get(`/api/v1/apps/${app.id}/users`)).json).toEqual([]);
  });
});

describe("membership", () => {
  test("adding and removing is done once however often it is asked for, and is logged once", async () => {
    const { org, call, get } = await openSandbox();
    const user = org.addUser({ profile: person("Ann") });
    const group = org.addGroup({ profile: { name: "Lab" } });
    const path = `/api/v1/groups/${group.id}/users/${user.id}`;
    for (const method of ["PUT", "PUT"]) expect((await call(method, path)).status).toBe(204);
    expect((await get(`/api/v1/groups/${group.id}/users`)).json).toMatchObject([{ id: user.id }]);
    for (const method of ["DELETE", "DELETE"]) expect((await call(method, path)).status).toBe(204);
    expect((await get(`/api/v1/groups/${group.id}/users`)).json).toEqual([]);
    const events = org.events
      .map((event) => event.eventType)
      .filter((type) => type.startsWith("group.user_membership"));
    expect(events).toEqual(["group.user_membership.add", "group.user_membership.remove"]);
  });

  test("an unknown group or user is not found, and a deprovisioned user cannot join", async () => {
    const { org, call } = await openSandbox();
    const gone = org.addUser({ profile: person("Old"), status: "DEPROVISIONED" });
    const group = org.addGroup({ profile: { name: "Lab" } });
    for (const path of [`00gNone/users/${gone.id}`, `${group.id}/users/00uNone`, `${group.id}/users/${gone.id}`]) {
      expect(errorOf(await call("PUT", `/api/v1/groups/${path}`)).code, path).toBe("E0000007");
    }
  });

  test("a path that lost its last segment does what it would do at Okta: it deletes the group", async () => {
    const { org, call } = await openSandbox();
    const group = org.addGroup({ profile: { name: "Lab" } });
    expect((await call("DELETE", `/api/v1/groups/${group.id}/users/..`)).status).toBe(204);
    expect(org.groups.get(group.id)).toBeUndefined();
  });
});
