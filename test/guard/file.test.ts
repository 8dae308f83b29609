import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGuardFile } from "../../src/guard/file.js";
import { doubleKey } from "../../src/json/double-key.js";
import { temporaryFolder } from "../support/cli.js";
import { skipUnless } from "../support/programs.js";
import { guardFile, guardRules, problemsOf } from "./support.js";

describe("a guard file", () => {
  test("becomes rules, each with its place in the file", () => {
    const rules = guardRules({
      protect: {
        users: [{ login: "ada@acme.example", reason: "break glass" }, { pattern: "*@board.acme.example" }],
        groups: [{ name: "Admins" }],
      },
      limits: { writes: { per_session: 5 }, removals: { per_minute: 1 } },
      mask: ["mobilePhone"],
      omit: ["profile.ssn"],
      deny_tools: ["delete_*"],
    });
    expect(rules).toMatchObject({
      protect: [
        { kind: "users", key: "login", value: "ada@acme.example", reason: "break glass", place: "protect.users[0]" },
        { kind: "users", key: "pattern", value: "*@board.acme.example", place: "protect.users[1]" },
        { kind: "groups", key: "name", value: "Admins", place: "protect.groups[0]" },
      ],
      limits: { writes: { perSession: 5, perMinute: undefined }, removals: { perSession: undefined, perMinute: 1 } },
      mask: ["mobilePhone"],
      omit: ["profile.ssn"],
      denyTools: ["delete_*"],
    });
  });

  test("may begin with a byte order mark, and name its schema", () => {
    expect(problemsOf('\uFEFF{"$schema":"./guard.schema.json"}')).toEqual([]);
  });

  test("with mistakes is told all of them at once, each with its place", () => {
    const problems = problemsOf({
      protect: { users: [{ id: "00u1" }, { id: "1", login: "2" }, {}], grups: [] },
      limits: { writes: { per_session: -1, per_hour: 3 } },
      mask: ["a b"],
      deny_tools: ["delete user"],
      mask_everything: true,
    });
    const text = problems.join("\n");
    for (const place of [
      "protect.users[1] needs exactly one of",
      "protect.users[2] needs exactly one of",
      'protect has an unknown key: "grups" (did you mean groups?)',
      "limits.writes.per_session",
      'limits.writes has an unknown key: "per_hour"',
      "mask[0] is no attribute",
      "deny_tools[0] is no pattern",
      'the file has an unknown key: "mask_everything"',
    ]) {
      expect(text).toContain(place);
    }
  });

  test("with ever so many mistakes is told the first of them and how many are left", () => {
    const problems = problemsOf({ protect: { users: Array.from({ length: 100 }, () => ({})) } });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe("80 more problems.");
  });

  test.each([
    ["text that is no JSON", "{ protect: {} }", /^is not JSON/],
    ["nothing", "", /^is not JSON/],
    ["a comma too many", '{"mask":["a",]}', /^is not JSON/],
    [
      "a key that stands there twice",
      '{"protect":{"users":[{"id":"1"}],"users":[]}}',
      /protect\.users stands there twice/,
    ],
    ["a list", "[]", /^the file has to be an object, not a list/],
    ["a name that nobody can see", { protect: { groups: [{ name: "\u200b" }] } }, /holds nothing that can be seen/],
  ])("is refused for %s", (_, content, message) => {
    const problems = problemsOf(content);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  test("shows nothing hidden in what it says of itself", () => {
    const [problem] = problemsOf({ "mask\u202e\n": [] });
    expect(problem).not.toMatch(/[\u202e\n]/);
  });

  test.each([
    ["is not there", (folder: string) => join(folder, "none.json"), "there is no such file"],
    ["is a folder", (folder: string) => folder, "it is a folder"],
    ["is not small", (folder: string) => written(folder, " ".repeat(1_000_001)), "is not a small plain file"],
  ])("that %s is refused with its path", (_, pathIn, why) => {
    const path = pathIn(temporaryFolder());
    const read = readGuardFile(path);
    expect("problems" in read && read.problems.join()).toContain(path);
    expect("problems" in read && read.problems.join()).toContain(why);
  });

  test("that others may write to is told of, and used", (context) => {
    skipUnless(context, process.platform !== "win32", "Windows has no modes of files");
    const path = guardFile({ mask: ["ssn"] });
    expect(readGuardFile(path)).not.toHaveProperty("notice");
    chmodSync(path, 0o666);
    expect(readGuardFile(path)).toMatchObject({
      notice: expect.stringContaining("chmod go-w"),
      rules: { mask: ["ssn"] },
    });
  });

  test("is found in the home folder by ~/", () => {
    const home = temporaryFolder();
    mkdirSync(join(home, "x"));
    const before = process.env.HOME;
    process.env.HOME = home;
    try {
      written(join(home, "x"), "{}");
      expect(readGuardFile("~/x/guard.json")).toMatchObject({ rules: { file: join(home, "x/guard.json") } });
    } finally {
      process.env.HOME = before;
    }
  });
});

function written(folder: string, text: string): string {
  const path = join(folder, "guard.json");
  writeFileSync(path, text);
  return path;
}

test.each([
  ['{"a":1,"b":{"a":2}}', undefined],
  ['{"a":{"b":1},"c":{"b":1}}', undefined],
  ['[{"a":1},{"a":2}]', undefined],
  ['{"a":["a","a"],"b":"a"}', undefined],
  ['{"a":1,"a":2}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"x":{"y":[{"z":1},{"z":1,"z":2}]}}', "x.y.z"],
  ['{"a\\"}{":1,"b":"}","c":{"d":1},"b":2}', "b"],
])("in %s the key that stands there twice is %s", (text, key) => {
  JSON.parse(text);
  expect(doubleKey(text)).toBe(key);
});
