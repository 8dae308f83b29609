import type { ArgumentSchema, Catalogue, CatalogueEntry } from "../../src/catalogue/catalogue.js";
import { block, code, page, paragraphs, table } from "./markdown.js";
import type { Shown } from "./practice.js";
import { pretty, shorten } from "./shorten.js";

const EFFECTS = {
  reads: "reads",
  adds: "adds to the org",
  changes: "changes the org",
  removes: "removes, once a person said yes",
} as const;

const EFFECT_WORDS = { reads: "reads", adds: "adds", changes: "changes", removes: "**removes**" } as const;

function firstSentence({ description }: CatalogueEntry): string {
  return description.split(/(?<=[.:])\s/)[0]?.replace(/:$/, ".") ?? description;
}

/** "list of strings", "integer, at most 200", `"asc"` or `"desc"`. */
export function typeWords({ type, items, enum: values, maximum }: ArgumentSchema): string {
  if (values) return values.map((value) => code(JSON.stringify(value))).join(", ");
  if (type === "array") {
    if (items?.enum) return `list of ${typeWords(items)}`;
    return items?.type === "string" ? "list of strings" : "list";
  }
  const name = Array.isArray(type) ? type.join(" or ") : (type ?? "any");
  return typeof maximum === "number" ? `${name}, at most ${maximum}` : name;
}

function need(name: string, schema: ArgumentSchema, required: readonly string[]): string {
  if (required.includes(name)) return "yes";
  return schema.default === undefined ? "" : `default ${code(JSON.stringify(schema.default))}`;
}

/** The tool's own arguments, and those that come with its effect. */
function argumentsOf(catalogue: Catalogue, { name, input }: CatalogueEntry) {
  const { properties, required = [] } = catalogue.schema(name);
  const all = Object.entries(properties).map(([argument, schema]) => ({ argument, schema, required }));
  const isOwn = ({ argument }: { argument: string }) => Object.hasOwn(input.shape, argument);
  return { own: all.filter(isOwn), shared: all.filter((one) => !isOwn(one)) };
}

function section(catalogue: Catalogue, tool: CatalogueEntry, { args, asked, result }: Shown): string {
  const { own, shared } = argumentsOf(catalogue, tool);
  const rows = own.map(({ argument, schema, required }) => [
    code(argument),
    typeWords(schema),
    need(argument, schema, required),
    schema.description ?? "",
  ]);
  const scope = tool.scope === null ? "no scope needed" : `scope ${code(tool.scope)}`;
  const also = (tool.alsoUses ?? []).map(code).join(", ");
  const further =
    shared.length > 0 ? `Further arguments: ${shared.map(({ argument }) => code(argument)).join(", ")}.` : "";
  return paragraphs(
    `### ${tool.name}`,
    tool.description,
    `${tool.title}: ${scope}${also && `, better with ${also}`}; ${EFFECTS[tool.effect]}.`,
    rows.length > 0 ? table(["argument", "type", "needed", "description"], rows) : "It takes no arguments of its own.",
    further,
    block("json", pretty(shorten(args))),
    asked && paragraphs("A person is asked:", block("text", asked)),
    "It answers:",
    block("json", pretty(shorten(result))),
  );
}

/** Descriptions of arguments that many tools share. They are longer than those in the definitions of the tools. */
const SHARED_WORDS: Readonly<Record<string, string>> = {
  fields: 'Dotted paths to keep of each object, e.g. `["id", "profile.login"]`; everything else is left out.',
  include_links: "Keep Okta's `_links`, which are left out otherwise.",
  count_only:
    "Answer with the number of items alone, all pages counted; `complete: false` says that there may be more.",
  dry_run: "Answer with the exact request and what it would change, field by field, and change nothing.",
  confirmation:
    "For clients that cannot ask the person themselves: the value that the first call answered with, given back once the person agreed.",
  allow_removals: "Go on although the body lacks what is set now, which is lost then.",
};

/** The arguments that several tools share, each of them once. */
function sharedArguments(catalogue: Catalogue): string {
  const found = new Map<string, { schema: ArgumentSchema; tools: number }>();
  for (const tool of catalogue.entries) {
    for (const { argument, schema } of argumentsOf(catalogue, tool).shared) {
      found.set(argument, { schema, tools: (found.get(argument)?.tools ?? 0) + 1 });
    }
  }
  const rows = [...found].map(([argument, { schema, tools }]) => [
    code(argument),
    typeWords(schema),
    SHARED_WORDS[argument] ?? schema.description ?? "",
    String(tools),
  ]);
  return table(["argument", "type", "description", "tools"], rows);
}

/** The areas, under the names that `--tools` knows. */
function areasTable({ entries }: Catalogue, areas: readonly string[]): string {
  const rows = areas.map((area) => {
    const tools = entries.filter((entry) => entry.area === area);
    const writing = tools.filter(({ effect }) => effect !== "reads").length;
    return [`[${code(area)}](#${area})`, String(tools.length), String(writing)];
  });
  return table(["area", "tools", "of these, tools that write"], rows);
}

/** The page about all tools. Each has its arguments, an example call and the answer of the sandbox. */
export function toolsPage(catalogue: Catalogue, examples: ReadonlyMap<string, Shown>): string {
  const areas = [...new Set(catalogue.entries.map(({ area }) => area))].sort();
  const parts = areas.map((area) => {
    const tools = catalogue.entries.filter((tool) => tool.area === area);
    const sections = tools.map((tool) => {
      const shown = examples.get(tool.name);
      if (!shown) throw new Error(`${tool.name} has no example.`);
      return section(catalogue, tool, shown);
    });
    return paragraphs(`## ${area.replaceAll("-", " ")}`, ...sections);
  });
  const contents = catalogue.entries
    .toSorted((a, b) => a.area.localeCompare(b.area, "en"))
    .map((tool) => [
      `[${code(tool.area)}](#${tool.area})`,
      `[${code(tool.name)}](#${tool.name})`,
      firstSentence(tool),
      tool.scope ? code(tool.scope) : "none",
      EFFECT_WORDS[tool.effect],
    ]);
  return page(
    "Tools",
    `${catalogue.entries.length} tools. Every example was run in the pretend org that comes with okta-mcp (\`okta-mcp sandbox\`); what it answered is shortened where it says …. The same call from a shell: \`okta-mcp call <tool> '<json>'\`.`,
    "What is shown is the structured content of an answer. Its text holds the same; a list that is shorter that way stands in it as a table, which names each field once: `items_table` in place of `items`, with `columns` (dotted paths), one row for each item, and `absent`, which stands where an item has no such field.",
    "## Areas",
    areasTable(catalogue, areas),
    "## All tools",
    table(["area", "tool", "what it does", "scope", "effect"], contents),
    "## Arguments that many tools share",
    "A tool takes the arguments of its own table and those of the following that are named below it; any other is refused.",
    sharedArguments(catalogue),
    ...parts,
  );
}
