import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Properties, parseCallArguments } from "../../src/cli/argument-texts.js";
import { temporaryFolder } from "../support/cli.js";

const TOOL: Properties = {
  user_id: { type: "string" },
  limit: { type: "integer" },
  fetch_all: { type: "boolean" },
  fields: { type: "array" },
  profile: { type: "object" },
  type: { anyOf: [{ type: "string" }, { type: "null" }] },
};

const parse = (pairs: string[], json?: string) => parseCallArguments(json, pairs, TOOL);

describe("--arg name=value", () => {
  test.each<[string, unknown]>([
    ["user_id=00u1", "00u1"],
    ["user_id=12345", "12345"],
    ["user_id=true", "true"],
    ["user_id=", ""],
    ["type=5", "5"],
    ["limit=5", 5],
    ["fetch_all=true", true],
    ["fields=id,profile.login", ["id", "profile.login"]],
    ["fields=id", ["id"]],
    ['fields=["id"]', ["id"]],
    ['profile={"a":1}', { a: 1 }],
    ["profile=oops", "oops"],
    ["limit=many", "many"],
    ["unknown=5", 5],
    ["unknown=a=b", "a=b"],
    ["user_id=@@home", "@home"],
  ])("%s", (pair, value) => {
    expect(Object.values(parse([pair]))).toEqual([value]);
  });

  test("@file stands for what the file holds, as text or as JSON", () => {
    const file = join(temporaryFolder(), "value");
    writeFileSync(file, '{"a": 1}');
    expect(parse([`user_id=@${file}`, `profile=@${file}`])).toEqual({ user_id: '{"a": 1}', profile: { a: 1 } });
    expect(() => parse([`profile=@${file}.absent`])).toThrow(/cannot be read: ENOENT/);
  });

  test("joins the arguments given as JSON", () => {
    expect(parse(["limit=5"], '{"user_id": "00u1"}')).toEqual({ user_id: "00u1", limit: 5 });
  });

  test.each([
    [["limit=1", "limit=2"], undefined, /limit is given twice/],
    [["limit=1"], '{"limit": 2}', /limit is given twice/],
    [["limit"], undefined, /--arg limit has no value/],
    [["=5"], undefined, /has no value/],
    [[], "[1]", /not a JSON object/],
    [[], "null", /not a JSON object/],
    [[], "{limit: 1}", /not valid JSON/],
    [[], "", /not valid JSON/],
  ])("%j with %j is refused", (pairs, json, words) => {
    expect(() => parse(pairs, json)).toThrow(
      expect.objectContaining({ code: "bad_input", message: expect.stringMatching(words) }),
    );
  });

  test("a name like __proto__ is a name like any other", () => {
    const args = parse(['__proto__={"polluted":true}'], '{"constructor": 1}');
    expect(Object.keys(args)).toEqual(["constructor", "__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(args)).toBe(Object.prototype);
  });
});
