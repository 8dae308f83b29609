import { describe, expect, test } from "vitest";
import { ALL_TOOLS, leftOutBecause, type ToolChoice, unmatchedPatterns } from "../../src/catalogue/choice.js";
import { folded, matchesGlob } from "../../src/text/glob.js";
import { catalogue } from "../support/catalogue.js";
import { accepts, connect } from "../support/client.js";
import { PEERS } from "../support/peers.js";

const choose = (given: Partial<ToolChoice>): ToolChoice => ({ ...ALL_TOOLS, ...given });
const only = (...patterns: string[]) => ({ patterns, where: "OKTA_MCP_TOOLS" });
const not = (...patterns: string[]) => ({ patterns, where: "OKTA_MCP_EXCLUDE_TOOLS" });

const left = (choice: ToolChoice) =>
  catalogue.entries.filter((tool) => leftOutBecause(choice, tool) === undefined).map(({ name }) => name);

describe("which tools there are", () => {
  test("is all of them where nothing is said", () => {
    expect(left(ALL_TOOLS)).toEqual(catalogue.entries.map(({ name }) => name));
  });

  test("is what names, patterns and areas say", () => {
    expect(left(choose({ include: only("get_user") }))).toEqual(["get_scope_status", "get_user"]);
    expect(left(choose({ include: only("LIST_users*") }))).toEqual(["get_scope_status", "list_users"]);
    expect(left(choose({ include: only("system-log") }))).toEqual([
      "get_login_failures",
      "get_logs",
      "get_scope_status",
    ]);
    expect(left(choose({ include: only("email_domains") }))).toEqual(left(choose({ include: only("email-domains") })));
    expect(left(choose({ include: only("get_use?") }))).toContain("get_user");
  });

  test("is less what is excluded, included or not", () => {
    const users = left(choose({ include: only("users"), exclude: [not("delete_*", "create_user")] }));
    expect(users).toContain("update_user");
    expect(users).not.toContain("delete_deactivated_user");
    expect(users).not.toContain("create_user");
    expect(left(choose({ exclude: [not("*")] }))).toEqual(["get_scope_status"]);
    expect(left(choose({ include: only("get_user"), exclude: [not("get_user")] }))).toEqual(["get_scope_status"]);
  });

  test("is only what reads where that is asked for, whatever else is", () => {
    const names = left(choose({ readOnly: "OKTA_MCP_READ_ONLY", include: only("*", "delete_group") }));
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(catalogue.get(name)?.effect).toBe("reads");
  });

  test("is told with the reason", () => {
    const why = (name: string, choice: Partial<ToolChoice>) => {
      const tool = catalogue.get(name);
      return tool && leftOutBecause(choose(choice), tool);
    };
    expect(why("create_user", { readOnly: "--read-only" })).toBe("--read-only leaves only tools on that read");
    expect(why("get_user", { include: only("groups") })).toBe("OKTA_MCP_TOOLS does not name it");
    expect(why("get_user", { exclude: [not("get_*")] })).toBe("OKTA_MCP_EXCLUDE_TOOLS excludes get_*");
    expect(why("get_user", { exclude: [not("get_user")] })).toBe("OKTA_MCP_EXCLUDE_TOOLS excludes it");
  });

  test("is no pattern's to say that matches nothing, and what was meant is suggested", () => {
    const choice = choose({
      include: only("list_user", "users"),
      exclude: [not("polices", "frobnicate_*", "lst_*", "user*s_list", "delete_*")],
    });
    expect(unmatchedPatterns(choice, catalogue.entries)).toEqual([
      "OKTA_MCP_TOOLS holds list_user, which matches no tool and no area; did you mean list_users?",
      "OKTA_MCP_EXCLUDE_TOOLS holds polices, which matches no tool and no area; did you mean policies?",
      "OKTA_MCP_EXCLUDE_TOOLS holds frobnicate_*, which matches no tool and no area; `okta-mcp tools` lists all of them.",
      "OKTA_MCP_EXCLUDE_TOOLS holds lst_*, which matches no tool and no area; did you mean list_*?",
      "OKTA_MCP_EXCLUDE_TOOLS holds user*s_list, which matches no tool and no area; did you mean list_users?",
    ]);
  });
});

test("the name of an area that is written in words is one pattern, with the way it is written", () => {
  const areas = [...new Set(catalogue.entries.map(({ area }) => area))].filter((area) => area.includes("-"));
  expect(areas.length).toBeGreaterThan(3);
  for (const area of areas) {
    const words = area.split("-");
    expect(unmatchedPatterns(choose({ include: only("users", ...words, "list_*") }), catalogue.entries)).toEqual([
      `OKTA_MCP_TOOLS holds ${words.join(" ")}, which matches no tool and no area; did you mean ${area}?`,
    ]);
  }
});

describe.each(PEERS)("a client of the sort %s, of a server with fewer tools", (peer) => {
  test("sees those that are on, and is told why another is off", async () => {
    const { listed, call, sent } = await connect({ peer, choice: choose({ include: only("users") }), person: accepts });
    expect(await listed()).toEqual(left(choose({ include: only("users") })));
    const { error } = await call("delete_group", { group_id: "00g1" });
    expect(error).toMatchObject({ code: "protected", retry: "never" });
    expect(error?.message).toContain("delete_group is off: OKTA_MCP_TOOLS does not name it.");
    expect(sent()).toEqual([]);
  });

  test("that only reads can write by no tool, with every scope granted", async () => {
    const { listed, call, get, sandbox } = await connect({
      peer,
      choice: choose({ readOnly: "OKTA_MCP_READ_ONLY" }),
      person: accepts,
    });
    const names = await listed();
    expect(names.length).toBeGreaterThan(30);
    for (const { name, effect } of catalogue.entries) {
      expect(names.includes(name), name).toBe(effect === "reads");
      if (effect === "reads") continue;
      const { error } = await call(name, {});
      expect(error, name).toMatchObject({ code: "protected" });
      expect(error?.message).toContain("OKTA_MCP_READ_ONLY");
    }
    expect(sandbox.requests).toEqual([]);
    expect((await get("list_users")).items).toHaveLength(1);
  });

  test("learns from get_scope_status what a setting leaves out", async () => {
    const { get } = await connect({
      peer,
      choice: choose({ exclude: [not("delete_*")] }),
      scopes: ["okta.groups.manage"],
    });
    const status = await get("get_scope_status");
    expect(status.active_tools).not.toContain("delete_group");
    expect(status.disabled_tools).toContainEqual({
      name: "delete_group",
      scope: "okta.groups.manage",
      why: "OKTA_MCP_EXCLUDE_TOOLS excludes delete_*",
    });
    expect(status.unlocking_nothing).toEqual([]);
    expect(status.what_to_do).toContainEqual(expect.stringContaining("only a person can change that setting"));
  });

  test("is not helped by get_scope_status being excluded", async () => {
    const { listed } = await connect({ peer, choice: choose({ exclude: [not("get_scope_status", "*")] }) });
    expect(await listed()).toEqual(["get_scope_status"]);
  });
});

describe("a pattern", () => {
  test.each([
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["a*c", "abbbc", true],
    ["a*c", "abbbcd", false],
    ["*@acme.example", "Ada@ACME.example", true],
    ["ad?", "ada", true],
    ["ad?", "ad", false],
    ["ad??", "ada", false],
    ["*a*b*", "xxaxxbxx", true],
    ["**", "x", true],
    ["a.c", "abc", false],
    ["[a]", "a", false],
    ["Ａｄｍｉｎｓ", "admins", true],
    ["admins", "Ad\u200bmins\u00ad", true],
    ["Team  A", " team\u00a0a ", true],
    ["strasse", "STRAẞE", true],
    ["?", "😀", true],
  ])("%j and %j: %s", (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  test("that is made to take for ever does not", () => {
    expect(matchesGlob(`${"*a".repeat(250)}b`, "a".repeat(20_000))).toBe(false);
  });

  test("sees a name as people do", () => {
    expect(folded(" ＡＤＭＩＮ\tteam\u202e ")).toBe("admin team");
    expect(folded("Аdmins"), "a Cyrillic A is another letter").not.toBe("admins");
  });
});
