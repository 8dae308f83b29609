import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { refuseTaken } from "../../src/foresight/foresight.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { parseJson } from "../../src/json/exact-json.js";
import { findItem } from "../../src/results/listing.js";
import { ALL_SCOPES, accepts, type ConnectOptions, connect } from "../support/client.js";
import { ALL_SCENARIOS } from "./scenarios/index.js";
import { images } from "./scenarios/scenario.js";

type JsonObject = { [key: string]: unknown };

async function open(options: ConnectOptions = {}) {
  const folder = images();
  copyFileSync(fileURLToPath(new URL("../fixtures/certificates/leaf.key", import.meta.url)), join(folder, "login.key"));
  const now = () => Date.parse("2030-01-01T00:00:00Z");
  return connect({ journal: new MemoryJournal(), person: accepts, fileRoots: [folder], now, ...options });
}

const NAMES_SOMETHING = /(?:_id|_ids|template_name)$/;
/** Well-formed ids and names that belong to nothing. */
const NOBODYS: Readonly<Record<string, string>> = { user_id: "00uNoSuchUser0000000", template_name: "NoSuchTemplate" };

test.each(ALL_SCENARIOS)(
  "$name: with an id of nothing, a dry run fails as the call does",
  async ({ tool, arrange }) => {
    const org = await open();
    const { args } = await arrange(org);
    for (const name of Object.keys(args as JsonObject).filter((key) => NAMES_SOMETHING.test(key))) {
      const nobodys = NOBODYS[name] ?? "NoSuchId000000000000";
      const wrong = { ...args, [name]: name.endsWith("_ids") ? [nobodys] : nobodys };
      const before = org.writes().length;
      const { error } = await org.call(tool, { ...wrong, dry_run: true });
      expect(error?.code, `dry run with another ${name}`).toBe("not_found");
      expect(org.writes()).toHaveLength(before);
      expect((await org.call(tool, wrong)).error?.code, `call with another ${name}`).toBe("not_found");
    }
  },
);

const bo = { login: "bo@acme.example", email: "bo@acme.example", firstName: "Bo", lastName: "Li" };

/** Opens an org in which the names of the cases below are taken. */
async function taken(options: ConnectOptions = {}) {
  const opened = await open(options);
  const { org, call } = opened;
  const user = org.addUser({ profile: { ...bo } });
  const other = org.addUser({ profile: { ...bo, login: "cy@acme.example", email: "cy@acme.example" } });
  org.customAttributes.set("clearance", { title: "Clearance", type: "string", enum: ["none", "full"] });
  org.customAttributes.set("badge", { title: "Badge", type: "integer" });
  org.groupAttributes.set("floor", { title: "Floor", type: "integer", required: true });
  org.groupAttributes.set("site", { title: "Site", type: "string", enum: ["Oslo", "Bergen"] });
  const group = org.addGroup({ profile: { name: "Sales", floor: 1 } });
  org.addGroup({ profile: { name: "Lab" } });
  await call("create_brand", { name: "Second" });
  await call("create_custom_domain", { domain: "login.acme.example.com", certificate_source_type: "OKTA_MANAGED" });
  return { ...opened, user, other, group };
}

describe("a dry run fails as the call does", () => {
  test.each<[string, (org: Awaited<ReturnType<typeof taken>>) => JsonObject, string]>([
    ["create_user", () => ({ profile: bo }), "conflict"],
    ["create_user", () => ({ profile: { ...bo, login: "BO@acme.example" } }), "conflict"],
    ["create_user", () => ({ profile: { ...bo, login: "new@acme.example", departmnt: "Lab" } }), "bad_input"],
    ["create_user", () => ({ profile: { ...bo, login: "new@acme.example", clearance: "some" } }), "bad_input"],
    ["create_user", () => ({ profile: { ...bo, login: "new@acme.example", badge: "7" } }), "bad_input"],
    ["create_user", () => ({ profile: { login: "new@acme.example", email: "new@acme.example" } }), "bad_input"],
    ["update_user", ({ user }) => ({ user_id: user.id, profile: { login: "cy@acme.example" } }), "conflict"],
    ["update_user", ({ user }) => ({ user_id: user.id, profile: { titel: "Chef" } }), "bad_input"],
    ["update_user", ({ user }) => ({ user_id: user.id, profile: { lastName: "" } }), "bad_input"],
    ["create_group", () => ({ profile: { name: "Sales", floor: 2 } }), "conflict"],
    ["create_group", () => ({ profile: { description: "x" } }), "bad_input"],
    ["create_group", () => ({ profile: { name: "New", floor: 1, costCentre: 4711 } }), "bad_input"],
    ["create_group", () => ({ profile: { name: "New", floor: "1" } }), "bad_input"],
    ["create_group", () => ({ profile: { name: "New", floor: 1, site: "Rome" } }), "bad_input"],
    ["create_group", () => ({ profile: { name: "New" } }), "bad_input"],
    ["create_group", () => ({ profile: { name: "N".repeat(256), floor: 1 } }), "bad_input"],
    [
      "update_group",
      ({ group }) => ({ group_id: group.id, profile: { name: "Sales", flor: 1, floor: 1 } }),
      "bad_input",
    ],
    ["update_group", ({ group }) => ({ group_id: group.id, profile: { name: "Sales", floor: "1" } }), "bad_input"],
    [
      "update_group",
      ({ group }) => ({ group_id: group.id, profile: { name: "Lab", floor: 1 }, allow_removals: true }),
      "conflict",
    ],
    ["create_brand", () => ({ name: "Second" }), "conflict"],
    [
      "create_custom_domain",
      () => ({ domain: "login.acme.example.com", certificate_source_type: "OKTA_MANAGED" }),
      "conflict",
    ],
    ["create_policy", () => ({ policy_data: { type: "PASSWORD", name: "Default Policy" } }), "conflict"],
  ])("%s (case %#)", async (tool, argsOf, code) => {
    const org = await taken();
    const args = argsOf(org);
    const { error } = await org.call(tool, { ...args, dry_run: true });
    expect(error?.code, error?.message).toBe(code);
    const real = await org.call(tool, args);
    expect(real.error?.code, real.text).toBe(code);
  });

  test("and names every attribute at fault, with what is near", async () => {
    const { call, sent } = await taken();
    const profile = { ...bo, login: "new@acme.example", departmnt: "Lab", clearance: "some", badge: "7" };
    const { error } = await call("create_user", { profile, dry_run: true });
    expect(error?.message).toContain("there is no attribute departmnt (did you mean department?)");
    expect(error?.message).toContain("clearance has to be one of none, full");
    expect(error?.message).toContain("badge has to be of type integer");
    // The schema that this call has read is not read again to suggest a name.
    expect(sent().filter((line) => line.includes("/meta/schemas/"))).toHaveLength(1);
  });

  test("for a group as well, and the fix lists what its profile can have", async () => {
    const { call } = await taken();
    const { error } = await call("create_group", { profile: { name: "New", flor: 1, site: "Rome" }, dry_run: true });
    expect(error?.message).toContain("there is no attribute flor (did you mean floor?)");
    expect(error?.message).toContain("site has to be one of Oslo, Bergen");
    expect(error?.message).toContain("floor is missing");
    expect(error?.fix).toContain("can have name, description, floor, site.");
  });

  test("but never because of the schema where an app imports the group and has a schema of its own", async () => {
    const { call, org } = await taken();
    const profile = { name: "Imported", samAccountName: "i" };
    const { id: group_id } = org.addGroup({ profile, type: "APP_GROUP", appId: "0oaDirectory" });
    for (const dry_run of [true, false])
      expect((await call("update_group", { group_id, profile, dry_run })).error?.code).toBe("protected");
  });

  test("an attribute that is new in a schema is known", async () => {
    const { get, org } = await taken();
    const profile = { ...bo, login: "new@acme.example" };
    await get("create_user", { profile, dry_run: true });
    org.customAttributes.set("shoeSize", { title: "Shoe size", type: "integer" });
    expect(await get("create_user", { profile: { ...profile, shoeSize: 42 }, dry_run: true })).toMatchObject({
      dry_run: true,
    });
    const lab = { name: "Laboratory", floor: 3 };
    await get("create_group", { profile: lab, dry_run: true });
    org.groupAttributes.set("costCentre", { title: "Cost centre", type: "integer" });
    expect(await get("create_group", { profile: { ...lab, costCentre: 4711 }, dry_run: true })).toMatchObject({
      dry_run: true,
    });
  });
});

test("a number of 64 bits is a whole one", async () => {
  const { get } = await taken();
  const badge = parseJson("9007199254740993");
  const profile = { ...bo, login: "new@acme.example", badge };
  expect(await get("create_user", { profile, dry_run: true })).toMatchObject({ dry_run: true });
});

test("what the scopes do not let be checked is said", async () => {
  const scopes = ["okta.users.manage", "okta.emailDomains.manage", "okta.brands.manage"];
  const { get, org } = await open({ scopes });
  const { id } = org.addGroup({ profile: { name: "Sales" } });
  const preview = await get("create_user", { profile: bo, group_ids: [id], dry_run: true });
  expect(preview.warnings).toEqual([
    "Whether group_id is right was not checked: okta.groups.read is not granted.",
    "The profile's attributes were not checked: okta.schemas.read is not granted.",
  ]);
  const groups = await open({ scopes: ["okta.groups.manage"] });
  const group = await groups.get("create_group", { profile: { name: "Lab", floor: 3 }, dry_run: true });
  expect(group.warnings).toEqual(["The profile's attributes were not checked: okta.schemas.read is not granted."]);
  expect(ALL_SCOPES).toContain("okta.groups.read");
});

test("a name is not known to be free where its list was too long to be read to its end", async () => {
  const endless = (after = "0") => Promise.resolve({ items: [], next: `${Number(after) + 1}` });
  const look = (fetchPage: Parameters<typeof findItem>[0]) =>
    refuseTaken(
      { may: () => true, hides: () => false },
      {
        what: "the group name",
        attribute: ["profile", "name"],
        scope: "okta.groups.read",
        fix: "Choose another name.",
        holder: () => findItem(fetchPage, () => false, { signal: new AbortController().signal }),
      },
    );
  expect(await look(endless)).toEqual([
    "Whether the group name is taken was not checked: the list is too long to be read to its end.",
  ]);
  expect(await look(() => Promise.resolve({ items: [], next: undefined }))).toEqual([]);
});
