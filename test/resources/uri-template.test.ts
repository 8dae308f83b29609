import { describe, expect, test } from "vitest";
import { haveCommonUri, type UriTemplate, uriTemplate } from "../../src/resources/uri-template.js";

function template(text: string): UriTemplate {
  const read = uriTemplate(text);
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

const valuesOf = (text: string, uri: string) => {
  const values = template(text).match(uri);
  return values && Object.fromEntries(values);
};

describe("a URI template takes a URI apart", () => {
  test.each([
    ["schema://employee/{gpid}", "schema://employee/G-100.7_~", { gpid: "G-100.7_~" }],
    ["schema://employee/{gpid}", "schema://employee/J%C3%BCrgen%20B", { gpid: "Jürgen B" }],
    ["docs://{area}/{page}.md", "docs://hr/time-off.md", { area: "hr", page: "time-off" }],
    ["docs://{area}/{page}.md", "docs://hr/a.md.md", { area: "hr", page: "a.md" }],
    ["docs://x?{a}&v{b}", "docs://x?1&v2", { a: "1", b: "2" }],
    ["{a}://x", "docs://x", { a: "docs" }],
  ])("%s in %s", (text, uri, values) => {
    expect(valuesOf(text, uri)).toEqual(values);
  });

  test("and takes nothing that leads elsewhere, is empty, too long, or not encoded rightly", () => {
    const hostile = [
      "",
      ".",
      "..",
      "%2e%2e",
      "%2E.",
      "..%2f..",
      "a%2Fb",
      "a%5Cb",
      "a/b",
      "a\\b",
      "a?b",
      "a#b",
      "a b",
      "%",
      "%zz",
      "%252e%252e",
      "a%25b",
      "%00",
      "a%0Ab",
      "%E2%80%AE",
      "%C0%AE",
      "%ED%A0%80",
      ".hidden",
      "x".repeat(201),
      "x".repeat(10_000),
      "%41".repeat(10_000),
    ]; // prettier-ignore
    for (const value of hostile) {
      expect(valuesOf("schema://employee/{gpid}", `schema://employee/${value}`), value.slice(0, 30)).toBeUndefined();
    }
    expect(valuesOf("schema://employee/{gpid}", `schema://employee/${"x".repeat(200)}`)).toBeDefined();
    expect(valuesOf("schema://employee/{gpid}", "Schema://employee/a")).toBeUndefined();
    expect(valuesOf("docs://{a}.md", "docs://.md")).toBeUndefined();
  });
});

test.each([
  ["docs://x", "has no variable"],
  ["docs://{a", "without its }"],
  ["docs://a}", "without its {"],
  ["docs://{}", "another form"],
  ["docs://{+a}", "another form"],
  ["docs://{a,b}", "another form"],
  ["docs://{a*}", "another form"],
  ["docs://{a:3}", "another form"],
  ["docs://{?a}", "another form"],
  ["docs://{a}/{a}", "twice"],
  ["docs://{a}{b}", "between {b} and"],
  ["docs://{a}-{b}", "between {b} and"],
])("%s is no template: it %s", (text, problem) => {
  expect(uriTemplate(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test.each([
  ["docs://a", "docs://a", true],
  ["docs://a", "docs://b", false],
  ["docs://{x}", "docs://b", true],
  ["docs://{x}", "docs://b/c", false],
  ["docs://{x}/c", "docs://b/{y}", true],
  ["docs://a{x}", "docs://{y}b", true],
  ["docs://a{x}", "docs://b{y}", false],
  ["docs://{x}.md", "docs://{y}.json", false],
  ["docs://{x}.md", "docs://{y}", true],
])("whether %s and %s have a URI in common: %s", (one, other, have) => {
  expect(haveCommonUri(one, other)).toBe(have);
  expect(haveCommonUri(other, one)).toBe(have);
});
