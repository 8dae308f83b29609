import type { jsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import { isObject } from "../json/json.js";

/** The types of a form's fields, as `typeof` names them. */
const TYPES: ReadonlySet<unknown> = new Set(["boolean", "string"]);

/** Keywords that describe a field for a person and restrict nothing. */
const WORDS: ReadonlySet<string> = new Set(["type", "title", "description", "default"]);

interface Form {
  properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  required?: readonly string[];
}

function problemIn({ properties, required = [] }: Form, answer: unknown): string | undefined {
  if (!isObject(answer)) return "the answer is no object";
  for (const [name, field] of Object.entries(properties)) {
    const known = TYPES.has(field.type) && Object.keys(field).every((keyword) => WORDS.has(keyword));
    if (!known) return `${name} cannot be checked`;
    if (!Object.hasOwn(answer, name)) {
      if (required.includes(name)) return `${name} is missing`;
    } else if (typeof answer[name] !== field.type) return `${name} is no ${String(field.type)}`;
  }
  return undefined;
}

/**
 * Checks the answer to a form of ours (MCP elicitation): flat, with yes-or-no and text fields. A form with anything
 * else fails the check, so that nothing passes unchecked. It replaces a compiler of JSON Schema, which would double the
 * time to start.
 */
export const formAnswers: jsonSchemaValidator = {
  getValidator<T>(schema: object) {
    const form = "properties" in schema && isObject(schema.properties) ? (schema as Form) : undefined;
    return (answer: unknown) => {
      const problem = form === undefined ? "the form has no fields" : problemIn(form, answer);
      return problem === undefined
        ? { valid: true, data: answer as T, errorMessage: undefined }
        : { valid: false, data: undefined, errorMessage: problem };
    };
  },
};
