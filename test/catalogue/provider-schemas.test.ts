import { describe, expect, test } from "vitest";
import type { ArgumentSchema } from "../../src/catalogue/catalogue.js";
import { catalogue } from "../support/catalogue.js";

/** The rules of a provider for the schemas of a tool's arguments, as its documents state them. */
interface Provider {
  name: string;
  /** The address of these documents. */
  source: string;
  keywords: readonly string[];
  /** The change that MCP clients make to every schema before they send it to the provider. */
  asSent?(schema: ArgumentSchema): ArgumentSchema;
  /** Further faults of a schema or of a part of it. */
  faults(schema: ArgumentSchema, where: { isRoot: boolean; insideOpen: boolean }): (string | false | undefined)[];
}

/** Keywords that every provider knows. */
const COMMON = ["type", "description", "enum", "items", "properties", "required"];

const noItems = ({ type, items }: ArgumentSchema) => type === "array" && items === undefined && "a list without items";

const PROVIDERS: readonly Provider[] = [
  {
    name: "OpenAI, function parameters in strict mode",
    source: "platform.openai.com/docs/guides/structured-outputs, Supported schemas",
    // Strict mode refuses `default`.
    keywords: [
      ...COMMON,
      ...["additionalProperties", "anyOf", "$ref", "$defs", "const", "pattern", "format", "multipleOf"],
      ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems"],
    ],
    faults: (schema, { insideOpen }) => [
      noItems(schema),
      schema.type === "object" && schema.properties === undefined && "an object without properties",
      // Only open objects cannot be strict. Clients then send that one tool without strict mode.
      schema.additionalProperties === true && insideOpen && "open inside what is open",
    ],
  },
  {
    name: "OpenAI, function parameters without strict mode",
    source: "platform.openai.com/docs/guides/function-calling",
    keywords: [
      ...COMMON,
      "additionalProperties",
      "default",
      "title",
      "anyOf",
      "minimum",
      "maximum",
      "pattern",
      "format",
    ],
    faults: (schema, { isRoot }) => [
      noItems(schema),
      isRoot && schema.type !== "object" && "no object at its root",
      isRoot && schema.properties === undefined && "an object without properties",
    ],
  },
  {
    name: "Gemini, FunctionDeclaration.parameters",
    source: "ai.google.dev/api/caching#Schema",
    keywords: [
      ...COMMON,
      ...["format", "title", "nullable", "maxItems", "minItems", "minProperties", "maxProperties", "minLength"],
      ...["maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default", "minimum", "maximum"],
    ],
    // This form does not know `additionalProperties`, so clients remove it from every schema. Newer clients send the
    // whole schema as parametersJsonSchema.
    asSent: ({ additionalProperties: _, ...schema }) => schema,
    faults: (schema) => [
      noItems(schema),
      typeof schema.type !== "string" && "not of one type",
      schema.type === "object" && Object.keys(schema.properties ?? {}).length === 0 && "an object without properties",
      schema.enum !== undefined && schema.type !== "string" && "an enum of something other than strings",
    ],
  },
  {
    name: "Anthropic, input_schema of a strict tool",
    source: "platform.claude.com/docs/en/build-with-claude/structured-outputs, JSON Schema limitations",
    // Strict tools do not know `maximum`, `maxLength` and similar keywords.
    keywords: [
      ...COMMON,
      ...["additionalProperties", "anyOf", "allOf", "$ref", "$defs", "definitions", "const", "default", "format"],
    ],
    faults: (schema, { isRoot }) => [isRoot && schema.type !== "object" && "no object at its root"],
  },
];

/** A schema and all its parts, each with its path. */
function* partsOf(
  schema: ArgumentSchema,
  path: string,
  insideOpen = false,
): Generator<{ path: string; part: ArgumentSchema; insideOpen: boolean }> {
  yield { path, part: schema, insideOpen };
  const inner = insideOpen || schema.additionalProperties === true;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield* partsOf(property, `${path}.${name}`, inner);
  }
  if (schema.items) yield* partsOf(schema.items, `${path}[]`, inner);
}

const definitions = catalogue.entries.map(({ name }) => catalogue.definition(name));

describe.each(PROVIDERS)("$name ($source)", ({ keywords, faults, asSent = (schema) => schema }) => {
  test("takes every schema", () => {
    const wrong = definitions.flatMap(({ name, inputSchema }) =>
      [...partsOf(inputSchema, name)].flatMap(({ path, part, insideOpen }) => {
        const sent = asSent(part);
        const unknown = Object.keys(sent).filter((keyword) => !keywords.includes(keyword));
        const found = [...unknown, ...faults(sent, { isRoot: path === name, insideOpen })].filter(Boolean);
        return found.map((fault) => `${path}: ${fault}`);
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe("an object that goes to Okta as it is", () => {
  const open = definitions.flatMap(({ name, inputSchema }) =>
    [...partsOf(inputSchema, name)].filter(({ part, insideOpen }) => part.type === "object" && !insideOpen).slice(1),
  );

  test("names fields that people use, and is open to all others", () => {
    expect(open.length).toBeGreaterThanOrEqual(18);
    for (const { path, part } of open) {
      expect(part.additionalProperties, path).toBe(true);
      expect(Object.keys(part.properties ?? {}).length, path).toBeGreaterThan(0);
    }
  });

  test("has its names alone in a schema, so that they cost little", () => {
    for (const { path, part } of open) {
      const inner = [...partsOf(part, path)].slice(1);
      expect(inner.filter(({ part }) => part.description !== undefined).map(({ path }) => path)).toEqual([]);
    }
  });
});
