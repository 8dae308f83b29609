import { expect, test } from "vitest";
import { parseJson, TooManyValues } from "../../src/json/exact-json.js";
import type { Json } from "../../src/json/json.js";
import { countValues, hasMoreValues, MAX_JSON_VALUES } from "../../src/json/json-values.js";
import { collectItems } from "../../src/results/listing.js";

test.each([
  ["[]", 1],
  ["[1,2,3]", 3],
  ['{"a":{"b":[{},{}]}}', 6],
  ['["a,b,{[\\",,"]', 1],
  ['[",,,,","\\\\",","]', 3],
])("the values of %s are told by what parts them", (json, values) => {
  expect(hasMoreValues(json.padEnd(100), values - 1)).toBe(true);
  expect(hasMoreValues(json.padEnd(100), values)).toBe(false);
});

test("the values of what was parsed are counted", () => {
  expect(countValues(parseJson('{"a":[1,{"b":12345678901234567890}],"c":null}'))).toBe(6);
});

test.each(["{}", "[]", "0", '""', '{"a":1,"b":2}'])("a list of %s without end is not parsed", (item) => {
  const text = `[${Array(MAX_JSON_VALUES + 1)
    .fill(item)
    .join()}]`;
  expect(() => parseJson(text)).toThrow(TooManyValues);
});

test("a text with few values is parsed, however long it is", () => {
  const text = JSON.stringify({ html: ',{"[}'.repeat(2_000_000) });
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test("a list that is read at once may not hold more than memory does", async () => {
  const item: Json[] = Array.from({ length: 900_000 }, () => 0);
  const page = () => Promise.resolve({ items: [item], next: `c${Math.random()}` });
  const walk = { signal: new AbortController().signal };
  await expect(collectItems(page, 100, walk)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("values in its first 5 items"),
  });
});
