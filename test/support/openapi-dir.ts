import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The path of the repository's facts about Okta's documents. */
export const FACTS_FILE = fileURLToPath(new URL("../contract/okta-facts.json", import.meta.url));

/** The message if a test needs Okta's documents and they are absent. */
export const HOW_TO_GET_OPENAPI =
  "Okta's OpenAPI documents are not here. Okta publishes them in the repository " +
  "github.com/okta/okta-management-openapi-spec; convert the release's management and OAuth documents to " +
  "management.json and oauth.json and name their folder in OKTA_OPENAPI_DIR.";

/**
 * Returns the folder of the documents, or undefined if they are absent. It is `OKTA_OPENAPI_DIR`, or by default a
 * folder beside this checkout.
 */
export function openApiDir(): string | undefined {
  const beside = fileURLToPath(new URL("../../../shared/okta-openapi", import.meta.url));
  const dir = process.env.OKTA_OPENAPI_DIR ?? beside;
  return existsSync(join(dir, "management.json")) ? dir : undefined;
}
