import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../../src/errors/index.js";
import { OKTA_CODES } from "../../src/errors/okta-codes/index.js";
import { EVENT_TYPE_IDS } from "../../src/foresight/event-type-ids.js";
import { guardFileSchema } from "../../src/guard/schema.js";
import { parseJson } from "../../src/json/exact-json.js";
import { AREAS, knownEvents } from "../../src/resources/reference/event-phrases.js";
import { GUARD_EXAMPLE } from "../../src/resources/reference/guard-page.js";
import { OWN_RESOURCES, OWN_TEMPLATES } from "../../src/resources/reference/own-cards.js";
import { referenceText, referenceValues } from "../../src/resources/reference/reference.js";
import { catalogue } from "../support/catalogue.js";
import { openApiDir } from "../support/openapi-dir.js";

const texts = new Map<string, string | undefined>();
/** The text at an address, which is made once. */
function read(uri: string): string | undefined {
  if (!texts.has(uri)) texts.set(uri, referenceText(uri, catalogue.entries)?.text);
  return texts.get(uri);
}

/** Every address of our own texts, those of the templates too. */
const addresses = [
  ...OWN_RESOURCES.map(({ uri }) => uri),
  ...OWN_TEMPLATES.flatMap(({ uriTemplate }) => {
    const [variable = ""] = /\{\w+\}/.exec(uriTemplate) ?? [];
    return referenceValues(uriTemplate, variable.slice(1, -1)).map((value) => uriTemplate.replace(variable, value));
  }),
];

const eventTypes = EVENT_TYPE_IDS.trim()
  .split("\n")
  .flatMap((line) => {
    const [first = "", rest = ""] = line.split(": ");
    return rest.split(" ").map((part) => `${first}.${part}`);
  });

describe("our own reference", () => {
  test("has at most 8,000 bytes at each address", () => {
    expect(addresses.length).toBeGreaterThan(300);
    const sizes = addresses.map((uri) => ({ uri, bytes: Buffer.byteLength(read(uri) ?? "") }));
    expect(sizes.filter(({ bytes }) => bytes === 0 || bytes > 8_000)).toEqual([]);
  });

  test("leads nowhere where nothing is", () => {
    for (const uri of addresses) {
      const links = [...(read(uri) ?? "").matchAll(/okta:\/\/reference[a-zA-Z0-9._/-]*(?!\{)/g)].map(([link]) =>
        link.replace(/[./]+$/, ""),
      );
      for (const link of links) expect(read(link), `${link} in ${uri}`).toBeDefined();
    }
  });

  test("names all of its addresses, each from its index or from the page above it", () => {
    const linked = new Set(
      OWN_RESOURCES.flatMap(({ uri }) => [...(read(uri) ?? "").matchAll(/okta:\/\/[\w/.-]+\w/g)]).flat(),
    );
    for (const { uri } of OWN_RESOURCES.slice(1)) expect(linked).toContain(uri);
    for (const name of ["users", "logs", "devices"]) expect(linked).toContain(`okta://reference/search/${name}`);
    for (const area of referenceValues("okta://reference/events/{area}", "area"))
      expect(linked).toContain(`okta://reference/events/${area}`);
  });

  test("has nothing at any other address", () => {
    const others = [
      "okta://referenc",
      "okta://reference/",
      "okta://references",
      "okta://reference/search/",
      "okta://reference/search/constructor",
      "okta://reference/search/users/",
      "okta://reference/search/users/x",
      "okta://reference/search/..%2fguard",
      "okta://reference/errors/E0009999",
      "okta://reference/errors/__proto__",
      "okta://reference/errors/toString",
      "okta://reference/events/user.session",
      "okta://reference/guard?x",
      `okta://reference/events/${"x".repeat(10_000)}`,
    ];
    for (const uri of others) expect(read(uri), uri.slice(0, 60)).toBeUndefined();
  });

  test("names every event type on exactly one page", () => {
    const pages = addresses.filter((uri) => uri.startsWith("okta://reference/events/")).map((uri) => read(uri) ?? "");
    const named = pages.flatMap((text) =>
      [...text.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, id = "", phrase = ""]) => ({ id, phrase })),
    );
    expect(named.map(({ id }) => id).sort()).toEqual([...eventTypes].sort());
    for (const { id, phrase } of named) expect(phrase.trim(), id).not.toBe("");
    const areas = new Set(eventTypes.map((id) => id.split(".")[0] ?? ""));
    expect(Object.keys(AREAS).sort()).toEqual([...areas].sort());
    expect(knownEvents().filter((id) => !eventTypes.includes(id))).toEqual([]);
  });

  test("explains every error code of ours and of Okta's", () => {
    for (const [name, { fix }] of Object.entries(ERROR_CODES))
      expect(read(`okta://reference/errors/${name}`)).toContain(fix);
    for (const [name, [status, , why]] of Object.entries(OKTA_CODES)) {
      const text = read(`okta://reference/errors/${name}`);
      expect(text).toContain(String(status));
      expect(text).toContain(why);
      expect(text).not.toContain("{finder}");
    }
  });

  test("tells the tools of whoever reads, and no others", () => {
    const text = read("okta://reference/scopes") ?? "";
    for (const { name, scope } of catalogue.entries) if (scope !== null) expect(text).toContain(`\`${name}\``);
    const [one] = catalogue.entries.filter(({ name }) => name === "list_users");
    const few = one === undefined ? [] : [one];
    expect(referenceText("okta://reference/search/users", few)?.text).toContain("with list_users");
    const none = OWN_RESOURCES.map(({ uri }) => referenceText(uri, [])?.text).join("\n");
    for (const { name } of catalogue.entries) expect(none).not.toMatch(new RegExp(`\\b${name}\\b`));
  });

  test("shows a guard file that is one, and every member that there can be", () => {
    expect(guardFileSchema().safeParse(GUARD_EXAMPLE).success).toBe(true);
    const text = read("okta://reference/guard") ?? "";
    for (const place of [
      "protect.users",
      "protect.policies[].pattern",
      "limits.removals.per_minute",
      "mask",
      "deny_tools",
    ])
      expect(text).toContain(`\`${place}\`: `);
  });
});

/** The sentences of a text, in small letters and without punctuation, of six words or more. */
function sentencesOf(text: string): string[] {
  return text
    .replaceAll(/`[^`]*`|okta:\/\/\S+|```[\s\S]*?```/g, " x ")
    .split(/[.!?:;]\s|\n|[.!?:;]$|\|/)
    .map((sentence) =>
      sentence
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
        .trim(),
    )
    .filter((sentence) => sentence.split(" ").length >= 6);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test("no sentence of the reference is one of Okta's documents", (context) => {
  const folder = openApiDir();
  if (folder === undefined) return context.skip("Okta's documents are not here.");
  const json = ["management.json", "oauth.json"].flatMap((name) =>
    textsIn(parseJson(readFileSync(join(folder, name), "utf8"))),
  );
  const lists = ["event-types.csv", "error-codes.json"].map((name) => readFileSync(join(folder, name), "utf8"));
  const theirs = new Set([...json, ...lists.flatMap((list) => list.split(/["\n]/))].flatMap(sentencesOf));
  expect(theirs.size).toBeGreaterThan(3_000);
  const ours = addresses.flatMap((uri) => sentencesOf(read(uri) ?? ""));
  expect([...new Set(ours)].filter((sentence) => theirs.has(sentence))).toEqual([]);
});
