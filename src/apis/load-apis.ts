import { isIP } from "node:net";
import { LOOPBACK_HOSTS } from "../net/loopback.js";
import { isPublicAddress } from "../net/public-address.js";
import type { PublicFetch } from "../net/public-fetch.js";
import { ArgumentCheck } from "../openapi/argument-check.js";
import { hint, nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";
import { readApiAuth } from "./api-auth.js";
import { nameTools } from "./api-tool-names.js";
import type { ApiSettings, ApisSettings } from "./apis-schema.js";
import { type Choices, chooseOperations } from "./choose-operations.js";
import type { ChosenOperation, LoadedApi } from "./loaded-api.js";
import { OperationRequests } from "./operation-requests.js";
import { operationTool } from "./operation-tool.js";
import { readApiDocument } from "./read-api-document.js";

export interface LoadApisOptions {
  /** The areas of our own tools, whose names no API can have. */
  areas: readonly string[];
  /** The names of our own tools. */
  toolNames: readonly string[];
  /** The way to documents at addresses; by default to public addresses alone. */
  fetch?: PublicFetch;
}

/** All APIs of a file of settings, or every mistake, each a sentence that tells its place. */
export type LoadedApis = { apis: readonly LoadedApi[] } | { problems: readonly string[] };

/** What is read of an API before its tools have names. */
interface Read extends Pick<LoadedApi, "name" | "settings" | "auth" | "baseUrl" | "document" | "sha256"> {
  choices: Choices;
}

/**
 * Reads the documents and secrets of all APIs, and makes the tools of the operations that the settings choose.
 * @param settings as their schema has checked them
 * @param settingsFile the path of the file of settings, from whose folder relative paths begin
 */
export async function loadApis(
  settings: ApisSettings,
  settingsFile: string,
  options: LoadApisOptions,
): Promise<LoadedApis> {
  const read = await Promise.all(
    Object.entries(settings).map(([name, api]) => readApi(name, api, settingsFile, options)),
  );
  const problems = read.flatMap((one) => one.problems);
  // The same settings give the same names, whatever document came first.
  const taken = new Map(options.toolNames.map((name) => [name, "a tool of okta-mcp"]));
  const apis = read.flatMap(({ read: one }) => {
    if (one === undefined) return [];
    const made = withTools(one, taken);
    problems.push(...made.problems.map((problem) => `apis.${one.name}: ${problem}`));
    return [made.api];
  });
  return problems.length > 0 ? { problems } : { apis };
}

async function readApi(
  name: string,
  settings: ApiSettings,
  settingsFile: string,
  { areas, fetch }: LoadApisOptions,
): Promise<{ read: Read | undefined; problems: readonly string[] }> {
  const problems: string[] = [];
  const mistake = (problem: string) => problems.push(`apis.${visibleStart(name)}: ${problem}`);
  const plain = (area: string) => area.replaceAll("_", "-");
  if (areas.some((area) => plain(area) === plain(name)))
    mistake("its name is that of tools of okta-mcp. Choose another.");
  const baseUrl = baseOf(settings.base_url);
  const unreachable = privateHost(baseUrl, settings);
  if (unreachable !== undefined) mistake(unreachable);
  const auth = readApiAuth(settings.auth, settingsFile, (member, problem) => mistake(`auth.${member} ${problem}`));
  const read = await readApiDocument(settings, settingsFile, fetch);
  if ("problems" in read) {
    for (const problem of read.problems) mistake(problem);
    return { read: undefined, problems };
  }
  const choices = chooseOperations(read.document, settings);
  for (const problem of choices.problems) mistake(problem);
  return { read: auth && { name, settings, auth, baseUrl, ...read, choices }, problems };
}

/** The base address with a slash at the end of its path. */
function baseOf(text: string): URL {
  const url = new URL(text);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** A host that is an address is not looked up, so it is judged here. */
function privateHost({ hostname }: URL, { allow_private }: ApiSettings): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (allow_private || LOOPBACK_HOSTS.includes(hostname) || isIP(host) === 0 || isPublicAddress(host)) return undefined;
  return "base_url is in a private network. Where that is meant, set allow_private to true.";
}

function withTools(read: Read, taken: Map<string, string>): { api: LoadedApi; problems: readonly string[] } {
  const { choices, ...api } = read;
  const { name, settings, auth, document } = api;
  const { chosen, skipped } = choices;
  const operations = chosen.map(({ operation }) => operation);
  const { names, problems } = nameTools({ api: name, settings, operations, taken });
  const check = new ArgumentCheck(document);
  const { bind } = settings;
  const made = chosen.map((choice) => ({
    choice,
    requests: new OperationRequests({ api: name, auth, bind, document, check, ...choice }),
  }));
  const tools = made.flatMap(({ choice, requests }): ChosenOperation[] => {
    const { operation, access } = choice;
    const toolName = names.get(operation);
    if (toolName === undefined) return [];
    const reading = made.find(
      ({ choice: one, requests: { reads } }) =>
        reads && one.operation.method === "GET" && one.operation.path === operation.path,
    );
    const tool = operationTool({ ...choice, name: toolName, api: name, auth, requests, reading: reading?.requests });
    return [{ operation, access, tool }];
  });
  const unbound = unboundNames(
    bind,
    made.map(({ requests }) => requests),
  );
  return { api: { ...api, chosen: tools, skipped }, problems: [...problems, ...unbound] };
}

/** The names in `bind` that no chosen operation has: what was meant would be left to whoever calls. */
function unboundNames(bind: ApiSettings["bind"], requests: readonly OperationRequests[]): string[] {
  const bound = new Set(
    requests.flatMap((one) => one.bound.flatMap(({ argument }) => [argument.name, argument.parameter])),
  );
  const there = new Set(requests.flatMap((one) => one.given.map(({ parameter }) => parameter)));
  return Object.keys(bind)
    .filter((name) => !bound.has(name))
    .map(
      (name) =>
        `bind names ${visibleStart(name)}, which is no path, query or header parameter of a chosen operation${visibleStart(hint(nearest(name, there)))}.`,
    );
}
