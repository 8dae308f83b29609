import { hkdfSync } from "node:crypto";
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import type { DataKey } from "./data-keys.js";

/** Where a value stands. A value that is found anywhere else does not count. */
export interface RowIdentity {
  table: string;
  column: string;
  /** The primary key of the row. */
  id: string;
  /** Whose row it is; null for a row of nobody's. */
  person: string | null;
}

/** Why a value cannot be read: its key is gone, it is of another row, or somebody or something has changed it. */
export type Unreadable = "unknown_key" | "another_row" | "damaged";

export interface VaultOptions {
  /** The first encrypts, all decrypt. At least one. */
  keys: readonly DataKey[];
  /** Told of every value that cannot be read. */
  onUnreadable(row: RowIdentity, why: Unreadable): void;
}

/** The row as it stands in the header, where it is authenticated together with the value. */
function inHeader({ table, column, id, person }: RowIdentity): (string | null)[] {
  return [table, column, id, person];
}

/**
 * Encrypts the values of the database, each for its own row (compact JWE of RFC 7516 with `dir` and A256GCM, RFC 7518,
 * sections 4.5 and 5.3). The database is useless without the keys.
 */
export class Vault {
  readonly #options: VaultOptions;
  readonly #keys: ReadonlyMap<string, DataKey>;

  constructor(options: VaultOptions) {
    this.#options = options;
    this.#keys = new Map(options.keys.map((key) => [key.id, key]));
  }

  /** Encrypts a text for a row. */
  async seal(text: string, row: RowIdentity): Promise<string> {
    const key = this.#first();
    return new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: key.id, row: inHeader(row) })
      .encrypt(key.bytes);
  }

  /** The text that was encrypted for this row; undefined where it cannot be read, which is reported. */
  async open(sealed: string, row: RowIdentity): Promise<string | undefined> {
    const read = await this.#read(sealed, row);
    if ("text" in read) return read.text;
    this.#options.onUnreadable(row, read.why);
    return undefined;
  }

  /**
   * Keys for other uses, made of the data keys (HKDF, RFC 5869), the newest first.
   * @param label names the use; two uses never share a key
   * @returns 32 bytes each
   */
  subKeys(label: string): Uint8Array[] {
    return this.#options.keys.map((key) => subKey(key, label));
  }

  async #read(sealed: string, row: RowIdentity): Promise<{ text: string } | { why: Unreadable }> {
    try {
      const { kid = "" } = decodeProtectedHeader(sealed);
      const key = this.#keys.get(typeof kid === "string" ? kid : "");
      if (key === undefined) return { why: "unknown_key" };
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, key.bytes, {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
      });
      if (JSON.stringify(protectedHeader.row) !== JSON.stringify(inHeader(row))) return { why: "another_row" };
      return { text: new TextDecoder().decode(plaintext) };
    } catch {
      return { why: "damaged" };
    }
  }

  #first(): DataKey {
    const [key] = this.#options.keys;
    if (key === undefined) throw new TypeError("a vault needs a key");
    return key;
  }
}

function subKey(key: DataKey, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key.bytes, new Uint8Array(), `okta-mcp ${label}`, 32));
}

/** A text by which a key is known again; nobody can find the key with it. */
export function fingerprintOf(key: DataKey): string {
  return Buffer.from(subKey(key, "fingerprint")).toString("base64url").slice(0, 22);
}
