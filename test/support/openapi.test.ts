import { describe, expect, test } from "vitest";
import { createOpenApi, type Document } from "./openapi.js";

const string = { type: "string" };
const json = (schema: object, examples = {}) => ({ content: { "application/json": { schema, examples } } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A small API. It has the traits of Okta's documents that are easy to handle wrongly. */
const document: Document = {
  paths: {
    "/pets": {
      parameters: [{ $ref: "#/components/parameters/limit" }],
      get: {
        operationId: "listPets",
        security: [{ apiToken: [] }, { oauth2: ["pets.read"] }],
        parameters: [{ name: "kind", in: "query", required: true, schema: { type: "string", enum: ["dog", "cat"] } }],
        responses: { "200": json({ type: "array", items: ref("Pet") }) },
      },
      post: {
        operationId: "createPet",
        requestBody: { required: true, ...json(ref("Pet"), { rex: { $ref: "#/components/examples/rex" } }) },
        responses: { "200": json(ref("Pet")), "204": {} },
      },
    },
    "/pets/{id}": { get: { operationId: "getPet", responses: { "200": json(ref("Pet")) } } },
    "/pets/mine": { get: { operationId: "getMyPet", responses: { "200": json(ref("Pet")) } } },
  },
  components: {
    parameters: { limit: { name: "limit", in: "query", schema: { type: "integer", maximum: 5 } } },
    examples: { rex: { value: { kind: "dog", name: "Rex", tricks: 3 } } },
    schemas: {
      Error: { type: "object", properties: { errorCode: string } },
      Pet: {
        type: "object",
        required: ["id", "kind", "name"],
        properties: {
          id: { type: "string", readOnly: true },
          kind: { type: "string", enum: ["dog", "cat"] },
          name: string,
          secret: { type: "string", writeOnly: true },
          born: { type: "string", format: "date-time" },
          friend: ref("Pet"),
        },
        discriminator: { propertyName: "kind", mapping: { dog: ref("Dog").$ref, cat: ref("Cat").$ref } },
      },
      Dog: {
        allOf: [ref("Pet"), { type: "object", required: ["tricks"], properties: { tricks: { type: "integer" } } }],
      },
      Cat: {
        allOf: [
          ref("Pet"),
          { type: "object", properties: { lives: { oneOf: [{ type: "integer" }, { type: "number" }] } } },
        ],
      },
    },
  },
};

const api = createOpenApi(document);
const operation = (id: string) => {
  const found = api.byId(id);
  if (found === undefined) throw new Error(`There is no ${id}.`);
  return found;
};
const sent = (body: unknown) => api.bodyFaults(operation("createPet"), body);
const answered = (body: unknown) => api.answerFaults(operation("getPet"), 200, body);

describe("the judge of requests and answers", () => {
  test("finds operations by path, a literal segment before a parameter", () => {
    expect(api.byPath("GET", "/pets/mine")?.operationId).toBe("getMyPet");
    expect(api.byPath("GET", "/pets/7")?.operationId).toBe("getPet");
    expect(api.byPath("DELETE", "/pets/7")).toBeUndefined();
    expect(operation("listPets").scopes).toEqual(["pets.read"]);
    expect(operation("createPet").examples.request).toMatchObject([{ name: "rex", value: { name: "Rex" } }]);
  });

  test("checks an object against the subtype that it says it is", () => {
    expect(sent({ kind: "dog", name: "Rex", tricks: 3 })).toEqual([]);
    expect(sent({ kind: "dog", name: "Rex" }).join()).toContain("tricks");
    expect(sent({ kind: "dog", name: "Rex", tricks: "many" }).join()).toContain("/tricks must be integer");
    expect(sent({ kind: "cat", name: "Tom", lives: 9 })).toEqual([]);
    expect(sent({ kind: "cat", name: "Tom", friend: { kind: "dog", name: "Rex" } }).join()).toContain("/friend");
  });

  test("lets through a subtype that the document does not know, and checks what all have", () => {
    expect(sent({ kind: "fish", name: "Wanda", fins: 2 })).toEqual([]);
    expect(sent({ kind: "fish" }).join()).toContain("name");
  });

  test("lets a request hold anything where Okta assigns, and an answer leave out what is only written", () => {
    expect(sent({ kind: "fish", name: "Wanda", id: 7 })).toEqual([]);
    expect(answered({ kind: "fish", name: "Wanda" }).join()).toContain("id");
    expect(answered({ id: "1", kind: "fish", name: "Wanda", secret: 1 })).toEqual([]);
    expect(answered({ id: "1", kind: "fish", name: "Wanda", born: "yesterday" }).join()).toContain("/born");
  });

  test("takes null for what is not set", () => {
    expect(answered({ id: "1", kind: "fish", name: "Wanda", born: null })).toEqual([]);
    expect(answered({ id: null, kind: "fish", name: "Wanda" }).join()).toContain("id");
  });

  test("knows which query parameters there are", () => {
    const faults = (query: string) => api.queryFaults(operation("listPets"), new URLSearchParams(query));
    expect(faults("kind=dog&limit=5")).toEqual([]);
    expect(faults("kind=dog&limit=6").join()).toContain("limit");
    expect(faults("kind=dog&limit=few").join()).toContain("limit");
    expect(faults("kind=fish").join()).toContain("kind");
    expect(faults("limit=1")).toEqual(["the query parameter kind is missing"]);
    expect(faults("kind=dog&colour=red")).toEqual(["colour is no query parameter of listPets"]);
  });

  test("knows which answers there are, and judges any other error as an error", () => {
    const faults = (status: number, body: unknown) => api.answerFaults(operation("createPet"), status, body);
    expect(faults(204, undefined)).toEqual([]);
    expect(faults(204, { surprise: 1 })).not.toEqual([]);
    expect(faults(202, undefined)).not.toEqual([]);
    expect(faults(418, { errorCode: "E1", errorSummary: "no" })).toEqual([]);
    expect(faults(418, { message: "no" })).not.toEqual([]);
    expect(sent(undefined)).toEqual(["the body is missing"]);
    expect(api.bodyFaults(operation("getPet"), { a: 1 })).toEqual(["getPet takes no JSON body"]);
  });
});
