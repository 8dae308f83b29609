import { resolve } from "node:path";
import { apiAreas } from "../../apis/api-areas.js";
import { loadApis } from "../../apis/load-apis.js";
import type { LoadedApi } from "../../apis/loaded-api.js";
import { createCatalogue } from "../../catalogue/catalogue.js";
import type { ApiTools } from "../../config/config.js";
import { readStrictJson } from "../../files/strict-json.js";
import { withoutTilde } from "../../files/user-dirs.js";
import { loadResources } from "../../resources/load-resources.js";
import { NO_FILES, type ResourceFiles } from "../../resources/resource-files.js";
import { visible } from "../../text/quote.js";
import { toolCards } from "../tool-cards.js";
import { apisFileSchema } from "./apis-file-schema.js";

/** A company's own APIs and texts, as the file of `OKTA_MCP_APIS` names them. */
export interface OwnApis {
  apis: readonly LoadedApi[];
  tools: ApiTools;
  resources: ResourceFiles;
}

const KIND = "file of APIs";

/** The names that no API and no tool of one can have. */
export function takenNames() {
  return {
    areas: [...new Set(toolCards.map(({ area }) => area))],
    toolNames: toolCards.map(({ name }) => name),
  };
}

/**
 * Reads the file of `OKTA_MCP_APIS` and everything that it names.
 * @param file its path; `~/` stands for the home folder
 * @returns every mistake, as the rest of a sentence that begins with the setting's name
 */
export async function readApisFile(file: string): Promise<OwnApis | { problems: string[] }> {
  const settingsFile = resolve(withoutTilde(file));
  let resources = NO_FILES;
  const read = readStrictJson(file, KIND, () =>
    apisFileSchema().superRefine(({ resources: entries }, { addIssue }) => {
      resources = loadResources(entries, { settingsFile }, (path, message) =>
        addIssue({ code: "custom", path: ["resources", ...path], message }),
      );
    }),
  );
  if ("problems" in read) return read;
  const { content, path, isOpen } = read;
  const shown = visible(path);
  const loaded = await loadApis(content.apis, path, takenNames());
  if ("problems" in loaded) return { problems: loaded.problems.map((problem) => `(${shown}): ${problem}`) };
  const own = apiAreas(loaded.apis);
  const notices = isOpen
    ? [`The file of APIs ${shown} can be changed by other users of this machine; run: chmod go-w ${shown}`]
    : [];
  return { apis: loaded.apis, tools: { areas: own, catalogue: createCatalogue(own), notices }, resources };
}
