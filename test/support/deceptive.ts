/**
 * Invisible characters and characters that control a terminal, by code point. The list repeats the product's own on
 * purpose, so that the tests do not depend on it.
 */
const DECEPTIVE: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/** Returns the first deceptive character, e.g. `U+202E`, or undefined if there is none. `lines` allows line breaks. */
export function hiddenIn(text: string, { lines = false } = {}): string | undefined {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (lines && character === "\n") continue;
    if (DECEPTIVE.some(([from, to]) => point >= from && point <= to)) return `U+${point.toString(16).toUpperCase()}`;
  }
  return undefined;
}
