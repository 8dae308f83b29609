import * as z from "zod";
import type { Elsewhere, Tool } from "../tool.js";
import { ALL_TOOLS, type Choosable, leftOutBecause, type ToolChoice } from "./choice.js";

/** The tools as `tools/index.ts` gives them: area -> exports of its file. */
export type Areas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type CatalogueEntry = Tool & {
  area: string;
  /** The tool's place among those that leave a list which is full, the first to leave at 0; a tool without one stays. */
  leaves?: number;
  /** The tool's own arguments and those that its effect adds. */
  arguments: z.ZodObject;
};

/** A tool as `tools/list` shows it. */
export interface ToolDefinition {
  name: string;
  /** Left out where it repeats the name, which clients show then. */
  title?: string;
  description: string;
  inputSchema: ArgumentsSchema;
  annotations: { readOnlyHint?: true; destructiveHint?: boolean };
}

/** The JSON Schema of a tool's arguments, by name. */
export interface ArgumentsSchema extends ArgumentSchema {
  type: "object";
  properties: { [argument: string]: ArgumentSchema };
}

/** The parts of an argument's JSON Schema that are read here. */
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

/** A tool that a setting leaves out, with the reason. */
export interface LeftOut {
  tool: CatalogueEntry;
  /** The end of a sentence, e.g. "OKTA_MCP_TOOLS does not name it". */
  why: string;
}

/** The properties of a tool that are known without loading it. */
export type ToolCard = Choosable &
  Pick<Tool, "scope" | "api" | "about" | "reaches" | "purpose"> &
  Pick<CatalogueEntry, "leaves">;

/** The tools, as far as a list needs them. It is there before the tools are loaded. */
export interface ToolListing {
  /** All tools that the settings allow, in alphabetical order. */
  readonly entries: readonly ToolCard[];
  /** The definitions of tools, in the order of the names. They are computed once. */
  definitions(names: readonly string[]): Promise<ToolDefinition[]>;
  /** The tools themselves. */
  load(): Promise<Catalogue>;
}

export interface Catalogue extends ToolListing {
  readonly entries: readonly CatalogueEntry[];
  /** The tools that the settings leave out, in the same order. They are neither listed nor called. */
  readonly leftOut: readonly LeftOut[];
  /** The names under which people know jobs from elsewhere. */
  readonly elsewhere: readonly Elsewhere[];
  get(name: string): CatalogueEntry | undefined;
  /** The tool of a name, also one that a setting leaves out. Undefined where this version has no such tool. */
  known(name: string): CatalogueEntry | undefined;
  /** The definition of a tool. It is computed once. */
  definition(name: string): ToolDefinition;
  /**
   * The complete schema of a tool's arguments, with the keywords that its definition leaves out. It is computed once.
   */
  schema(name: string): ArgumentsSchema;
}

/**
 * MCP's hints (schema `ToolAnnotations`). A hint that is left out has MCP's default. A tool that is not destructive
 * only adds to the org.
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

/** Arguments of every tool. */
const SHARED_ARGUMENTS = {
  fields: z.array(z.string().min(1)).optional().describe("Keep only these dotted paths."),
};
/** Arguments of every tool that lists. */
const LIST_ARGUMENTS = {
  count_only: z.boolean().optional().describe("Only count the items."),
};
/** Arguments of every tool that reads from Okta. An API's answers keep their links in any case. */
const READ_ARGUMENTS = {
  include_links: z.boolean().optional().describe("Keep _links."),
};
/** Arguments of every tool that writes. */
const WRITE_ARGUMENTS = {
  dry_run: z.boolean().optional().describe("Only show what would change."),
};
const CONSENT_ARGUMENTS = {
  confirmation: z.string().optional().describe("Give the needs_confirmation value if a person agrees."),
};
const REPLACE_ARGUMENTS = {
  allow_removals: z.boolean().optional().describe("Lose what the body leaves out."),
};

/** True for a tool that answers with a list of Okta's, page by page. */
function isPaged({ input, api }: Tool): boolean {
  return api === undefined && "after" in input.shape;
}

function withEngineArguments(tool: Tool): z.ZodObject {
  return tool.input.extend({
    ...SHARED_ARGUMENTS,
    ...(tool.effect !== "reads" ? WRITE_ARGUMENTS : tool.api === undefined ? READ_ARGUMENTS : {}),
    ...(tool.effect === "reads" && isPaged(tool) ? LIST_ARGUMENTS : {}),
    ...(tool.impact || tool.replaces ? CONSENT_ARGUMENTS : {}),
    ...(tool.replaces ? REPLACE_ARGUMENTS : {}),
  });
}

/**
 * The keywords of JSON Schema that OpenAI, Gemini and Anthropic all know, also where they compile a schema into a
 * grammar. An unknown keyword fails the request with all of its tools, so descriptions say what further keywords would
 * say.
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
    // A value that only code can check is described by its text and by the type in its metadata.
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // An integer of JSON ends there anyway.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.default === false || jsonSchema.default === "") delete jsonSchema.default;
    },
  });
  return schema as ArgumentsSchema;
}

/** A schema without keywords that some provider does not know. */
function portable({ properties, items, ...schema }: ArgumentSchema): ArgumentSchema {
  const kept: ArgumentSchema = Object.fromEntries(Object.entries(schema).filter(([key]) => SHARED_KEYWORDS.has(key)));
  if (properties) {
    const entries = Object.entries(properties).map(([name, inner]) => [name, portable(inner)]);
    kept.properties = Object.fromEntries(entries);
  }
  if (items) kept.items = portable(items);
  return kept;
}

/** The part of a schema that a list shows: everything that the tool takes, since clients let a model give nothing else. */
function shown({ effect }: CatalogueEntry, schema: ArgumentsSchema): ArgumentsSchema {
  const { properties = {}, required } = portable(schema);
  // What a write answers is one object or a word, and seldom has to be made smaller.
  if (effect !== "reads") delete properties.fields?.description;
  return { type: "object", properties, ...(required ? { required } : {}), additionalProperties: false };
}

/** True for a title that is the name in other characters, as "Get sign-in page" is of get_sign_in_page. */
function repeatsName({ name, title }: Tool): boolean {
  return title.toLowerCase().replaceAll(/[ -]/g, "_") === name;
}

function define(entry: CatalogueEntry, schema: ArgumentsSchema): ToolDefinition {
  return {
    name: entry.name,
    ...(repeatsName(entry) ? {} : { title: entry.title }),
    description: entry.description,
    inputSchema: shown(entry, schema),
    annotations: annotationsOf(entry),
  };
}

function isTool(value: unknown): value is Tool {
  return typeof value === "object" && value !== null && "effect" in value && "run" in value && "input" in value;
}

/** The facts about tools that are not part of a tool. */
export interface CatalogueNotes {
  /** The names of the tools that may leave a list which is full, the first to leave first. */
  leaving?: readonly string[];
  /** The names under which people know jobs from elsewhere. */
  elsewhere?: readonly Elsewhere[];
}

/**
 * Makes the catalogue of what the areas export.
 * @param choice the tools that the settings let be; by default all
 * @param notes what is known of the tools besides
 * @throws Error when two tools share a name: a mistake in the code, found at start
 */
export function createCatalogue(
  areas: Areas,
  choice: ToolChoice = ALL_TOOLS,
  { leaving = [], elsewhere = [] }: CatalogueNotes = {},
): Catalogue {
  const byName = new Map<string, CatalogueEntry>();
  const leftOut: LeftOut[] = [];
  const all = new Map<string, CatalogueEntry>();
  for (const [area, module] of Object.entries(areas)) {
    for (const tool of Object.values(module).filter(isTool)) {
      if (all.has(tool.name)) throw new Error(`Two tools are named ${tool.name}.`);
      const place = leaving.indexOf(tool.name);
      const entry = {
        ...tool,
        area,
        ...(place < 0 ? {} : { leaves: place }),
        arguments: withEngineArguments(tool),
      };
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
    elsewhere,
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
