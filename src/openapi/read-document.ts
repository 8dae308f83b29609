import { isObject, type Json, textAt } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import type { ApiDocument, ApiOperation, SkippedOperation } from "./api-document.js";
import { DocumentFault } from "./document-fault.js";
import { type ReadDocumentFile, readFurtherFiles } from "./document-files.js";
import type { Located } from "./document-place.js";
import { parseDocumentText } from "./parse-text.js";
import { readOperation } from "./read-operation.js";
import { References } from "./references.js";

export interface DocumentSource {
  /** JSON or YAML. */
  text: string;
  /** What the document is called in sentences about it, e.g. the name of its file. */
  name: string;
  /** Reads further files that references lead to. Without it they lead nowhere, as in a document from a URL. */
  read?: ReadDocumentFile | undefined;
}

/** The fields of a path that are operations (OpenAPI, "Path Item Object"). */
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] as const;

/** Methods that are never called from here, with the reason. */
const UNCALLED: Readonly<Record<string, string>> = {
  options: "OPTIONS tells of other operations and is not called from here.",
  trace: "TRACE repeats what it is sent, keys too, and is not called from here.",
  query: "QUERY is a method that not every server and proxy knows, and it is not called from here.",
};

/**
 * Reads a document of OpenAPI 3.0 or 3.1. One of 3.2 is read as one of 3.1. An operation that cannot be read does not
 * keep the others from being read.
 * @returns the document, or why the whole of it cannot be read, a sentence each
 */
export async function readDocument(
  source: DocumentSource,
): Promise<{ document: ApiDocument } | { problems: string[] }> {
  const parsed = await parseDocumentText(source.text);
  if ("problem" in parsed) return { problems: [`${quoteOkta(source.name)} ${parsed.problem}`] };
  const { content } = parsed;
  const kind = kindOf(content);
  if ("problem" in kind) return { problems: [`${quoteOkta(source.name)} ${kind.problem}`] };
  const { files, missing } = await readFurtherFiles(source.name, content, source.read);
  const references = new References(files, missing);
  const { operations, skipped, notes } = readPaths({ file: source.name, pointer: "", value: content }, references);
  return {
    document: {
      ...kind,
      title: textAt(content, "info", "title"),
      apiVersion: textAt(content, "info", "version"),
      operations,
      skipped,
      notes: [...kind.notes, ...notes],
      files,
      references,
    },
  };
}

function kindOf(content: Json): Pick<ApiDocument, "dialect" | "version" | "notes"> | { problem: string } {
  if (!isObject(content)) return { problem: "is no OpenAPI document: it is not an object." };
  if (content.swagger !== undefined) {
    return {
      problem:
        'is a Swagger 2.0 document. Convert it to OpenAPI 3 first: `npx swagger2openapi FILE --outfile NEW_FILE`, or "Convert to OpenAPI 3" in the Swagger Editor.',
    };
  }
  // YAML reads a version without quotation marks as a number.
  const version = typeof content.openapi === "number" ? String(content.openapi) : content.openapi;
  if (typeof version !== "string")
    return { problem: "is no OpenAPI document: it has no field openapi with a version." };
  const [major, minor] = version.split(".");
  if (major !== "3") return { problem: `is of OpenAPI ${quoteOkta(version)}. Versions 3.0 and 3.1 are read here.` };
  if (minor === undefined || minor === "0") return { dialect: "3.0", version, notes: [] };
  const notes = minor === "1" ? [] : [`The document is of OpenAPI ${quoteOkta(version)} and is read as one of 3.1.`];
  return { dialect: "3.1", version, notes };
}

type PathsRead = { operations: ApiOperation[]; skipped: SkippedOperation[]; notes: string[] };

function readPaths(root: Located, references: References): PathsRead {
  const read: PathsRead = { operations: [], skipped: [], notes: [] };
  const paths = references.member(root, "paths");
  if (paths === undefined || !isObject(paths.value) || Object.keys(paths.value).length === 0) {
    read.notes.push("The document has no paths, so it has no operation.");
    return read;
  }
  for (const path of Object.keys(paths.value)) {
    if (path.startsWith("x-")) continue;
    const item = references.member(paths, path);
    if (item !== undefined) readPath(root, path, item, references, read);
  }
  withoutTwins(read);
  return read;
}

function readPath(root: Located, path: string, entry: Located, references: References, read: PathsRead): void {
  let item: Located;
  try {
    item = references.follow(entry);
    if (!isObject(item.value)) throw new DocumentFault(item, "a path has to be an object.");
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    read.notes.push(error.message);
    return;
  }
  for (const method of METHODS) {
    // A path may have its operations in a reference and some beside it.
    const operation = references.member(entry, method) ?? references.member(item, method);
    if (operation === undefined) continue;
    const id = idOf(operation.value, method, path);
    const names = { id: id.id, method: method.toUpperCase(), path };
    try {
      const why = UNCALLED[method];
      if (why !== undefined) throw new SkippedBecause(why);
      read.operations.push({ ...id, ...readOperation({ root, item, operation, method, path, references }) });
    } catch (error) {
      if (!(error instanceof DocumentFault || error instanceof SkippedBecause)) throw error;
      read.skipped.push({ ...names, why: error.message });
    }
  }
}

class SkippedBecause extends Error {}

/** The `operationId`; where there is none, one of path and method, in the form in which FastAPI makes them. */
function idOf(operation: Json, method: string, path: string): { id: string; isIdMade: boolean } {
  const given = textAt(operation, "operationId").trim();
  if (given !== "") return { id: given, isIdMade: false };
  const made = `${path}_${method}`.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "");
  return { id: made, isIdMade: true };
}

/** Operations of one id cannot be told apart, so none of them can be called. */
function withoutTwins(read: PathsRead): void {
  const counts = new Map<string, number>();
  for (const { id } of read.operations) counts.set(id, (counts.get(id) ?? 0) + 1);
  const twins = read.operations.filter(({ id }) => (counts.get(id) ?? 0) > 1);
  if (twins.length === 0) return;
  read.operations = read.operations.filter(({ id }) => counts.get(id) === 1);
  for (const { id, method, path } of twins) {
    const others = twins.filter((twin) => twin.id === id && (twin.method !== method || twin.path !== path));
    const where = others
      .map((other) => `${other.method} ${quoteOkta(other.path)}`)
      .slice(0, 3)
      .join(", ");
    read.skipped.push({ id, method, path, why: `Its operationId is that of ${where} as well.` });
  }
}
