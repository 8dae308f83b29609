import * as z from "zod";
import { covers, type Scope } from "./scopes.js";
import type { Effect, Tool } from "./tool.js";

/** The tools as `tools/index.ts` gives them: area -> exports of its file. */
export type Areas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface CatalogueEntry extends Tool {
  area: string;
  /** The tool's own arguments and those that follow from its effect. */
  arguments: z.ZodObject;
}

/** A tool as `tools/list` shows it. */
export interface ToolDefinition {
  name: string;
  title: string;
  description: string;
  inputSchema: { type: "object"; [key: string]: unknown };
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint?: boolean };
}

export interface Catalogue {
  /** Every tool, by name in alphabetical order. */
  readonly entries: readonly CatalogueEntry[];
  get(name: string): CatalogueEntry | undefined;
  /** The tool's public face; computed once. */
  definition(name: string): ToolDefinition;
}

const ANNOTATIONS: Record<Effect, ToolDefinition["annotations"]> = {
  reads: { readOnlyHint: true, destructiveHint: false },
  adds: { readOnlyHint: false, destructiveHint: false },
  changes: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  removes: { readOnlyHint: false, destructiveHint: true },
};

const READ_ARGUMENTS = {
  fields: z.array(z.string().min(1)).optional().describe('Only these fields, e.g. ["id","profile.login"].'),
  include_links: z.boolean().optional().describe("Keep _links."),
};
const CONSENT_ARGUMENTS = {
  confirmation: z.string().optional().describe("The value a first call answered with, once the person agreed."),
};
const REPLACE_ARGUMENTS = {
  allow_removals: z.boolean().optional().describe("Go on although existing settings missing in the body are lost."),
};

function withEngineArguments(tool: Tool): z.ZodObject {
  return tool.input.extend({
    ...(tool.effect === "reads" && tool.scope !== null ? READ_ARGUMENTS : {}),
    ...(tool.impact ? CONSENT_ARGUMENTS : {}),
    ...(tool.replaces ? REPLACE_ARGUMENTS : {}),
  });
}

function define(entry: CatalogueEntry): ToolDefinition {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(entry.arguments, {
    io: "input",
    target: "draft-7",
    // A value that only code can check is shown by its description and the type in its metadata.
    unrepresentable: "any",
    // Lengths are checked here and tell a model nothing; left out, the list is a good deal smaller.
    override: ({ jsonSchema }) => {
      delete jsonSchema.minLength;
      delete jsonSchema.maxLength;
    },
  });
  return {
    name: entry.name,
    title: entry.title,
    description: entry.description,
    inputSchema: { ...schema, type: "object" },
    annotations: ANNOTATIONS[entry.effect],
  };
}

function isTool(value: unknown): value is Tool {
  return typeof value === "object" && value !== null && "effect" in value && "run" in value && "input" in value;
}

/**
 * Makes the catalogue of what the areas export.
 * @throws Error when two tools share a name: a mistake in the code, found at start
 */
export function createCatalogue(areas: Areas): Catalogue {
  const byName = new Map<string, CatalogueEntry>();
  for (const [area, module] of Object.entries(areas)) {
    for (const tool of Object.values(module).filter(isTool)) {
      if (byName.has(tool.name)) throw new Error(`Two tools are named ${tool.name}.`);
      byName.set(tool.name, { ...tool, area, arguments: withEngineArguments(tool) });
    }
  }
  const entries = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const definitions = new Map<string, ToolDefinition>();
  return {
    entries,
    get: (name) => byName.get(name),
    definition(name) {
      const known = definitions.get(name);
      if (known) return known;
      const entry = byName.get(name);
      if (!entry) throw new Error(`There is no tool ${name}.`);
      const definition = define(entry);
      definitions.set(name, definition);
      return definition;
    },
  };
}

/** What decides whether a tool is on. */
export interface ScopeView {
  /** `OKTA_SCOPES`. */
  configured: ReadonlySet<string>;
  /** What the token grants; undefined while that is not known. */
  granted: ReadonlySet<string> | undefined;
}

/** Whether a session may use a scope, and if not, where it is missing. */
export function scopeState(scope: Scope | null, view: ScopeView): "on" | "not_configured" | "not_granted" {
  if (scope === null) return "on";
  if (!covers(view.configured, scope)) return "not_configured";
  if (view.granted !== undefined && !covers(view.granted, scope)) return "not_granted";
  return "on";
}
