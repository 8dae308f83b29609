import type { ErrorObject } from "ajv";
import { isObject } from "../json/json.js";
import { hint, nearest } from "../text/nearest.js";
import { visible, visibleStart } from "../text/quote.js";
import { stepsOf } from "./document-fault.js";
import { KINDS, listed } from "./schema-facts.js";
import { READ_ONLY } from "./schema-types.js";

/** The most faults of one argument that are told. */
const MAX_TOLD = 10;

/** The most names, and the longest, that a missing one is compared with. */
const MAX_COMPARED = 100;

/**
 * The faults of an argument as sentences, each with its place: "body.items[0].name has to be text, not a number."
 * @param argument its name
 */
export function faultsInWords(argument: string, errors: readonly ErrorObject[]): string[] {
  const faults = withoutBranches(errors);
  // What is of the wrong kind has no right size, form or value either.
  const wrongKind = new Set(faults.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  const telling = faults.filter(({ keyword, instancePath }) => keyword === "type" || !wrongKind.has(instancePath));
  const lines = telling.map((error) => `${placeOf(argument, error.instancePath)} ${wordsOf(error)}.`);
  const told = [...new Set(lines)];
  const left = told.length - MAX_TOLD;
  return left > 0 ? [...told.slice(0, MAX_TOLD), `${argument} has ${left} more faults.`] : told;
}

/** `body.items[0].name` */
function placeOf(argument: string, instancePath: string): string {
  const steps = stepsOf(instancePath).map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`));
  return visibleStart(`${argument}${steps.join("")}`, 200);
}

/**
 * Where none of several forms fits, the library tells the faults of each of them first. Kept are those that say most: of
 * the form that came furthest.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    // Says no more than the faults of `then` do.
    if (error.keyword === "if") continue;
    if (error.keyword === "anyOf") {
      const branches: ErrorObject[] = [];
      for (let last = kept.at(-1); last !== undefined && isWithin(last, error); last = kept.at(-1)) {
        branches.unshift(last);
        kept.pop();
      }
      kept.push(...mostTelling(error, branches));
    } else kept.push(error);
  }
  return kept;
}

/** True for a fault at the same place or further inside, which is not one of the schema around the choice itself. */
function isWithin(fault: ErrorObject, choice: ErrorObject): boolean {
  const isInside =
    fault.instancePath === choice.instancePath || fault.instancePath.startsWith(`${choice.instancePath}/`);
  return isInside && fault.parentSchema !== choice.parentSchema;
}

function mostTelling(choice: ErrorObject, branches: ErrorObject[]): ErrorObject[] {
  const here = branches.filter(({ instancePath }) => instancePath === choice.instancePath);
  const deeper = branches.filter(({ instancePath }) => instancePath !== choice.instancePath);
  const types = here.filter(({ keyword }) => keyword === "type");
  const others = here.filter(({ keyword }) => keyword !== "type");
  if (deeper.length === 0 && others.length === 0) {
    const wanted = [...new Set(types.flatMap(({ params }) => typesIn(params.type)))];
    return [{ ...choice, keyword: "type", params: { type: wanted } }];
  }
  const values = here.filter(({ keyword }) => keyword === "enum" || keyword === "const");
  if (deeper.length === 0 && values.length === here.length)
    return [{ ...choice, keyword: "enum", params: { allowedValues: values.flatMap(allowed) } }];
  const telling = deeper.length > 0 && others.length === 0 ? deeper : [...others, ...deeper];
  return telling.slice(0, 3);
}

function allowed({ keyword, params }: ErrorObject): unknown[] {
  return keyword === "const" ? [params.allowedValue] : (params.allowedValues as unknown[]);
}

function typesIn(type: unknown): string[] {
  return Array.isArray(type) ? type.map(String) : String(type).split(",");
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return KINDS[Array.isArray(value) ? "array" : typeof value] ?? "something else";
}

/** The names of properties that a schema knows. */
function knownNames({ parentSchema }: ErrorObject): string[] {
  const properties = isObject(parentSchema) && isObject(parentSchema.properties) ? parentSchema.properties : {};
  return Object.entries(properties).flatMap(([name, inner]) =>
    isObject(inner) && inner[READ_ONLY] === true ? [] : [name],
  );
}

const units = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
/** What a value of a format looks like, for formats that people write in several ways. */
const EXAMPLES: Readonly<Record<string, string>> = {
  date: ", as 2026-12-31",
  "date-time": ", as 2026-12-31T08:00:00Z",
  time: ", as 08:00:00Z",
  duration: ", as PT30M",
};

const LIMITS: Readonly<Record<string, (limit: number) => string>> = {
  minLength: (limit) => (limit === 1 ? "must not be empty" : `has to have at least ${units(limit, "character")}`),
  maxLength: (limit) => `has to have at most ${units(limit, "character")}`,
  minItems: (limit) => (limit === 1 ? "must not be empty" : `has to have at least ${units(limit, "item")}`),
  maxItems: (limit) => `has to have at most ${units(limit, "item")}`,
  minProperties: (limit) => `has to have at least ${units(limit, "field")}`,
  maxProperties: (limit) => `has to have at most ${units(limit, "field")}`,
  minimum: (limit) => `has to be at least ${limit}`,
  maximum: (limit) => `has to be at most ${limit}`,
  exclusiveMinimum: (limit) => `has to be more than ${limit}`,
  exclusiveMaximum: (limit) => `has to be less than ${limit}`,
};

function wordsOf(error: ErrorObject): string {
  const { keyword, params, data } = error;
  const limit = LIMITS[keyword];
  if (limit !== undefined) return limit(Number(params.limit));
  switch (keyword) {
    case "type":
      return `has to be ${oneOf(typesIn(params.type).map((type) => KINDS[type] ?? type))}, not ${kindOf(data)}`;
    case "required":
      return missing(error);
    case "additionalProperties":
    case "unevaluatedProperties":
      return unknownName(String(params.additionalProperty ?? params.unevaluatedProperty), knownNames(error));
    case "enum":
      return wrongValue(params.allowedValues as unknown[], data);
    case "const":
      return wrongValue([params.allowedValue], data);
    case READ_ONLY:
      return "is set by the API and cannot be given; leave it out";
    case "format":
      return `is not of the format ${visibleStart(String(params.format))}${EXAMPLES[String(params.format)] ?? ""}`;
    case "pattern":
      return `does not match the pattern ${visibleStart(String(params.pattern), 200)}`;
    case "multipleOf":
      return `has to be a multiple of ${params.multipleOf}`;
    case "uniqueItems":
      return "has an item twice";
    case "dependentRequired":
      return `needs ${listed([params.missingProperty])} beside ${listed([params.property])}`;
    case "false schema":
      return "is not taken here";
    case "propertyNames":
      return `has the name ${listed([params.propertyName])}, which is not taken here`;
    default:
      return "does not have a form that is taken here";
  }
}

/** A name that is missing, and the one that stands there in its place. */
function missing({ params, data, parentSchema }: ErrorObject): string {
  const name = String(params.missingProperty);
  const known = isObject(parentSchema) && isObject(parentSchema.properties) ? Object.keys(parentSchema.properties) : [];
  const given = isObject(data) ? Object.keys(data).slice(0, MAX_COMPARED) : [];
  const unknown = given.filter((key) => key.length < MAX_COMPARED && !known.includes(key));
  const near = nearest(name, unknown);
  return `lacks ${listed([name])}${near === undefined ? "" : ` (is ${listed([near])} meant to be it?)`}`;
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const knownWords = near === undefined && known.length > 0 ? `; known are ${listed(known)}` : "";
  return `has the unknown field ${listed([name])}${visible(hint(near))}${knownWords}`;
}

function wrongValue(values: readonly unknown[], data: unknown): string {
  const texts = values.filter((value) => typeof value === "string");
  const near = typeof data === "string" ? nearest(data, texts) : undefined;
  return `has to be ${values.length === 1 ? "" : "one of "}${listed(values)}${visible(hint(near))}`;
}
