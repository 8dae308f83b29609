import type { ToolCard } from "../../catalogue/catalogue.js";
import type { ToolFor } from "../../okta/purpose.js";
import type { ResourceText } from "../resource-source.js";
import { errorCodes, errorPage, errorsPage } from "./error-pages.js";
import { eventAreaPage, eventAreas, eventsPage } from "./event-pages.js";
import { expressionPage } from "./expression-page.js";
import { guardPage } from "./guard-page.js";
import { ERRORS_TEMPLATE, EVENTS_TEMPLATE, OWN_RESOURCES, OWN_TEMPLATES, SEARCH_TEMPLATE } from "./own-cards.js";
import { REFERENCE } from "./reference-uri.js";
import { scopePage } from "./scope-page.js";
import { SEARCHED_OBJECTS } from "./search-objects.js";
import { searchObjectPage, searchPage } from "./search-pages.js";
import { page } from "./text-parts.js";

/** The page with all addresses. */
function indexPage(): string {
  const examples = [SEARCH_TEMPLATE, EVENTS_TEMPLATE, ERRORS_TEMPLATE].map((template) => {
    const [variable = ""] = /\{\w+\}/.exec(template) ?? [];
    return [template, valuesOf(template).slice(0, 6), variable] as const;
  });
  return page(
    "Reference",
    "What there is to know about Okta's grammars, events, scopes and errors, and about this server. It says nothing about the org.",
    OWN_RESOURCES.slice(1).map(({ uri, description }) => `${uri}: ${description}`),
    OWN_TEMPLATES.map(({ uriTemplate, description }) => `${uriTemplate}: ${description}`),
    "## Values of the variables",
    examples.map(([template, values, variable]) => {
      const more = valuesOf(template).length > values.length ? ", …" : "";
      return `${variable.slice(1, -1)}: ${values.join(", ")}${more}`;
    }),
  );
}

/** All values of the variable of one of our templates. */
function valuesOf(template: string): string[] {
  if (template === SEARCH_TEMPLATE) return Object.keys(SEARCHED_OBJECTS);
  if (template === EVENTS_TEMPLATE) return eventAreas();
  return template === ERRORS_TEMPLATE ? errorCodes() : [];
}

/** The values of a variable of one of our templates; none for a variable that it does not have. */
export function referenceValues(template: string, variable: string): string[] {
  return template.includes(`{${variable}}`) ? valuesOf(template) : [];
}

function pageOf(path: string, tools: readonly ToolCard[]): string | undefined {
  const toolFor: ToolFor = (purpose) => tools.find((tool) => tool.purpose === purpose)?.name;
  switch (path) {
    case "":
      return indexPage();
    case "/search":
      return searchPage();
    case "/expressions":
      return expressionPage();
    case "/events":
      return eventsPage();
    case "/scopes":
      return scopePage(tools);
    case "/errors":
      return errorsPage();
    case "/guard":
      return guardPage();
  }
  const [, part, name = "", ...more] = path.split("/");
  if (more.length > 0) return undefined;
  if (part === "search") return searchObjectPage(name, toolFor);
  if (part === "events") return eventAreaPage(name);
  return part === "errors" ? errorPage(name) : undefined;
}

/**
 * One text of our own reference. It is made anew each time, of what the code knows.
 * @param tools those of the caller: no text names others
 * @returns undefined for a URI that is none of it
 */
export function referenceText(uri: string, tools: readonly ToolCard[]): ResourceText | undefined {
  const text = uri.startsWith(REFERENCE) ? pageOf(uri.slice(REFERENCE.length), tools) : undefined;
  return text === undefined ? undefined : { uri, mimeType: "text/markdown", text };
}
