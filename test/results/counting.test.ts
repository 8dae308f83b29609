import { describe, expect, test } from "vitest";
import type { SandboxReply } from "../../sandbox/route.js";
import type { Page } from "../../src/okta/operations.js";
import { countItems } from "../../src/results/counting.js";
import { catalogue } from "../support/catalogue.js";
import { accepts, connect } from "../support/client.js";

/** Opens an org with `number` groups besides Everyone. */
async function withGroups(number: number) {
  const connected = await connect({ person: accepts });
  for (let n = 0; n < number; n += 1) connected.org.addGroup({ profile: { name: `Lab ${n}` } });
  const all = connected.org.groups.all().length;
  return { ...connected, all };
}

describe("count_only", () => {
  test("answers with the number of all items, read by the largest pages, and with no item", async () => {
    const { get, org, sent } = await connect();
    for (let n = 0; n < 450; n += 1) org.addUser({ profile: { login: `u${n}@acme.example`, department: `D${n % 3}` } });
    const all = org.users.all().length;
    expect(await get("list_users", { count_only: true })).toEqual({ count: all, complete: true });
    expect(sent()).toHaveLength(Math.ceil(all / 200));
    expect(sent()[0]).toContain("limit=200");
    const search = 'profile.department eq "D1"';
    expect(await get("list_users", { search, count_only: true })).toEqual({ count: 150, complete: true });
    expect((await get("list_users", { search, limit: 2 })).items).toHaveLength(2);
  });

  test("counts a list that is larger than an answer may be", async () => {
    const { get, org } = await connect({ maxResultChars: 2_000 });
    for (let n = 0; n < 100; n += 1) org.addGroup({ profile: { name: `Lab ${n}`, note: "x".repeat(500) } });
    const count = org.groups.all().length;
    expect(await get("list_groups", { count_only: true, fields: ["id"] })).toEqual({ count, complete: true });
  });

  test("says where the rest begins when a later page cannot be read, and goes on from there", async () => {
    const { get, sandbox, all } = await withGroups(25);
    sandbox.next("GET", "/api/v1/groups", { rewrite: (reply: SandboxReply) => reply });
    sandbox.next("GET", "/api/v1/groups", { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    const part = await get("list_groups", { limit: 10, count_only: true });
    expect(part).toMatchObject({ count: 10, complete: false, reason: "forbidden", next_cursor: expect.any(String) });
    expect(part.note).toContain("next_cursor");
    const rest = await get("list_groups", { limit: 10, count_only: true, after: part.next_cursor });
    expect(rest).toMatchObject({ complete: true, note: expect.stringContaining("from the cursor") });
    expect(Number(part.count) + Number(rest.count)).toBe(all);
  });

  test("does not pass a search that Okta cut off as the whole", async () => {
    const { get, org } = await connect();
    for (let n = 0; n < 250; n += 1) org.addUser({ profile: { login: `ann${n}@acme.example`, firstName: "Ann" } });
    const found = await get("list_users", { q: "ann", count_only: true });
    expect(found).toMatchObject({ count: 200, complete: false, note: expect.stringContaining("there may be more") });
  });

  test("is honest about pages that lead back, that fail, and of which there is no end", async () => {
    const walk = { signal: new AbortController().signal };
    const page = (next: string | undefined, items = 2): Page => ({ items: Array(items).fill({}), next });
    const count = (fetchPage: (after?: string) => Page, after?: string) =>
      countItems(async (cursor) => fetchPage(cursor), { after }, walk);
    expect(await count((after) => page(after === undefined ? "a" : undefined))).toMatchObject({ count: 4 });
    expect(await count(() => page("a"))).toMatchObject({ count: 4, has_more: true, stoppedBy: { code: "okta_down" } });
    expect(await count(() => page("a", 0))).toMatchObject({ count: 0, has_more: false });
    const endless = Array.from({ length: 2_000 }, (_, n) => page(`c${n}`));
    expect(await count(() => endless.shift() ?? page(undefined))).toMatchObject({ count: 4_000, has_more: true });
    // The cursor points into the middle of a page.
    expect(await count(() => page(undefined, 5), "skip:2:c9")).toMatchObject({ count: 3, has_more: false });
    const short = await count(() => page("a"), "skip:9:");
    expect(short).toMatchObject({ count: 0, note: expect.stringContaining("reading stopped after 0 items") });
  });

  test("is taken by every list that has pages, and by nothing else", async () => {
    const takes = catalogue.entries.filter((tool) => "count_only" in tool.arguments.shape).map(({ name }) => name);
    const paged = catalogue.entries.filter((tool) => "after" in tool.input.shape).map(({ name }) => name);
    expect(takes).toEqual(paged);
    expect(takes).toEqual(expect.arrayContaining(["list_users", "list_policy_rules", "get_logs", "list_changes"]));
    const { call } = await connect();
    expect((await call("get_group", { group_id: "00g1", count_only: true })).error?.code).toBe("bad_input");
  });
});

describe("fields of a write", () => {
  test("choose from its answer, whatever the write is", async () => {
    const { get, org } = await connect({ person: accepts });
    org.groupAttributes.set("note", { title: "Note", type: "string" });
    const made = await get("create_group", { profile: { name: "Lab" }, fields: ["id", "profile.name"] });
    expect(made).toEqual({ id: expect.any(String), profile: { name: "Lab" } });
    const group_id = String(made.id);
    const profile = { name: "Lab", note: "n" };
    expect(await get("update_group", { group_id, profile, fields: ["profile.note"] })).toEqual({
      profile: { note: "n" },
    });
    expect(await get("delete_group", { group_id, fields: ["id"] })).toEqual({ done: true, group_id });
    expect(org.groups.get(group_id)).toBeUndefined();
  });

  test("leave a preview and a one-time value as they are", async () => {
    const { call, get, org } = await connect();
    const { id: group_id } = org.addGroup({ profile: { name: "Lab" } });
    const preview = await get("delete_group", { group_id, dry_run: true, fields: ["id"] });
    expect(preview).toMatchObject({ dry_run: true, request: { method: "DELETE" } });
    const { error } = await call("delete_group", { group_id, fields: ["id"] });
    expect((await call("delete_group", { group_id, confirmation: error?.data.confirmation })).isError).toBe(false);
  });
});
