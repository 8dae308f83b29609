/** Which encoding a file's first bytes name or, for want of a mark, show by the zeros that UTF-16 has in ASCII. */
function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (second === 0 && first !== 0 && first !== undefined) return "utf-16le";
  return first === 0 && second !== 0 && second !== undefined ? "utf-16be" : "utf-8";
}

/** The text of a file as editors of all systems write it: UTF-8 or UTF-16, without the byte order mark. */
export function textOfFile(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

const BASE64 = /^[A-Za-z0-9+/_\s-]+(?:={1,2}\s*)?$/;

/** A PEM text, also where the whole of it was written as base64 once more, as secret stores do; anything else as it is. */
export function pemText(text: string): string {
  if (text.includes("-----BEGIN") || !BASE64.test(text)) return text;
  const inner = textOfFile(Buffer.from(text.replaceAll(/\s/g, ""), "base64"));
  return inner.trimStart().startsWith("-----BEGIN ") ? inner : text;
}
