import type { ApiOperation } from "../openapi/api-document.js";
import { hint, nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";
import type { ApiSettings } from "./apis-schema.js";

/** The longest name that all clients take. */
const MAX_NAME_CHARS = 64;

export interface NamesWanted {
  /** The API's name in the settings. */
  api: string;
  settings: Pick<ApiSettings, "prefix" | "rename">;
  /** The chosen operations, in the order of the document. */
  operations: readonly ApiOperation[];
  /** The names that are taken, with whose they are, e.g. "a tool of okta-mcp". Names that are given out are added. */
  taken: Map<string, string>;
}

/** A text in words of small letters and digits with `_` between them: `listHTTPServers` becomes `list_http_servers`. */
export function snakeCase(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "_");
}

/** What the names of an API's tools begin with. */
export function prefixOf(api: string, { prefix }: Pick<ApiSettings, "prefix">): string {
  return prefix ?? `${api.replaceAll("-", "_")}_`;
}

/**
 * Gives each operation the name of its tool. No name is changed in silence: what cannot be a name, or is taken, is a
 * problem with a suggestion.
 */
export function nameTools({ api, settings, operations, taken }: NamesWanted): {
  names: ReadonlyMap<ApiOperation, string>;
  problems: readonly string[];
} {
  const { rename } = settings;
  const prefix = prefixOf(api, settings);
  const problems = unknownRenames(rename, operations);
  const names = new Map<ApiOperation, string>();
  for (const operation of operations) {
    const { id } = operation;
    const own = Object.hasOwn(rename, id) ? rename[id] : undefined;
    const name = `${prefix}${own ?? snakeCase(id).replaceAll(/^_+|_+$/g, "")}`;
    const wrong = faultOf(id, own, name, taken);
    if (wrong === undefined) {
      taken.set(name, `the API ${api} (${visibleStart(id)})`);
      names.set(operation, name);
    } else {
      const suggestion = suggested(operation, prefix, taken);
      problems.push(`${wrong} Give it another name: "rename": { ${JSON.stringify(id)}: "${suggestion}" }.`);
    }
  }
  return { names, problems };
}

function faultOf(
  id: string,
  own: string | undefined,
  name: string,
  taken: ReadonlyMap<string, string>,
): string | undefined {
  const shown = visibleStart(id);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (own === undefined && !/^[\x00-\x7f]*$/.test(id)) {
    return `operations: ${shown} has letters that the name of a tool cannot have.`;
  }
  if (!/[a-z0-9]/.test(name)) return `operations: ${shown} has nothing that the name of a tool could be made of.`;
  if (name.length > MAX_NAME_CHARS) {
    return `operations: the tool of ${shown} would be ${visibleStart(name)}, which has ${name.length} characters and may have ${MAX_NAME_CHARS}.`;
  }
  const holder = taken.get(name);
  return holder === undefined
    ? undefined
    : `operations: the tool of ${shown} would be ${name}, which is the name of ${holder}.`;
}

/** A free name without the prefix: the words of the id, then those of method and path, cut at a word. */
function suggested({ id, method, path }: ApiOperation, prefix: string, taken: ReadonlyMap<string, string>): string {
  const plain = (text: string) =>
    snakeCase(text.normalize("NFKD").replaceAll(/\p{M}/gu, "")).replaceAll(/^_+|_+$/g, "");
  const words = [plain(id), plain(`${method} ${path}`), plain(`${id} ${method}`)];
  const room = MAX_NAME_CHARS - prefix.length;
  const free = words.map((text) => cutAtWord(text, room)).find((text) => text !== "" && !taken.has(`${prefix}${text}`));
  if (free !== undefined) return free;
  const base = cutAtWord(words[1] ?? "", room - 4);
  for (let number = 2; ; number += 1) if (!taken.has(`${prefix}${base}_${number}`)) return `${base}_${number}`;
}

function cutAtWord(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const head = text.slice(0, maxChars);
  const end = head.lastIndexOf("_");
  return end > 0 ? head.slice(0, end) : head;
}

function unknownRenames(rename: Readonly<Record<string, string>>, operations: readonly ApiOperation[]): string[] {
  const ids = operations.map(({ id }) => id);
  return Object.keys(rename)
    .filter((id) => !ids.includes(id))
    .map(
      (id) =>
        `rename names ${visibleStart(id)}, which is the operationId of no chosen operation${visibleStart(hint(nearest(id, ids)))}.`,
    );
}
