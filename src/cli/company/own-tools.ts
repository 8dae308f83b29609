import type { LoadedApi } from "../../apis/loaded-api.js";
import type { Tool } from "../../tool.js";
import type { CompanyApis } from "../../upstream/company-apis.js";
import { toolCards } from "../tool-cards.js";

const NAMES: ReadonlySet<string> = new Set(toolCards.map(({ name }) => name));

/** The tools of the company's APIs, whoever may use them. */
export function apiTools(apis: Pick<CompanyApis, "all">): (Tool & { area: string })[] {
  return toolsIn(apis.all().map(({ api }) => api));
}

/** The tools of APIs, each in the area that the API is. */
export function toolsIn(apis: readonly LoadedApi[]): (Tool & { area: string })[] {
  return apis.flatMap(({ name, chosen }) => chosen.map(({ tool }) => ({ ...tool, area: name })));
}

/** Tells whether there is a tool of a name, whoever may use it. */
export function isToolWith(ofApis: readonly Pick<Tool, "name">[]): (name: string) => boolean {
  const names = new Set(ofApis.map(({ name }) => name));
  return (name) => NAMES.has(name) || names.has(name);
}
