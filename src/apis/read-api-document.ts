import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pathBeside } from "../config/app-files.js";
import { textOfFile } from "../files/file-text.js";
import { whyUnreadable } from "../files/unreadable.js";
import { createPublicFetch, NotFetched, type PublicFetch } from "../net/public-fetch.js";
import type { ApiDocument } from "../openapi/api-document.js";
import { besideDocument } from "../openapi/document-files.js";
import { MAX_DOCUMENT_CHARS } from "../openapi/parse-text.js";
import { readDocument } from "../openapi/read-document.js";
import { visible } from "../text/quote.js";
import type { ApiSettings } from "./apis-schema.js";

/** A document, and the SHA-256 of its text in small hexadecimal digits. */
export interface ReadApiDocument {
  document: ApiDocument;
  sha256: string;
}

/** The time for a document to come from an address. */
const TIME_LIMIT_MS = 20_000;

/** True for a document at an address in place of a file. */
export const isAddress = (document: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(document);

/**
 * Reads the OpenAPI document of an API, from its file or its address, and holds it against its pin.
 * @param settingsFile the path of the file of settings, from whose folder a relative path begins
 * @param fetch the way to an address; by default to public ones alone
 * @returns the document, or its mistakes, each the rest of a sentence that begins with a member of the settings
 */
export async function readApiDocument(
  settings: Pick<ApiSettings, "document" | "sha256" | "allow_private">,
  settingsFile: string,
  fetch?: PublicFetch,
): Promise<ReadApiDocument | { problems: readonly string[] }> {
  const { document: place, sha256: pin } = settings;
  if (isAddress(place) && pin === undefined) {
    return {
      problems: [
        "sha256 is missing: a document from an address can change, so it counts by its SHA-256 alone. Download it, look at it, and set the value that `shasum -a 256 FILE` prints.",
      ],
    };
  }
  const read = isAddress(place) ? await fetched(settings, fetch) : await fromFile(pathBeside(settingsFile, place));
  if ("problem" in read) return { problems: [`document ${read.problem}`] };
  const sha256 = createHash("sha256").update(read.data).digest("hex");
  if (pin !== undefined && sha256 !== pin.toLowerCase()) {
    return {
      problems: [
        `sha256 is ${pin.toLowerCase()}, and that of ${visible(place)} is ${sha256}: the document is another one than was pinned. Look at what changed, then set sha256 to the new value.`,
      ],
    };
  }
  const source = isAddress(place) ? {} : { read: besideDocument(pathBeside(settingsFile, place)) };
  const parsed = await readDocument({ text: textOfFile(read.data), name: nameOf(place), ...source });
  if ("problems" in parsed) return { problems: parsed.problems.map((problem) => `document: ${problem}`) };
  return { document: parsed.document, sha256 };
}

/** The last part of a path or an address. */
function nameOf(place: string): string {
  const parts = place.split(/[\\/]/).filter((part) => part !== "");
  return parts.at(-1) ?? place;
}

async function fromFile(path: string): Promise<{ data: Buffer } | { problem: string }> {
  const shown = visible(path);
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { problem: `names ${shown}, which is no file.` };
    if (stat.size > MAX_DOCUMENT_CHARS)
      return { problem: `names ${shown}, which is larger than ${MAX_DOCUMENT_CHARS} bytes.` };
    return { data: await readFile(path) };
  } catch (error) {
    return { problem: `cannot be read: ${shown}: ${whyUnreadable((error as NodeJS.ErrnoException).code ?? "")}.` };
  }
}

async function fetched(
  { document, allow_private }: Pick<ApiSettings, "document" | "allow_private">,
  given: PublicFetch | undefined,
): Promise<{ data: Buffer } | { problem: string }> {
  const limits = { maxBytes: MAX_DOCUMENT_CHARS, timeoutMs: TIME_LIMIT_MS, anyType: true };
  const fetch = given ?? createPublicFetch({ ...limits, ...(allow_private ? { allows: () => true } : {}) });
  try {
    if (!URL.canParse(document)) return { problem: "is no address." };
    const response = await fetch(new URL(document));
    return { data: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    if (error instanceof NotFetched)
      return { problem: `cannot be fetched from ${visible(document)}: ${error.message}.` };
    throw error;
  }
}
