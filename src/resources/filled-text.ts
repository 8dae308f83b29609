import { parseJson } from "../json/exact-json.js";
import { isJsonType, isMarkupType } from "./media-types.js";

/** The most characters of a text with its values. A file may name a variable any number of times. */
const MAX_FILLED_CHARS = 1_000_000;

const PLACE = /\{\{([A-Za-z_]\w{0,39})\}\}/g;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A value as it can stand in a text of a media type without becoming more than text. */
function escaped(value: string, mediaType: string): string {
  if (isJsonType(mediaType)) return JSON.stringify(value).slice(1, -1);
  return isMarkupType(mediaType) ? value.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "") : value;
}

/**
 * A text with values in place of its `{{name}}`. In JSON and markup they are escaped. A place that names no variable
 * stays, since texts have braces of their own.
 * @returns what keeps it from being used, as the rest of a sentence
 */
export function filledText(
  text: string,
  values: ReadonlyMap<string, string>,
  mediaType: string,
): { text: string } | { problem: string } {
  let added = 0;
  const filled = text.replaceAll(PLACE, (place, name: string) => {
    const value = values.get(name);
    if (value === undefined || added > MAX_FILLED_CHARS) return place;
    added += value.length;
    return escaped(value, mediaType);
  });
  if (added > MAX_FILLED_CHARS) return { problem: "would be longer than 1 MB with its values" };
  // A value outside of a text in quotes could become any part of the document.
  if (values.size > 0 && isJsonType(mediaType) && !isJson(text.replaceAll(PLACE, "x"))) {
    return { problem: "is no JSON in which every {{name}} stands within a text in double quotes" };
  }
  return { text: filled };
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}
