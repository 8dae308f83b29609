import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExactNumber } from "../../src/json/exact-json.js";
import { sketched } from "./documents.js";

const EMPTY = "";
const WORD = "blue";
const LIST = ["blue", "black", "brown"];
const OBJECT = { R: 100, G: 200, B: 150 };

/** What "Style Examples" of OpenAPI 3.0.4 and 3.1.1 write for a parameter `color`; undefined where they say "n/a". */
const EXAMPLES = [
  ["path", "matrix", false, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
  ["path", "matrix", true, ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
  ["path", "label", false, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
  ["path", "label", true, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
  ["path", "simple", false, "blue", "blue,black,brown", "R,100,G,200,B,150"],
  ["path", "simple", true, "blue", "blue,black,brown", "R=100,G=200,B=150"],
  ["query", "form", false, "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
  ["query", "form", true, "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
  ["query", "spaceDelimited", false, undefined, "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"],
  ["query", "pipeDelimited", false, undefined, "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"],
  ["query", "deepObject", true, undefined, undefined, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"],
  ["header", "simple", false, "blue", "blue,black,brown", "R,100,G,200,B,150"],
  ["header", "simple", true, "blue", "blue,black,brown", "R=100,G=200,B=150"],
] as const;

/** Writes `color` in a style. Returns what stands in the parameter's place. */
async function written(place: string, form: object, value: unknown): Promise<string> {
  const path = place === "path" ? "/things/{color}/end" : "/things";
  const { request } = await sketched({
    method: "get",
    path,
    parameters: [{ name: "color", in: place, ...form, schema: {} }],
  });
  const sent = await request({ color: value });
  if (place === "query") return sent.query;
  return place === "header" ? (sent.headers.color ?? "") : sent.path.slice("/things/".length, -"/end".length);
}

describe.each(EXAMPLES)(
  "a parameter of the %s in style %s with explode %s",
  (place, style, explode, word, list, object) => {
    const form = { style, explode, required: place === "path" };

    test.each([
      ["a word", WORD, word],
      ["a list", LIST, list],
      ["an object", OBJECT, object],
    ])("is written as OpenAPI's example has it: %s", async (_, value, wanted) => {
      if (wanted !== undefined) expect(await written(place, form, value)).toBe(wanted);
    });
  },
);

test.each([
  ["query", { style: "form" }, EMPTY, "color="],
  ["query", { style: "form", explode: false }, EMPTY, "color="],
  ["header", { style: "simple" }, EMPTY, ""],
  ["query", { style: "form" }, [], ""],
  ["query", { style: "form", explode: false }, [], ""],
  ["query", { style: "form" }, {}, ""],
  ["query", { style: "deepObject" }, {}, ""],
  ["query", { style: "form" }, ["a", null, "b"], "color=a&color=b"],
  ["query", { style: "form", explode: false }, { a: null, b: 1 }, "color=b,1"],
  // Not defined by OpenAPI; the styles for lists with explode are read as form by most servers.
  ["query", { style: "spaceDelimited", explode: true }, LIST, "color=blue&color=black&color=brown"],
  ["query", { style: "pipeDelimited", explode: true }, LIST, "color=blue&color=black&color=brown"],
  [
    "query",
    { style: "deepObject" },
    { a: { b: [1, 2] }, c: [{ d: true }] },
    "color%5Ba%5D%5Bb%5D%5B%5D=1&color%5Ba%5D%5Bb%5D%5B%5D=2&color%5Bc%5D%5B0%5D%5Bd%5D=true",
  ],
  ["query", {}, true, "color=true"],
  ["query", {}, 0.1, "color=0.1"],
  ["query", {}, new ExactNumber("12345678901234567890"), "color=12345678901234567890"],
  ["query", {}, "a b+c&d=e#f%20", "color=a%20b%2Bc%26d%3De%23f%2520"],
  ["query", {}, "!'()*", "color=%21%27%28%29%2A"],
  ["query", { allowReserved: true }, "/a?b=c:d,e%2Ff&g+h#i[j]%", "color=/a?b=c:d,e%2Ff%26g%2Bh%23i%5Bj%5D%25"],
  ["path", { required: true }, "/a?b", "%2Fa%3Fb"],
])("writes in %s with %j the value %j as %s", async (place, form, value, wanted) => {
  expect(await written(place, form, value)).toBe(wanted);
});

test("a parameter with a media type is written as that media type", async () => {
  const content = { "application/json": { schema: { type: "object", properties: { a: { type: "integer" } } } } };
  const { request, problems } = await sketched({
    method: "get",
    parameters: [{ name: "filter", in: "query", content }],
  });
  expect((await request({ filter: { a: 1, b: ["x"] } })).query).toBe(
    "filter=%7B%22a%22%3A1%2C%22b%22%3A%5B%22x%22%5D%7D",
  );
  expect(await problems({ filter: { a: "one" } })).toEqual(["filter.a has to be a whole number, not text."]);
});

test("names of parameters are encoded like values", async () => {
  const { request, arguments: args } = await sketched({
    method: "get",
    parameters: [{ name: "filter[name]&x", in: "query", schema: { type: "string" } }],
  });
  expect(args.list.map(({ name }) => name)).toEqual(["filter_name_x"]);
  expect((await request({ filter_name_x: "v" })).query).toBe("filter%5Bname%5D%26x=v");
});

describe("a value in the path", () => {
  const inPath = (style: string) =>
    sketched({
      method: "get",
      path: "/a/{id}/z",
      parameters: [{ name: "id", in: "path", required: true, style, schema: {} }],
    });

  test("comes back as it was given, as one segment of the address", async () => {
    const { request } = await inPath("simple");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1 }), async (id) => {
        fc.pre(id !== "." && id !== "..");
        const { pathname, search, hash } = new URL((await request({ id })).path, "https://api.test");
        const segments = pathname.split("/");
        expect({ segments: segments.length, search, hash }).toEqual({ segments: 4, search: "", hash: "" });
        expect(decodeURIComponent(segments[2] ?? "")).toBe(id);
      }),
    );
  });

  test.each(["simple", "label", "matrix"])("never leaves its segment in style %s, whatever it is", async (style) => {
    const { request, refusal } = await inPath(style);
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(".", "..", "/", "\\", "%2e", "%2f", "?", "#", ";", "%", "@", ":"),
    );
    const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
    const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 3 }));
    await fc.assert(
      fc.asyncProperty(value, async (id) => {
        const refused = await refusal({ id });
        if (refused.length > 0) return;
        const { path } = await request({ id });
        const url = new URL(`https://api.test/base${path}`);
        expect(url.pathname).toBe(`/base${path}`);
        expect(url.pathname).toMatch(/^\/base\/a\/[^/\\?#]+\/z$/);
        expect(url.host).toBe("api.test");
      }),
    );
  });

  test.each([".", "..", "", null, [], {}])("is refused where it would lead to another path: %j", async (id) => {
    const { refusal } = await inPath("simple");
    expect((await refusal({ id })).length).toBe(1);
  });

  test.each(["%2e%2e", "%2E", "..%2f", "..;", "a/../b", "..\\", "%252e"])(
    "is data where it only looks so: %s",
    async (id) => {
      const { request } = await inPath("simple");
      const { path } = await request({ id });
      expect(path).toBe(`/a/${encodeURIComponent(id)}/z`);
      expect(new URL(path, "https://api.test").pathname).toBe(path);
    },
  );

  test("cannot make a segment of dots together with another one", async () => {
    const { refusal } = await sketched({
      method: "get",
      path: "/a/{x}{y}/z",
      parameters: ["x", "y"].map((name) => ({ name, in: "path", required: true, schema: {} })),
    });
    expect(await refusal({ x: ".", y: "." })).toEqual([
      'The path would have the segment "..", which leads to another path.',
    ]);
  });

  test("is refused where it holds half of a character", async () => {
    const { refusal } = await inPath("simple");
    expect(await refusal({ id: "\ud800" })).toEqual(["id cannot be sent: it holds half of a character."]);
  });
});

test.each(["a\r\nX: y", "a\nb", "\0", "naïve", " a", "a "])(
  "a header takes no value that is more than one line of ASCII: %j",
  async (value) => {
    const { refusal } = await sketched({ method: "get", parameters: [{ name: "X-Note", in: "header", schema: {} }] });
    expect(await refusal({ "X-Note": value })).toEqual([
      "X-Note is sent as a header, which holds visible characters of ASCII on one line.",
    ]);
  },
);

test.each([
  ["query", { style: "spaceDelimited" }, ["a b", "c"], " "],
  ["query", { style: "pipeDelimited" }, { a: "b|c" }, "|"],
  ["header", { style: "simple" }, ["a,b"], ","],
  ["query", { style: "form", explode: false, allowReserved: true }, ["a,b", "c"], ","],
])("in %s with %j the list %j is refused, since it would be read as another", async (place, form, value, separator) => {
  const { refusal } = await sketched({ method: "get", parameters: [{ name: "v", in: place, ...form, schema: {} }] });
  expect(await refusal({ v: value })).toEqual([
    `v cannot be sent: a part of it holds ${JSON.stringify(separator)}, which stands between parts.`,
  ]);
});
