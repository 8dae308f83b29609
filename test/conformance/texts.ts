import type { ResourceSource } from "../../src/resources/resource-source.js";
import { uriTemplate } from "../../src/resources/uri-template.js";

const TEMPLATE = "test://template/{id}/data";

/** The texts that the suite reads, as settings could offer them. */
export function fixtureTexts(): ResourceSource {
  const template = uriTemplate(TEMPLATE);
  if ("problem" in template) throw new Error(template.problem);
  return {
    list: () => [{ uri: "test://static-text", name: "static-text", mimeType: "text/plain" }],
    templates: () => [{ uriTemplate: TEMPLATE, name: "template", mimeType: "application/json" }],
    async read(uri) {
      if (uri === "test://static-text") {
        return { uri, mimeType: "text/plain", text: "This is the content of the static text resource." };
      }
      const id = template.match(uri)?.get("id");
      return id === undefined ? undefined : { uri, mimeType: "application/json", text: JSON.stringify({ id }) };
    },
  };
}
