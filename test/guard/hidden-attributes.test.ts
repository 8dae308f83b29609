import { describe, expect, test } from "vitest";
import { SYSTEM, userParty } from "../../sandbox/state/log-event.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { HiddenAttributes, HiddenValues } from "../../src/guard/hidden-attributes.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { createLog } from "../../src/log.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";
import { guardRules } from "./support.js";

const SSN = "078-05-1120";
const PHONE = "+47 555 12345";
const PROFILE = {
  login: "ada@acme.example",
  email: "ada@acme.example",
  firstName: "Ada",
  lastName: "Lovelace",
  mobilePhone: PHONE,
  ssn: SSN,
  clearance: ["top secret", "cosmic"],
  bonus: 4711,
  isSpy: true,
  nickName: "",
  manager: null,
};

/** Opens an org that hides attributes, with the user Ada, who has values in them. */
async function hiding(given: { mask?: string[]; omit?: string[] }, options: ConnectOptions = {}) {
  const connected = await connect({ guard: guardRules(given), ...options });
  const ada = connected.org.addUser({ profile: PROFILE });
  return { ...connected, ada };
}

describe("an attribute that the guard file hides", () => {
  test("is masked or left out in every result, and the others are whole", async () => {
    const { get, ada } = await hiding({ mask: ["mobilePhone", "bonus", "isSpy", "clearance"], omit: ["profile.ssn"] });
    const { ssn: _, ...rest } = PROFILE;
    const shown = { ...rest, mobilePhone: "[masked]", bonus: "[masked]", isSpy: "[masked]", clearance: "[masked]" };
    expect((await get("get_user", { user_id: ada.id })).profile).toEqual(shown);
    const { items } = (await get("list_users")) as { items: { id: string; profile: unknown }[] };
    expect(items.find(({ id }) => id === ada.id)?.profile).toEqual(shown);
    expect(await get("get_user", { user_id: ada.id, fields: ["profile.ssn", "profile.bonus"] })).toEqual({
      profile: { bonus: "[masked]" },
    });
  });

  test("is hidden whatever the case of its name, and empty ones stay as they are", async () => {
    const { get, ada } = await hiding({ mask: ["MOBILEPHONE", "nickname", "manager"] });
    const { profile } = await get("get_user", { user_id: ada.id });
    expect(profile).toMatchObject({ mobilePhone: "[masked]", nickName: "", manager: null });
  });

  test("is hidden by its path only where the objects around it have these names", () => {
    const attributes = new HiddenAttributes({ mask: ["profile.ssn", "settings.app.url"], omit: [], file: "" });
    expect(attributes.at(["profile", "ssn"])).toBe("mask");
    expect(attributes.at(["_embedded", "user", "profile", "ssn"])).toBe("mask");
    expect(attributes.at(["before", "settings", "app", "url"])).toBe("mask");
    expect(attributes.at(["ssn"])).toBeUndefined();
    expect(attributes.at(["myprofile", "ssn"])).toBeUndefined();
    expect(attributes.at(["settings", "url"])).toBeUndefined();
  });

  test("is hidden where its name has a dot in it", () => {
    const attributes = new HiddenAttributes({ mask: ["acme.badge"], omit: [], file: "" });
    expect(attributes.at(["profile", "acme.badge"])).toBe("mask");
  });

  test("cannot be searched or sorted by", async () => {
    const { call, get, sent } = await hiding({ mask: ["mobilePhone"], omit: ["profile.ssn"] });
    for (const args of [
      { search: 'profile.mobilePhone sw "+47"' },
      { search: 'status eq "ACTIVE" and (PROFILE.SSN gt "07")' },
      { filter: 'ssn eq "1"' },
      { search: "profile.login pr", sort_by: "profile.ssn" },
    ]) {
      const { error } = await call("list_users", args);
      expect(error, JSON.stringify(args)).toMatchObject({ code: "protected" });
    }
    expect(sent()).toEqual([]);
    expect((await get("list_users", { search: 'profile.login eq "ada@acme.example"' })).items).toHaveLength(1);
  });

  test("is not written back masked", async () => {
    const { call, ada, writes } = await hiding({ mask: ["mobilePhone"] });
    const { error } = await call("update_user", { user_id: ada.id, profile: { mobilePhone: "[masked]" } });
    expect(error?.code).toBe("bad_input");
    expect(writes()).toEqual([]);
  });

  test("may be written all the same, and the answer does not repeat it", async () => {
    const { get, org, lastBody } = await hiding({ mask: ["mobilePhone"] });
    const { login, email, firstName, lastName } = { ...PROFILE, login: "bob@acme.example" };
    const bob = org.addUser({ profile: { login, email, firstName, lastName } });
    const answer = await get("update_user", { user_id: bob.id, profile: { mobilePhone: "+47 1" } });
    expect(lastBody()).toEqual({ profile: { mobilePhone: "+47 1" } });
    expect(answer.profile).toMatchObject({ mobilePhone: "[masked]" });
  });
});

describe("the value of a hidden attribute", () => {
  test("stands in no question, though the target is named by it", async () => {
    const { call, asked, ada } = await hiding({ mask: ["lastName", "login"] }, { person: accepts });
    await call("deactivate_user", { user_id: ada.id });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toContain(`user "Ada [masked] <[masked]>" (${ada.id})`);
  });

  test("stands in no answer to a client that cannot ask", async () => {
    const { call, ada } = await hiding({ mask: ["lastName"], omit: ["profile.login"] });
    const { error, text } = await call("deactivate_user", { user_id: ada.id });
    expect(error?.data.target).toEqual({ type: "user", name: "Ada [masked] <[masked]>", id: ada.id });
    expect(text).not.toMatch(/Lovelace|ada@acme/);
    const confirmation = error?.data.confirmation;
    expect((await call("deactivate_user", { user_id: ada.id, confirmation })).isError).toBe(false);
  });

  test("stands in no list of what a replace would drop", async () => {
    const { call, asked, org } = await hiding({ mask: ["costCenter"], omit: ["budget"] }, { person: accepts });
    const group = org.addGroup({ profile: { name: "Lab", costCenter: "CC-4711", budget: "9 million", note: "n" } });
    const args = { group_id: group.id, profile: { name: "Lab", costCenter: null, budget: "" } };
    const { error } = await call("update_group", args);
    expect(error?.data.would_be_lost).toEqual(["profile.costCenter", "profile.budget", "profile.note"]);
    await call("update_group", { ...args, allow_removals: true });
    expect(asked[0]?.message.split("\n").slice(1)).toEqual([
      "- profile.costCenter is emptied, now '[masked]'",
      "- profile.budget is emptied",
      "- profile.note is lost, now 'n'",
    ]);
  });

  test("stands in no error, though Okta quotes it, and in no log", async () => {
    const { call, ada, sandbox, logged } = await hiding({ mask: ["mobilePhone"], omit: ["profile.ssn"] });
    sandbox.next("POST", `/api/v1/users/${ada.id}`, {
      status: 400,
      json: { errorCode: "E0000001", errorSummary: `mobilePhone: ${PHONE} is no phone of ${SSN}`, errorCauses: [] },
    });
    const profile = { mobilePhone: PHONE, ssn: SSN };
    const { text } = await call("update_user", { user_id: ada.id, profile });
    expect(text).toContain("mobilePhone: [masked] is no phone of [masked]");
    expect([text, ...logged].join("\n")).not.toMatch(/555 12345|078-05/);
  });

  test("of a password that the caller sent stands in no error, though Okta repeats it; nothing else is taken out", async () => {
    const { call, sandbox, logged } = await connect();
    sandbox.next("POST", "/api/v1/users", {
      status: 400,
      json: { errorCode: "E0000001", errorSummary: "ada@acme.example may not have correct-horse-4", errorCauses: [] },
    });
    const credentials = { password: { value: "correct-horse-4" } };
    const { text } = await call("create_user", { profile: { login: "ada@acme.example" }, credentials });
    expect(text).toContain("ada@acme.example may not have [masked]");
    expect([text, ...logged].join("\n")).not.toContain("correct-horse-4");
  });

  test("stands in no summary that a tool makes of what it read", async () => {
    const { get, org, ada } = await hiding({ mask: ["alternateId"] });
    const outcome = { result: "FAILURE", reason: "INVALID_CREDENTIALS" } as const;
    const note = { eventType: "user.session.start", displayMessage: "User login to Okta", outcome };
    const publishedMs = org.now() - 60_000;
    org.log({ ...note, publishedMs }, { ...SYSTEM, actor: userParty(ada) });
    const found = await get("get_login_failures");
    expect(JSON.stringify(found)).not.toContain("ada@acme.example");
    expect((found.summary as { by_user: unknown }).by_user).toEqual([
      {
        name: "[masked]",
        count: 1,
        last_at: new Date(publishedMs).toISOString(),
        last_address: "",
        last_reason: "INVALID_CREDENTIALS",
      },
    ]);
  });

  test("stands in no preview, and not in the journal, however a change ended", async () => {
    const journal = new MemoryJournal();
    const { call, ada, org, sandbox, writes } = await hiding(
      { mask: ["lastName", "login", "email"], omit: ["mobilePhone"] },
      { journal, person: accepts },
    );
    for (const name of ["ssn", "clearance", "bonus", "isSpy"]) org.customAttributes.set(name, { type: "string" });
    const args = { user_id: ada.id, profile: { mobilePhone: "+47 999 00000", nickName: "Countess" } };
    const preview = await call("update_user", { ...args, dry_run: true });
    expect(preview.text).not.toMatch(/Lovelace|ada@acme|555 12345|999 00000/);
    expect(preview.text).toContain("Countess");
    expect(writes()).toEqual([]);
    await call("update_user", args);
    sandbox.next("POST", /lifecycle/, {
      status: 400,
      json: { errorCode: "E0000001", errorSummary: "Ada Lovelace stays", errorCauses: [] },
    });
    await call("deactivate_user", { user_id: ada.id });
    const kept: unknown[] = [];
    for await (const change of journal.changes()) kept.push(change);
    expect(kept).toHaveLength(2);
    expect(JSON.stringify(kept)).not.toMatch(/Lovelace|ada@acme|555 12345|999 00000/);
  });

  test("is looked for as a word of its own, and ids stay ids", () => {
    const hidden = new HiddenValues(new HiddenAttributes({ mask: ["name", "manager_id"], omit: [], file: "" }));
    hidden.note([{ name: "Ada" }, { name: "It" }, { name: 'a "b" c' }, { name: "$&(x" }, { manager_id: "00u12345" }]);
    expect(hidden.inText("ADA, Adam and Ada's It")).toBe("[masked], Adam and [masked]'s It");
    expect(hidden.inText("say a 'b' c; $&(x")).toBe("say [masked]; [masked]");
    const { data } = hidden.inError(
      new OktaMcpError("bug", "x", { data: { id: "00u12345", user_id: "00u12345", text: "of 00u12345" } }),
    );
    expect(data).toEqual({ id: "00u12345", user_id: "00u12345", text: "of [masked]" });
    expect(hidden.inResult({ a: "ada", b: "Ada Adam", c: [1, null] })).toEqual({
      a: "[masked]",
      b: "Ada Adam",
      c: [1, null],
    });
  });

  test("goes with an error's cause neither", () => {
    const hidden = new HiddenValues(new HiddenAttributes({ mask: ["ssn"], omit: [], file: "" }));
    hidden.note({ ssn: SSN });
    const error = hidden.inError(
      new OktaMcpError("bug", `oh ${SSN}`, {
        fix: SSN,
        data: { a: [SSN] },
        maybeDone: true,
        cause: new TypeError(`no ${SSN}`),
      }),
    );
    expect(error.maybeDone).toBe(true);
    expect(JSON.stringify([error.message, error.fix, error.data, String(error.cause), error.stack])).not.toContain(SSN);
    expect((error.cause as Error).stack).not.toContain(SSN);
  });
});

test("a log shows no hidden field", () => {
  const lines: string[] = [];
  const attributes = new HiddenAttributes({ mask: ["mobilePhone"], omit: ["profile.ssn"], file: "" });
  const log = createLog({
    level: "trace",
    hides: (path) => attributes.at(path) !== undefined,
    stderr: { write: (line) => lines.push(String(line)) > 0 },
  });
  log.info("x", { mobilePhone: 47_555, user: { profile: { ssn: SSN, city: "Oslo" } }, all: [{ mobilePhone: PHONE }] });
  expect(lines.join()).not.toMatch(/555|078/);
  expect(lines.join()).toContain("Oslo");
});
