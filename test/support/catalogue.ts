import { readdirSync, readFileSync } from "node:fs";
import { createCatalogue } from "../../src/catalogue.js";
import { areas } from "../../tools/index.js";
import official from "../fixtures/official-tools.json" with { type: "json" };

/** Every tool there is, as the server has it. */
export const catalogue = createCatalogue(areas);

/** A folder of the checkout. */
export const root = new URL("../../", import.meta.url);

/** The source of every file in a folder, by its name. */
export function sourcesOf(folder: string, ending = ".ts"): Map<string, string> {
  const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith(ending));
  return new Map(names.map((name) => [name, readFileSync(new URL(`${folder}/${name}`, root), "utf8")]));
}

/** Which tools the specification puts under which scope. */
export const scopesToTools: Readonly<Record<string, readonly string[]>> = official.scopes;

/** The arguments of the official server's tools; "name?" is one that may be left out. */
export const officialArguments: Readonly<Record<string, readonly string[]>> = official.arguments;

/** What a scope is about, e.g. "okta.users". */
export const familyOf = (scope: string) => scope.replace(/\.(read|manage)$/, "");

/** What the specification has tools for and this server may still be without; to be struck off for good. */
export const MAY_BE_MISSING: readonly string[] = [
  "okta.policies",
  "okta.deviceAssurance",
  "okta.brands",
  "okta.templates",
  "okta.domains",
  "okta.emailDomains",
];

const built = new Set(catalogue.entries.map(({ scope }) => familyOf(scope ?? "")));

/** True for a scope that is not about a part which is missing as a whole. */
export const isBuilt = (scope: string) => built.has(familyOf(scope)) || !MAY_BE_MISSING.includes(familyOf(scope));
