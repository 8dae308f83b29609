import { dirname, posix } from "node:path";
import { readAllowedFile } from "../files/allowed-file.js";
import { Deadline, FILE_STEP_LIMIT_MS } from "../files/deadline.js";
import { textOfFile } from "../files/file-text.js";
import { isObject, type Json } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import { MAX_DOCUMENT_CHARS, parseDocumentText } from "./parse-text.js";

/**
 * Reads the text of a further file of a document.
 * @param path relative to the document's folder, with `/` between names; it never leads out by itself
 * @throws an error whose message says why the file cannot be read
 */
export type ReadDocumentFile = (path: string) => Promise<string>;

/** The most files of one document. */
const MAX_FILES = 200;

/**
 * Reads files of the folder that a document lies in, and of the folders in it. A link that leads out is not followed.
 * @param document the path of the document
 */
export function besideDocument(document: string): ReadDocumentFile {
  const deadline = new Deadline(FILE_STEP_LIMIT_MS);
  const roots = [dirname(document)];
  return async (path) =>
    textOfFile((await readAllowedFile(path, { roots, maxBytes: MAX_DOCUMENT_CHARS, deadline })).data);
}

/** The files of a document, and those that cannot be read, each with a sentence that says why. */
export interface FilesRead {
  files: Map<string, Json>;
  missing: Map<string, string>;
}

/**
 * The key of the file that a reference means: its path in the document's folder. Undefined for an address of a network
 * and for a path that leads out of the folder.
 * @param address the reference without its fragment; empty for the file that holds it
 */
export function fileBehind(address: string, from: string): string | undefined {
  if (address === "") return from;
  if (/^[a-z][a-z0-9+.-]*:|^\/|^\\|[?\0]/i.test(address)) return undefined;
  let path: string;
  try {
    path = posix.normalize(posix.join(posix.dirname(from), decodeURIComponent(address)));
  } catch {
    return undefined;
  }
  return path === "." || path.startsWith("..") || path.startsWith("/") ? undefined : path;
}

/**
 * Reads every file that references of a document lead to.
 * @param name the document's key
 * @param content what it holds
 * @param read undefined for a document without a folder, as one from a URL; then no further file is read
 */
export async function readFurtherFiles(
  name: string,
  content: Json,
  read: ReadDocumentFile | undefined,
): Promise<FilesRead> {
  const files = new Map([[name, content]]);
  const missing = new Map<string, string>();
  let chars = 0;
  // A map gives also those entries that come while it is gone through.
  for (const [file, inner] of files) {
    for (const address of addressesIn(inner)) {
      const next = fileBehind(address, file);
      if (next === undefined || files.has(next) || missing.has(next)) continue;
      if (read === undefined) missing.set(next, "a document from an address has no further files.");
      else if (files.size === MAX_FILES) missing.set(next, `the document has more than ${MAX_FILES} files.`);
      else if (chars > MAX_DOCUMENT_CHARS) missing.set(next, "the document's files are too large together.");
      else {
        const got = await readOne(next, read);
        if ("problem" in got) missing.set(next, got.problem);
        else {
          chars += got.chars;
          files.set(next, got.content);
        }
      }
    }
  }
  return { files, missing };
}

async function readOne(
  path: string,
  read: ReadDocumentFile,
): Promise<{ content: Json; chars: number } | { problem: string }> {
  let text: string;
  try {
    text = await read(path);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const parsed = await parseDocumentText(text);
  if ("problem" in parsed) return { problem: `the file ${quoteOkta(path)} ${parsed.problem}` };
  return { content: parsed.content, chars: text.length };
}

/** The addresses in all references of a value, without their fragments. */
function* addressesIn(value: Json): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  if (isObject(value)) {
    for (const keyword of ["$ref", "$dynamicRef"]) {
      const reference = value[keyword];
      const address = typeof reference === "string" ? reference.split("#")[0] : "";
      if (address) yield address;
    }
  }
  for (const inner of Object.values(value)) yield* addressesIn(inner);
}
