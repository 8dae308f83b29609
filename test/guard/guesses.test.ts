import { describe, expect, test } from "vitest";
import { catalogue } from "../support/catalogue.js";
import { type CallOutcome, type ConnectOptions, connect } from "../support/client.js";
import { guardRules } from "./support.js";

type JsonObject = { [key: string]: unknown };

/** Opens an org with attributes to hide. `ids` holds the ids of its objects under the names of arguments. */
async function open(hide: { mask?: string[]; omit?: string[] }, options: ConnectOptions = {}) {
  const connected = await connect({ guard: guardRules(hide), ...options });
  const { org } = connected;
  for (const name of ["ssn", "nick"]) org.customAttributes.set(name, { type: "string" });
  org.customAttributes.set("bonus", { type: "integer" });
  org.customAttributes.set("clearance", { type: "array", items: { type: "string" } });
  org.customAttributes.set("team", { type: "string", enum: ["Lovelace", "Babbage"] });
  for (const name of ["budget", "floor"]) org.groupAttributes.set(name, { type: "string" });
  org.groupAttributes.set("keys", { type: "array", items: { type: "string" } });
  const user = org.addUser({
    profile: {
      login: "ada@acme.example",
      email: "ada@acme.example",
      firstName: "Ada",
      lastName: "Lovelace",
      ssn: "078-05-1120",
      bonus: 4711,
      clearance: ["secret", "cosmic"],
    },
  });
  const group = org.addGroup({
    profile: { name: "Lab", description: "d", budget: "9000 euro", keys: ["red", "blue"] },
  });
  const app = org.addApp({
    label: "Keeper",
    signOnMode: "OPENID_CONNECT",
    credentials: { oauthClient: { client_id: "0oaKeeper", client_secret: "s3cret-one" } },
    settings: { app: { url: "https://inner.acme.example" }, notes: { admin: "n" } },
  });
  return { ...connected, app, ids: { user_id: user.id, group_id: group.id, app_id: app.id } };
}

/** The text of an answer, with the guess and the ids of changes replaced by fixed words. */
const without = ({ text }: Pick<CallOutcome, "text">, guess: unknown) =>
  text.replaceAll(JSON.stringify(guess).replace(/^"|"$/g, ""), "GUESS").replaceAll(/chg[0-9a-z]{19}/g, "CHANGE");

interface Attack {
  tool: string;
  hide: { mask?: string[]; omit?: string[] };
  /** @returns the arguments with a guess in them */
  args(guess: unknown, ids: { user_id: string; group_id: string; app_id: string }): JsonObject;
  right: unknown;
  wrong: unknown;
}

const profile =
  (name: string) =>
  (guess: unknown, { user_id }: { user_id: string }) => ({
    user_id,
    profile: { [name]: guess },
  });
const ofGroup =
  (change: (guess: unknown) => JsonObject) =>
  (guess: unknown, { group_id }: { group_id: string }) => ({
    group_id,
    profile: { name: "Lab", description: "d", budget: "9000 euro", keys: ["red", "blue"], ...change(guess) },
  });
const ofApp =
  (change: (guess: unknown) => JsonObject) =>
  (guess: unknown, { app_id }: { app_id: string }) => ({
    app_id,
    app_config: { label: "Keeper", signOnMode: "OPENID_CONNECT", ...change(guess) },
  });

/** Guesses at values that a guard file hides, and at secrets, which are always hidden. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  "a text that is masked": {
    tool: "update_user",
    hide: { mask: ["ssn"] },
    args: profile("ssn"),
    right: "078-05-1120",
    wrong: "078-05-1121",
  },
  "a text that is left out": {
    tool: "update_user",
    hide: { omit: ["profile.ssn"] },
    args: profile("ssn"),
    right: "078-05-1120",
    wrong: "078-05-1121",
  },
  "a number": { tool: "update_user", hide: { mask: ["bonus"] }, args: profile("bonus"), right: 4711, wrong: 4712 },
  "a list": {
    tool: "update_user",
    hide: { mask: ["clearance"] },
    args: profile("clearance"),
    right: ["secret", "cosmic"],
    wrong: ["secret", "cosmik"],
  },
  "a whole profile": {
    tool: "update_user",
    hide: { mask: ["profile"] },
    args: profile("lastName"),
    right: "Lovelace",
    wrong: "Lovelacy",
  },
  "a text, by another attribute that is shown": {
    tool: "update_user",
    hide: { mask: ["ssn"] },
    args: profile("nickName"),
    right: "078-05-1120",
    wrong: "078-05-1121",
  },
  "a text, by an error that quotes what was given": {
    tool: "update_user",
    hide: { mask: ["ssn"] },
    args: (guess, { user_id }) => ({ user_id, profile: { [String(guess)]: "x" } }),
    right: "078-05-1120",
    wrong: "078-05-1121",
  },
  "a login, by whether it is taken": {
    tool: "create_user",
    hide: { mask: ["login"] },
    args: (login) => ({ profile: { login, email: "e@acme.example", firstName: "E", lastName: "F" } }),
    right: "ada@acme.example",
    wrong: "adb@acme.example",
  },
  "a group's name, by whether it is taken": {
    tool: "create_group",
    hide: { omit: ["profile.name"] },
    args: (name) => ({ profile: { name } }),
    right: "Lab",
    wrong: "Lob",
  },
  "a text in a full replace": {
    tool: "update_group",
    hide: { mask: ["budget"] },
    args: ofGroup((budget) => ({ budget })),
    right: "9000 euro",
    wrong: "9001 euro",
  },
  "an item of a list in a full replace": {
    tool: "update_group",
    hide: { mask: ["keys"] },
    args: ofGroup((key) => ({ keys: ["red", key] })),
    right: "blue",
    wrong: "glue",
  },
  "a setting of an app": {
    tool: "update_application",
    hide: { mask: ["settings.app.url"] },
    args: ofApp((url) => ({ settings: { app: { url } } })),
    right: "https://inner.acme.example",
    wrong: "https://outer.acme.example",
  },
  "a client secret": {
    tool: "update_application",
    hide: {},
    args: ofApp((client_secret) => ({ credentials: { oauthClient: { client_secret } } })),
    right: "s3cret-one",
    wrong: "s3cret-two",
  },
};

/** The attacks whose preview is refused, with the code of the error. */
const REFUSED: Readonly<Record<string, string>> = { "a text, by an error that quotes what was given": "bad_input" };

describe("a guess of what is hidden", () => {
  test.each(Object.entries(ATTACKS))(
    "%s: a preview answers alike, right or wrong",
    async (what, { tool, hide, args, right, wrong }) => {
      const { call, ids, writes } = await open(hide);
      const answer = async (guess: unknown) => {
        const outcome = await call(tool, { ...args(guess, ids), dry_run: true });
        expect(outcome.error?.code, outcome.text).toBe(REFUSED[what]);
        return without(outcome, guess);
      };
      expect(await answer(right)).toBe(await answer(wrong));
      expect(writes()).toEqual([]);
    },
  );

  test("as a part of a full replace is told as overwritten, and asks a person, whatever it is", async () => {
    const { call, ids } = await open({ mask: ["keys"] });
    for (const keys of [
      ["red", "blue"],
      ["red", "glue"],
    ]) {
      const { error } = await call("update_group", ofGroup(() => ({ keys }))(undefined, ids));
      expect(error).toMatchObject({ code: "would_remove", data: { would_be_lost: ["profile.keys"] } });
    }
  });

  test("is not made by what an error says of the schema", async () => {
    const { call, ids } = await open({ mask: ["lastName"] });
    const { error } = await call("update_user", { user_id: ids.user_id, profile: { team: "x" }, dry_run: true });
    expect(error?.message).toContain("one of Lovelace, Babbage");
  });

  test("is told as changed by the answer to a write", async () => {
    const { get, org } = await open({ mask: ["osVersion.minimum"] });
    const policy_data = { name: "Macs", platform: "MACOS", osVersion: { minimum: "14" } };
    const { id } = await get("create_device_assurance_policy", { policy_data });
    for (const minimum of ["14", "15"]) {
      const data = { ...policy_data, osVersion: { minimum } };
      const answer = await get("replace_device_assurance_policy", { device_assurance_id: id, policy_data: data });
      expect(answer.changes).toEqual([{ field: "osVersion.minimum", before: "[masked]", after: "[masked]" }]);
    }
    expect(org.now()).toBeGreaterThan(0);
  });

  test("is no reason to mask the same text where it may be seen", async () => {
    const { get, ids, app } = await open({ mask: ["settings.app.url"] });
    Object.assign(app, { label: "https://inner.acme.example" });
    expect(await get("get_application", { app_id: ids.app_id })).toMatchObject({
      label: "https://inner.acme.example",
      settings: { app: { url: "[masked]" } },
    });
  });

  test.each<[string, JsonObject, string]>([
    ["list_users", { q: "Love" }, "profile.lastName"],
    ["list_groups", { q: "La" }, "profile.name"],
    ["list_brands", { q: "Acme" }, "name"],
    ["list_applications", { q: "Keep" }, "label"],
    ["list_policies", { type: "PASSWORD", q: "De" }, "name"],
    ["list_policies", { type: "PASSWORD", status: "ACTIVE" }, "status"],
    ["list_device_assurance_policies", { version_threshold: "14.2" }, "osVersion.minimum"],
    ["get_logs", { q: "ada@acme.example" }, "actor.alternateId"],
    ["get_login_failures", { q: "ada@acme.example" }, "alternateId"],
    ["get_login_failures", { user_id: "00u1" }, "alternateId"],
    ["get_logs", { filter: 'actor.alternateId eq "ada@acme.example"' }, "actor.alternateId"],
  ])("is refused by %s %j where %s is hidden, and nothing is read", async (tool, args, hidden) => {
    const { call, sent } = await open({ mask: [hidden] });
    for (const count_only of tool.startsWith("list_") && tool !== "list_device_assurance_policies"
      ? [false, true]
      : [undefined]) {
      const { error } = await call(tool, count_only === undefined ? args : { ...args, count_only });
      expect(error, JSON.stringify(error)).toMatchObject({ code: "protected", data: { rule: "mask or omit" } });
    }
    expect(sent()).toEqual([]);
    const open_ = await open({ mask: ["nothing"] });
    expect((await open_.call(tool, args)).error?.code).not.toBe("protected");
  });

  test("is thought of in every reading tool: what an argument compares with is named", () => {
    const named = ["search", "filter", "sort_by", "sort_order", "expand", "template_name", "language"];
    // These arguments choose which items are read or shown, whatever their values are.
    const choosing = ["fetch_all", "after", "limit", "full", "events", "expand_brands", "use_optimization"];
    // These arguments compare with the journal's own words only.
    const journal = ["list_changes.since", "list_changes.until", "list_changes.tool", "list_changes.outcome"];
    const known = new Set([...named, ...choosing, "always_include_vpn_settings"]);
    const readers = catalogue.entries.filter(({ effect }) => effect === "reads");
    const unnamed = readers.flatMap(({ name, input, compares = {} }) =>
      Object.keys(input.shape)
        .filter((argument) => !/_id$/.test(argument) && !known.has(argument) && compares[argument] === undefined)
        .map((argument) => `${name}.${argument}`),
    );
    expect(unnamed.sort()).toEqual(journal.sort());
  });

  test("at a login is refused wherever a user may be named by one", async () => {
    const { call, get, ids, sent } = await open({ mask: ["login"] });
    for (const user_id of ["ada@acme.example", "nobody@acme.example", "ada"]) {
      for (const [tool, more] of [
        ["get_user", {}],
        ["update_user", { profile: { nickName: "n" }, dry_run: true }],
        ["deactivate_user", {}],
        ["add_user_to_group", { group_id: ids.group_id }],
      ] as const) {
        expect((await call(tool, { user_id, ...more })).error).toMatchObject({ code: "protected" });
      }
    }
    expect(sent()).toEqual([]);
    expect(await get("get_user", { user_id: ids.user_id })).toMatchObject({ id: ids.user_id });
    expect((await call("get_user", { user_id: "me" })).error?.code).not.toBe("protected");
  });
});
