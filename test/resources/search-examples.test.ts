import { describe, expect, test } from "vitest";
import {
  CONTAINS_ATTRIBUTES,
  FILTER_ATTRIBUTES,
  OWN_ATTRIBUTES,
  OWN_VALUES,
} from "../../src/foresight/known-attributes.js";
import { SEARCHED_OBJECTS } from "../../src/resources/reference/search-objects.js";
import { searchObjectPage } from "../../src/resources/reference/search-pages.js";
import { comparisonsIn } from "../../src/text/filter-words.js";
import { openSandbox } from "../support/sandbox.js";

const SCOPES = ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read", "okta.policies.read"];
const examples = Object.entries(SEARCHED_OBJECTS).flatMap(([name, { path, examples: all }]) =>
  all.map(({ what, query }) => ({ name, path, what, query })),
);

test.each(examples)("$name: $what is a question that Okta takes", async ({ path, query }) => {
  const { get } = await openSandbox({ scopes: SCOPES });
  const { status, json } = await get(path, query);
  expect({ status, json: Array.isArray(json) ? "a list" : json }).toEqual({ status: 200, json: "a list" });
});

describe.each([
  ["user", "users"],
  ["group", "groups"],
  ["app", "applications"],
] as const)("what the page about one kind of object (%s) says", (of, name) => {
  const { path = "" } = SEARCHED_OBJECTS[name] ?? {};
  const text = searchObjectPage(name, () => undefined) ?? "";
  const asked = (attribute: string, operator = "eq") => {
    const [value] = OWN_VALUES[of][attribute] ?? [
      /[uU]pdated$|^created$|^activated$|^statusChanged$/.test(attribute) ? "2026-03-01T00:00:00Z" : "x",
    ];
    return `${attribute} ${operator} ${attribute.endsWith("enabled") ? "true" : `"${value}"`}`;
  };

  test("of filter holds for each attribute", async () => {
    const { get } = await openSandbox({ scopes: SCOPES });
    for (const attribute of FILTER_ATTRIBUTES[of]) {
      expect(text).toContain(`\`${attribute}\``);
      const filter = attribute === "user.id" ? 'user.id eq "00u1"' : asked(attribute);
      expect((await get(path, { filter })).status, filter).toBe(200);
    }
    expect((await get(path, { filter: 'nickname eq "x"' })).status).toBe(400);
  });

  if (of !== "app")
    test("of search holds for each attribute and operator", async () => {
      const { get } = await openSandbox({ scopes: SCOPES });
      const own = OWN_ATTRIBUTES[of].filter((attribute) => attribute !== "classification.type");
      for (const attribute of own) {
        expect(text).toContain(`\`${attribute}\``);
        expect((await get(path, { search: asked(attribute) })).status, attribute).toBe(200);
      }
      for (const attribute of CONTAINS_ATTRIBUTES[of]) {
        expect((await get(path, { search: asked(attribute, "co") })).status, attribute).toBe(200);
      }
      const profile = of === "user" ? "profile.title" : "profile.custom";
      for (const operator of ["eq", "sw", "gt", "ge", "lt", "le"]) {
        expect((await get(path, { search: asked(profile, operator) })).status, operator).toBe(200);
      }
      for (const operator of ["ne", "ew", "co"]) {
        expect((await get(path, { search: asked(profile, operator) })).status, operator).toBe(400);
      }
    });
});

test("every attribute in an example is one that the page names, or one of the profile", () => {
  for (const { name, query } of examples) {
    const text = searchObjectPage(name, () => undefined);
    for (const { attribute } of [query.search, query.filter].flatMap((one) => comparisonsIn(one ?? "")))
      expect(text, attribute).toContain(`\`${attribute}\``);
  }
});
