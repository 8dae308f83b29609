import { expect, test } from "vitest";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { ExactNumber } from "../../src/json/exact-json.js";
import { accepts, connect } from "../support/client.js";

/** The first integer that a JavaScript number cannot hold, and the largest integer of Okta. */
const [LONG, LONGEST] = ["9007199254740993", "9223372036854775807"];

/** Opens a company whose user schema has an integer attribute, a badge number, and a user who has one. */
async function withBadge() {
  const connected = await connect({ seed: 1, journal: new MemoryJournal(), person: accepts });
  const { org, call } = connected;
  const user = org.users.all().find(({ status }) => status === "ACTIVE");
  const user_id = String(user?.id);
  const setBadge = (digits: string, more: object = {}) =>
    call("update_user", { user_id, profile: { badgeNumber: new ExactNumber(digits) }, ...more });
  const lastWrite = () => connected.sandbox.requests.filter(({ method }) => method !== "GET").at(-1)?.body;
  return { ...connected, user_id, setBadge, lastWrite };
}

test("a 64-bit integer goes out and comes back to the digit: bodies, results, tables", async () => {
  const { call, get, setBadge, lastWrite, user_id } = await withBadge();
  for (const digits of [LONG, LONGEST]) {
    const { text, isError } = await setBadge(digits);
    expect(isError, text).toBe(false);
    expect(lastWrite()).toBe(`{"profile":{"badgeNumber":${digits}}}`);
    expect(text).toContain(`"badgeNumber":${digits}`);
    expect((await call("get_user", { user_id })).text).toContain(`"badgeNumber":${digits}`);
    const list = await call("list_users", { fields: ["id", "profile.badgeNumber"], limit: 50 });
    expect(list.text).toContain(digits);
    const { profile } = await get("get_user", { user_id, fields: ["profile.badgeNumber"] });
    expect(profile).toEqual({ badgeNumber: new ExactNumber(digits) });
  }
});

test("a preview, the journal and an undo have it to the digit", async () => {
  const { call, get, setBadge, lastWrite, user_id } = await withBadge();
  await setBadge(LONG);
  const preview = await setBadge(LONGEST, { dry_run: true });
  expect(preview.text).toContain(`"before":${LONG},"after":${LONGEST}`);
  expect(await setBadge(LONGEST)).toMatchObject({ isError: false });
  const { items } = await get("list_changes", { limit: 1 });
  const change_id = (items as { id: string }[])[0]?.id;
  const { text } = await call("get_change", { change_id });
  expect(text).toContain(`"before":${LONG},"after":${LONGEST}`);
  const undone = await call("undo_change", { change_id });
  expect(undone.text).not.toMatch(/^\w+: /);
  expect(lastWrite()).toContain(`"badgeNumber":${LONG}`);
  expect((await call("get_user", { user_id })).text).toContain(`"badgeNumber":${LONG}`);
});

test("an undo notices that somebody changed the last digit meanwhile", async () => {
  const { call, get, setBadge, org, user_id } = await withBadge();
  await setBadge(LONG);
  const { items } = await get("list_changes", { limit: 1 });
  const user = org.users.get(user_id);
  if (user) user.profile.badgeNumber = new ExactNumber("9007199254740992");
  const { error } = await call("undo_change", { change_id: (items as { id: string }[])[0]?.id });
  expect(error?.code).toBe("conflict");
});

test("a body that a client sends as JSON text has it to the digit", async () => {
  const { call, lastWrite, user_id } = await withBadge();
  await call("update_user", { user_id, profile: `{"badgeNumber":${LONGEST}}` });
  expect(lastWrite()).toBe(`{"profile":{"badgeNumber":${LONGEST}}}`);
});

test("an argument of ours that counts does not take one, and says so in words", async () => {
  const { call } = await connect();
  const { error } = await call("list_users", { limit: new ExactNumber(LONG) });
  expect(error).toMatchObject({ code: "bad_input", message: expect.stringContaining("more digits") });
});

test("the org refuses an integer of more than 64 bits", async () => {
  const { setBadge } = await withBadge();
  for (const digits of ["9223372036854775808", "0.1234567890123456789"]) {
    const { error } = await setBadge(digits);
    expect(error, digits).toMatchObject({ code: "bad_input", message: expect.stringContaining("of type integer") });
  }
});
