/**
 * The first key that an object in a JSON text has twice, with the path to it; undefined where none
 * has. `JSON.parse` keeps the last of them without a word.
 * @param text valid JSON
 */
export function doubleKey(text: string): string | undefined {
  /** What is open around the place: the keys seen in an object, nothing for a list; and its own key. */
  const open: { keys: Set<string> | undefined; at: string }[] = [];
  let key = "";
  // An end that is missing is none to look for at each quotation mark again.
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
