import type { ArgumentSchema, ArgumentsSchema, Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { lookUp } from "../catalogue/find-tool.js";
import { unknownTool } from "../catalogue/unknown-tool.js";
import { isKnownScope, SCOPES } from "../okta/scopes.js";
import type { ApiAccess } from "../openapi/api-request.js";
import { visibleStart } from "../text/quote.js";
import type { Effect } from "../tool.js";
import { columnsOf, type Io } from "./io.js";
import { atTerminal } from "./terminal-words.js";
import { twoColumns, wrap } from "./words.js";

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  array: "list",
  object: "object",
};

/** What an operation of a company's API asks of whoever calls it. */
function accessInWords({ isOpen, scopes }: ApiAccess): string {
  if (isOpen) return "open to anybody; no identity is sent";
  return scopes.length === 0 ? "an identity at that API" : `at that API ${scopes.join(", ")}`;
}

const EFFECTS: Readonly<Record<Effect, string>> = {
  reads: "reads",
  adds: "adds something",
  changes: "changes what is there",
  removes: "takes something away; asks first, unless with --yes",
};

function typeInWords({ type = "any", enum: values, items, maximum }: ArgumentSchema): string {
  if (values) return values.map(String).join(" | ");
  if (items) return `list of: ${typeInWords(items)}`;
  const words = TYPES[type] ?? type;
  return maximum === undefined ? words : `${words}, up to ${maximum}`;
}

/** The fields of an object, those that are needed first; nothing where it names none. */
function fieldsInWords({ properties = {}, required = [] }: ArgumentSchema): string[] {
  const names = Object.keys(properties);
  const fieldInWords = (name: string) => `${visibleStart(name)} (${visibleStart(typeInWords(properties[name] ?? {}))})`;
  const [needed, free] = [true, false].map((isNeeded) =>
    names.filter((name) => required.includes(name) === isNeeded).map(fieldInWords),
  );
  return [
    ...(needed?.length ? [`Needs ${needed.join(", ")}.`] : []),
    ...(free?.length ? [`May have ${free.join(", ")}.`] : []),
  ];
}

/** An example value of an argument. An object is best kept in a file. */
function sample(name: string, { type, enum: values, items }: ArgumentSchema): string {
  if (values) return String(values[0]);
  if (type === "object" || items?.type === "object") return `@${name}.json`;
  if (items) return `${sample(name, items)},…`;
  if (type === "integer" || type === "number") return "5";
  if (type === "boolean") return "true";
  return /(?:^|_)ids?$/.test(name) ? "ID" : "TEXT";
}

function exampleOf(name: string, properties: ArgumentsSchema["properties"], required: readonly string[]): string {
  const others = Object.keys(properties).filter((argument) => !required.includes(argument));
  // Of the optional arguments, the object that a change is about or the limit of a list explain most.
  const telling = others.find((argument) => properties[argument]?.type === "object" || argument === "limit");
  const args = [...required, ...(telling === undefined ? [] : [telling])].map(
    (argument) => `--arg ${argument}=${sample(argument, properties[argument] ?? {})}`,
  );
  return ["okta-mcp call", name, ...args].join(" ");
}

/**
 * Shows one tool on stdout: its purpose, scope, arguments, and an example call.
 * @param why the reason why it is off; null where it is on
 * @throws OktaMcpError bad_input for an unknown tool
 */
export function showTool(
  io: Io,
  catalogue: Catalogue,
  name: string,
  whyOff: (tool: CatalogueEntry) => string | null,
): void {
  const found = lookUp(catalogue, name);
  if ("names" in found) throw atTerminal(unknownTool(name, found.names, catalogue.elsewhere), new Set(found.names));
  const { tool } = found;
  const width = io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY;
  const dim = (text: string) => io.style("dim", text, io.stdout);
  const heading = (text: string) => io.out(io.style("bold", text, io.stdout));
  const why = found.why ?? whyOff(tool);
  heading(`${tool.name}: ${tool.title}`);
  io.out(wrap(tool.description, width));
  io.out("");
  const { api } = tool;
  const scope =
    tool.scope === null ? "none" : `${tool.scope}${isKnownScope(tool.scope) ? ` (${SCOPES[tool.scope]})` : ""}`;
  const facts: [string, string][] = [
    ["Effect", EFFECTS[tool.effect]],
    ...(api === undefined
      ? [["Scope", scope] satisfies [string, string]]
      : [
          ["API", `${api.name}: ${api.method} ${api.template}`] satisfies [string, string],
          ["Access", accessInWords(api.access)] satisfies [string, string],
        ]),
    ["On", why === null ? "yes" : `no: ${why}`],
  ];
  io.out(twoColumns(facts, width, dim));
  if (found.why !== undefined) return;
  const { properties, required = [] } = catalogue.schema(name);
  // On a terminal a person is asked, or says --yes.
  const own = Object.entries(properties).filter(([argument]) => argument !== "confirmation");
  const rows = own.map(([argument, schema]): [string, string[]] => {
    const needed = required.includes(argument) ? "required, " : "";
    const fallback = schema.default === undefined ? "" : `, else ${JSON.stringify(schema.default)}`;
    return [
      `  ${argument}`,
      [
        `${needed}${typeInWords(schema)}${fallback}`,
        ...(schema.description ? [schema.description] : []),
        ...fieldsInWords(schema),
      ],
    ];
  });
  io.out("");
  heading("Arguments");
  io.out(rows.length > 0 ? twoColumns(rows, width, dim) : "  none");
  io.out("");
  heading("Example");
  io.out(`  ${exampleOf(name, properties, required)}`);
}
