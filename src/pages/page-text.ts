import { visibleStart } from "../text/quote.js";

const MAX_CHARS = 200;

/** Text of a client or of the org in the form for a page: one line, nothing invisible, not too long. */
export function shown(text: string): string {
  return visibleStart(text, MAX_CHARS);
}

const TITLE = /^([^:"]{1,100}): ([a-z ]{1,60}) "/;

/**
 * The first line of a question in the form for a page, where the kind of the object stands once: `Delete group "Lab"`
 * for `Delete group: group "Lab"`.
 */
export function questionTitle(question: string): string {
  const line = shown(question.split("\n", 1)[0] ?? "");
  const [doubled = "", title = "", kind = ""] = TITLE.exec(line) ?? [];
  return kind !== "" && title.toLowerCase().endsWith(kind) ? `${title} "${line.slice(doubled.length)}` : line;
}
