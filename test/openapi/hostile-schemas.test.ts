import { describe, expect, test } from "vitest";
import { bodyProblems, withBody } from "./documents.js";

describe("a hostile schema", () => {
  test("has no pattern that takes time without end", async () => {
    const schema = {
      type: "object",
      additionalProperties: { type: "string", pattern: "^(a+)+$" },
      patternProperties: { "(b|b|b)*x": {} },
    };
    const { problems } = await withBody(schema);
    expect(await problems({ body: { k: `${"a".repeat(9_000)}!`, ["x".repeat(5_000)]: "aaa" } })).toEqual([
      "body.k does not match the pattern ^(a+)+$.",
    ]);
  });

  test.each(["(?=a)b", "(a)\\1", "[", "(?<!x)y", "a{1,100000}", "((((a{100}){100}){100}){100})"])(
    "may have a pattern that is not checked here: %s",
    async (pattern) => {
      expect(await bodyProblems({ type: "string", pattern }, "anything")).toEqual([]);
    },
  );

  test.each(["\\u00e9+", "^\\p{L}+$", "^\\d{3}$|^é$", "^[\\w\\/é]+$"])(
    "may have a pattern of JavaScript's own: %s",
    async (pattern) => {
      expect(await bodyProblems({ type: "string", pattern }, "é")).toEqual([]);
      expect((await bodyProblems({ type: "string", pattern }, "!")).length).toBe(1);
    },
  );

  test("is no code, whatever names and values are in it", async () => {
    const evil = [
      "'];globalThis.broken=1;//",
      '"];globalThis.broken=1;//',
      "`$" + "{globalThis.broken=1}`",
      "*/globalThis.broken=1/*",
      "\u2028globalThis.broken=1\u2028",
      "\\",
      "constructor",
      "toString",
      "__proto__",
    ];
    const properties = Object.fromEntries(
      evil.map((name) => [name, { type: "string", enum: evil, pattern: name, format: name, title: name }]),
    );
    const schema = {
      properties,
      required: evil,
      dependentRequired: Object.fromEntries(evil.map((name) => [name, evil])),
      $id: evil[0],
      $comment: evil[1],
      $anchor: evil[2],
    };
    const { problems } = await withBody(schema);
    await problems({ body: Object.fromEntries(evil.map((name) => [name, name])) });
    await problems({ body: {} });
    expect(globalThis).not.toHaveProperty("broken");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("with misunderstood keywords says nothing by them", async () => {
    const schema = {
      type: "file",
      required: true,
      enum: [],
      pattern: 5,
      minimum: "1",
      maxLength: -1,
      items: [],
      properties: [],
      allOf: {},
      anyOf: [],
      format: {},
      additionalProperties: "no",
      multipleOf: 0,
      nullable: "yes",
    };
    expect(await bodyProblems(schema, { a: 1 })).toEqual([]);
  });

  test("of choices within choices does not cost more than a bounded number of steps", async () => {
    const step = { type: "object", properties: { a: { $ref: "#/components/schemas/N" } } };
    const components = {
      schemas: {
        N: {
          anyOf: [
            { ...step, required: ["x"] },
            { ...step, required: ["y"] },
            { ...step, required: ["z"] },
          ],
        },
      },
    };
    const deep = JSON.parse(`${'{"a":'.repeat(40)}{}${"}".repeat(40)}`);
    const problems = await bodyProblems({ $ref: "#/components/schemas/N" }, deep, "3.1.0", components);
    expect(problems.length).toBeLessThanOrEqual(11);
  });
});

test("each of several patterns judges its own field", async () => {
  const schema = { properties: { a: { pattern: "^a$" }, b: { pattern: "^b$" }, c: { pattern: "(?=c)" } } };
  expect(await bodyProblems(schema, { a: "a", b: "b", c: "x" })).toEqual([]);
  expect(await bodyProblems(schema, { a: "b", b: "a" })).toEqual([
    "body.a does not match the pattern ^a$.",
    "body.b does not match the pattern ^b$.",
  ]);
});
