import { readFileSync } from "node:fs";
import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { textOfFile } from "../files/file-text.js";
import { parseJson } from "../json/exact-json.js";
import { isObject } from "../json/json.js";
import { visible } from "../text/quote.js";

/** The parts of a JSON Schema that this module reads. */
export interface PropertySchema {
  type?: string | string[];
  anyOf?: PropertySchema[];
  oneOf?: PropertySchema[];
}

/** The schemas of a tool's arguments, by name. */
export type Properties = Readonly<Record<string, PropertySchema | undefined>>;

function asksFor(type: string, schema: PropertySchema | undefined): boolean {
  if (!schema) return false;
  if (schema.type !== undefined)
    return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some((option) => asksFor(type, option));
}

function readJson(text: string): { value: unknown } | undefined {
  try {
    return { value: parseJson(text) };
  } catch {
    return undefined;
  }
}

function badArguments(message: string, fix: string): OktaMcpError {
  return new OktaMcpError("bad_input", message, { fix });
}

function readFileArgument(name: string, file: string): string {
  try {
    return textOfFile(readFileSync(file));
  } catch (cause) {
    throw new OktaMcpError(
      "bad_input",
      `--arg ${visible(name)}: the file ${visible(file)} cannot be read: ${codeOf(cause)}.`,
      {
        fix: "Give the path of a file that this user may read; a value that starts with @ is written @@.",
        cause,
      },
    );
  }
}

/**
 * The value of `--arg name=value`. It is the text itself where the tool asks for a string, and otherwise parsed as
 * JSON. A list may be written `a,b,c`. `@file` stands for the file's content, `@@` for a plain `@`.
 */
function argumentValue(name: string, text: string, schema: PropertySchema | undefined): unknown {
  const isFile = text.startsWith("@") && !text.startsWith("@@");
  const content = isFile ? readFileArgument(name, text.slice(1)) : text.replace(/^@@/, "@");
  if (asksFor("string", schema)) return content;
  const json = readJson(content);
  if (json) return json.value;
  return asksFor("array", schema) && !isFile ? content.split(",").map((word) => word.trim()) : content;
}

/**
 * The arguments of a call, from its JSON and its `--arg name=value` options together.
 * @throws OktaMcpError bad_input for JSON that is none or no object, for a `--arg` without `=`, and for a name given twice
 */
export function parseCallArguments(
  json: string | undefined,
  pairs: readonly string[],
  properties: Properties,
): Record<string, unknown> {
  const entries = new Map<string, unknown>();
  if (json !== undefined) {
    const parsed = readJson(json);
    const value = parsed?.value;
    if (!isObject(value)) {
      throw badArguments(
        parsed ? "The arguments are not a JSON object." : "The arguments are not valid JSON.",
        `Write them as one object in single quotes, e.g. '{"limit": 5}', or as --arg limit=5.`,
      );
    }
    for (const [name, own] of Object.entries(value)) entries.set(name, own);
  }
  for (const pair of pairs) {
    const [name, ...rest] = pair.split("=");
    if (!name || rest.length === 0) {
      throw badArguments(`--arg ${visible(pair.slice(0, 60))} has no value.`, "Write --arg name=value.");
    }
    if (entries.has(name)) throw badArguments(`The argument ${visible(name)} is given twice.`, "Give it once.");
    entries.set(name, argumentValue(name, rest.join("="), properties[name]));
  }
  return Object.fromEntries(entries);
}
