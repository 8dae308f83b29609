import { describe, expect, test } from "vitest";
import { ALL_TOOLS, type ToolChoice } from "../../src/catalogue/choice.js";
import type { Journal } from "../../src/journal/change.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { ALL_SCOPES, accepts, connect, declines } from "../support/client.js";
import { recording } from "./support.js";

const BO = { login: "bo@acme.example", email: "bo@acme.example", firstName: "Bo", lastName: "Li", title: "Baker" };
const PERSONAL = /Chef|Baker|bo@acme|Bo Li/;

/** The choices of tools that leave out the tool which made the change. */
const LEFT_OUT: Readonly<Record<string, ToolChoice>> = {
  "--read-only": { ...ALL_TOOLS, readOnly: "--read-only" },
  "--exclude-tools update_user": { ...ALL_TOOLS, exclude: [{ patterns: ["update_user"], where: "--exclude-tools" }] },
  "--exclude-tools users": { ...ALL_TOOLS, exclude: [{ patterns: ["users"], where: "--exclude-tools" }] },
  "--tools journal,groups": { ...ALL_TOOLS, include: { patterns: ["journal", "groups"], where: "--tools" } },
};

/** Everything that list_changes and get_change return for the changes of a journal, as one text. */
async function allThatIsShown({ get }: Pick<Awaited<ReturnType<typeof connect>>, "get">): Promise<string> {
  const listed = await get("list_changes");
  const ids = (listed.items as { id: string }[]).map(({ id }) => id);
  const changes = await Promise.all(ids.map((change_id) => get("get_change", { change_id })));
  return JSON.stringify([listed, changes]);
}

/** Changes a user's title, and returns the journal with that change. */
async function promoted(person = accepts) {
  const recorded = await recording({ person });
  const user = recorded.org.addUser({ profile: BO });
  await recorded.get("update_user", { user_id: user.id, profile: { title: "Chef" } });
  return { ...recorded, user };
}

/** Adds a change to a journal, in a form that another version may have written. */
async function addChange(journal: Journal, change: object): Promise<void> {
  const actor = { user: "ada@acme.example", client_id: null, method: "device" };
  const at = "2026-11-01T00:00:00.000Z";
  const line = { v: 1, at, org: "https://acme.example", actor, effect: "changes", confirmed: "not_needed", ...change };
  await journal.append({ requests: [], outcome: "done", ...line } as unknown as Parameters<Journal["append"]>[0]);
}

describe("what a session may not read in the org it does not read in the journal", () => {
  test.each(Object.entries(LEFT_OUT))("though the tool that wrote is left out (%s)", async (_setting, choice) => {
    const { journal } = await promoted();
    const blind = await allThatIsShown(await connect({ journal, choice, scopes: ["okta.groups.read"] }));
    expect(blind).not.toMatch(PERSONAL);
    expect(blind).toContain("okta.users.read");
    const seeing = await allThatIsShown(await connect({ journal, choice, scopes: ["okta.users.read"] }));
    expect(seeing).toMatch(PERSONAL);
  });

  test("and of a tool that this version does not have it reads nothing, whatever its scopes", async () => {
    const journal = new MemoryJournal();
    const before = { id: "00u1", profile: BO };
    const requests = [{ method: "POST", path: "/api/v1/users/bo@acme.example", status: 200 }];
    const named = {
      arguments: { user_id: "bo@acme.example" },
      target: "bo@acme.example",
      before,
      after: before,
      requests,
    };
    await addChange(journal, { id: "chg1", tool: "rename_user", ...named });
    const { get, call } = await recording({ journal, scopes: ALL_SCOPES });
    expect(await allThatIsShown({ get })).not.toMatch(PERSONAL);
    expect(await get("get_change", { change_id: "chg1" })).toMatchObject({
      tool: "rename_user",
      withheld: expect.stringContaining("does not know what rename_user changed"),
      requests: [{ method: "POST", status: 200 }],
    });
    expect((await call("undo_change", { change_id: "chg1" })).text).not.toMatch(PERSONAL);
  });

  test("nor that somebody was asked to undo it", async () => {
    const { journal, latest, call } = await promoted(declines);
    await call("undo_change", { change_id: (await latest()).id });
    expect(await latest()).toMatchObject({ tool: "undo_change", target: "update_user bo@acme.example" });
    expect(await allThatIsShown(await connect({ journal, scopes: ["okta.groups.read"] }))).not.toMatch(PERSONAL);
    const { get } = await connect({ journal, scopes: ["okta.users.read"] });
    expect((await get("list_changes", { tool: "undo_change" })).items).toMatchObject([
      { target: "update_user bo@acme.example" },
    ]);
  });

  test("nor undoes it, also by force", async () => {
    const { journal, latest } = await promoted();
    const change_id = (await latest()).id;
    const { call, writes, asked } = await recording({ journal, scopes: ["okta.groups.manage"] });
    for (const force of [false, true]) {
      const { error, text } = await call("undo_change", { change_id, force });
      expect(error?.message).toContain("okta.users.read only");
      expect(text).not.toMatch(PERSONAL);
    }
    expect([writes(), asked]).toEqual([[], []]);
  });

  test("nor finds out by a filter whom it was about", async () => {
    const { journal, user } = await promoted();
    const count = async (scopes: string[], target_id: string) => {
      const { get } = await connect({ journal, scopes });
      return (await get("list_changes", { target_id })).total_fetched;
    };
    expect(await count(["okta.groups.read"], user.id)).toBe(0);
    expect(await count(["okta.users.read"], user.id)).toBe(1);
  });

  test("nor the login that a question about a membership named", async () => {
    const { journal, org, get, newGroup, user } = await promoted();
    const group_id = await newGroup({ name: "Sales" });
    await get("add_user_to_group", { group_id, user_id: user.id });
    await get("remove_user_from_group", { group_id, user_id: user.id });
    expect(org.users.get(user.id)).toBeDefined();
    const target = async (scopes: string[]) => {
      const { get } = await connect({ journal, scopes });
      const { items } = await get("list_changes", { tool: "remove_user_from_group" });
      return (items as { target: string | null }[]).map((item) => item.target);
    };
    expect(await target(["okta.groups.read"])).toEqual([null]);
    expect(await target(["okta.groups.read", "okta.users.read"])).toEqual(["bo@acme.example in Sales"]);
  });

  test("nor the brand that Okta made for a domain", async () => {
    const { journal, get } = await recording();
    await get("create_custom_domain", { domain: "login.acme.example", certificate_source_type: "OKTA_MANAGED" });
    const shown = async (scopes: string[]) => allThatIsShown(await connect({ journal, scopes }));
    expect(await shown(["okta.domains.read"])).toContain("okta.brands.read only");
    expect(await shown(["okta.domains.read"])).not.toContain("brand_made_with_it");
    expect(await shown(["okta.domains.read", "okta.brands.read"])).toContain("brand_made_with_it");
  });
});
