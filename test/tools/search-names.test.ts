import { describe, expect, test } from "vitest";
import { BASE_ATTRIBUTES, OWN_VALUES } from "../../src/foresight/known-attributes.js";
import facts from "../contract/okta-facts.json" with { type: "json" };
import { ALL_SCOPES, type ConnectOptions, connect } from "../support/client.js";

const NO_SCHEMAS = ALL_SCOPES.filter((scope) => scope !== "okta.schemas.read");
const SCHEMA = "/api/v1/meta/schemas/user/default";

/** Opens an org whose user schema has custom attributes. */
async function withAttributes(options: ConnectOptions = {}) {
  const opened = await connect(options);
  const { org, sent } = opened;
  org.customAttributes.set("badgeColour", { title: "Badge", type: "string", enum: ["red", "blue"] });
  org.groupAttributes.set("owner", { title: "Owner", type: "string" });
  org.addUser({ profile: { login: "bo@acme.example", firstName: "Bo", department: "Lab", badgeColour: "red" } });
  org.addGroup({ profile: { name: "Lab", owner: "Bo" } });
  const schemas = () => sent().filter((line) => line.includes("/meta/schemas/"));
  return { ...opened, schemas };
}

describe("a search by a name or a value that the org does not have", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "list_users",
      { search: 'profile.departmnt eq "Lab"' },
      "There is no attribute profile.departmnt; did you mean profile.department?",
    ],
    ["list_users", { search: 'profile.Department eq "Lab"' }, "did you mean profile.department?"],
    ["list_users", { search: 'status eq "ACTIVE" and (profile.badgeColor pr)' }, "did you mean profile.badgeColour?"],
    [
      "list_users",
      { search: 'department eq "Lab"' },
      "There is no attribute department; did you mean profile.department?",
    ],
    ["list_users", { search: 'badgeColour eq "red"' }, "did you mean profile.badgeColour?"],
    ["list_users", { search: 'statuss eq "ACTIVE"' }, "did you mean status?"],
    ["list_users", { search: "id pr", sort_by: "profile.lastNme" }, "did you mean profile.lastName?"],
    ["list_users", { filter: 'profile.frstName eq "Bo"' }, "did you mean profile.firstName?"],
    ["list_users", { search: "profile.zzzzzzzzzz pr" }, "There is no attribute profile.zzzzzzzzzz."],
    ["list_groups", { search: 'profile.nme eq "Lab"' }, "did you mean profile.name?"],
    ["list_groups", { search: 'name eq "Lab"' }, "did you mean profile.name?"],
    ["list_groups", { search: 'profile.ownr eq "Bo"' }, "did you mean profile.owner?"],
    ["list_applications", { filter: 'statu eq "ACTIVE"' }, "did you mean status?"],
    ["list_users", { search: 'status eq "LOCKED"' }, 'status has no value "LOCKED"; did you mean LOCKED_OUT?'],
    ["list_users", { filter: 'status eq "active"' }, "did you mean ACTIVE?"],
    ["list_users", { search: 'profile.badgeColour eq "rde"' }, "It has: red, blue."],
    ["list_groups", { search: 'type eq "OKTA"' }, "It has: OKTA_GROUP, APP_GROUP, BUILT_IN."],
    ["list_applications", { filter: 'status eq "ACTIV"' }, "did you mean ACTIVE?"],
  ])("%s with %j is refused, with what is near", async (tool, args, says) => {
    const { call } = await withAttributes();
    const { error } = await call(tool, args);
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toContain(says);
  });

  test("is refused also where JavaScript has something of that name", async () => {
    const { call } = await withAttributes();
    for (const name of ["constructor", "toString", "__proto__", "profile.constructor"]) {
      const { error } = await call("list_users", { search: `${name} eq "x"` });
      expect([name, error?.code]).toEqual([name, "bad_input"]);
    }
  });

  test("costs requests once each, and only the first ten", async () => {
    const { call, sent } = await withAttributes();
    const names = Array.from(
      { length: 40 },
      (_, index) => `profile.none${index} eq "x" or profile.none${index} eq "y"`,
    );
    const before = sent().length;
    const { error } = await call("list_users", { search: names.join(" or ") });
    expect(error?.code).toBe("bad_input");
    // One request reads the schema, and one request for each name searches for users who have it.
    expect(sent().length - before).toBe(1 + 10);
  });

  test("costs one look at the schema, however many names there are and whatever is kept of it", async () => {
    const { call, schemas } = await withAttributes();
    const search = 'profile.none1 eq "x" or profile.none2 eq "x" or profile.none3 eq "x" or badgeColour eq "red"';
    const { error } = await call("list_users", { search });
    for (const name of ["profile.none1", "profile.none2", "profile.none3", "attribute badgeColour"])
      expect(error?.message).toContain(name);
    expect(schemas()).toHaveLength(1);
    await call("list_users", { search });
    expect(schemas()).toHaveLength(2);
  });
});

describe("a search by names that the org has", () => {
  test("asks for no schema where they are those of every org", async () => {
    const { get, schemas } = await withAttributes();
    const search = 'status eq "active" and profile.department eq "Lab" and type.id pr';
    expect(await get("list_users", { search, sort_by: "profile.lastName" })).toMatchObject({ total_fetched: 1 });
    expect(await get("list_groups", { search: 'profile.name sw "L" and type eq "OKTA_GROUP"' })).toMatchObject({
      total_fetched: 1,
    });
    expect(schemas()).toEqual([]);
  });

  test("reads the schema once in ten minutes, and afresh before a name is refused", async () => {
    let now = Date.now();
    const { get, call, org, schemas } = await withAttributes({ now: () => now });
    const search = 'profile.badgeColour eq "RED"';
    expect(await get("list_users", { search })).toMatchObject({ total_fetched: 1 });
    await get("list_users", { search });
    expect(schemas()).toEqual([`GET ${SCHEMA}`]);
    org.customAttributes.set("shoeSize", { title: "Shoe size", type: "integer" });
    expect(await get("list_users", { search: "profile.shoeSize eq 42" })).toMatchObject({ items: [] });
    expect(schemas()).toHaveLength(2);
    now += 11 * 60_000;
    await get("list_users", { search });
    expect(schemas()).toHaveLength(3);
    await call("list_users", { search: "profile.shoeSze eq 42" });
    expect(schemas()).toHaveLength(4);
  });

  test("a name of another user type, which the default schema lacks, is searched by", async () => {
    const { get, org } = await withAttributes();
    org.addUser({ profile: { login: "cy@acme.example", contractor: "Acme" } });
    expect(await get("list_users", { search: 'profile.contractor eq "Acme"' })).toMatchObject({ total_fetched: 1 });
  });

  test("without the schema's scope the answer says which names were not checked", async () => {
    const { get } = await withAttributes({ scopes: NO_SCHEMAS });
    const { items, note } = await get("list_users", { search: 'profile.departmnt eq "Lab"' });
    expect(items).toEqual([]);
    expect(note).toBe(
      "Whether there is such an attribute was not checked (okta.schemas.read is not granted): profile.departmnt; did you mean profile.department.",
    );
    expect(await get("list_users", { search: 'profile.department eq "Lab"' })).not.toHaveProperty("note");
  });

  test("a schema that cannot be read keeps no search from its answer", async () => {
    const { get, sandbox } = await withAttributes();
    sandbox.next("GET", SCHEMA, { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    const { note, total_fetched } = await get("list_users", { search: "profile.badgeColour pr" });
    expect(total_fetched).toBe(1);
    expect(note).toContain("the org's schema cannot be read (forbidden)");
  });

  test("a schema that cannot be read is asked for once, whatever the number of names", async () => {
    const { get, schemas, sandbox } = await withAttributes();
    sandbox.next("GET", SCHEMA, { times: 9, status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    const { note } = await get("list_users", {
      search: "profile.badgeColour pr or profile.none1 pr or profile.none2 pr",
    });
    expect(note).toMatch(/cannot be read \(forbidden\)\): profile\.badgeColour, profile\.none1, profile\.none2\.$/);
    expect(schemas()).toHaveLength(1);
  });

  test("what is kept of a schema counts also where it can no longer be read", async () => {
    const { get, call, sandbox } = await withAttributes();
    await get("list_users", { search: 'profile.badgeColour eq "red"' });
    sandbox.next("GET", SCHEMA, { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    const { error } = await call("list_users", { search: 'profile.badgeColour eq "rde" or profile.none1 pr' });
    expect(error?.message).toContain("It has: red, blue.");
  });
});

test("what Okta itself refuses says what may be searched by", async () => {
  const { call } = await withAttributes();
  const { error } = await call("list_users", { search: 'lastLogin lt "2026-01-01T00:00:00.000Z"' });
  expect(error?.code).toBe("bad_input");
  expect(error?.fix).toContain("Search by id, status, created, activated, statusChanged, lastUpdated");
  expect(error?.data.okta_error_code).toBe("E0000031");
});

describe("fields that nothing has", () => {
  test("are named in a list, with what is near", async () => {
    const { get } = await withAttributes();
    const { note, items } = await get("list_users", { fields: ["id", "profile.logn", "nonsense.at.all"] });
    expect(items).toHaveLength(2);
    expect(note).toBe("No item has profile.logn (did you mean profile.login?), nonsense.at.all.");
    expect(await get("list_users", { fields: ["id", "profile.badgeColour"] })).not.toHaveProperty("note");
    expect(await get("list_users", { q: "nobody", fields: ["profile.logn"] })).not.toHaveProperty("note");
  });

  test("are named for a single object", async () => {
    const { get } = await withAttributes();
    expect(await get("get_user", { user_id: "bo@acme.example", fields: ["profile.logn"] })).toEqual({
      note: "It has no profile.logn (did you mean profile.login?).",
    });
    expect(await get("get_user", { user_id: "bo@acme.example", fields: ["profile.login"] })).toEqual({
      profile: { login: "bo@acme.example" },
    });
  });
});

test("the names and values known of every org are those of Okta's document", () => {
  const { schemas } = facts.management.components as unknown as {
    schemas: Record<string, { properties: Record<string, unknown>; enum: string[] }>;
  };
  expect([...BASE_ATTRIBUTES.user].sort()).toEqual(Object.keys(schemas.UserProfile?.properties ?? {}).sort());
  expect(OWN_VALUES.user.status?.filter((value) => value !== "ACTIVATING").sort()).toEqual(
    [...(schemas.UserStatus?.enum ?? [])].sort(),
  );
  expect([...(OWN_VALUES.group.type ?? [])].sort()).toEqual([...(schemas.GroupType?.enum ?? [])].sort());
  expect([...(OWN_VALUES.app.status ?? [])].sort()).toEqual(
    [...(schemas.ApplicationLifecycleStatus?.enum ?? [])].sort(),
  );
});
