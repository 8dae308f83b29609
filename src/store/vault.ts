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
  /**
   * The error to throw for a value that was encrypted with a key which others have and this vault lacks; undefined for a
   * key of nobody's. By default no key is anybody's.
   */
  missingKey?(id: string): Promise<Error | undefined>;
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
  #keys: readonly DataKey[];
  /** The keys for other uses that were asked for. There are as many uses as labels in the code. */
  readonly #subKeys = new Map<string, readonly Uint8Array[]>();

  constructor(options: VaultOptions) {
    this.#options = options;
    this.#keys = options.keys;
  }

  /** The keys of this moment; the first encrypts. */
  get keys(): readonly DataKey[] {
    return this.#keys;
  }

  /** Takes other keys from now on. The first encrypts, all decrypt. */
  take(keys: readonly DataKey[]): void {
    this.#keys = keys;
    this.#subKeys.clear();
  }

  /** Encrypts a text for a row. */
  async seal(text: string, row: RowIdentity): Promise<string> {
    const key = this.#first();
    return new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: key.id, row: inHeader(row) })
      .encrypt(key.bytes);
  }

  /**
   * The text that was encrypted for this row; undefined where it cannot be read, which is reported.
   * @throws OktaMcpError store_unavailable where others can read it, and this vault lacks the key
   */
  async open(sealed: string, row: RowIdentity): Promise<string | undefined> {
    const read = await this.#read(sealed, row);
    if ("text" in read) return read.text;
    if (read.why === "unknown_key") await this.requireKey(sealed);
    this.#options.onUnreadable(row, read.why);
    return undefined;
  }

  /** @throws OktaMcpError store_unavailable for a value that others can read, and whose key this vault lacks */
  async requireKey(sealed: string | null | undefined): Promise<void> {
    const id = sealed === null || sealed === undefined ? undefined : keyIdOf(sealed);
    if (id === undefined || this.#keys.some((key) => key.id === id)) return;
    const missing = await this.#options.missingKey?.(id);
    if (missing !== undefined) throw missing;
  }

  /**
   * A value encrypted anew with the first key, for the same row as before; undefined for one that cannot be read.
   * @throws OktaMcpError store_unavailable where others can read it, and this vault lacks the key
   */
  async rewrap(sealed: string): Promise<string | undefined> {
    const row = rowIn(sealed);
    const text = row && (await this.open(sealed, row));
    return text === undefined ? undefined : this.seal(text, row as RowIdentity);
  }

  /** As `open`, for whoever goes on where the key is missing too: the value is then told of as one that cannot be read. */
  async openOrPass(sealed: string, row: RowIdentity): Promise<string | undefined> {
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
    const known = this.#subKeys.get(label) ?? this.#keys.map((key) => subKey(key, label));
    this.#subKeys.set(label, known);
    return [...known];
  }

  async #read(sealed: string, row: RowIdentity): Promise<{ text: string } | { why: Unreadable }> {
    try {
      const { kid } = decodeProtectedHeader(sealed);
      const key = this.#keys.find(({ id }) => id === kid);
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
    const [key] = this.#keys;
    if (key === undefined) throw new TypeError("a vault needs a key");
    return key;
  }
}

/** The row that a value says it was encrypted for. Whoever decrypts the value finds out whether that is true. */
function rowIn(sealed: string): RowIdentity | undefined {
  try {
    const { row } = decodeProtectedHeader(sealed);
    const [table, column, id, person] = Array.isArray(row) ? (row as unknown[]) : [];
    const texts = [table, column, id].every((part) => typeof part === "string");
    const isRow = texts && (person === null || typeof person === "string");
    return isRow ? ({ table, column, id, person } as RowIdentity) : undefined;
  } catch {
    return undefined;
  }
}

/** The id of the key that has encrypted a value; undefined for a text that is none. */
function keyIdOf(sealed: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(sealed);
    return typeof kid === "string" ? kid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The text with which every value begins that a key has encrypted, and none of another key: the part of its header up to
 * the end of the key's id.
 */
export function sealedPrefix({ id }: Pick<DataKey, "id">): string {
  const header = Buffer.from(JSON.stringify({ alg: "dir", enc: "A256GCM", kid: id, row: [] }));
  const known = header.length - "]}".length;
  // Three bytes are four characters.
  return header.subarray(0, known - (known % 3)).toString("base64url");
}

function subKey(key: DataKey, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key.bytes, new Uint8Array(), `okta-mcp ${label}`, 32));
}

/** A text by which a key is known again; nobody can find the key with it. */
export function fingerprintOf(key: DataKey): string {
  return Buffer.from(subKey(key, "fingerprint")).toString("base64url").slice(0, 22);
}
