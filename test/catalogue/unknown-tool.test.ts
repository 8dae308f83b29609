import { describe, expect, test } from "vitest";
import { ownForm, unknownTool } from "../../src/catalogue/unknown-tool.js";
import { elsewhere as known } from "../../tools/shared/elsewhere.js";
import { catalogue } from "../support/catalogue.js";
import { connect } from "../support/client.js";

const tools = catalogue.entries.map(({ name }) => name);
const messageFor = (name: string) => unknownTool(name, tools, known).message;
const elsewhere = known.flatMap(({ names }) => names);

describe("the names that people know from elsewhere", () => {
  test("are forty or more, each once, written as they are looked up, and none is a tool's", () => {
    expect(elsewhere.length).toBeGreaterThanOrEqual(40);
    expect(new Set(elsewhere).size).toBe(elsewhere.length);
    expect(elsewhere.filter((name) => ownForm(name) !== name)).toEqual([]);
    expect(elsewhere.filter((name) => tools.includes(name))).toEqual([]);
  });

  test("lead to tools that exist, or to where it is done instead", () => {
    for (const { use, how, names } of known) {
      expect(use.filter((tool) => !tools.includes(tool))).toEqual([]);
      expect(how, names[0]).toMatch(/[a-z].*\.$/);
      if (use.length === 0) expect(how, names[0]).toMatch(/^No tool does that here\. .* Okta Admin Console: /);
      const mentioned = how.match(/\b(?:list|get|create|add|update|deactivate)_[a-z_]+/g) ?? [];
      expect(mentioned.filter((tool) => !tools.includes(tool))).toEqual([]);
    }
  });
});

describe("a tool that is not here", () => {
  test.each([
    ["list_user_groups", "list_group_users tells who is in a group."],
    ["list_app_users", "No tool does that here."],
    ["list_group_rules", "Directory > Groups > Rules"],
    ["unlock_user", "More Actions > Unlock"],
    ["delete_user", "deactivate_user and delete_deactivated_user do it, one after the other."],
    ["okta_list_users", "Its name here is list_users."],
    ["listUsers", "Its name here is list_users."],
    ["list_okta_group_members", "list_group_users does it."],
    ["okta-get-system-logs", "get_logs does it."],
    ["list_user", "Did you mean list_users?"],
    ["users_list", "Did you mean list_users?"],
    ["delte_gruop", "Did you mean delete_group?"],
    ["create_polcy_rule", "Did you mean create_policy_rule?"],
  ])("%s: %s", (name, said) => {
    expect(messageFor(name)).toContain(said);
  });

  test.each([
    "list_widgets",
    "get_horoscope",
    "list_user_horoscopes",
    "",
    "_",
    "a".repeat(10_000),
    "\u202e\n",
    "__proto__",
  ])("nothing is said of %.20j", (name) => {
    expect(messageFor(name)).toBe("There is no such tool.");
  });

  test("that another word would make another tool is not taken for a slip of the pen", () => {
    for (const name of ["list_user_users", "list_group_policies", "create_group_user", "get_policy_users"]) {
      expect(messageFor(name), name).toBe("There is no such tool.");
    }
  });

  test("is told so by the server, before anything is sent", async () => {
    const { call, sandbox } = await connect();
    const { error } = await call("list_user_groups");
    expect(error).toMatchObject({ code: "bad_input", message: expect.stringContaining("list_group_users tells") });
    expect(sandbox.requests).toEqual([]);
  });
});
