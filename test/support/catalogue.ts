import { readdirSync, readFileSync } from "node:fs";
import { createCatalogue } from "../../src/catalogue/catalogue.js";
import { areas, notes } from "../../tools/index.js";
import { OWN_TOOLS } from "../../tools/shared/own-tools.js";

/** All tools, as the server has them. */
export const catalogue = createCatalogue(areas, undefined, notes);

/** The root folder of the checkout. */
export const root = new URL("../../", import.meta.url);

/** Returns the source of every file in a folder, by the file's name. */
export function sourcesOf(folder: string, ending = ".ts"): Map<string, string> {
  const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith(ending));
  return new Map(names.map((name) => [name, readFileSync(new URL(`${folder}/${name}`, root), "utf8")]));
}

/** The file is read and not imported, because a loader that turns keys into names fails on "arguments". */
const official = JSON.parse(readFileSync(new URL("test/fixtures/official-tools.json", root), "utf8"));

/** The specification's tools, by scope. */
export const scopesToTools: Readonly<Record<string, readonly string[]>> = official.scopes;

/** The tools that the official server lacks, each with the scope that it needs. */
export const toolsOfOurOwn: Readonly<Record<string, string | null>> = Object.fromEntries(
  Object.keys(OWN_TOOLS).map((name) => [name, catalogue.get(name)?.scope ?? null]),
);

/** Returns the names of our own tools under one scope. */
export const ownUnder = (scope: string) => Object.keys(toolsOfOurOwn).filter((name) => toolsOfOurOwn[name] === scope);

/** The arguments of the official server's tools. A name such as "name?" belongs to an optional argument. */
export const officialArguments: Readonly<Record<string, readonly string[]>> = official.arguments;

/** Returns the kind of object that a scope covers, e.g. "okta.users". */
export const familyOf = (scope: string) => scope.replace(/\.(read|manage)$/, "");
