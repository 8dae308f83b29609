import { describe, expect, test } from "vitest";
import { hasBrowser, openBrowser } from "../../src/cli/browser.js";
import { wantsColor } from "../../src/cli/io.js";
import { notGranted, twoColumns, wrap } from "../../src/cli/words.js";
import { inertJson } from "../../src/text/inert-json.js";
import { momentInWords } from "../../src/text/moment.js";

test.each([
  [52 * 60_000, "in 52 minutes"],
  [90 * 60_000, "in 2 hours"],
  [60_000, "in 1 minute"],
  [45_000, "in 45 seconds"],
  [0, "in 0 seconds"],
  [-3 * 3_600_000, "3 hours ago"],
  [-200 * 3_600_000, "8 days ago"],
])("%i ms from now is %s", (distanceMs, words) => {
  expect(momentInWords(1_000_000 + distanceMs, 1_000_000)).toBe(words);
});

describe("a line too long", () => {
  test("is broken between words, items of a list under their text", () => {
    expect(wrap("one two three four", 9)).toBe("one two\nthree\nfour");
    expect(wrap("  - one two three", 12)).toBe("  - one two\n    three");
    expect(wrap("  indented words", 12)).toBe("  indented\n  words");
  });

  test("is left whole where a word does not fit", () => {
    expect(wrap("see https://acme.okta.com/activate now", 10)).toBe("see\nhttps://acme.okta.com/activate\nnow");
  });

  test("is measured without its styles", () => {
    expect(wrap("\u001b[1mone\u001b[22m two", 7)).toBe("\u001b[1mone\u001b[22m two");
  });

  test("stays in its column", () => {
    const rows: [string, string[]][] = [["Granted", ["okta.users.read  Read users", "b"]]];
    expect(twoColumns(rows, 30, (text) => text)).toBe("Granted  okta.users.read  Read\n         users\n         b");
  });
});

test("a manage scope that was granted covers the read scope that was asked for", () => {
  expect(notGranted(["okta.users.read", "okta.apps.read"], ["okta.users.manage"])).toEqual(["okta.apps.read"]);
  expect(notGranted(["okta.users.read"], undefined)).toEqual([]);
});

describe("a browser", () => {
  test.each<[Record<string, string>, NodeJS.Platform, boolean]>([
    [{ DISPLAY: ":0" }, "linux", true],
    [{ WAYLAND_DISPLAY: "wayland-0" }, "linux", true],
    [{ WSL_DISTRO_NAME: "Debian" }, "linux", true],
    [{}, "linux", false],
    [{}, "darwin", true],
    [{}, "win32", true],
    [{ DISPLAY: ":0", CI: "true" }, "linux", false],
    [{ SSH_CONNECTION: "1 2 3 4" }, "darwin", false],
    [{ DISPLAY: ":0", SSH_TTY: "/dev/pts/1" }, "linux", false],
    [{ BROWSER: "none" }, "darwin", false],
  ])("with %j on %s: %s", (env, platform, there) => {
    expect(hasBrowser(env, platform)).toBe(there);
  });

  test.each(["file:///etc/passwd", "javascript:alert(1)", "--help", "mailto:a@b.c", ""])(
    "is never given %s",
    async (link) => {
      expect(await openBrowser(link, { DISPLAY: ":0" })).toBe(false);
    },
  );
});

test.each<[Record<string, string>, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: "dumb" }, true, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
])("with %j and a terminal: %s, styles are shown: %s", (env, isTTY, styled) => {
  expect(wantsColor({ isTTY }, env)).toBe(styled);
});

test("JSON writes out every character that cannot be seen", () => {
  const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
  for (let point = 0; point <= 0x1_0000; point += 1) {
    const character = String.fromCodePoint(point);
    if (invisible.test(character)) expect(inertJson(`a${character}`)).toMatch(/^"a\\[a-z]/);
  }
});

test("JSON for a terminal hides nothing and means the same", () => {
  const value = { "k\u202e": "a\u0007b\nc\u009b\u00ad\u200b\u2028\u{e0041}d", list: ["😀", "é"] };
  for (const indent of [undefined, 2]) {
    const text = inertJson(value, indent);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(text).toContain("😀");
    expect(JSON.parse(text)).toEqual(value);
  }
});
