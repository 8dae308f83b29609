import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { factsOf, type Part } from "../../scripts/facts/facts-of.js";
import { factsText } from "../../scripts/facts.js";
import { loadFacts, loadOpenApi } from "../support/openapi.js";
import { FACTS_FILE, HOW_TO_GET_OPENAPI, openApiDir } from "../support/openapi-dir.js";
import { skipUnless } from "../support/programs.js";

describe("the facts of Okta's documents", () => {
  test("are those of the documents (npm run facts rewrites them)", (context) => {
    const dir = openApiDir();
    skipUnless(context, dir !== undefined, HOW_TO_GET_OPENAPI);
    expect(readFileSync(FACTS_FILE, "utf8") === factsText(String(dir))).toBe(true);
  });

  test("hold every operation's parameters, scopes and required fields as the document has them", (context) => {
    for (const name of ["management", "oauth"] as const) {
      const document = loadOpenApi(name);
      skipUnless(context, document !== undefined, HOW_TO_GET_OPENAPI);
      const { operations } = loadFacts(name);
      expect(operations.length).toBeGreaterThan(name === "management" ? 100 : 5);
      for (const { operationId, method, template, scopes, parameters } of operations) {
        const theirs = document?.byId(operationId);
        expect({ method, template, scopes }).toEqual({
          method: theirs?.method,
          template: theirs?.template,
          scopes: theirs?.scopes,
        });
        const namesOf = (all: typeof parameters | undefined) =>
          all?.map((one) => `${one.in} ${one.name} ${one.required}`);
        expect(namesOf(parameters), operationId).toEqual(namesOf(theirs?.parameters));
      }
    }
  });

  test("hold no sentence", () => {
    const keywords = new Set<string>();
    const texts: string[] = [];
    const walk = (value: unknown, at: string): void => {
      if (typeof value === "string") texts.push(value);
      else if (Array.isArray(value)) for (const one of value) walk(one, at);
      else if (typeof value === "object" && value !== null) {
        for (const [key, one] of Object.entries(value)) {
          // Okta chose the names of properties, schemas and subtypes; they are not keywords.
          if (!/^(properties|schemas|mapping|paths|content|responses)$/.test(at)) keywords.add(key);
          walk(one, key);
        }
      }
    };
    walk(JSON.parse(readFileSync(FACTS_FILE, "utf8")), "");
    expect([...keywords].filter((key) => /^(x-|desc|summary|title|example|externalDocs|default)/.test(key))).toEqual(
      [],
    );
    expect(texts.filter((text) => text.split(/\s+/).length > 3)).toEqual([]);
  });
});

describe("facts", () => {
  const schema = (more: Part) => ({ type: "object", description: "Told at length.", ...more });
  const document: Part = {
    info: { version: "1" },
    paths: {
      "/pets": {
        parameters: [{ $ref: "#/components/parameters/limit" }],
        post: {
          operationId: "createPet",
          summary: "Creates a pet",
          security: [{ oauth2: ["pets.manage"] }],
          requestBody: {
            required: true,
            content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" }, example: {} } },
          },
          responses: { "200": { description: "Fine", content: {} }, "204": {} },
        },
        get: { operationId: "listPets", responses: {} },
      },
    },
    components: {
      parameters: {
        limit: { name: "limit", in: "query", description: "How many.", schema: { type: "integer", maximum: 5 } },
      },
      schemas: {
        Pet: schema({
          properties: { title: { type: "string", title: "A title" }, friend: { $ref: "#/components/schemas/Cat" } },
        }),
        Cat: schema({ required: ["lives"], properties: { lives: { enum: [7, 9], "x-note": "many" } } }),
        Dog: schema({}),
      },
    },
  };

  test("are of the wanted operations and of the schemas that these refer to, without prose", () => {
    expect(factsOf(document, [{ method: "POST", template: "/pets" }])).toEqual({
      version: "1",
      paths: {
        "/pets": {
          post: {
            operationId: "createPet",
            security: [{ oauth2: ["pets.manage"] }],
            parameters: [{ name: "limit", in: "query", schema: { type: "integer", maximum: 5 } }],
            requestBody: {
              required: true,
              content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
            },
            responses: { "200": { content: {} }, "204": {} },
          },
        },
      },
      components: {
        schemas: {
          Cat: { type: "object", required: ["lives"], properties: { lives: { enum: [7, 9] } } },
          Pet: {
            type: "object",
            properties: { title: { type: "string" }, friend: { $ref: "#/components/schemas/Cat" } },
          },
        },
      },
    });
  });

  test("are refused of an operation that is not there, and of a keyword that nobody has thought about", () => {
    expect(() => factsOf(document, [{ method: "GET", template: "/cats" }])).toThrow("no GET /cats");
    const strange = structuredClone(document) as { components: { schemas: { Cat: Part } } };
    strange.components.schemas.Cat.dependentRequired = {};
    expect(() => factsOf(strange, [{ method: "POST", template: "/pets" }])).toThrow("dependentRequired");
  });
});
