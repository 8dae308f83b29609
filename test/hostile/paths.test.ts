import { expect, test } from "vitest";
import type { Json } from "../../src/json/json.js";
import { preload } from "../../src/okta/operations.js";
import type { OktaRequest } from "../../src/okta/request.js";
import { createRecorder, ORIGIN } from "../fuzz/recorder.js";
import { catalogue } from "../support/catalogue.js";
import { HOSTILE_IDS } from "../support/hostile.js";

const VALUES = [
  ...HOSTILE_IDS,
  ...[
    "%2f",
    "..%2f",
    "..%2F..%2Fgroups",
    "%2e%2e%2f",
    ".%2e",
    "%252e%252e",
    "%25252f",
    "%5c",
    "..%5c",
    "%00",
    "%0d%0a",
  ],
  ...["..;", "..;/", "%2e%2e;x", "/", "//evil.example", "?q=1", "#", "a/../b", "a?b=c", "a#b", "me?expand=x", "100%"],
  ...["\u2028", "\ufeff", "\u{e0041}", "a\ud800b", "\uff0e\uff0e", "__proto__", "constructor", "{userId}"],
];

/** The arguments that a tool requires, each with an id of its own. */
function idsFor(name: string): { [argument: string]: Json } {
  const { properties, required = [] } = catalogue.definition(name).inputSchema;
  return Object.fromEntries(
    required.map((argument): [string, Json] => {
      const { type, enum: choices } = properties[argument] ?? {};
      if (type === "object") return [argument, { type: "OKTA_SIGN_ON", name: "x" }];
      return [argument, (choices?.[0] as string | undefined) ?? `${argument.replaceAll("_", "-")}-1`];
    }),
  );
}

/** True if the path has the segments of its template, and each value stays in one segment in every decoded form. */
function staysInPlace({ template, path, query }: OktaRequest): boolean {
  const url = new URL(`${ORIGIN}${path}`);
  const [wanted, got] = [template.split("/"), url.pathname.split("/")];
  const unescaped = got.map((segment) => {
    let form = segment;
    for (let last = ""; form !== last; ) {
      last = form;
      form = form.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    }
    return form;
  });
  return (
    url.origin === ORIGIN &&
    url.pathname === path &&
    url.hash === "" &&
    url.search === "" &&
    !query.toString().includes("\n") &&
    wanted.length === got.length &&
    wanted.every((segment, index) => segment.includes("{") || segment === got[index]) &&
    // Each character of the decoded segments is one byte.
    unescaped.slice(1).every((segment) => [...segment].every((byte) => byte >= " " && byte !== "\x7f")) &&
    unescaped.slice(1).every((segment) => !/^\.{0,2}(;|$)|[/\\]/.test(segment))
  );
}

test("no value of an argument that stands in a path leaves its place in it", async () => {
  await preload();
  const recorder = createRecorder();
  const answer: Json = { id: "x1", type: "OKTA_SIGN_ON", status: "INACTIVE", profile: {}, name: "x" };
  const inPaths: string[] = [];
  let [refused, sent] = [0, 0];
  for (const { name } of catalogue.entries) {
    const args = idsFor(name);
    const { requests: usual } = await recorder.call(name, args, answer);
    const inPath = Object.keys(args).filter(
      (argument) =>
        typeof args[argument] === "string" && usual.some(({ path }) => path.includes(String(args[argument]))),
    );
    for (const argument of inPath) {
      inPaths.push(`${name}.${argument}`);
      for (const value of VALUES) {
        const { outcome, requests } = await recorder.call(name, { ...args, [argument]: value }, answer);
        if ("error" in outcome)
          expect(outcome.error.code, `${name}.${argument} ${JSON.stringify(value)}`).not.toBe("bug");
        if (requests.length === 0) refused += 1;
        sent += requests.length;
        const escaped = requests.filter((request) => !staysInPlace(request)).map(({ path }) => path);
        expect(escaped, `${name}.${argument} ${JSON.stringify(value)}`).toEqual([]);
        // Only a login may hold these characters.
        if (/[?#%]/.test(value) && requests.length > 0) expect(argument).toBe("user_id");
      }
    }
  }
  console.info(
    `${inPaths.length} arguments in paths, ${VALUES.length} values each: ${refused} refused, ${sent} requests in their place.`,
  );
  expect(inPaths.length).toBeGreaterThan(90);
  expect(refused).toBeGreaterThan(inPaths.length * 20);
}, 60_000);
