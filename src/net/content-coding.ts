import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** Content codings by their names (RFC 9110, section 8.4.1). A device before an org may use one without being asked. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

/** The most codings of one answer. More of them only make a small answer a large one. */
const MAX_CODINGS = 3;

/** The codings of a body in the order in which they were applied, in small letters, since case does not count. */
function codingsOf(headers: Headers): string[] {
  const names = (headers.get("Content-Encoding") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "" && name !== "identity");
}

/** The codings of an answer that cannot be unpacked, by their names: one is not known, or they are too many. */
export function unknownCodings(headers: Headers): string | undefined {
  const codings = codingsOf(headers);
  const known = codings.length <= MAX_CODINGS && codings.every((name) => DECODERS.has(name));
  return known ? undefined : codings.join(", ");
}

/** A body as it was before it was packed; as it came where its codings cannot be unpacked. */
export function unpacked(message: Readable, headers: Headers): Readable {
  if (unknownCodings(headers) !== undefined) return message;
  const decoders = codingsOf(headers).map((name) => DECODERS.get(name));
  return decoders.reduceRight<Readable>((packed, createDecoder) => {
    if (createDecoder === undefined) return packed;
    const plain = createDecoder();
    // A failure on either side ends the other. The stream reports it to the reader.
    pipeline(packed, plain, () => undefined);
    return plain;
  }, message);
}
