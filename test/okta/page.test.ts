import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { nextCursor } from "../../src/okta/page.js";

const ASKED = new URL("https://acme.okta.com/api/v1/users?limit=2");
const SELF = '<https://acme.okta.com/api/v1/users?limit=2>; rel="self"';
const next = (url: string) => `<${url}>; rel="next"`;

describe("the next page", () => {
  test.each([
    ["the plain case", `${SELF}, ${next("https://acme.okta.com/api/v1/users?after=abc&limit=2")}`, "abc"],
    ["the link first", `${next("https://acme.okta.com/api/v1/users?after=abc")}, ${SELF}`, "abc"],
    ["a cursor with escapes", next("https://acme.okta.com/x?after=a%2Bb%3D%26c%2C%20d"), "a+b=&c, d"],
    ["no quotes", "<https://acme.okta.com/x?after=abc>; rel=next", "abc"],
    ["capital letters and spaces", '  <https://acme.okta.com/x?after=abc> ;  REL = "NEXT" ', "abc"],
    [
      "other parameters around",
      '<https://acme.okta.com/x?after=abc>; title="a, b; rel=\\"x\\""; rel="next"; foo',
      "abc",
    ],
    ["several relations", '<https://acme.okta.com/x?after=abc>; rel="last next"', "abc"],
    ["a relative link", "</api/v1/users?after=abc>; rel=next", "abc"],
    ["the default port", next("https://acme.okta.com:443/x?after=abc"), "abc"],
    [
      "a comma in a URL",
      `<https://acme.okta.com/a,b>; rel="self", ${next("https://acme.okta.com/x?after=a,b")}`,
      "a,b",
    ],
    ["more than one", `${next("https://acme.okta.com/x?after=1")}, ${next("https://acme.okta.com/x?after=2")}`, "1"],
  ])("is found with %s", (_, header, cursor) => {
    expect(nextCursor(header, ASKED)).toBe(cursor);
  });

  test.each([
    ["no header", null],
    ["an empty header", ""],
    ["only other links", SELF],
    ["a relation that only sounds like it", '<https://acme.okta.com/x?after=1>; rel="nextish"'],
    ["a second rel, which does not count", '<https://acme.okta.com/x?after=1>; rel="self"; rel="next"'],
    ["a title of that name", '<https://acme.okta.com/x?after=1>; title="next"'],
  ])("is not there with %s", (_, header) => {
    expect(nextCursor(header, ASKED)).toBeUndefined();
  });

  test.each([
    "https://evil.example/api/v1/users?after=1",
    "http://acme.okta.com/api/v1/users?after=1",
    "https://acme.okta.com:8443/api/v1/users?after=1",
    "https://acme.okta.com@evil.example/api/v1/users?after=1",
    "//evil.example/api/v1/users?after=1",
    "https://acme-admin.okta.com/api/v1/users?after=1",
    "javascript:alert(1)?after=1",
  ])("at %s is refused", (url) => {
    let error: unknown;
    try {
      nextCursor(next(url), ASKED);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "unreachable", fix: expect.stringContaining("OKTA_ORG_URL") });
  });

  test.each([
    ["has no cursor", next("https://acme.okta.com/api/v1/users?limit=2")],
    ["has an empty cursor", next("https://acme.okta.com/api/v1/users?after=")],
    ["cannot be read", `${SELF}, https://acme.okta.com/x?after=1; rel=next`],
    ["is cut off", '<https://acme.okta.com/x?after=1>; rel="next'],
  ])("that %s is an error, not the end of the list", (_, header) => {
    expect(() => nextCursor(header, ASKED)).toThrow("more pages");
  });

  // An expression that backtracks would take forever for each of these headers.
  test.each([
    ["links that never end", "<".repeat(16_000)],
    ["parameters without a value", `<a>${"; a".repeat(5000)}=`],
    ["quotes that never end", `<a>${' ;a="\\'.repeat(4000)}`],
    ["space alone", " ".repeat(16_000)],
    ["empty values between spaces", `<a>${";a= ".repeat(55)}"`],
    ["empty values between spaces, many", `<a>${";a= ".repeat(100_000)}"`],
    ["space in all places", `<a>${" ; a = ".repeat(100_000)}"`],
  ])("is looked for among %s", (_, header) => {
    const found = runInNewContext(
      "nextCursor(header, asked)",
      { nextCursor, header, asked: ASKED },
      { timeout: 20_000 },
    );
    expect(found).toBeUndefined();
  });
});
