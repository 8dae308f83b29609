/**
 * The first key that an object in a JSON text has twice, with its path; undefined where there is none. `JSON.parse`
 * silently keeps the last of them.
 * @param text valid JSON
 */
export function doubleKey(text: string): string | undefined {
  /** The open objects and lists around the current place. An object has the keys seen so far; a list has none. */
  const open: { keys: Set<string> | undefined; at: string }[] = [];
  let key = "";
  // The closing quotation mark is optional, so that a missing one is searched for only once.
  for (const [token, string, colon] of text.matchAll(/("(?:\\.|[^"\\])*"?)\s*(:?)|[{}[\]]/g)) {
    if (token === "{" || token === "[") {
      open.push({ keys: token === "{" ? new Set() : undefined, at: key });
      key = "";
    } else if (token === "}" || token === "]") {
      open.pop();
      key = "";
    } else if (string !== undefined && colon === ":") {
      key = JSON.parse(string) as string;
      const keys = open.at(-1)?.keys;
      if (keys?.has(key)) return [...open.map(({ at }) => at), key].filter(Boolean).join(".");
      keys?.add(key);
    }
  }
  return undefined;
}
