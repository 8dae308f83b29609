import type { ResourceCard, ResourceTemplateCard } from "../resource-source.js";
import { REFERENCE } from "./reference-uri.js";

const MARKDOWN = "text/markdown";

/** Our own texts, each with what a model decides by. */
export const OWN_RESOURCES: readonly ResourceCard[] = [
  ["", "What there is to read about Okta and this server, with all addresses."],
  ["/search", "The grammar of Okta's search and filter: operators, quoting, dates, and where each works."],
  ["/expressions", "Okta Expression Language in group rules, profile mappings, claims and policies."],
  ["/events", "The areas of the event types of Okta's system log."],
  ["/scopes", "The okta.* scopes in plain words, and the tools that need each."],
  ["/errors", "The error codes of this server and of Okta."],
  ["/guard", "What each rule of a guard file means."],
].map(([path = "", description = ""]) => ({
  uri: `${REFERENCE}${path}`,
  name: path === "" ? "reference" : path.slice(1),
  description,
  mimeType: MARKDOWN,
}));

export const SEARCH_TEMPLATE = `${REFERENCE}/search/{object}`;
export const EVENTS_TEMPLATE = `${REFERENCE}/events/{area}`;
export const ERRORS_TEMPLATE = `${REFERENCE}/errors/{code}`;

/** Our own texts of which there are many. */
export const OWN_TEMPLATES: readonly ResourceTemplateCard[] = [
  [SEARCH_TEMPLATE, "How one kind of object is searched, with attributes, operators and examples."],
  [EVENTS_TEMPLATE, "The event types of one area, each in a phrase."],
  [ERRORS_TEMPLATE, "What one error code means, and what to do."],
].map(([uriTemplate = "", description = ""]) => ({
  uriTemplate,
  name: `${uriTemplate.split("/")[3]}-of-one`,
  description,
  mimeType: MARKDOWN,
}));
