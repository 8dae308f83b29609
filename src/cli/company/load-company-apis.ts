import type { LoadedApi } from "../../apis/loaded-api.js";
import { unmatchedPatterns } from "../../catalogue/choice.js";
import { type LoadedServe, serveFileError } from "../../people/load-serve.js";
import { toolCards } from "../tool-cards.js";
import { toolsIn } from "./own-tools.js";

/** Reads the documents of the APIs that serve.json names, where it names some. @returns every mistake in a sentence */
export async function readCompanyApis({
  content,
  file,
  roles,
}: Pick<LoadedServe, "content" | "file" | "roles">): Promise<
  { apis: readonly LoadedApi[] } | { problems: readonly string[] }
> {
  if (Object.keys(content.apis).length === 0) return { apis: [] };
  const { loadApis } = await import("../../apis/load-apis.js");
  const areas = [...new Set(toolCards.map(({ area }) => area))];
  const toolNames = toolCards.map(({ name }) => name);
  const loaded = await loadApis(content.apis, file, { areas, toolNames });
  if ("problems" in loaded) return loaded;
  // What a role's patterns name is known only now.
  const all = [...toolCards, ...toolsIn(loaded.apis)];
  const problems = roles.flatMap(({ choice }) => unmatchedPatterns(choice, all));
  return problems.length > 0 ? { problems } : loaded;
}

/** As `readCompanyApis`. @throws OktaMcpError bad_config with every mistake */
export async function loadCompanyApis(
  loaded: Pick<LoadedServe, "content" | "file" | "roles">,
): Promise<readonly LoadedApi[]> {
  const read = await readCompanyApis(loaded);
  if ("problems" in read) throw serveFileError(loaded.file, read.problems);
  return read.apis;
}
