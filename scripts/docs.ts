import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { createCatalogue } from "../src/catalogue/catalogue.js";
import { areas } from "../tools/index.js";
import { renewed } from "./docs/markdown.js";
import { movingPage } from "./docs/moving-page.js";
import { runExamples } from "./docs/practice.js";
import { renewedReadme } from "./docs/readme.js";
import { scopesPage } from "./docs/scopes.js";
import { toolsPage } from "./docs/tools-page.js";
import { roomsTable } from "./rooms.js";

const catalogue = createCatalogue(areas);

/** The files that are generated or hold generated parts, as they ought to be. */
export async function generatedFiles(): Promise<Record<string, string>> {
  return {
    "AGENTS.md": renewed(await readFile("AGENTS.md", "utf8"), (name) => (name === "rooms" ? roomsTable() : undefined)),
    "README.md": renewedReadme(await readFile("README.md", "utf8"), catalogue),
    "docs/tools.md": toolsPage(catalogue, await runExamples(catalogue)),
    "docs/scopes.md": scopesPage(catalogue),
    "docs/moving-from-okta-mcp-server.md": movingPage(catalogue),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [path, content] of Object.entries(await generatedFiles())) await writeFile(path, content);
}
