/** Tells a spreadsheet that the text is UTF-8. Without it some read the letters of another alphabet wrongly. */
export const CSV_START = "\uFEFF";

/** The blanks that a spreadsheet may take away before it looks for a formula. */
const BLANK = " \\u00a0\\u1680\\u2000-\\u200d\\u202f\\u205f\\u2060\\u3000\\ufeff";
/** What a formula begins with, in the forms that spreadsheets take for the same, and the mark that keeps it from being one. */
const BEGINS = "'=+\\-@\\u2212\\ufe62\\ufe63\\ufe66\\ufe6b\\uff0b\\uff0d\\uff1d\\uff20";

/**
 * The places at which a spreadsheet may see the beginning of a formula: the cell's own beginning, and what follows a
 * character that separates cells or lines for a spreadsheet that was told another separator.
 */
const FORMULA = new RegExp(`(^|[;\\t\\r\\n])(?=[${BLANK}]*[${BEGINS}])`, "gu");
const BEGINS_BETWEEN = /^[\t\r\n]/;

/**
 * A text that no spreadsheet takes for a formula. An apostrophe stands before everything that could begin one, and
 * before an apostrophe there, so that taking one away at these places gives the text back as it was.
 */
export function harmlessCell(text: string): string {
  const marked = text.replace(FORMULA, "$1'");
  return BEGINS_BETWEEN.test(marked) ? `'${marked}` : marked;
}

/** One record of CSV (RFC 4180) with its line break. Every cell is quoted, and none is a formula. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${harmlessCell(cell).replaceAll('"', '""')}"`).join(",")}\r\n`;
}
