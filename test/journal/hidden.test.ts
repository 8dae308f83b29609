import { describe, expect, test } from "vitest";
import type { Change, Journal } from "../../src/journal/change.js";
import { guardRules } from "../guard/support.js";
import { connect } from "../support/client.js";
import { changesIn, recording } from "./support.js";

const SSN = "078-05-1120";
const LOGIN = "ada@acme.example";
const PROFILE = { login: LOGIN, email: "a@acme.example", firstName: "Ada", lastName: "Lovelace", ssn: SSN };
const HIDDEN = /078-05|078-06|Lovelace|Byron|ada@acme/;

/** The attributes that are hidden now, and that were shown when the changes were recorded. */
const HIDE = { mask: ["profile.ssn", "lastName"], omit: ["login"] };

/** Records some changes while nothing is hidden. */
async function older() {
  const recorded = await recording();
  const { org, get, call, newGroup } = recorded;
  org.customAttributes.set("ssn", { type: "string" });
  const user = org.addUser({ profile: PROFILE });
  const user_id = user.id;
  await get("update_user", { user_id: LOGIN, profile: { ssn: "078-06-1121", lastName: "Byron", nickName: "A" } });
  const group_id = await newGroup({ name: "Lab" });
  await get("add_user_to_group", { group_id, user_id });
  await get("remove_user_from_group", { group_id, user_id });
  recorded.sandbox.next("POST", /lifecycle/, {
    status: 400,
    json: { errorCode: "E0000001", errorSummary: "Ada Lovelace stays", errorCauses: [] },
  });
  await call("deactivate_user", { user_id });
  return { ...recorded, user };
}

/** Connects to a server that hides these attributes, with this journal. */
async function hiding(journal: Journal, profile: typeof PROFILE & { nickName?: string } = PROFILE) {
  const connected = await connect({ journal, guard: guardRules(HIDE) });
  connected.org.customAttributes.set("ssn", { type: "string" });
  const user = connected.org.addUser({ profile });
  return { ...connected, user };
}

/** Appends the changes to a journal again, with `from` replaced by `to` in every text. */
async function about(changes: readonly Change[], journal: Journal, from: string, to: string): Promise<void> {
  for (const change of changes.toReversed()) {
    const line = JSON.parse(JSON.stringify({ v: 1, ...change }).replaceAll(from, to));
    await journal.append({ ...line, id: change.id.replace(/^chg/, "chh") });
  }
}

describe("what is hidden now", () => {
  test("is hidden in changes that were recorded before it was, whatever shows them", async () => {
    const { journal } = await older();
    expect(JSON.stringify(await changesIn(journal))).toMatch(HIDDEN);
    const { get, call } = await hiding(journal);
    const listed = await get("list_changes");
    const ids = (listed.items as { id: string }[]).map(({ id }) => id);
    expect(ids).toHaveLength(5);
    const texts = [JSON.stringify(listed)];
    for (const change_id of ids) {
      texts.push(JSON.stringify(await get("get_change", { change_id })));
      for (const more of [{}, { force: true }, { dry_run: true }, { dry_run: true, force: true }])
        texts.push((await call("undo_change", { change_id, ...more })).text);
    }
    for (const text of texts) expect(text).not.toMatch(HIDDEN);
    expect(texts.join()).toContain("[masked]");
  });

  test("is not compared in them, and what may be seen is", async () => {
    const { journal } = await older();
    const { get } = await hiding(journal);
    const { items } = await get("list_changes", { tool: "update_user" });
    const [{ id: change_id }] = items as [{ id: string }];
    const change = await get("get_change", { change_id });
    expect(change.difference).toEqual([{ field: "profile.nickName", after: "A" }]);
    expect(change.not_compared).toEqual(["profile.login", "profile.lastName", "profile.ssn"]);
  });

  test("is in no answer of an undo that compares the object on record with the present one", async () => {
    const first = await older();
    const { journal, org, changes } = first;
    const { call, user } = await hiding(journal, { ...PROFILE, ssn: "078-06-1121", lastName: "Byron", nickName: "B" });
    Object.assign(user, { created: first.user.created, activated: first.user.activated });
    await about(await changes(), journal, first.user.id, user.id);
    const update = (await changes()).find(({ id, tool }) => id.startsWith("chh") && tool === "update_user");
    const args = { change_id: update?.id };
    const { error, text } = await call("undo_change", args);
    expect(text).not.toMatch(HIDDEN);
    expect(error?.data.changed_since).toEqual([{ field: "profile.nickName", before: "A", after: "B" }]);
    expect(org.users.get(first.user.id)?.profile).toMatchObject({ nickName: "A" });
    // The answer is the same even where the hidden attributes have changed since.
    Object.assign(user.profile, { ssn: "078-05-9999", lastName: "Gordon" });
    expect((await call("undo_change", args)).error?.data).toEqual(error?.data);
  });
});

test("a preview of an undo names no field that stays as it is", async () => {
  const { get, call, org, changes } = await recording({ guard: guardRules({ mask: ["settings.app.note"] }) });
  const settings = { app: { url: "https://x.example", note: "n", apiToken: "t" } };
  const app = org.addApp({ label: "Keeper", signOnMode: "BOOKMARK", settings });
  const app_config = { label: "Other", signOnMode: "BOOKMARK", settings };
  await get("update_application", { app_id: app.id, app_config, allow_removals: true });
  const [change] = await changes();
  const { text } = await call("undo_change", { change_id: change?.id, dry_run: true });
  const { calls, notes } = JSON.parse(text);
  const fields = calls[0].difference.map(({ field }: { field: string }) => field);
  expect(fields).toContain("label");
  expect(fields.filter((field: string) => field.startsWith("settings.app"))).toEqual([]);
  expect(notes).toContain("Masked in the journal, so it stays as it is now: settings.app.note, settings.app.apiToken.");
});

test("the question about an undo promises nothing back that the journal does not hold", async () => {
  const { get, org, asked, changes } = await recording();
  org.groupAttributes.set("door_pin", { type: "string" });
  const profile = { name: "Lab", description: "d", door_pin: "1234" };
  const group = org.addGroup({ profile });
  const emptied = { ...profile, description: "e", door_pin: null };
  await get("update_group", { group_id: group.id, profile: emptied, allow_removals: true });
  await get("undo_change", { change_id: (await changes())[0]?.id });
  const question = String(asked.at(-1)?.message);
  expect(question).toContain("profile.description: 'e' becomes 'd'");
  expect(question).not.toContain("profile.door_pin: ");
  expect(question).toContain("Masked in the journal, so it stays as it is now: profile.door_pin.");
});

test("an attribute that was hidden when a change was recorded and is shown now is no conflict", async () => {
  const { journal, get, org, changes } = await recording({ guard: guardRules({ mask: ["ssn"] }) });
  org.customAttributes.set("ssn", { type: "string" });
  const user = org.addUser({ profile: PROFILE });
  await get("update_user", { user_id: user.id, profile: { nickName: "A" } });
  expect(await changes()).toMatchObject([{ hidden_attributes: ["ssn"] }]);
  const later = await recording({ journal });
  later.org.customAttributes.set("ssn", { type: "string" });
  const other = later.org.addUser({ profile: { ...PROFILE, nickName: "A" } });
  Object.assign(other, { created: user.created, activated: user.activated });
  await about(await changes(), journal, user.id, other.id);
  const change = (await changes()).find(({ id }) => id.startsWith("chh"));
  await later.get("undo_change", { change_id: change?.id });
  expect(later.org.users.get(other.id)?.profile).toMatchObject({ ssn: SSN });
});
