import type { Catalogue, CatalogueEntry } from "../catalogue.js";
import { isKnownScope, SCOPES } from "../scopes.js";
import { unknownTool } from "../unknown-tool.js";
import { columnsOf, type Io } from "./io.js";
import { atTerminal } from "./terminal-words.js";
import { twoColumns, wrap } from "./words.js";

/** What help tells of an argument's JSON Schema. */
interface ArgumentSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  description?: string;
  items?: ArgumentSchema;
  anyOf?: ArgumentSchema[];
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  array: "list",
  object: "object",
};

const EFFECTS: Readonly<Record<string, string>> = {
  reads: "reads",
  adds: "adds something",
  changes: "changes what is there",
  removes: "takes something away; asks first, unless with --yes",
};

function typeInWords(schema: ArgumentSchema): string {
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeInWords))].join(" or ");
  const types = [schema.type ?? "any"].flat().filter((type) => type !== "null");
  const words = types.map((type) => TYPES[type] ?? type).join(" or ");
  const { minimum, maximum } = schema;
  if (types.includes("array") && schema.items) return `list of: ${typeInWords(schema.items)}`;
  // Beyond these JSON has no exact numbers; it is no rule of the tool's.
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum !== undefined && most !== undefined && minimum > -Number.MAX_SAFE_INTEGER)
    return `${words}, ${minimum} to ${most}`;
  return most === undefined ? words : `${words}, up to ${most}`;
}

/** A value with which an argument can be shown; an object is best kept in a file. */
function sample(name: string, schema: ArgumentSchema): string {
  if (schema.enum) return String(schema.enum[0]);
  if (schema.anyOf?.[0]) return sample(name, schema.anyOf[0]);
  const [type] = [schema.type ?? "string"].flat();
  if (type === "object") return `@${name}.json`;
  if (type === "array")
    return schema.items?.type === "object" ? `@${name}.json` : `${sample(name, schema.items ?? {})},…`;
  if (type === "integer" || type === "number") return String(schema.default ?? Math.max(5, schema.minimum ?? 0));
  if (type === "boolean") return "true";
  return /(?:^|_)ids?$/.test(name) ? "ID" : "TEXT";
}

function exampleOf(
  name: string,
  properties: Readonly<Record<string, ArgumentSchema>>,
  required: readonly string[],
): string {
  const others = Object.keys(properties).filter((argument) => !required.includes(argument));
  // What a change is about, where it may be left out, or what keeps a list short.
  const telling = others.find((argument) => properties[argument]?.type === "object" || argument === "limit");
  const args = [...required, ...(telling === undefined ? [] : [telling])].map(
    (argument) => `--arg ${argument}=${sample(argument, properties[argument] ?? {})}`,
  );
  return ["okta-mcp call", name, ...args].join(" ");
}

/**
 * Shows one tool on stdout: what it does and needs, its arguments, and how it is called.
 * @param why why it is off; null where it is on
 * @throws OktaMcpError bad_input for a tool that there is not
 */
export function showTool(
  io: Io,
  catalogue: Catalogue,
  name: string,
  whyOff: (tool: CatalogueEntry) => string | null,
): void {
  const off = catalogue.leftOut.find(({ tool }) => tool.name === name);
  const tool = catalogue.get(name) ?? off?.tool;
  if (!tool) {
    const names = [...catalogue.entries, ...catalogue.leftOut.map((one) => one.tool)].map((one) => one.name);
    throw atTerminal(unknownTool(name, names), new Set(names));
  }
  const width = io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY;
  const dim = (text: string) => io.style("dim", text, io.stdout);
  const heading = (text: string) => io.out(io.style("bold", text, io.stdout));
  const why = off?.why ?? whyOff(tool);
  heading(`${tool.name}: ${tool.title}`);
  io.out(wrap(tool.description, width));
  io.out("");
  const scope =
    tool.scope === null ? "none" : `${tool.scope}${isKnownScope(tool.scope) ? ` (${SCOPES[tool.scope]})` : ""}`;
  const facts: [string, string][] = [
    ["Effect", EFFECTS[tool.effect] ?? tool.effect],
    ["Scope", scope],
    ["On", why === null ? "yes" : `no: ${why}`],
  ];
  io.out(twoColumns(facts, width, dim));
  if (off) return;
  const { properties, required = [] } = catalogue.schema(name) as {
    properties: Readonly<Record<string, ArgumentSchema>>;
    required?: readonly string[];
  };
  // A terminal is asked, or says --yes.
  const own = Object.entries(properties).filter(([argument]) => argument !== "confirmation");
  const rows = own.map(([argument, schema]): [string, string[]] => {
    const needed = required.includes(argument) ? "required, " : "";
    const fallback = schema.default === undefined ? "" : `, else ${JSON.stringify(schema.default)}`;
    return [
      `  ${argument}`,
      [`${needed}${typeInWords(schema)}${fallback}`, ...(schema.description ? [schema.description] : [])],
    ];
  });
  io.out("");
  heading("Arguments");
  io.out(rows.length > 0 ? twoColumns(rows, width, dim) : "  none");
  io.out("");
  heading("Example");
  io.out(`  ${exampleOf(name, properties, required)}`);
}
