import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { besideDocument } from "../../src/openapi/document-files.js";
import { temporaryFolder } from "../support/cli.js";
import { callable, documentOf, problemsOf, sketched } from "./documents.js";

const HEAD = "openapi: 3.0.3\ninfo: {title: Things, version: '1'}\n";
const minimal = (paths: object, more: object = {}) =>
  JSON.stringify({ openapi: "3.1.0", info: { title: "T", version: "1" }, paths, ...more });

describe("a document", () => {
  test("is read from YAML and from JSON alike", async () => {
    const yaml = await documentOf({ text: `${HEAD}paths:\n  /a:\n    get: {operationId: getA, deprecated: true}\n` });
    const json = await documentOf({
      text: '{"openapi":"3.0.3","info":{"title":"Things","version":"1"},"paths":{"/a":{"get":{"operationId":"getA","deprecated":true}}}}',
    });
    expect(yaml.operations).toEqual(json.operations);
    expect(yaml).toMatchObject({
      dialect: "3.0",
      version: "3.0.3",
      title: "Things",
      apiVersion: "1",
      skipped: [],
      notes: [],
    });
    expect(yaml.operations).toMatchObject([
      { id: "getA", isIdMade: false, method: "GET", path: "/a", isDeprecated: true },
    ]);
  });

  test.each([
    ["3.0", { dialect: "3.0", version: "3" }],
    ["3.1", { dialect: "3.1", version: "3.1" }],
    ["'3.1.1'", { dialect: "3.1", version: "3.1.1" }],
    ["3.2.0", { dialect: "3.1", version: "3.2.0" }],
  ])("of version %s is taken", async (version, read) => {
    expect(await documentOf({ text: `openapi: ${version}\npaths: {/a: {get: {}}}` })).toMatchObject(read);
  });

  test.each([
    ['swagger: "2.0"', "is a Swagger 2.0 document. Convert it to OpenAPI 3 first"],
    ["openapi: 4.0.0", 'is of OpenAPI "4.0.0"'],
    ["openapi: [3]", "it has no field openapi with a version"],
    ["- openapi", "it is not an object"],
    ["", "it is not an object"],
    ["a: 1\na: 2", 'at line 2, column 1: "Map keys must be unique"'],
    ['{"a": {"b": 1, "b": 2}}', 'has the key "a.b" twice'],
    ["a: [1, 2", "is neither JSON nor YAML at line 1"],
    ["a: 1\n---\nb: 2", "is neither JSON nor YAML at line 2"],
    ["a: !!set {x}", "uses a tag of YAML"],
    ["a: !!timestamp 2026-01-01", "uses a tag of YAML"],
    ["a: .inf", "has a number without end"],
    ["a: *b", "uses anchors of YAML"],
    ["a: &a [*a]", "is nested deeper than 64 levels"],
  ])("that begins with %j is refused: %s", async (text, why) => {
    const [problem, ...more] = await problemsOf({ text });
    expect(problem).toContain('"api.yaml" ');
    expect(problem).toContain(why);
    expect(more).toEqual([]);
  });

  test.each([
    ["lists of YAML", "- ".repeat(100_000)],
    ["brackets", "[".repeat(100_000)],
    ["objects of JSON", '{"a":'.repeat(100_000)],
    ["keys of YAML", "? ".repeat(100_000)],
    ["lines of YAML", Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["lists that are closed", `{"a":${"[".repeat(70)}${"]".repeat(70)}}`],
    ["lists of YAML within lists", Array.from({ length: 500 }, (_, depth) => `${"  ".repeat(depth)}- - x`).join("\n")],
  ])("of %s is refused before anything runs out of stack", async (_, text) => {
    expect(await problemsOf({ text })).toEqual(['"api.yaml" is nested deeper than 64 levels.']);
  });

  test("may not unfold to more than it seems to be", async () => {
    const levels = [..."bcdefghijk"].map((name, index) => {
      const before = String.fromCharCode(97 + index);
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`;
    });
    const bomb = `a: &a [${Array(9).fill("x").join(", ")}]\n${levels.join("\n")}`;
    expect(await problemsOf({ text: bomb })).toEqual([
      '"api.yaml" uses anchors of YAML more than 10000 times, or before they are there.',
    ]);
    const wide = `a: &a [${Array(2_000).fill("1").join(",")}]\nb: [${Array(900).fill("*a").join(",")}]`;
    expect(await problemsOf({ text: wide })).toEqual(['"api.yaml" has more than 1000000 values.']);
  });

  test("may use anchors and merged keys", async () => {
    const text = `${HEAD}x-all: &all {summary: Shared, tags: [a]}\npaths:\n  /a: {get: {<<: *all, operationId: one}}\n  /b: {get: {<<: *all, operationId: two}}\n`;
    const { operations } = await documentOf({ text });
    expect(operations.map(({ id, summary, tags }) => [id, summary, tags])).toEqual([
      ["one", "Shared", ["a"]],
      ["two", "Shared", ["a"]],
    ]);
  });

  test("of more than 10 MiB is refused unread", async () => {
    expect(await problemsOf({ text: " ".repeat(10 * 1024 * 1024 + 1) })).toEqual([
      '"api.yaml" is larger than 10 MiB, the most that is taken.',
    ]);
  });

  test("of 5,000 operations is read whole", async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 2_500 }, (_, index) => [
        `/things${index}/{id}`,
        {
          parameters: [{ $ref: "#/components/parameters/Id" }],
          get: { operationId: `get${index}` },
          put: {
            operationId: `put${index}`,
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/A" } } } },
          },
        },
      ]),
    );
    const components = {
      parameters: { Id: { name: "id", in: "path", required: true, schema: { type: "string" } } },
      schemas: { A: { type: "object", properties: { a: { $ref: "#/components/schemas/A" } } } },
    };
    const document = await documentOf({ text: minimal(paths, { components }) });
    expect(document.operations.length).toBe(5_000);
    const last = callable(document, "put2499");
    expect((await last.request({ id: "x", body: { a: { a: {} } } })).path).toBe("/things2499/x");
  });
});

describe("an operation", () => {
  test("that cannot be called keeps no other one from being read", async () => {
    const get = (more: object) => ({ get: more });
    const paths = {
      "/good/{id}": get({ operationId: "good" }),
      "/broken": get({ operationId: "broken", parameters: [{ $ref: "#/nowhere" }] }),
      "/circle": get({ operationId: "circle", parameters: [{ $ref: "#/components/parameters/A" }] }),
      "/cookie": get({ operationId: "cookie", parameters: [{ name: "sid", in: "cookie", required: true }] }),
      "/nameless": get({ operationId: "nameless", parameters: [{ in: "query" }] }),
      "/style": get({ operationId: "style", parameters: [{ name: "a", in: "query", style: "matrix" }] }),
      "/text": get("operation" as unknown as object),
      "/../up": get({ operationId: "up" }),
      "/%2E%2e/up": get({ operationId: "up2" }),
      "/a?b=c": get({ operationId: "query" }),
      "/a/{b": get({ operationId: "brace" }),
      "no-slash": get({ operationId: "slash" }),
      "/twin1": get({ operationId: "twin" }),
      "/twin2": get({ operationId: "twin" }),
      "/all": { trace: { operationId: "trace" }, options: {}, "x-own": {} },
      "/gone": { $ref: "./gone.yaml#/a" },
      "/net": { $ref: "https://api.test/a.yaml" },
      "/null": null,
    };
    const components = {
      parameters: { A: { $ref: "#/components/parameters/B" }, B: { $ref: "#/components/parameters/A" } },
    };
    const { operations, skipped, notes } = await documentOf({ text: minimal(paths, { components }) });
    expect(operations.map(({ id }) => id)).toEqual(["good"]);
    expect(Object.fromEntries(skipped.map(({ id, why }) => [id, why]))).toEqual({
      broken: 'At api.yaml#/paths/~1broken/get/parameters/0: the reference "#/nowhere" leads nowhere.',
      circle: expect.stringContaining("the references lead in a circle, or too far."),
      cookie: expect.stringContaining(
        'the parameter "sid" is required, and parameters in cookies are not sent from here.',
      ),
      nameless: expect.stringContaining("a parameter needs a name."),
      style: expect.stringContaining(
        'the style "matrix" is not one of form, spaceDelimited, pipeDelimited, deepObject.',
      ),
      text_get: expect.stringContaining("an operation has to be an object."),
      up: expect.stringContaining("has a segment that leads to another path."),
      up2: expect.stringContaining("has a segment that leads to another path."),
      query: expect.stringContaining("holds a character that does not belong into a path."),
      brace: expect.stringContaining("has braces that are no parameter."),
      slash: expect.stringContaining('does not begin with "/".'),
      twin: expect.stringMatching(/^Its operationId is that of GET "\/twin[12]" as well\.$/),
      trace: "TRACE repeats what it is sent, keys too, and is not called from here.",
      all_options: "OPTIONS tells of other operations and is not called from here.",
    });
    expect(notes).toEqual([
      expect.stringContaining("a document from an address has no further files."),
      expect.stringContaining("leads nowhere."),
      expect.stringContaining("a path has to be an object."),
    ]);
  });

  test("without an id gets one of path and method, as FastAPI makes them", async () => {
    const { operations } = await documentOf({
      text: minimal({ "/users/{id}/time-off": { get: {} }, "/": { post: {} } }),
    });
    expect(operations.map(({ id, isIdMade }) => [id, isIdMade])).toEqual([
      ["users_id_time_off_get", true],
      ["post", true],
    ]);
  });

  test("has the path's parameters and its own, one for each name and place", async () => {
    const at = (name: string, place: string, description: string) => ({
      name,
      in: place,
      description,
      required: place === "path",
    });
    const paths = {
      "/a/{id}/{undescribed}": {
        parameters: [at("id", "path", "of the path"), at("q", "query", "of the path"), at("nowhere", "path", "unused")],
        get: { operationId: "get", parameters: [at("q", "query", "of the operation"), at("q", "header", "another")] },
      },
    };
    const [operation] = (await documentOf({ text: minimal(paths) })).operations;
    expect(operation?.parameters.map(({ name, in: place, description }) => [name, place, description])).toEqual([
      ["id", "path", "of the path"],
      ["q", "query", "of the operation"],
      ["q", "header", "another"],
      ["undescribed", "path", ""],
    ]);
    expect(operation?.notes).toEqual([
      'The path has no place for the parameter "nowhere", which is left out.',
      'The path\'s parameter "undescribed" is described nowhere; it is taken as text.',
    ]);
  });

  test("never sends headers that say who asks or how", async () => {
    const names =
      "Accept Content-Type Authorization Cookie Host Content-Length Transfer-Encoding Connection X-Forwarded-For X-Forwarded-User Forwarded Proxy-Authorization TE Upgrade Sec-Fetch-Site".split(
        " ",
      );
    const parameters = [...names, "X-Request-Id"].map((name) => ({ name, in: "header", required: true, schema: {} }));
    const { operation } = await sketched({ parameters });
    expect(operation.parameters.map(({ name }) => name)).toEqual(["X-Request-Id"]);
    expect(operation.notes.length).toBe(names.length);
  });

  test("asks of callers what it says itself, or what the document says for all", async () => {
    const security = [{ oauth: ["a", "b"] }, { key: ["role"], oidc: ["c"] }];
    const components = {
      securitySchemes: {
        oauth: { type: "oauth2" },
        oidc: { $ref: "#/components/securitySchemes/real" },
        real: { type: "openIdConnect" },
        key: { type: "apiKey" },
      },
    };
    const paths = {
      "/a": { get: { operationId: "all" } },
      "/b": { get: { operationId: "open", security: [] } },
      "/c": { get: { operationId: "odd", security: [{}, { gone: ["x"] }] } },
    };
    const { operations } = await documentOf({ text: minimal(paths, { components, security }) });
    expect(operations.map((one) => one.security)).toEqual([
      [
        [{ scheme: "oauth", type: "oauth2", scopes: ["a", "b"] }],
        [
          { scheme: "key", type: "apiKey", scopes: [] },
          { scheme: "oidc", type: "openIdConnect", scopes: ["c"] },
        ],
      ],
      [],
      [[], [{ scheme: "gone", type: "unknown", scopes: [] }]],
    ]);
  });
});

describe("a reference to another file", () => {
  /** Makes a folder with a document, a file beside it, one in a folder, and one outside. */
  function folder(reference: string): string {
    const root = temporaryFolder();
    const inside = join(root, "api");
    mkdirSync(join(inside, "parts"), { recursive: true });
    writeFileSync(join(root, "secret.yaml"), "Id: {name: id, in: query}");
    symlinkSync(join(root, "secret.yaml"), join(inside, "link.yaml"));
    symlinkSync(join(inside, "parts/real.yaml"), join(inside, "fine.yaml"));
    writeFileSync(join(inside, "parts/real.yaml"), "Id: {name: id, in: query, schema: {$ref: '../types.json#/Id'}}");
    writeFileSync(join(inside, "types.json"), '{"Id": {"type": "integer"}}');
    writeFileSync(join(inside, "bad.yaml"), "a: 1\na: 2");
    const file = join(inside, "api.yaml");
    writeFileSync(file, `${HEAD}paths: {/a: {get: {operationId: call, parameters: [{$ref: '${reference}'}]}}}`);
    return file;
  }

  const read = async (reference: string) => {
    const file = folder(reference);
    const { readFileSync } = await import("node:fs");
    return documentOf({ text: readFileSync(file, "utf8"), read: besideDocument(file) });
  };

  test.each(["parts/real.yaml#/Id", "./parts/real.yaml#/Id", "parts/../parts/real.yaml#/Id"])(
    "is followed inside the folder: %s",
    async (reference) => {
      const document = await read(reference);
      const { problems, request } = callable(document, "call");
      expect(await problems({ id: "x" })).toEqual(["id has to be a whole number, not text."]);
      expect((await request({ id: 7 })).query).toBe("id=7");
      expect([...document.files.keys()]).toEqual(["api.yaml", "parts/real.yaml", "types.json"]);
    },
  );

  test.each([
    ["../secret.yaml#/Id", "leads nowhere"],
    ["parts/../../secret.yaml#/Id", "leads nowhere"],
    ["%2e%2e/secret.yaml#/Id", "leads nowhere"],
    ["/etc/passwd", "leads nowhere"],
    ["file:///etc/passwd", "leads nowhere"],
    ["http://127.0.0.1:9/a.yaml#/Id", "leads nowhere"],
    ["//127.0.0.1/a.yaml#/Id", "leads nowhere"],
    ["link.yaml#/Id", "there is no such file inside an allowed folder"],
    ["gone.yaml#/Id", "there is no such file inside an allowed folder"],
    ["parts#/Id", "cannot be followed"],
    ["bad.yaml#/Id", 'the file "bad.yaml" is neither JSON nor YAML at line 2'],
    ["types.json#/Gone", "leads nowhere"],
  ])("leads nowhere else: %s", async (reference, why) => {
    const { operations, skipped } = await read(reference);
    expect(operations).toEqual([]);
    expect(skipped[0]?.why).toContain(why);
  });
});
