import { describe, expect, test } from "vitest";
import { textAttribute } from "../../sandbox/profile-schema.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { guardRules } from "./support.js";

const KEY = "k-0123456789";
const MASK = "[masked]";

/** Opens an org with a group. Its attribute `apiKey` has the name of a secret; a guard file may hide `ssn`. */
async function withSecret(options: ConnectOptions = {}) {
  const connected = await connect({ person: accepts, ...options });
  const { org } = connected;
  org.groupAttributes.set("apiKey", textAttribute("API key", { required: true }));
  org.groupAttributes.set("ssn", textAttribute("SSN"));
  const lab = org.addGroup({ profile: { name: "Lab", description: "x", apiKey: KEY, ssn: "078-05-1120" } });
  const update = (profile: object, more: object = {}) =>
    connected.call("update_group", { group_id: lab.id, profile, ...more });
  const now = () => org.groups.get(lab.id)?.profile;
  return { ...connected, lab, update, now };
}

describe("a group attribute that is named like a secret", () => {
  test.each<[string, object]>([
    ["is left out", {}],
    ["comes back as it was shown", { apiKey: MASK }],
  ])("stays where it %s, and the result says so without showing it", async (_, more) => {
    const { update, now, get, lab, asked } = await withSecret();
    expect((await get("get_group", { group_id: lab.id })).profile).toMatchObject({ apiKey: MASK });
    const profile = { name: "Lab 2", description: "x", ssn: "078-05-1120", ...more };
    const preview = await update(profile, { dry_run: true });
    expect(preview.data).toMatchObject({ kept_hidden: ["profile.apiKey"] });
    expect(preview.data.would_be_lost).toBeUndefined();
    expect(preview.data.difference).toEqual([expect.objectContaining({ field: "profile.name" })]);
    const { data, text } = await update(profile);
    expect(data).toMatchObject({ kept_hidden: ["profile.apiKey"], profile: { name: "Lab 2", apiKey: MASK } });
    expect(now()).toMatchObject({ name: "Lab 2", apiKey: KEY });
    expect(text + preview.text).not.toContain(KEY);
    expect(asked).toEqual([]);
  });

  test("is changed by a new value, and lost by none only once somebody agreed", async () => {
    const { update, now, asked } = await withSecret({
      guard: guardRules({ limits: { removals: { per_session: 1 } } }),
    });
    const profile = { name: "Lab", description: "x", ssn: "078-05-1120" };
    expect((await update({ ...profile, apiKey: "k-new" })).data.kept_hidden).toBeUndefined();
    expect(now()?.apiKey).toBe("k-new");
    expect((await update({ ...profile, ssn: null })).error).toMatchObject({ code: "would_remove" });
    const { error } = await update({ ...profile, apiKey: "" });
    expect(error).toMatchObject({ code: "would_remove", data: { would_be_lost: ["profile.apiKey"] } });
    expect(asked).toEqual([]);
  });

  test.each<[string, object]>([
    ["another attribute", { name: "Lab", description: MASK, ssn: "1" }],
    ["the name", { name: MASK, description: "x", ssn: "1" }],
  ])("is sent to no other place: its mask in %s is refused", async (_, profile) => {
    const { update, writes } = await withSecret();
    for (const more of [{}, { dry_run: true }]) {
      const { error, text } = await update(profile, more);
      expect(error?.code).toBe("bad_input");
      expect(error?.message).toContain("holds the mask that stands for a hidden value");
      expect(text).not.toContain(KEY);
    }
    expect(writes()).toEqual([]);
  });

  test("is not shown by what Okta says of it, nor kept in the journal", async () => {
    const journal = new MemoryJournal();
    const { update, sandbox, logged, get } = await withSecret({ journal });
    sandbox.next("PUT", "/api/v1/groups/{groupId}", {
      status: 400,
      json: {
        errorCode: "E0000001",
        errorSummary: "Api validation failed",
        errorCauses: [{ errorSummary: `apiKey: ${KEY} is too old` }],
      },
    });
    const profile = { name: "Lab 2", description: "x", ssn: "1" };
    const { error, text } = await update(profile);
    expect(error?.message).toContain("is too old");
    await update(profile);
    expect(text + JSON.stringify(await get("list_changes")) + logged.join("")).not.toContain(KEY);
    const { items } = (await get("list_changes")) as { items: { id: string }[] };
    for (const { id } of items) expect(JSON.stringify(await get("get_change", { change_id: id }))).not.toContain(KEY);
  });

  test.each(PEERS)("is the present one also where it changed while a client of the sort %s asked", async (peer) => {
    const client = await withSecret({
      peer,
      person: (question) => {
        client.org.groups.change(client.lab, { ...client.lab.profile, apiKey: "k-rotated" });
        return accepts(question);
      },
    });
    await client.update({ name: "Lab", ssn: "078-05-1120" }, { allow_removals: true });
    expect(client.asked).toHaveLength(1);
    expect(client.now()?.apiKey).toBe("k-rotated");
  });
});

describe("an attribute that the settings hide", () => {
  test.each(["mask", "omit"] as const)("stays where a full replace leaves it out: %s", async (hiding) => {
    const { update, now, asked } = await withSecret({ guard: guardRules({ [hiding]: ["ssn"] }) });
    const { data, text } = await update({ name: "Lab 2", description: "x", apiKey: MASK });
    expect(now()).toMatchObject({ name: "Lab 2", ssn: "078-05-1120", apiKey: KEY });
    expect(data.kept_hidden).toEqual(hiding === "mask" ? ["profile.apiKey", "profile.ssn"] : ["profile.apiKey"]);
    expect(text).not.toContain("078-05-1120");
    expect(asked).toEqual([]);
  });

  test("tells no guess right or wrong", async () => {
    const { update } = await withSecret({ guard: guardRules({ mask: ["ssn"] }) });
    const preview = async (ssn: string) => {
      const { data } = await update({ name: "Lab", description: "x", ssn }, { dry_run: true });
      return JSON.stringify(data).replaceAll(ssn, "guess");
    };
    expect(await preview("078-05-1120")).toBe(await preview("078-05-1121"));
  });
});

test("a tool that merges refuses a mask as ever, and leaves alone what it does not get", async () => {
  const { call, org, writes } = await withSecret();
  org.customAttributes.set("apiToken", textAttribute("API token"));
  const ada = org.addUser({ profile: { login: "ada@acme.example", firstName: "Ada", lastName: "L", apiToken: KEY } });
  const { error } = await call("update_user", { user_id: ada.id, profile: { apiToken: MASK } });
  expect(error).toMatchObject({ code: "bad_input" });
  expect(writes()).toEqual([]);
  await call("update_user", { user_id: ada.id, profile: { nickName: "A" } });
  expect(org.users.get(ada.id)?.profile.apiToken).toBe(KEY);
});
