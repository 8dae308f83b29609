import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { createCatalogue } from "../src/catalogue/catalogue.js";
import { areas } from "../tools/index.js";
import { apiExampleFiles } from "./docs/api-example.js";
import { renewed } from "./docs/markdown.js";
import { movingPage } from "./docs/moving-page.js";
import { renewedPage } from "./docs/parts.js";
import { runExamples } from "./docs/practice.js";
import { scopesPage } from "./docs/scopes.js";
import { toolsPage } from "./docs/tools-page.js";
import { roomsTable } from "./rooms.js";

const catalogue = createCatalogue(areas);

/** Every file of the documentation that is generated or has generated parts, with its right content. */
export async function generatedFiles(): Promise<Record<string, string>> {
  return {
    "AGENTS.md": renewed(await readFile("AGENTS.md", "utf8"), (name) => (name === "rooms" ? roomsTable() : undefined)),
    "README.md": renewedPage(await readFile("README.md", "utf8"), catalogue),
    "docs/troubleshooting.md": renewedPage(await readFile("docs/troubleshooting.md", "utf8"), catalogue),
    "docs/company.md": renewedPage(await readFile("docs/company.md", "utf8"), catalogue),
    "docs/tools.md": toolsPage(catalogue, await runExamples(catalogue)),
    "docs/scopes.md": scopesPage(catalogue),
    "docs/moving-from-okta-mcp-server.md": movingPage(catalogue),
    ...(await apiExampleFiles()),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [path, content] of Object.entries(await generatedFiles())) await writeFile(path, content);
}
