import { readdirSync, readFileSync } from "node:fs";
import { createCatalogue } from "../../src/catalogue/catalogue.js";
import { areas, notes } from "../../tools/index.js";
import { OWN_TOOLS } from "../../tools/shared/own-tools.js";

/** Every tool there is, as the server has it. */
export const catalogue = createCatalogue(areas, undefined, notes);

/** A folder of the checkout. */
export const root = new URL("../../", import.meta.url);

/** The source of every file in a folder, by its name. */
export function sourcesOf(folder: string, ending = ".ts"): Map<string, string> {
  const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith(ending));
  return new Map(names.map((name) => [name, readFileSync(new URL(`${folder}/${name}`, root), "utf8")]));
}

/** Read rather than imported: a loader that makes names of its keys stumbles over "arguments". */
const official = JSON.parse(readFileSync(new URL("test/fixtures/official-tools.json", root), "utf8"));

/** Which tools the specification puts under which scope. */
export const scopesToTools: Readonly<Record<string, readonly string[]>> = official.scopes;

/** Tools that the official server lacks, and the scope that each needs. */
export const toolsOfOurOwn: Readonly<Record<string, string | null>> = Object.fromEntries(
  Object.keys(OWN_TOOLS).map((name) => [name, catalogue.get(name)?.scope ?? null]),
);

/** The names of the tools of our own under one scope. */
export const ownUnder = (scope: string) => Object.keys(toolsOfOurOwn).filter((name) => toolsOfOurOwn[name] === scope);

/** The arguments of the official server's tools; "name?" is one that may be left out. */
export const officialArguments: Readonly<Record<string, readonly string[]>> = official.arguments;

/** What a scope is about, e.g. "okta.users". */
export const familyOf = (scope: string) => scope.replace(/\.(read|manage)$/, "");
