import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { RE2JS } from "re2js";
import { stringifyJson } from "../json/exact-json.js";
import { canonical, type Json } from "../json/json.js";
import { countValues } from "../json/json-values.js";
import { type PlainSchema, READ_ONLY } from "./schema-types.js";

/**
 * Judges a value by a schema.
 * @returns the faults, none where the value fits; at most those of one place where the value is large
 */
export type SchemaCheck = (value: unknown) => ErrorObject[];

/** The keyword of ours that counts how often definitions are entered. */
const STEPS = "countsSteps";

/** The longest text whose format or pattern is checked. Whatever has one of them is shorter; what is longer may be anything. */
const MAX_CHECKED_CHARS = 10_000;

/** A value with more values in it is checked up to its first fault. */
const MANY_VALUES = 5_000;

class TooManySteps extends Error {}

/** The steps that a check may still take. */
interface Steps {
  left: number;
}

/**
 * Makes the check of a schema.
 *
 * The library makes code of a schema. Schemas come from a document that an operator has chosen and pinned, but others
 * wrote it. What reaches the library is therefore not the document's schema but one that `plainSchema` made: of keywords
 * on a list, each with a value of the kind that it has to have. Of the document itself only texts and numbers are in it
 * (names of properties, values of `enum` and `const`), which the library writes into its code as literals of JSON.
 * References and definitions have names of ours, patterns are compiled by another engine, and formats are known or
 * ignored.
 */
export function compileSchema({ schema, defs }: PlainSchema): SchemaCheck {
  const steps: Steps = { left: 0 };
  const counted = Object.fromEntries([...defs].map(([name, inner]) => [name, withCount(inner)]));
  // Exact numbers of the document are compared as JavaScript has them, like those of the arguments.
  const whole = JSON.parse(stringifyJson({ ...asObject(schema), $defs: counted }));
  const checks = new Map<boolean, (value: unknown) => ErrorObject[]>();
  const checkFor = (allErrors: boolean) => {
    const known = checks.get(allErrors) ?? validator(whole, allErrors, steps);
    checks.set(allErrors, known);
    return known;
  };
  return (value) => {
    const json = JSON.parse(stringifyJson(value));
    const values = countValues(json);
    steps.left = 10_000 + 500 * values;
    try {
      return checkFor(values <= MANY_VALUES)(json);
    } catch (error) {
      // A schema of many nested choices can cost more than any value is worth. The API judges what is not checked here.
      if (error instanceof TooManySteps) return [];
      throw error;
    }
  };
}

function asObject(schema: PlainSchema["schema"]): object {
  if (schema === true) return {};
  return schema === false ? { not: {} } : schema;
}

function withCount(schema: PlainSchema["schema"]): object {
  return { [STEPS]: true, ...asObject(schema) };
}

function validator(schema: object, allErrors: boolean, steps: Steps): (value: unknown) => ErrorObject[] {
  const ajv = new Ajv2020({
    allErrors,
    verbose: true,
    strict: false,
    validateSchema: false,
    ownProperties: true,
    logger: false,
    code: { regExp: linearRegExp },
  });
  (addFormats as unknown as typeof addFormats.default)(ajv);
  for (const [name, format] of Object.entries(ajv.formats)) ajv.addFormat(name, bounded(format));
  // Int64 has more digits than a number of JavaScript. What is beyond is the API's to judge.
  for (const name of ["int64", "binary", "password"]) ajv.addFormat(name, true);
  ajv.addKeyword({
    keyword: STEPS,
    validate: () => {
      steps.left -= 1;
      if (steps.left < 0) throw new TooManySteps();
      return true;
    },
  });
  ajv.addKeyword({ keyword: READ_ONLY, validate: () => false });
  // The library's own compares each item with each.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    validate: (_: true, items: Json[]) => new Set(items.map(canonical)).size === items.length,
  });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

type Formats = Ajv2020["formats"];

/** A format that takes time in proportion to a bounded text. */
function bounded(format: Formats[string]): NonNullable<Formats[string]> {
  const test = testOf(format);
  if (test === undefined) return format ?? true;
  return (text: string) => text.length > MAX_CHECKED_CHARS || test(text);
}

function testOf(format: Formats[string]): ((text: string) => boolean) | undefined {
  if (format instanceof RegExp) {
    return (text) => {
      // Some of the library's are global, and would begin where the last search ended.
      format.lastIndex = 0;
      return format.test(text);
    };
  }
  if (typeof format === "function") return format as (text: string) => boolean;
  if (typeof format !== "object" || format === null || !("validate" in format)) return undefined;
  if (format.type === "number" || format.async === true) return undefined;
  return testOf(format.validate as Formats[string]);
}

/**
 * A pattern of a schema, matched in time that is linear in the text. Its dialect is that of RE2, which has no
 * back-references and no look-around; a pattern with these is not checked here.
 */
function linearRegExp(pattern: string): { test(text: string): boolean; toString(): string } {
  let compiled: RE2JS | undefined;
  try {
    compiled = pattern.length > MAX_CHECKED_CHARS ? undefined : RE2JS.compile(withoutJavaScript(pattern));
  } catch {
    compiled = undefined;
  }
  const re = compiled;
  return {
    test: (text) => re === undefined || text.length > MAX_CHECKED_CHARS || re.matcher(text).find(),
    // The library takes two patterns with the same text for one.
    toString: () => pattern,
  };
}
linearRegExp.code = "linearRegExp";

/** The pattern in RE2's words where JavaScript has others for the same. */
function withoutJavaScript(pattern: string): string {
  return pattern
    .replaceAll(
      /\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})/g,
      (_, braced: string, plain: string) => `\\x{${braced ?? plain}}`,
    )
    .replaceAll("\\/", "/");
}
