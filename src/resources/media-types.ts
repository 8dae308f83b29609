import { extname } from "node:path";

const BY_ENDING: Readonly<Record<string, string>> = {
  ".md": "text/markdown",
  ".markdown": "text/markdown",
  ".txt": "text/plain",
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".xml": "application/xml",
  ".toml": "application/toml",
  ".sql": "application/sql",
};

/** The media type of a file by its ending; plain text where the ending says nothing. */
export function mediaTypeOf(file: string): string {
  const ending = extname(file).toLowerCase();
  return Object.hasOwn(BY_ENDING, ending) ? (BY_ENDING[ending] ?? "text/plain") : "text/plain";
}

/** True for JSON and what is written in it (RFC 6839, section 3.1). */
export function isJsonType(mediaType: string): boolean {
  return mediaType === "application/json" || mediaType.endsWith("+json");
}

/** True for HTML, XML and what is written in it. */
export function isMarkupType(mediaType: string): boolean {
  return /(?:[/+]xml|\/html)$/.test(mediaType);
}
