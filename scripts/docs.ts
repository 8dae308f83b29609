import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { type CatalogueEntry, createCatalogue } from "../src/catalogue.js";
import { SETTINGS, type Setting } from "../src/config/settings.js";
import { ERROR_CODES } from "../src/errors/index.js";
import { SCOPES } from "../src/scopes.js";
import { areas } from "../tools/index.js";
import { code, table } from "./docs/markdown.js";
import { movingPage } from "./docs/moving-page.js";
import { runExamples } from "./docs/practice.js";
import { toolsPage } from "./docs/tools-page.js";

const catalogue = createCatalogue(areas);
const { entries } = catalogue;

function settings(): string {
  const rows: Setting[] = Object.values(SETTINGS);
  return table(
    ["variable", "flag", "meaning", "default"],
    rows.map((row) => [
      code(row.env),
      row.flag ? code(row.flag) : "",
      row.meaning,
      row.default ? code(row.default) : "",
    ]),
  );
}

const EFFECT_WORDS = { reads: "reads", adds: "adds", changes: "changes", removes: "**removes**" } as const;

function firstSentence({ description }: CatalogueEntry): string {
  return description.split(/(?<=[.:])\s/)[0]?.replace(/:$/, ".") ?? description;
}

function tools(): string {
  const names = [...new Set(entries.map((entry) => entry.area))].sort();
  const parts = names.map((area) => {
    const rows = entries.filter((entry) => entry.area === area);
    const body = rows.map((entry) => [
      code(entry.name),
      firstSentence(entry),
      entry.scope ? code(entry.scope) : "none",
      EFFECT_WORDS[entry.effect],
    ]);
    return `**${area.replaceAll("-", " ")}**\n\n${table(["tool", "what it does", "scope", "effect"], body)}`;
  });
  return `${entries.length} tools in ${names.length} areas.\n\n${parts.join("\n\n")}`;
}

function scopes(): string {
  const rows = Object.entries(SCOPES).map(([scope, words]) => {
    const unlocked = entries.filter(
      (entry) => entry.scope === scope || entry.alsoUses?.some((other) => other === scope),
    );
    return [code(scope), words, unlocked.map((entry) => code(entry.name)).join(", ")] as const;
  });
  return table(
    ["scope", "in plain words", "tools"],
    rows.filter(([, , unlocked]) => unlocked !== ""),
  );
}

const RETRY_WORDS = { "after-fix": "after the fix", "after-wait": "after a wait", never: "no" } as const;

function errors(): string {
  const rows = Object.entries(ERROR_CODES).map(([name, { fix, retry }]) => [code(name), fix, RETRY_WORDS[retry]]);
  return table(["code", "what to do", "try again"], rows);
}

const example = readFileSync("mcp.json.example", "utf8");

const json = (text: string) => `\`\`\`json\n${text.trim()}\n\`\`\``;

const BLOCKS: Record<string, () => string> = {
  settings,
  tools,
  scopes,
  errors,
  example: () => json(example),
  vscode: () => json(example.replace('"mcpServers"', '"servers"')),
};
const BLOCK = /(<!-- generated: (\w+) -->\n)[\s\S]*?(\n<!-- end of generated -->)/g;

/** The files that are generated or hold generated parts, as they ought to be. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const readme = await readFile("README.md", "utf8");
  const renewed = readme.replace(BLOCK, (_all, start: string, name: string, end: string) => {
    const render = BLOCKS[name];
    if (!render) throw new Error(`README.md asks for a block ${name} that nothing generates.`);
    return `${start}${render()}${end}`;
  });
  return {
    "README.md": renewed,
    "docs/tools.md": toolsPage(catalogue, await runExamples(catalogue)),
    "docs/moving-from-okta-mcp-server.md": movingPage(catalogue),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [path, content] of Object.entries(await generatedFiles())) await writeFile(path, content);
}
