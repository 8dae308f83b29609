import type { Json } from "../json/json.js";
import { EncodingFault } from "./encoding-fault.js";

/** A file in an argument. */
export interface GivenFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Undefined where the argument does not say it. */
  type: string | undefined;
  name: string | undefined;
}

/** The largest file in an argument. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** A media type with a name of a file as parameter (RFC 2397, RFC 9110 section 8.3.1). */
const DATA = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*);base64,/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const BASE64_URL = /^[A-Za-z0-9_-]*={0,2}$/;

/**
 * A file from its argument: base64 of either alphabet, or a `data:` URL that tells its type and its name
 * (`data:image/png;name=logo.png;base64,…`).
 * @param where the place of the argument, for the sentence of a fault
 * @throws EncodingFault
 */
export function givenFile(value: Json, where: string): GivenFile {
  if (typeof value !== "string") throw new EncodingFault(where, "is a file and has to be text in base64");
  const [head = "", type, parameters = ""] = DATA.exec(value.slice(0, 1_000)) ?? [];
  const text = value.slice(head.length).replaceAll(/\s/g, "");
  if (!BASE64.test(text) && !BASE64_URL.test(text))
    throw new EncodingFault(where, "is a file and has to be base64, or data:TYPE;name=NAME;base64,…");
  // Four characters are three bytes.
  if (text.length * 0.75 > MAX_FILE_BYTES)
    throw new EncodingFault(where, `is a file of more than ${MAX_FILE_BYTES / 1024 / 1024} MiB, the most that is sent`);
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  const digits = text.replaceAll("=", "").length;
  if (digits % 4 === 1 || (digits < text.length && text.length % 4 !== 0))
    throw new EncodingFault(where, "is a file, and its base64 is cut off");
  return { bytes, type, name: nameIn(parameters) };
}

function nameIn(parameters: string): string | undefined {
  const name = /;name=([^;,]+)/i.exec(parameters)?.[1];
  try {
    return name && decodeURIComponent(name);
  } catch {
    return name;
  }
}
