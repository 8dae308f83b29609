import { tooDeep } from "../json/depth.js";
import { doubleKey } from "../json/double-key.js";
import { parseJson } from "../json/exact-json.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { hint, nearest } from "../text/nearest.js";
import { visible, visibleStart } from "../text/quote.js";
import type { ApiArgument } from "./api-arguments.js";
import type { ApiDocument } from "./api-document.js";
import type { Located } from "./document-place.js";
import { plainSchema } from "./plain-schema.js";
import type { SchemaCheck } from "./schema-compiler.js";
import type { PlainSchema } from "./schema-types.js";
import type { JsonText } from "./shown-schema.js";
import { unknownNames } from "./unknown-names.js";

export type Checked =
  | {
      /** By the arguments' names. */
      values: Readonly<Record<string, Json>>;
      /** Fields that are sent although the document has only others of nearly the same name, one sentence each. */
      hints: readonly string[];
    }
  | { problems: string[] };

/** The check of one schema, and the schema. */
interface CheckedSchema {
  check: SchemaCheck;
  plain: PlainSchema;
}

/** The most problems that are told of one call. */
const MAX_TOLD = 20;

/**
 * The check of arguments by the whole schemas of a document. A check of a schema is made when the first call needs it,
 * and kept as long as this object.
 */
export class ArgumentCheck {
  readonly #document: ApiDocument;
  readonly #checks = new Map<string, CheckedSchema>();

  constructor(document: ApiDocument) {
    this.#document = document;
  }

  /**
   * Checks what a caller gave.
   * @param args the arguments that the caller may give
   * @param given by name; one that is undefined was not given
   * @returns the values in the form in which they are sent (text that holds JSON became what it holds), or every problem
   * as a sentence with its place
   */
  async check(args: readonly ApiArgument[], given: Readonly<Record<string, unknown>>): Promise<Checked> {
    const problems = unknownArguments(args, given);
    const values: [string, Json][] = [];
    const hints: string[] = [];
    for (const argument of args) {
      const raw = Object.hasOwn(given, argument.name) ? (given[argument.name] as Json | undefined) : undefined;
      if (raw === undefined) {
        if (argument.isRequired) problems.push(`${argument.name} is missing.`);
        continue;
      }
      const value = withJson(raw, argument.jsonTexts);
      const found = await this.#judge(argument, value);
      problems.push(...found.faults);
      hints.push(...found.hints);
      values.push([argument.name, value]);
    }
    if (problems.length === 0) return { values: Object.fromEntries(values), hints };
    const left = problems.length - MAX_TOLD;
    return { problems: left > 0 ? [...problems.slice(0, MAX_TOLD), `${left} more problems.`] : problems };
  }

  async #judge({ name, located }: ApiArgument, value: Json): Promise<{ faults: string[]; hints: string[] }> {
    if (located === undefined) return { faults: [], hints: [] };
    const { faultsInWords } = await import("./check-words.js");
    const { check, plain } = await this.#schemaOf(located);
    const faults = faultsInWords(name, check(value));
    return { faults, hints: faults.length > 0 ? [] : unknownNames(name, value, plain) };
  }

  async #schemaOf(located: Located): Promise<CheckedSchema> {
    const key = `${located.file}#${located.pointer}`;
    const known = this.#checks.get(key);
    if (known !== undefined) return known;
    const { compileSchema } = await import("./schema-compiler.js");
    const plain = plainSchema(located, this.#document.references);
    const made = { check: compileSchema(plain), plain };
    this.#checks.set(key, made);
    return made;
  }
}

function unknownArguments(args: readonly ApiArgument[], given: Readonly<Record<string, unknown>>): string[] {
  const known = args.map(({ name }) => name);
  const unknown = Object.keys(given).filter((name) => given[name] !== undefined && !known.includes(name));
  return unknown.map((name) => `${visibleStart(name)} is no argument${visible(hint(nearest(name, known)))}.`);
}

/** A value in which text at places that are shown as such is the JSON that it holds. */
function withJson(value: Json, places: readonly JsonText[]): Json {
  return places.reduce((whole, { path, whole: isWhole }) => replaced(whole, path, isWhole), value);
}

function replaced(value: Json, [step, ...rest]: readonly string[], isWhole: boolean): Json {
  if (step === undefined) return typeof value === "string" ? jsonIn(value, isWhole) : value;
  if (step === "*") return Array.isArray(value) ? value.map((item) => replaced(item, rest, isWhole)) : value;
  if (!isObject(value) || !Object.hasOwn(value, step)) return value;
  const changed: JsonObject = { ...value };
  changed[step] = replaced(value[step] as Json, rest, isWhole);
  return changed;
}

/** What a text holds as JSON; the text itself where it holds none. */
function jsonIn(text: string, isWhole: boolean): Json {
  if (!isWhole && !/^\s*[{[]/.test(text)) return text;
  try {
    const value = parseJson(text) as Json;
    return tooDeep(value) || doubleKey(text) !== undefined ? text : value;
  } catch {
    return text;
  }
}
