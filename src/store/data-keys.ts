import { randomBytes } from "node:crypto";
import * as z from "zod";
import { OktaMcpError } from "../errors/index.js";
import { parseJson } from "../json/exact-json.js";

/** A key that encrypts values at rest. */
export interface DataKey {
  /** Its `kid`. */
  id: string;
  /** 32 bytes. */
  bytes: Uint8Array;
}

const KEY_BYTES = 32;
const MAX_KEYS = 20;

function keySetSchema() {
  const key = z.object({
    kty: z.literal("oct"),
    kid: z.string().min(1).max(200),
    k: z.base64url(),
    alg: z.literal("A256GCM").optional(),
    use: z.literal("enc").optional(),
  });
  return z.object({ keys: z.array(key).min(1).max(MAX_KEYS) });
}

/** A new key. */
export function newDataKey(): DataKey {
  return { id: randomBytes(8).toString("hex"), bytes: new Uint8Array(randomBytes(KEY_BYTES)) };
}

/** A key set as the text of its file (RFC 7517, section 5). @throws OktaMcpError bad_input for too many keys */
export function dataKeySet(keys: readonly DataKey[]): string {
  if (keys.length > MAX_KEYS) {
    throw new OktaMcpError("bad_input", `There are ${keys.length - 1} keys, and a file has ${MAX_KEYS} at most.`, {
      fix: "Give up old keys first: okta-mcp serve keys rewrap, then okta-mcp serve keys drop.",
    });
  }
  const list = keys.map(({ id, bytes }) => {
    const k = Buffer.from(bytes).toString("base64url");
    return { kty: "oct", kid: id, use: "enc", alg: "A256GCM", k };
  });
  return `${JSON.stringify({ keys: list }, null, 2)}\n`;
}

/** A new key set with one key, as the text of its file. */
export function newDataKeySet(): string {
  return dataKeySet([newDataKey()]);
}

/**
 * The keys of a key set (RFC 7517, section 5): the first encrypts, all decrypt.
 * @param text the text of the file
 * @param file names the file, for messages
 * @throws OktaMcpError bad_config; nothing of a key is in it
 */
export function parseDataKeys(text: string, file: string): DataKey[] {
  const wrong = (why: string) =>
    new OktaMcpError("bad_config", `${file} is no set of data keys: ${why}.`, {
      fix: `It needs {"keys": [...]} with one to ${MAX_KEYS} keys of kty "oct" and alg "A256GCM", each with a kid of its own and ${KEY_BYTES} bytes as k. Restore it from a backup: what is encrypted cannot be read without it.`,
    });
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch {
    throw wrong("it is not JSON");
  }
  const { success, data, error } = keySetSchema().safeParse(parsed);
  if (!success)
    throw wrong(error.issues.map(({ path, code }) => `${path.join(".") || "the whole"} (${code})`).join(", "));
  const keys = data.keys.map(({ kid, k }) => ({ id: kid, bytes: new Uint8Array(Buffer.from(k, "base64url")) }));
  if (keys.some(({ bytes }) => bytes.length !== KEY_BYTES)) throw wrong(`a key has not ${KEY_BYTES} bytes`);
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw wrong("two keys have one kid");
  return keys;
}
