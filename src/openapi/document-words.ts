import { visible } from "../text/quote.js";

/** The most characters of a description that are looked at. */
const MAX_LOOKED_AT = 4_000;

/**
 * A text of a document as one line for a description: without markup, with nothing invisible, and cut behind a sentence
 * where one ends in time. A document is written by others and read by a model; nothing in it can look like a mark of a
 * conversation.
 * @param maxChars the longest that comes out
 */
export function documentWords(text: string, maxChars: number): string {
  const line = visible(withoutMarkup(text.slice(0, MAX_LOOKED_AT)))
    .replaceAll(/\s+/g, " ")
    .trim();
  const chars = [...line];
  if (chars.length <= maxChars) return line;
  const head = chars.slice(0, maxChars).join("");
  const sentence = Math.max(head.lastIndexOf(". "), head.lastIndexOf("! "), head.lastIndexOf("? "));
  if (sentence >= maxChars / 4) return head.slice(0, sentence + 1);
  const shorter = chars.slice(0, maxChars - 1).join("");
  const space = shorter.lastIndexOf(" ");
  return `${space > maxChars / 2 ? shorter.slice(0, space) : shorter}…`;
}

/** Tags of HTML go, links of Markdown become their text, and what is left of angle brackets only looks like them. */
function withoutMarkup(text: string): string {
  return text
    .replaceAll(/<\/?[A-Za-z!][^<>]{0,500}>/g, " ")
    .replaceAll(/!?\[([^[\]]{0,500})\]\([^()\s]{0,1000}\)/g, "$1")
    .replaceAll(/^[ \t]*#{1,6}[ \t]+/gm, "")
    .replaceAll(/\*\*|__|```/g, "")
    .replaceAll("<", "‹")
    .replaceAll(">", "›");
}

/** The beginning of a sentence with a full stop behind it. Empty stays empty. */
export function asSentence(text: string): string {
  if (text === "") return "";
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
