/**
 * Writes what the tests need of Okta's OpenAPI documents to test/contract/okta-facts.json, so that
 * Okta's word travels with the code. It needs the documents; `OKTA_OPENAPI_DIR` names their folder.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Org } from "../sandbox/org.js";
import { orgAuthorization } from "../sandbox/org-authorization.js";
import { managementRoutes } from "../sandbox/routes/index.js";
import { FACTS_FILE, HOW_TO_GET_OPENAPI, openApiDir } from "../test/support/openapi-dir.js";
import { type Facts, factsOf, type Part, type Wanted } from "./facts/facts-of.js";

/** Operations of Okta's that the sandbox answers, and so all that tools use: by document. */
function wantedOperations(): Record<"management" | "oauth", Wanted[]> {
  const org = new Org({ origin: "http://127.0.0.1:1", seed: 0, now: () => 0 });
  // Okta's documents know neither the pages, which are for persons, nor the metadata under the name of RFC 8414.
  const isEndpoint = ({ template }: Wanted) =>
    template.startsWith("/oauth2/") || template === "/.well-known/openid-configuration";
  return {
    management: managementRoutes(org),
    oauth: orgAuthorization()(org).routes.filter(isEndpoint),
  };
}

/** The text of the facts file, made from the documents in a folder. */
export function factsText(dir: string): string {
  const wanted = wantedOperations();
  const read = (name: string): Part => JSON.parse(readFileSync(join(dir, `${name}.json`), "utf8"));
  const parts = (["management", "oauth"] as const).map((name) => {
    return `${JSON.stringify(name)}: ${lines(factsOf(read(name), wanted[name]))}`;
  });
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** JSON with a line for each path and each schema: small, and a change shows where it is. */
function lines({ version, paths, components }: Facts): string {
  const list = (entries: object) =>
    Object.entries(entries)
      .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(",\n");
  const { schemas } = components;
  return `{\n"version": ${JSON.stringify(version)},\n"paths": {\n${list(paths)}\n},\n"components": {"schemas": {\n${list(schemas)}\n}}}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const dir = openApiDir();
  if (dir === undefined) {
    process.stderr.write(`${HOW_TO_GET_OPENAPI}\n`);
    if (!process.argv.includes("--optional")) process.exitCode = 1;
  } else {
    writeFileSync(FACTS_FILE, factsText(dir));
  }
}
