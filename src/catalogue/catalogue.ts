import * as z from "zod";
import type { Tool } from "../tool.js";
import { ALL_TOOLS, type Choosable, leftOutBecause, type ToolChoice } from "./choice.js";

/** The tools as `tools/index.ts` gives them: area -> exports of its file. */
export type Areas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type CatalogueEntry = Tool & {
  area: string;
  /** The tool's own arguments and those that follow from its effect. */
  arguments: z.ZodObject;
};

/** A tool as `tools/list` shows it. */
export interface ToolDefinition {
  name: string;
  title: string;
  description: string;
  inputSchema: ArgumentsSchema;
  annotations: { readOnlyHint?: true; destructiveHint?: boolean };
}

/** JSON Schema of a tool's arguments, each by its name. */
export interface ArgumentsSchema extends ArgumentSchema {
  type: "object";
  properties: { [argument: string]: ArgumentSchema };
}

/** What a JSON Schema says of one argument, as far as it is read here. */
export interface ArgumentSchema {
  description?: string;
  type?: string;
  items?: ArgumentSchema;
  properties?: { [field: string]: ArgumentSchema };
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  maximum?: number;
  [keyword: string]: unknown;
}

/** A tool that a setting leaves out. */
export interface LeftOut {
  tool: CatalogueEntry;
  /** The end of a sentence, e.g. "OKTA_MCP_TOOLS does not name it". */
  why: string;
}

/** What is known of a tool without loading it. */
export type ToolCard = Choosable & Pick<Tool, "scope" | "about">;

/** The tools as far as a list of them needs them, so that it is there before they are. */
export interface ToolListing {
  /** Every tool that the settings let be, by name in alphabetical order. */
  readonly entries: readonly ToolCard[];
  /** The public faces of tools, in the order of the names; computed once. */
  definitions(names: readonly string[]): Promise<ToolDefinition[]>;
  /** The tools themselves. */
  load(): Promise<Catalogue>;
}

export interface Catalogue extends ToolListing {
  readonly entries: readonly CatalogueEntry[];
  /** The others, in the same order. They are neither listed nor called. */
  readonly leftOut: readonly LeftOut[];
  get(name: string): CatalogueEntry | undefined;
  /** The tool of a name, also one that a setting leaves out; undefined where this version has no such tool. */
  known(name: string): CatalogueEntry | undefined;
  /** The tool's public face; computed once. */
  definition(name: string): ToolDefinition;
  /** Everything that is known of what the tool takes, also in keywords that its public face leaves out; computed once. */
  schema(name: string): ArgumentsSchema;
}

/**
 * MCP's hints (schema `ToolAnnotations`); what is not said has the value that MCP gives it. A tool
 * that is not destructive does no more than add to what is there.
 */
function annotationsOf(tool: Tool): ToolDefinition["annotations"] {
  switch (tool.effect) {
    case "reads":
      return { readOnlyHint: true };
    case "adds":
      return { destructiveHint: false };
    case "changes":
      return { destructiveHint: tool.destructive };
    case "removes":
      return { destructiveHint: true };
  }
}

/** What every tool takes. */
const SHARED_ARGUMENTS = {
  fields: z.array(z.string().min(1)).optional().describe("Only these dotted paths."),
};
/** What every tool that lists takes. */
const LIST_ARGUMENTS = {
  count_only: z.boolean().optional().describe("Answer with the number of items alone."),
};
/** What every tool that reads takes. */
const READ_ARGUMENTS = {
  include_links: z.boolean().optional().describe("Keep _links."),
};
/** What every tool that writes takes. */
const WRITE_ARGUMENTS = {
  dry_run: z.boolean().optional().describe("Show what it would send and change, and do nothing."),
};
const CONSENT_ARGUMENTS = {
  confirmation: z.string().optional().describe("From needs_confirmation."),
};
const REPLACE_ARGUMENTS = {
  allow_removals: z.boolean().optional().describe("Accept losses."),
};

/** True for a tool that answers with a list, page by page. */
function isPaged({ input }: Tool): boolean {
  return "after" in input.shape;
}

function withEngineArguments(tool: Tool): z.ZodObject {
  return tool.input.extend({
    ...SHARED_ARGUMENTS,
    ...(tool.effect === "reads" ? READ_ARGUMENTS : WRITE_ARGUMENTS),
    ...(tool.effect === "reads" && isPaged(tool) ? LIST_ARGUMENTS : {}),
    ...(tool.impact || tool.replaces ? CONSENT_ARGUMENTS : {}),
    ...(tool.replaces ? REPLACE_ARGUMENTS : {}),
  });
}

/** Checked here, and told by an argument's description where it helps. */
const UNSAID = ["minLength", "maxLength", "minimum", "pattern"] as const;

/**
 * The keywords of JSON Schema that OpenAI, Gemini and Anthropic all know, also where they compile a
 * schema into a grammar. One that a provider does not know fails the request with all of its tools;
 * what other keywords would say stands in an argument's description.
 */
const SHARED_KEYWORDS: ReadonlySet<string> = new Set([
  "type",
  "description",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "enum",
]);

function schemaOf(entry: CatalogueEntry): ArgumentsSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(entry.arguments, {
    io: "input",
    target: "draft-7",
    // A value that only code can check is shown by its description and the type in its metadata.
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      for (const keyword of UNSAID) delete jsonSchema[keyword];
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.default === false || jsonSchema.default === "") delete jsonSchema.default;
    },
  });
  return schema as ArgumentsSchema;
}

/** A schema without the keywords that some provider does not know. */
function portable({ properties, items, ...schema }: ArgumentSchema): ArgumentSchema {
  const kept: ArgumentSchema = Object.fromEntries(Object.entries(schema).filter(([key]) => SHARED_KEYWORDS.has(key)));
  if (properties) {
    const entries = Object.entries(properties).map(([name, inner]) => [name, portable(inner)]);
    kept.properties = Object.fromEntries(entries);
  }
  if (items) kept.items = portable(items);
  return kept;
}

/** What is told once, in the server's instructions, since every tool that reads or that writes takes it. */
const TOLD_ONCE = ["include_links", "count_only", "dry_run"] as const;

/**
 * What a tool shows of its arguments. All that it takes stands there, since clients let a model give
 * nothing else; what `fields` are is told where answers are long.
 */
function shown(entry: CatalogueEntry, schema: ArgumentsSchema): ArgumentsSchema {
  const { properties = {}, required } = portable(schema);
  const isLong = isPaged(entry) && entry.scope !== null;
  for (const name of isLong ? TOLD_ONCE : [...TOLD_ONCE, "fields"]) delete properties[name]?.description;
  return { type: "object", properties, ...(required ? { required } : {}), additionalProperties: false };
}

function define(entry: CatalogueEntry, schema: ArgumentsSchema): ToolDefinition {
  return {
    name: entry.name,
    title: entry.title,
    description: entry.description,
    inputSchema: shown(entry, schema),
    annotations: annotationsOf(entry),
  };
}

function isTool(value: unknown): value is Tool {
  return typeof value === "object" && value !== null && "effect" in value && "run" in value && "input" in value;
}

/**
 * Makes the catalogue of what the areas export.
 * @param choice the tools that the settings let be; by default all
 * @throws Error when two tools share a name: a mistake in the code, found at start
 */
export function createCatalogue(areas: Areas, choice: ToolChoice = ALL_TOOLS): Catalogue {
  const byName = new Map<string, CatalogueEntry>();
  const leftOut: LeftOut[] = [];
  const all = new Map<string, CatalogueEntry>();
  for (const [area, module] of Object.entries(areas)) {
    for (const tool of Object.values(module).filter(isTool)) {
      if (all.has(tool.name)) throw new Error(`Two tools are named ${tool.name}.`);
      const entry = { ...tool, area, arguments: withEngineArguments(tool) };
      all.set(tool.name, entry);
      const why = leftOutBecause(choice, entry);
      if (why === undefined) byName.set(tool.name, entry);
      else leftOut.push({ tool: entry, why });
    }
  }
  const entries = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const definitions = new Map<string, ToolDefinition>();
  const schemas = new Map<string, ArgumentsSchema>();
  const existing = (name: string): CatalogueEntry => {
    const entry = byName.get(name);
    if (!entry) throw new Error(`There is no tool ${name}.`);
    return entry;
  };
  const schema = (name: string): ArgumentsSchema => {
    const known = schemas.get(name) ?? schemaOf(existing(name));
    schemas.set(name, known);
    return known;
  };
  const catalogue: Catalogue = {
    entries,
    leftOut: leftOut.sort((a, b) => (a.tool.name < b.tool.name ? -1 : 1)),
    get: (name) => byName.get(name),
    known: (name) => all.get(name),
    schema,
    definition(name) {
      const known = definitions.get(name);
      if (known) return known;
      const definition = define(existing(name), schema(name));
      definitions.set(name, definition);
      return definition;
    },
    definitions: async (names) => names.map((name) => catalogue.definition(name)),
    load: () => Promise.resolve(catalogue),
  };
  return catalogue;
}
