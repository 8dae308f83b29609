import { randomBytes } from "node:crypto";
import type { ApiBody } from "./api-request.js";

/** A part of a body of `multipart/form-data` (RFC 7578). */
export interface Part {
  name: string;
  content: string | Uint8Array;
  /** Only a file has one. */
  fileName?: string;
  type?: string;
}

/**
 * Encodes parts as `multipart/form-data`. The platform's own encoder cannot give a part a type without making it a file,
 * which servers then do not take as a field, and it changes line breaks in texts.
 */
export function multipart(parts: readonly Part[]): ApiBody {
  const boundary = `okta-mcp-${randomBytes(18).toString("hex")}`;
  const chunks = parts.flatMap(({ name, content, fileName, type }) => {
    const file = fileName === undefined ? "" : `; filename="${quoted(fileName)}"`;
    const typeLine = type === undefined ? "" : `Content-Type: ${onOneLine(type)}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}\r\n${typeLine}\r\n`;
    return [Buffer.from(head), typeof content === "string" ? Buffer.from(content) : content, Buffer.from("\r\n")];
  });
  const content = new Uint8Array(Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]));
  return { contentType: `multipart/form-data; boundary=${boundary}`, content };
}

/** A name as browsers write it (HTML, "multipart/form-data encoding algorithm"). */
function quoted(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}

function onOneLine(type: string): string {
  return type.replaceAll(/[^\x20-\x7e]/g, "");
}
