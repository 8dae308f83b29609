/** The media type of an answer, without parameters and in small letters; empty where there is none. */
export function mediaTypeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase().slice(0, 100) ?? "";
}

/** True for JSON (RFC 8259, section 11; RFC 6839, section 3.1). */
export function isJsonType(mediaType: string): boolean {
  return (
    mediaType === "application/json" || mediaType === "text/json" || /^application\/[^/]{1,80}\+json$/.test(mediaType)
  );
}

/** True for a page. Where an API is expected it is that of a sign-in or of a proxy, and may hold anything. */
export function isPageType(mediaType: string): boolean {
  return mediaType === "text/html" || mediaType === "application/xhtml+xml";
}

const TEXTS: ReadonlySet<string> = new Set([
  "application/xml",
  "application/yaml",
  "application/x-yaml",
  "application/x-ndjson",
  "application/jsonl",
  "application/javascript",
  "application/x-www-form-urlencoded",
]);

/** True for text that a model can read. */
export function isTextType(mediaType: string): boolean {
  if (isPageType(mediaType)) return false;
  return mediaType.startsWith("text/") || mediaType.endsWith("+xml") || TEXTS.has(mediaType);
}
