import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExactNumber, parseJson } from "../../src/json/exact-json.js";
import type { ApiBody } from "../../src/openapi/api-request.js";
import { type Callable, sketched, withBody } from "./documents.js";

const body = (type: string, schema: object, media: object = {}, isRequired = true): Promise<Callable> =>
  sketched({ requestBody: { required: isRequired, content: { [type]: { schema, ...media } } } });

/** Encodes a body. */
async function sent(callable: Callable, value: unknown): Promise<ApiBody> {
  const { body } = await callable.request({ body: value });
  if (body === undefined) throw new Error("No body was sent.");
  return body;
}

/** Reads a body of several parts as the platform does. */
const partsOf = ({ contentType, content }: ApiBody) =>
  new Response(content, { headers: { "content-type": contentType } }).formData();

const anything = { type: "object", properties: {} };

describe("a body of JSON", () => {
  test("has every field and every digit that was given", async () => {
    const callable = await withBody(anything);
    const value = { id: new ExactNumber("12345678901234567890"), open: { x: [null, 1.5, "é"] } };
    const { contentType, content } = await sent(callable, value);
    expect(contentType).toBe("application/json");
    expect(content).toBe('{"id":12345678901234567890,"open":{"x":[null,1.5,"é"]}}');
    expect(parseJson(String(content))).toEqual(value);
  });

  test("may have the name of a parameter in it, and both are sent in their places", async () => {
    const { request } = await sketched({
      path: "/things/{id}",
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      requestBody: { content: { "application/json": { schema: { properties: { id: { type: "integer" } } } } } },
    });
    expect(await request({ id: "a", body: { id: 7 } })).toEqual({
      path: "/things/a",
      query: "",
      headers: {},
      body: { contentType: "application/json", content: '{"id":7}' },
    });
  });

  test("is left out where it is not given and not required, and missed where it is", async () => {
    const optional = await body("application/json", anything, {}, false);
    expect((await optional.request({})).body).toBeUndefined();
    const required = await withBody(anything);
    expect(await required.problems({})).toEqual(["body is missing."]);
  });

  test("is null where null is given and taken", async () => {
    const nullable = await withBody({ type: ["object", "null"] });
    expect((await sent(nullable, null)).content).toBe("null");
    const strict = await withBody({ type: "object" });
    expect(await strict.problems({ body: null })).toEqual(["body has to be an object, not null."]);
  });

  test.each([
    [["text/plain", "application/x-www-form-urlencoded", "application/json"], "application/json"],
    [["application/xml", "application/merge-patch+json"], "application/merge-patch+json"],
    [["multipart/form-data", "application/x-www-form-urlencoded"], "application/x-www-form-urlencoded"],
    [["text/csv", "multipart/form-data"], "multipart/form-data"],
    [["image/png", "text/plain; charset=utf-8"], "text/plain; charset=utf-8"],
    [["*/*"], "application/json"],
    [["application/JSON"], "application/JSON"],
  ])("comes before other media types: of %j it is %s", async (types, chosen) => {
    const content = Object.fromEntries(types.map((type) => [type, { schema: anything }]));
    const { operation } = await sketched({ requestBody: { content } });
    expect(operation.body?.mediaType).toBe(chosen);
  });
});

describe("a form", () => {
  const encoding = {
    tags: { style: "form", explode: false },
    filter: { style: "deepObject", explode: true },
    note: { allowReserved: true },
    extra: { contentType: "application/json" },
  };

  test("has each property in the style that its encoding names, and objects as JSON without one", async () => {
    const callable = await body("application/x-www-form-urlencoded", anything, { encoding });
    const { contentType, content } = await sent(callable, {
      name: "a b&c",
      list: ["x", "y"],
      tags: ["x", "y"],
      filter: { a: 1, b: [2, 3] },
      note: "a/b?c",
      extra: [1],
      address: { city: "Graz" },
      nothing: null,
    });
    expect(contentType).toBe("application/x-www-form-urlencoded");
    expect(content).toBe(
      "name=a%20b%26c&list=x&list=y&tags=x,y&filter%5Ba%5D=1&filter%5Bb%5D%5B%5D=2&filter%5Bb%5D%5B%5D=3&note=a/b?c&extra=%5B1%5D&address=%7B%22city%22%3A%22Graz%22%7D",
    );
  });

  test("comes back as it was given", async () => {
    const callable = await body("application/x-www-form-urlencoded", anything);
    const text = fc.string({ unit: "grapheme" });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          text.filter((name) => name !== "__proto__"),
          text,
        ),
        async (given) => {
          const { content } = await sent(callable, given);
          expect(Object.fromEntries(new URLSearchParams(String(content)))).toEqual({ ...given });
        },
      ),
    );
  });

  test("takes no body that is no object", async () => {
    const callable = await body("application/x-www-form-urlencoded", {});
    expect(await callable.refusal({ body: [1] })).toEqual(["body has to be an object."]);
  });
});

describe("a body of several parts", () => {
  const schema = {
    type: "object",
    required: ["file"],
    properties: {
      file: { type: "string", format: "binary" },
      photos: { type: "array", items: { type: "string", contentMediaType: "image/png" } },
      logo: { type: "string" },
      title: { type: "string" },
      about: { type: "object", properties: { a: { type: "integer" } } },
      tags: { type: "array", items: { type: "string" } },
      csv: { type: "string" },
    },
  };
  const encoding = { logo: { contentType: "image/png, image/jpeg" }, csv: { contentType: "text/csv" } };
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const base64 = Buffer.from(bytes).toString("base64");

  test("has texts, JSON and files, each as another parser reads them", async () => {
    const callable = await body("multipart/form-data", schema, { encoding });
    const parts = await partsOf(
      await sent(callable, {
        file: `data:application/pdf;name=r%C3%A9sum%C3%A9.pdf;base64,${base64}`,
        photos: [base64, base64],
        logo: base64,
        title: 'line 1\nline 2 "quoted"',
        about: { a: 1 },
        tags: ["x", "y"],
        csv: "a,b",
        count: 3,
        gone: null,
      }),
    );
    const file = parts.get("file") as File;
    expect([file.name, file.type]).toEqual(["résumé.pdf", "application/pdf"]);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
    const photos = parts.getAll("photos") as File[];
    expect(photos.map(({ name, size }) => [name, size])).toEqual([
      ["photos", 256],
      ["photos", 256],
    ]);
    expect((parts.get("logo") as File).type).toBe("image/png");
    expect(parts.get("title")).toBe('line 1\nline 2 "quoted"');
    expect(parts.get("about")).toBe('{"a":1}');
    expect(parts.getAll("tags")).toEqual(["x", "y"]);
    expect(parts.get("csv")).toBe("a,b");
    expect(parts.get("count")).toBe("3");
    expect(parts.has("gone")).toBe(false);
  });

  test("names the type of a part that is JSON or that the document types, and makes no file of it", async () => {
    const callable = await body("multipart/form-data", schema, { encoding });
    const { content } = await sent(callable, { file: "", about: {}, csv: "a", title: "t" });
    const text = Buffer.from(content as Uint8Array).toString();
    expect(text).toContain('name="about"\r\nContent-Type: application/json\r\n\r\n{}\r\n');
    expect(text).toContain('name="csv"\r\nContent-Type: text/csv\r\n\r\na\r\n');
    expect(text).toContain('name="title"\r\n\r\nt\r\n');
  });

  test("keeps names and texts in their parts, whatever they hold", async () => {
    const callable = await body("multipart/form-data", { type: "object", properties: { a: {} } });
    const piece = fc.constantFrom("\r\n", "\n", '"', "--", "; filename=x", "é", "a", "Content-Type: x\r\n\r\n", "%22");
    const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(text, text, async (name, value) => {
        const parts = await partsOf(await sent(callable, { [name]: value, last: "z" }));
        expect([...parts.values()]).toEqual([value, "z"]);
      }),
    );
  });

  test.each([
    ["no base64!", "body.file is a file and has to be base64, or data:TYPE;name=NAME;base64,…."],
    ["abcde", "body.file is a file, and its base64 is cut off."],
  ])("refuses a file that is %j", async (file, why) => {
    const callable = await body("multipart/form-data", schema);
    expect(await callable.refusal({ body: { file } })).toEqual([why]);
  });

  test("refuses a file that is too large", async () => {
    const callable = await body("multipart/form-data", schema);
    const file = "A".repeat(16 * 1024 * 1024);
    expect(await callable.refusal({ body: { file } })).toEqual([
      "body.file is a file of more than 10 MiB, the most that is sent.",
    ]);
  });

  test("shows files as text that says how to give them", async () => {
    const { arguments: args } = await body("multipart/form-data", schema, { encoding });
    const shown = args.list[0]?.schema.properties;
    expect(shown?.file).toEqual({ type: "string", description: expect.stringContaining("base64") });
    expect(shown?.photos).toEqual({ type: "array", items: shown?.file });
    expect(shown?.logo).toEqual(shown?.file);
    expect(shown?.title).toEqual({ type: "string" });
  });
});

test("bytes are sent as bytes, with the type that the file names where the document takes any", async () => {
  const any = await body("application/octet-stream", { type: "string", format: "binary" });
  expect(await sent(any, "data:image/gif;base64,R0lGODlh")).toEqual({
    contentType: "image/gif",
    content: new Uint8Array(Buffer.from("GIF89a")),
  });
  const fixed = await body("image/png", {});
  expect((await sent(fixed, "data:image/gif;base64,R0lGODlh")).contentType).toBe("image/png");
});

test("text is sent as it is", async () => {
  const text = await body("text/plain", { type: "string" });
  expect(await sent(text, "a\nb é")).toEqual({ contentType: "text/plain", content: "a\nb é" });
});

test.each(["get", "head"])("%s is sent without a body, and what requires one is left out", async (method) => {
  const requestBody = { required: true, content: { "application/json": {} } };
  await expect(sketched({ method, requestBody })).rejects.toThrow(
    `a body is required, and ${method.toUpperCase()} is sent`,
  );
  const { operation } = await sketched({ method, requestBody: { ...requestBody, required: false } });
  expect(operation.body).toBeUndefined();
  expect(operation.notes).toEqual([`The body is left out, since ${method.toUpperCase()} is sent without one.`]);
});
