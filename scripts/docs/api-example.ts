import { HR_SERVER_ID } from "../../sandbox/facts.js";
import {
  companyExample,
  EXAMPLE_FILES,
  exampleTexts,
  personalExample,
  writtenJson,
} from "../../sandbox/practice-api/example-settings.js";

/** The addresses of `okta-mcp sandbox --port 8080 --api-port 8081`. */
export const EXAMPLE_PLACES = { orgUrl: "http://127.0.0.1:8080", apiUrl: "http://127.0.0.1:8081" };

const FOLDER = "docs/examples";
const written = (value: unknown) => `${writtenJson(value)}\n`;

/** The files of the example for a company's API. */
export async function apiExampleFiles(): Promise<Record<string, string>> {
  const texts = exampleTexts(`${EXAMPLE_PLACES.orgUrl}/oauth2/${HR_SERVER_ID}`);
  return {
    [`${FOLDER}/${EXAMPLE_FILES.settings}`]: written(personalExample(EXAMPLE_PLACES)),
    [`${FOLDER}/serve-apis.json`]: written(companyExample(EXAMPLE_PLACES, "/etc/okta-mcp/hr-client-secret")),
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${FOLDER}/${name}`, text])),
  };
}
