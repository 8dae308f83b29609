import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ArgumentSchema } from "../../src/catalogue/catalogue.js";
import { some } from "../../tools/shared/known-fields.js";
import { catalogue } from "../support/catalogue.js";
import { FACTS_FILE } from "../support/openapi-dir.js";

/** The schemas in Okta's document that describe an argument's object, of whatever type it is. */
const DESCRIBED_BY: Readonly<Record<string, RegExp>> = {
  "create_user.profile": /^UserProfile$/,
  "update_user.profile": /^UserProfile$/,
  "create_user.credentials": /^UserCredentials(Writable)?$/,
  "update_user.credentials": /^UserCredentials(Writable)?$/,
  "create_user.type": /^CreateUserRequest$/,
  "create_group.profile": /^OktaUserGroupProfile$/,
  "update_group.profile": /^OktaUserGroupProfile$/,
  "create_application.app_config": /^(?!.*Policy).*Application$/,
  "update_application.app_config": /^(?!.*Policy).*Application$/,
  "create_policy.policy_data": /Policy$/,
  "update_policy.policy_data": /Policy$/,
  "create_policy_rule.rule_data": /PolicyRule$/,
  "update_policy_rule.rule_data": /PolicyRule$/,
  "create_device_assurance_policy.policy_data": /^DeviceAssurance/,
  "replace_device_assurance_policy.policy_data": /^DeviceAssurance/,
  "replace_brand.default_app": /^DefaultApp$/,
  "replace_customized_sign_in_page.widget_customizations": /^SignInPage$/,
  "replace_preview_sign_in_page.widget_customizations": /^SignInPage$/,
};

/** The field of the schema that describes an argument's object, where it is not the whole schema. */
const UNDER: Readonly<Record<string, string>> = { type: "type", widget_customizations: "widgetCustomizations" };

interface Described {
  $ref?: string;
  type?: string;
  properties?: Record<string, Described>;
  items?: Described;
  allOf?: Described[];
  oneOf?: Described[];
  anyOf?: Described[];
  discriminator?: { mapping?: Record<string, string> };
}

const { management }: { management: { components: { schemas: Record<string, Described> } } } = JSON.parse(
  readFileSync(FACTS_FILE, "utf8"),
);
const { schemas } = management.components;

/** A schema and all schemas that it refers to, consists of, or names in its discriminator. */
function alternatives(schema: Described, seen = new Set<Described>()): Described[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const named = [schema.$ref, ...Object.values(schema.discriminator?.mapping ?? {})].flatMap((ref) => ref ?? []);
  const referred = named.flatMap((ref) => schemas[ref.split("/").at(-1) ?? ""] ?? []);
  const others = [...referred, ...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return [schema, ...others.flatMap((other) => alternatives(other, seen))];
}

/** The paths of the fields that no alternative describes with the same type. */
function strange(field: ArgumentSchema, described: readonly Described[], path: string): string[] {
  const all = described.flatMap((schema) => alternatives(schema));
  if (!all.some(({ type }) => type === undefined || type === field.type)) return [`${path} is no ${field.type}`];
  if (field.items) {
    const items = all.flatMap((schema) => schema.items ?? []);
    return items.length === 0 ? [`${path} is no list`] : strange(field.items, items, `${path}[]`);
  }
  return Object.entries(field.properties ?? {}).flatMap(([name, inner]) => {
    const found = all.flatMap(({ properties }) => properties?.[name] ?? []);
    return found.length === 0 ? [`${path}.${name}`] : strange(inner, found, `${path}.${name}`);
  });
}

describe("the fields that a schema names", () => {
  const objects = catalogue.entries.flatMap(({ name }) =>
    Object.entries(catalogue.definition(name).inputSchema.properties)
      .filter(([, schema]) => schema.additionalProperties === true)
      .map(([argument, schema]) => ({ path: `${name}.${argument}`, argument, schema })),
  );

  test("are known of every object", () => {
    expect(objects.map(({ path }) => path).sort()).toEqual(Object.keys(DESCRIBED_BY).sort());
  });

  test.each(objects)("$path: are Okta's, with their types", ({ path, argument, schema }) => {
    const named = Object.keys(schemas).filter((name) => DESCRIBED_BY[path]?.test(name));
    const under = UNDER[argument];
    const described = named.flatMap((name) => {
      const whole = schemas[name] ?? {};
      return under ? alternatives(whole).flatMap(({ properties }) => properties?.[under] ?? []) : whole;
    });
    expect(strange(schema, described, path)).toEqual([]);
  });

  /** The paths of all fields that a schema names. */
  const pathsIn = ({ properties = {}, items }: ArgumentSchema): string[] => [
    ...Object.entries(properties).flatMap(([name, inner]) => [
      name,
      ...pathsIn(inner).map((path) => `${name}.${path}`),
    ]),
    ...(items ? pathsIn(items) : []),
  ];

  test.each([
    ["update_application.app_config", "create_application.app_config"],
    ["update_policy.policy_data", "create_policy.policy_data"],
    ["update_policy_rule.rule_data", "create_policy_rule.rule_data"],
    ["replace_device_assurance_policy.policy_data", "create_device_assurance_policy.policy_data"],
    ["update_user.credentials", "create_user.credentials"],
  ])("of %s are some of those of %s", (part, whole) => {
    const [few = [], many = []] = [part, whole].map((path) =>
      objects.filter((object) => object.path === path).flatMap(({ schema }) => pathsIn(schema)),
    );
    expect(few.length).toBeGreaterThan(2);
    expect(few.length).toBeLessThan(many.length);
    expect(few.filter((path) => !many.includes(path))).toEqual([]);
  });
});

test("some fields of an object are chosen by paths that there are", () => {
  const fields = { name: "string", list: ["string"], deep: { one: "string", two: { three: "boolean" } } } as const;
  expect(some(fields, "name", "list", "deep.two")).toEqual({
    name: "string",
    list: ["string"],
    deep: { two: { three: "boolean" } },
  });
  expect(some(fields, "deep.one", "deep.two.three")).toEqual({ deep: { one: "string", two: { three: "boolean" } } });
  expect(some(fields, "deep.one", "deep")).toEqual({ deep: fields.deep });
  for (const path of ["nme", "deep.on", "name.x", "list.x"]) expect(() => some(fields, path), path).toThrow();
});
