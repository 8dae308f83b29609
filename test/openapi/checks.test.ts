import { describe, expect, test } from "vitest";
import { ExactNumber } from "../../src/json/exact-json.js";
import { bodyProblems, callable, documentOf, sketched, withBody } from "./documents.js";

const PERSON = {
  type: "object",
  required: ["name", "role"],
  properties: {
    id: { type: "string", readOnly: true },
    name: { type: "string", minLength: 1, maxLength: 5 },
    role: { type: "string", enum: ["admin", "reader"] },
    age: { type: "integer", minimum: 0, exclusiveMaximum: 150 },
    tags: { type: "array", items: { type: "string" }, maxItems: 2, uniqueItems: true },
    born: { type: "string", format: "date" },
    code: { type: "string", pattern: "^[A-Z]{2}$" },
    step: { type: "number", multipleOf: 0.5 },
    password: { type: "string", writeOnly: true },
  },
};

describe("a fault is a sentence with its place", () => {
  test.each([
    [{ name: "Ann", role: "admin" }, []],
    [{ name: "Ann", role: "admin", unknown: { at: ["all"] } }, []],
    [{ name: "Ann", role: "admin", password: "x" }, []],
    ["text", ["body has to be an object, not text."]],
    [{}, ["body lacks name.", "body lacks role."]],
    [{ nam: "Ann", role: "admin" }, ["body lacks name (is nam meant to be it?)."]],
    [{ name: "", role: "admin" }, ["body.name must not be empty."]],
    [{ name: "Annabel", role: "admin" }, ["body.name has to have at most 5 characters."]],
    [{ name: 7, role: "admin" }, ["body.name has to be text, not a number."]],
    [{ name: "Ann", role: "admim" }, ["body.role has to be one of admin, reader (did you mean admin?)."]],
    [{ name: "Ann", role: "admin", age: 1.5 }, ["body.age has to be a whole number, not a number."]],
    [{ name: "Ann", role: "admin", age: -1 }, ["body.age has to be at least 0."]],
    [{ name: "Ann", role: "admin", age: 150 }, ["body.age has to be less than 150."]],
    [{ name: "Ann", role: "admin", tags: ["a", 1] }, ["body.tags[1] has to be text, not a number."]],
    [{ name: "Ann", role: "admin", tags: ["a", "a"] }, ["body.tags has an item twice."]],
    [{ name: "Ann", role: "admin", tags: ["a", "b", "c"] }, ["body.tags has to have at most 2 items."]],
    [{ name: "Ann", role: "admin", born: "yesterday" }, ["body.born is not of the format date, as 2026-12-31."]],
    [{ name: "Ann", role: "admin", code: "AB\nC" }, ["body.code does not match the pattern ^[A-Z]{2}$."]],
    [{ name: "Ann", role: "admin", step: 0.7 }, ["body.step has to be a multiple of 0.5."]],
    [{ name: "Ann", role: "admin", id: "1" }, ["body.id is set by the API and cannot be given; leave it out."]],
  ])("%j", async (value, wanted) => {
    expect(await bodyProblems(PERSON, value)).toEqual(wanted);
    const { exclusiveMaximum: _, ...age } = PERSON.properties.age;
    const of30 = {
      ...PERSON,
      properties: { ...PERSON.properties, age: { ...age, maximum: 150, exclusiveMaximum: true } },
    };
    expect(await bodyProblems(of30, value, "3.0.3")).toEqual(wanted);
  });

  test("of an unknown argument, and one that is missing", async () => {
    const { problems } = await sketched({
      method: "get",
      parameters: [{ name: "limit", in: "query", required: true, schema: { type: "integer", maximum: 10 } }],
    });
    expect(await problems({ limits: 1 })).toEqual([
      "limits is no argument (did you mean limit?).",
      "limit is missing.",
    ]);
    expect(await problems({ limit: 11 })).toEqual(["limit has to be at most 10."]);
    expect(await problems({ limit: 10, other: undefined })).toEqual([]);
  });

  test("of an unknown field where an object is closed", async () => {
    const closed = { type: "object", properties: { first_name: {}, last_name: {} }, additionalProperties: false };
    expect(await bodyProblems(closed, { first_nam: 1 })).toEqual([
      "body has the unknown field first_nam (did you mean first_name?).",
    ]);
    expect(await bodyProblems(closed, { x: 1 })).toEqual([
      "body has the unknown field x; known are first_name, last_name.",
    ]);
    const unevaluated = { allOf: [{ properties: { a: {} } }], properties: { b: {} }, unevaluatedProperties: false };
    expect(await bodyProblems(unevaluated, { a: 1, b: 2 })).toEqual([]);
    expect((await bodyProblems(unevaluated, { c: 1 }))[0]).toContain("body has the unknown field c");
  });

  test("is told at most ten times of one argument", async () => {
    const problems = await bodyProblems({ type: "array", items: { type: "string" } }, Array(50).fill(1));
    expect(problems.length).toBe(11);
    expect(problems.at(-1)).toBe("body has 40 more faults.");
  });
});

describe("a choice of forms", () => {
  const components = {
    schemas: {
      Cat: {
        type: "object",
        required: ["kind", "lives"],
        properties: { kind: { type: "string" }, lives: { type: "integer" } },
      },
      Dog: {
        type: "object",
        required: ["kind", "barks"],
        properties: { kind: { type: "string" }, barks: { type: "boolean" } },
      },
    },
  };
  const oneOf = [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }];

  test("takes what fits one, also what fits several", async () => {
    expect(await bodyProblems({ oneOf }, { kind: "c", lives: 7 }, "3.1.0", components)).toEqual([]);
    expect(await bodyProblems({ oneOf }, { kind: "c", lives: 7, barks: true }, "3.0.0", components)).toEqual([]);
  });

  test("tells the kinds where none fits", async () => {
    const schema = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
    expect(await bodyProblems(schema, 7)).toEqual(["body has to be text or a list, not a number."]);
    expect(await bodyProblems(schema, [7])).toEqual(["body[0] has to be text, not a number."]);
    const values = { oneOf: [{ const: "a" }, { enum: ["b", "c"] }] };
    expect(await bodyProblems(values, "d")).toEqual(["body has to be one of a, b, c (did you mean a?)."]);
  });

  test.each([
    ["a mapping", { propertyName: "kind", mapping: { cat: "#/components/schemas/Cat", dog: "Dog" } }, "cat", "dog"],
    ["names", { propertyName: "kind" }, "Cat", "Dog"],
  ])("is decided by a property that tells them apart, by %s", async (_, discriminator, cat, dog) => {
    const judge = (value: unknown) => bodyProblems({ oneOf, discriminator }, value, "3.0.0", components);
    expect(await judge({ kind: cat, lives: 7 })).toEqual([]);
    expect(await judge({ kind: dog, lives: 7 })).toEqual(["body lacks barks."]);
    expect(await judge({ lives: 7 })).toEqual(["body lacks kind."]);
    expect(await judge({ kind: "cow" })).toEqual([`body.kind has to be one of ${cat}, ${dog}.`]);
  });
});

describe("null", () => {
  test.each([
    ["3.0.3", { type: "string", nullable: true }],
    ["3.0.3", { type: "string", nullable: true, enum: ["a", "b"] }],
    ["3.0.3", { nullable: true, allOf: [{ $ref: "#/components/schemas/S" }] }],
    ["3.0.3", { nullable: true, oneOf: [{ $ref: "#/components/schemas/S" }] }],
    ["3.1.0", { type: ["string", "null"] }],
    ["3.1.0", { anyOf: [{ $ref: "#/components/schemas/S" }, { type: "null" }] }],
    ["3.1.0", { type: "string", nullable: true }],
  ])("is taken in %s by %j", async (version, schema) => {
    const components = { schemas: { S: { type: "string" } } };
    const { problems, arguments: args } = await withBody(
      { type: "object", properties: { a: schema } },
      { version, components },
    );
    expect(await problems({ body: { a: null } })).toEqual([]);
    expect(await problems({ body: { a: "a" } })).toEqual([]);
    expect((await problems({ body: { a: 7 } })).length).toBe(1);
    expect(args.list[0]?.schema.properties?.a).toMatchObject({
      type: "string",
      description: expect.stringMatching(/may be null/i),
    });
  });

  test("is not taken elsewhere", async () => {
    expect(await bodyProblems({ properties: { a: { type: "string" } } }, { a: null })).toEqual([
      "body.a has to be text, not null.",
    ]);
  });
});

describe("what a schema refers to", () => {
  const node = {
    type: "object",
    properties: { name: { type: "string" }, next: { $ref: "#/components/schemas/Node" } },
  };

  test("may be the schema itself", async () => {
    const components = { schemas: { Node: node } };
    const judge = (value: unknown) => bodyProblems({ $ref: "#/components/schemas/Node" }, value, "3.1.0", components);
    expect(await judge({ next: { next: { next: {} } } })).toEqual([]);
    expect(await judge({ next: { next: { name: 1 } } })).toEqual(["body.next.next.name has to be text, not a number."]);
  });

  test.each([
    ["to itself", { A: { $ref: "#/components/schemas/A" } }],
    [
      "by way of another",
      { A: { $ref: "#/components/schemas/B" }, B: { allOf: [{ $ref: "#/components/schemas/A" }] } },
    ],
    [
      "as supertype and subtype",
      {
        A: { oneOf: [{ $ref: "#/components/schemas/B" }], properties: { a: { type: "string" } } },
        B: { allOf: [{ $ref: "#/components/schemas/A" }] },
      },
    ],
    [
      "by what tells them apart",
      {
        A: { discriminator: { propertyName: "a" }, oneOf: [{ $ref: "#/components/schemas/B" }] },
        B: { allOf: [{ $ref: "#/components/schemas/A" }] },
      },
    ],
  ])("may lead back without an end: %s", async (_, schemas) => {
    const { problems, arguments: args } = await withBody(
      { $ref: "#/components/schemas/A" },
      { components: { schemas } },
    );
    expect(await problems({ body: { a: "B" } })).toEqual([]);
    expect(args.list[0]?.schema.type).toMatch(/^(string|object)$/);
  });

  test("may be named by an anchor or an address of its own", async () => {
    const schemas = {
      A: {
        $id: "https://schemas.test/a",
        type: "object",
        properties: {
          b: { $ref: "b" },
          c: { $ref: "#c" },
          d: { $ref: "#/$defs/d" },
          e: { $ref: "#/components/schemas/E" },
        },
        $defs: { c: { $anchor: "c", type: "integer" }, d: { type: "boolean" } },
      },
      B: { $id: "https://schemas.test/b", type: "string" },
      E: { type: "array" },
    };
    const judge = (value: unknown) => bodyProblems({ $ref: "#/components/schemas/A" }, value, "3.1.0", { schemas });
    expect(await judge({ b: "x", c: 1, d: true, e: [] })).toEqual([]);
    expect((await judge({ b: 1, c: "x", d: 1, e: 1 })).length).toBe(4);
  });

  test("takes anything where it leads nowhere, and that is told", async () => {
    const { problems, arguments: args } = await withBody({
      properties: { a: { $ref: "#/nowhere" }, b: { type: "string" } },
    });
    expect(await problems({ body: { a: 1, b: "x" } })).toEqual([]);
    expect((await problems({ body: { b: 1 } })).length).toBe(1);
    expect(args.notes).toEqual([expect.stringContaining('the reference "#/nowhere" leads nowhere.')]);
  });

  test("may be required where it is read-only: then it is not", async () => {
    const components = {
      schemas: { Base: { required: ["id"], properties: { id: { type: "string", readOnly: true } } } },
    };
    const schema = {
      allOf: [{ $ref: "#/components/schemas/Base" }, { required: ["id", "name"], properties: { name: {} } }],
      required: ["id"],
    };
    expect(await bodyProblems(schema, { name: 1 }, "3.0.1", components)).toEqual([]);
  });
});

test("numbers of more digits than JavaScript keeps are numbers", async () => {
  const big = new ExactNumber("12345678901234567890");
  expect(await bodyProblems({ type: "integer", format: "int64" }, big)).toEqual([]);
  expect(await bodyProblems({ type: "string" }, big)).toEqual(["body has to be text, not a number."]);
  const document = await documentOf({
    text: `openapi: 3.1.0\npaths: {/a: {post: {operationId: call, requestBody: {content: {application/json: {schema: {enum: [12345678901234567890, 1]}}}}}}}`,
  });
  const { arguments: args, problems } = callable(document, "call");
  expect(args.list[0]?.schema).toEqual({ type: "number", description: "One of 12345678901234567890, 1." });
  expect(await problems({ body: big })).toEqual([]);
});
