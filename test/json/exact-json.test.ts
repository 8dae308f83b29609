import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutDeep } from "../../src/json/depth.js";
import { copyJson, ExactNumber, isExactNumber, parseJson, stringifyJson } from "../../src/json/exact-json.js";
import { canonical, type Json } from "../../src/json/json.js";
import { difference, sameJson } from "../../src/results/difference.js";
import { shape } from "../../src/results/shape.js";

const LONG = "9007199254740993";

/** JSON as `JSON.stringify` writes it, with additional spaces and line breaks. */
const spaced = (json: string) => json.replaceAll(":", " : ").replaceAll(",", "\n, ");

describe("a number is read and written", () => {
  test.each([
    "9007199254740993",
    "-9223372036854775808",
    "9223372036854775807",
    "18446744073709551616",
    "12345678901234567890",
    "1e400",
    "-1E+400",
    "1e-400",
    "0.1234567890123456789",
    "123456789012345678.5",
    "0.30000000000000000001",
  ])("to the digit: %s", (digits) => {
    for (const json of [digits, `[${digits}]`, `{"a":${digits}}`, `{"a":[1,${digits}],"b":"${digits}"}`]) {
      expect(stringifyJson(parseJson(json))).toBe(json);
      expect(stringifyJson(parseJson(spaced(json)))).toBe(json);
      expect(stringifyJson(copyJson(parseJson(json)))).toBe(json);
    }
    expect(isExactNumber(parseJson(digits))).toBe(true);
  });

  test.each([
    "0",
    "-1",
    "9007199254740991",
    "12345678901234567000",
    "1.7976931348623157e+308",
    "5e-324",
    "1.5",
    "0.1",
    "1e10",
    "3.141592653589793",
  ])("as one of JavaScript's where that is the same: %s", (digits) =>
    expect(parseJson(`[${digits},${LONG}]`)).toEqual([Number(digits), new ExactNumber(LONG)]),
  );
});

describe("beside such a number", () => {
  test("all else is what JSON.parse makes of it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(parseJson(json)).toEqual(JSON.parse(json));
        const [read, number] = parseJson(`[${json},${LONG}]`) as [unknown, unknown];
        expect(read).toEqual(JSON.parse(json));
        expect(stringifyJson([read, number])).toBe(`[${JSON.stringify(JSON.parse(json))},${LONG}]`);
      }),
    );
  });

  test("the last of two equal names counts, and no name is special", () => {
    const value = parseJson(`{"a":1,"a":2,"__proto__":{"x":1},"constructor":${LONG}}`) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(stringifyJson(value)).toBe(`{"a":2,"__proto__":{"x":1},"constructor":${LONG}}`);
  });

  test("what is no JSON is refused", () => {
    for (const json of [`{"a":${LONG}`, `[0${LONG}]`, `[${LONG},]`, `${LONG} 1`, `{a:${LONG}}`]) {
      expect(() => parseJson(json), json).toThrow(SyntaxError);
    }
  });

  test("ten thousand levels are cut as ever", () => {
    const json = `${'{"a":['.repeat(10_000)}${LONG}${"]}".repeat(10_000)}`;
    expect(JSON.stringify(cutDeep(parseJson(json) as Json, json))).toContain('"too_deep":true');
  });

  test("an object that looks like one from inside stays an object", () => {
    const json = `{"isLosslessNumber":true,"value":"${LONG}","beside":${LONG}}`;
    const value = parseJson(json) as Json;
    expect(stringifyJson(value)).toBe(json);
    const [object, number] = parseJson(`[{"value":"${LONG}","isLosslessNumber":true},${LONG}]`) as [Json, Json];
    expect(canonical(object)).not.toBe(canonical(number));
    expect(sameJson(object, number)).toBe(false);
  });
});

describe("what walks through JSON takes such a number for a plain value", () => {
  const read = (json: string) => parseJson(json) as Json;

  test("equal ones are equal, others differ, and an undo sees it", () => {
    const object = `{"profile":{"badge":${LONG}}}`;
    expect(sameJson(read(object), read(object))).toBe(true);
    expect(canonical(read(object))).toBe(object);
    expect(difference(read(object), read(object))).toEqual([]);
    expect(difference(read(object), read('{"profile":{"badge":9007199254740992}}'))).toEqual([
      { field: "profile.badge", before: new ExactNumber(LONG), after: 9007199254740992 },
    ]);
  });

  test("it can be chosen, hidden, and masked as a secret", () => {
    const object = read(`{"a":{"b":${LONG}},"password":${LONG}}`);
    expect(stringifyJson(shape(object))).toBe(`{"a":{"b":${LONG}},"password":"[masked]"}`);
    expect(stringifyJson(shape(object, { fields: ["a.b"] }))).toBe(`{"a":{"b":${LONG}}}`);
    expect(stringifyJson(shape(object, { fields: ["a.b.value"] }))).toBe("{}");
  });
});

// An algorithm that takes time with the square of the length would need minutes.
test("a long text with hardly a number in it is read in time, and as it is", { timeout: 10_000 }, () => {
  for (const piece of ["1e", "123456789012345 ", "[-1.", ": 1.1.1.1.1.1.1.", "9".repeat(15)]) {
    const text = piece.repeat(2_000_000 / piece.length);
    expect(parseJson(JSON.stringify(text)) === text, piece).toBe(true);
  }
});
