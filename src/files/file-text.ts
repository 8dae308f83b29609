/**
 * The encoding of a file. The byte order mark tells it; without one, the zeros that UTF-16 has in ASCII text tell it.
 */
function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (second === 0 && first !== 0 && first !== undefined) return "utf-16le";
  return first === 0 && second !== 0 && second !== undefined ? "utf-16be" : "utf-8";
}

/** The text of a file in the encodings that editors write: UTF-8 or UTF-16. The byte order mark is removed. */
export function textOfFile(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

const BASE64 = /^[A-Za-z0-9+/_\s-]+(?:={1,2}\s*)?$/;

/**
 * A PEM text. Secret stores sometimes encode the whole of it as base64 once more; this is decoded. Any other text stays
 * as it is.
 */
export function pemText(text: string): string {
  if (text.includes("-----BEGIN") || !BASE64.test(text)) return text;
  const inner = textOfFile(Buffer.from(text.replaceAll(/\s/g, ""), "base64"));
  return inner.trimStart().startsWith("-----BEGIN ") ? inner : text;
}
