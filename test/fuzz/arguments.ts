import fc from "fast-check";
import { HOSTILE_IDS } from "../support/hostile.js";
import { HOSTILE_TEXTS } from "../support/hostile-org.js";

/** The parts of a JSON Schema that the generators use. */
export interface Schema {
  type?: string;
  enum?: string[];
  items?: Schema;
  anyOf?: Schema[];
  properties?: { [name: string]: Schema };
  required?: string[];
}

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "toJSON",
  "then",
  "",
  "id",
  "name",
  "type",
  "_links",
];

/** Generates any text, and also texts that are known to cause trouble. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(...Object.values(HOSTILE_TEXTS), ...HOSTILE_IDS),
  fc.constantFrom(
    "%2f..%2f",
    "..%2f",
    "a/../b",
    "..;/",
    "\\..\\",
    "?x=1",
    "#",
    "@evil.example",
    "//evil.example",
    "a:b@c",
  ),
);

const anyKey = fc.oneof(fc.constantFrom(...KEYS), anyText);

const anyScalar = fc.oneof(
  anyText,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -1, 0, 2 ** 53, 1e308),
);

/** Generates an object as `JSON.parse` makes it: every name is an own property, even `__proto__`. */
function objectOf<T>(value: fc.Arbitrary<T>, maxKeys = 5): fc.Arbitrary<{ [key: string]: T }> {
  return fc.array(fc.tuple(anyKey, value), { maxLength: maxKeys }).map((entries) => Object.fromEntries(entries));
}

const anyObject = fc.letrec<{ object: { [key: string]: unknown }; value: unknown }>((tie) => ({
  object: objectOf(tie("value")),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    anyScalar,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
})).object;

const tooDeep = fc
  .integer({ min: 101, max: 20_000 })
  .map((levels) => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`));

const goodId = fc.stringMatching(/^[\w@.+-]{1,30}$/).filter((id) => id !== "." && id !== "..");

/** The values of arguments whose text needs a special form, by a pattern for the argument's name. */
const GOOD_TEXTS: readonly (readonly [named: RegExp, fc.Arbitrary<string>])[] = [
  [/_(?:id|name)$/, fc.oneof(goodId, fc.constant("00x1"))],
  [/_hex$/, fc.constantFrom("#123456", "#ABCDEF")],
  [/_variant$/, fc.constant("OKTA_DEFAULT")],
  [/_ur[il]$|^url$/, fc.webUrl()],
  [/^(?:since|until)$/, fc.constantFrom("2026-01-31", "2026-01-31T08:00:00Z")],
  [/^file_path$|_file_path$/, fc.constant("x.gif")],
  [/^language$/, fc.constantFrom("en", "pt-BR")],
];

/** Generates a value for an argument that its schema accepts most of the time. */
function fitting(name: string, schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => fitting(name, one)));
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer());
    case "array":
      return fc.array(fitting(name, schema.items ?? {}), { maxLength: 4 });
    case "object":
      return anyObject.map((object) => ({ type: "SIGN_ON", name: "x", ...object }));
    case "string":
      // A path refuses most random texts, and most calls have to get past that.
      return fc.oneof(
        { arbitrary: GOOD_TEXTS.find(([named]) => named.test(name))?.[1] ?? anyText, weight: 8 },
        anyText,
      );
    default:
      return anyScalar;
  }
}

const anything = fc.oneof(anyScalar, anyObject, fc.array(anyScalar, { maxLength: 3 }), tooDeep);

/** Generates arguments of a tool. Most of them fit; some have a wrong one, one too few or one too many. */
export function argumentsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      fc.oneof({ arbitrary: fitting(name, schema), weight: 24 }, anything),
    ]),
  );
  const record = fc.record(fields, { requiredKeys: required, noNullPrototype: true });
  const short = fc.record(fields, { requiredKeys: [], noNullPrototype: true });
  const extra = fc
    .tuple(record, objectOf(anyScalar, 2))
    .map(([args, more]) => Object.fromEntries([...Object.entries(args), ...Object.entries(more)]));
  return fc.oneof(
    { arbitrary: record, weight: 16 },
    { arbitrary: short, weight: 1 },
    { arbitrary: extra, weight: 3 },
    { arbitrary: anything, weight: 1 },
  );
}

const anyStatus = fc.constantFrom("ACTIVE", "INACTIVE", "DEPROVISIONED");

/** Generates an answer of an org: an object with the fields that tools read, and others. */
export const anyAnswer = fc.tuple(anyObject, anyText, anyObject, anyStatus).map(([object, name, inner, status]) => ({
  id: "00x1",
  name,
  label: name,
  status,
  type: "OKTA_SIGN_ON",
  platform: "MACOS",
  system: false,
  isDefault: false,
  profile: { name, login: name, ...inner },
  ...object,
}));
