import fc, { type Arbitrary } from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../src/json/json.js";
import { resultText, toTable } from "../../src/results/result-text.js";
import { inertJson } from "../../src/text/inert-json.js";
import { itemsOf, withItems } from "../support/result-text.js";

const user = (number: number, more: { [key: string]: Json } = {}): Json => ({
  id: `00u${number}`,
  status: "ACTIVE",
  profile: { login: `user${number}@acme.example`, secondEmail: null },
  ...more,
});
const users = (more: (number: number) => { [key: string]: Json } = () => ({})): Json[] =>
  Array.from({ length: 6 }, (_, number) => user(number, more(number)));

/** Items with many short fields below a long name. */
const deep = (): Json[] =>
  Array.from({ length: 3 }, () => ({ ["a".repeat(100)]: Object.fromEntries([..."bcdefgh"].map((name) => [name, 1])) }));

const list = (items: Json[]) => ({ items, total_fetched: items.length, has_more: true, next_cursor: "00u5" });

describe("the text of a list", () => {
  test("names each field once, and holds the same", () => {
    const text = resultText(list(users()));
    expect(text).toMatch(
      /^\{"items_table":\{"columns":\["id","status","profile.login","profile.secondEmail"\],"rows":\[\["00u0",/,
    );
    expect(text.match(/login/g)).toHaveLength(1);
    expect(withItems(JSON.parse(text))).toEqual(list(users()));
  });

  test("tells a field that is null from one that is not there", () => {
    const items = users((number): { [key: string]: Json } => (number === 3 ? {} : { lastLogin: null }));
    const table = toTable(items);
    expect(table?.absent).toBe("~");
    expect(table?.rows.map((row) => row.at(-1))).toEqual([null, null, null, "~", null, null]);
    expect(table && itemsOf(table)).toEqual(items);
  });

  test("takes no value from the org for an absent field", () => {
    const items = users((number): { [key: string]: Json } =>
      number === 3 ? {} : { nickName: number === 4 ? "~~" : "~" },
    );
    expect(toTable(items)?.absent).toBe("~~~");
    expect(withItems(JSON.parse(resultText(list(items))))).toEqual(list(items));
  });

  test.each<[why: string, items: Json[]]>([
    ["it has one item", users().slice(0, 1)],
    ["it has no item", []],
    ["a table would be no shorter", users().slice(0, 2)],
    ["its items have little in common", Array.from({ length: 6 }, (_, number) => ({ [`field${number}`]: number }))],
    ["its items are no objects", ["a", "b", "c", "d", "e", "f"]],
    ["a name of a field would read as a path", users(() => ({ "profile.login": "another" }))],
    ["a field has no name", users(() => ({ "": 1 }))],
    ["a field's name hides characters", users(() => ({ "nick\u202eName": 1 }))],
    ["a value would make the sign for absent fields long", users((number) => ({ nickName: "~".repeat(number) }))],
    ["the paths are longer than the names", deep()],
  ])("stays as it is where %s", (_why, items) => {
    expect(JSON.parse(resultText(list(items)))).toEqual(list(items));
  });

  test("keeps its items where the result has a field of the table's name", () => {
    const result = { items: users(), items_table: "the org's own" };
    expect(JSON.parse(resultText(result))).toEqual(result);
  });

  test("holds the same whatever the items hold, in no more characters", async () => {
    const keys = fc.uniqueArray(
      fc.constantFrom("id", "profile", "a", "b", "__proto__", "~", "toString", "constructor"),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    const values = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Json>("~", "~~", "x", null, 0, false, {}, [], { "~": {} }) },
      {
        weight: 2,
        arbitrary: fc.dictionary(fc.constantFrom("a", "b", "__proto__"), fc.constantFrom<Json>("~", null, {}, [1])),
      },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) as Arbitrary<Json> },
    );
    const items = keys.chain((names) =>
      fc.array(
        fc.tuple(
          ...names.map((name) =>
            fc.option(
              values.map((value) => [name, value] as const),
              { freq: 8 },
            ),
          ),
        ),
        {
          minLength: 5,
          maxLength: 7,
        },
      ),
    );
    let tables = 0;
    await fc.assert(
      fc.property(items, (made) => {
        // The items are parsed from JSON as Okta's are, so that no object has a special prototype.
        const result = list(JSON.parse(`[${made.map((pairs) => asJson([...IN_COMMON, ...pairs])).join()}]`));
        const text = resultText(result);
        const read = JSON.parse(text);
        expect(text.length).toBeLessThanOrEqual(inertJson(result).length);
        tables += "items_table" in read ? 1 : 0;
        expect(sorted(withItems(read))).toEqual(sorted(result));
      }),
      { numRuns: 2_000 },
    );
    expect(tables).toBeGreaterThan(100);
  });
});

const IN_COMMON = [
  ["status", "ACTIVE"],
  ["lastUpdated", null],
  ["statusChanged", "~"],
] as const;

function asJson(pairs: readonly (readonly [string, Json] | null)[]): string {
  const fields = pairs
    .filter((pair) => pair !== null)
    .map((pair) => pair.map((part) => JSON.stringify(part)).join(":"));
  return `{${fields.join()}}`;
}

/** A value with the keys of each object in order. Objects become lists of entries, so that no name is special. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.keys(value).sort();
  return { entries: entries.map((key) => [key, sorted(value[key] as Json)]) };
}
