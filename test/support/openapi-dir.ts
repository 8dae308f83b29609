import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The facts of Okta's documents that are part of this repository. */
export const FACTS_FILE = fileURLToPath(new URL("../contract/okta-facts.json", import.meta.url));

/** What is said where Okta's documents are needed and absent. */
export const HOW_TO_GET_OPENAPI =
  "Okta's OpenAPI documents are not here. Okta publishes them in the repository " +
  "github.com/okta/okta-management-openapi-spec; convert the release's management and OAuth documents to " +
  "management.json and oauth.json and name their folder in OKTA_OPENAPI_DIR.";

/** Where the documents are: `OKTA_OPENAPI_DIR`, or a folder beside this checkout; undefined where they are absent. */
export function openApiDir(): string | undefined {
  const beside = fileURLToPath(new URL("../../../shared/okta-openapi", import.meta.url));
  const dir = process.env.OKTA_OPENAPI_DIR ?? beside;
  return existsSync(join(dir, "management.json")) ? dir : undefined;
}
