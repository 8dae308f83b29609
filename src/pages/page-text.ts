import { shortened } from "../text/quote.js";

const MAX_CHARS = 200;

/** Text of a client or of the org in the form for a page: one line, nothing invisible, not too long. */
export function shown(text: string): string {
  return shortened(text, MAX_CHARS);
}
