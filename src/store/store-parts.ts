import { createHash, randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { SqlVariant } from "./store-driver.js";
import type { Tables } from "./tables.js";
import type { Vault } from "./vault.js";

/** What every part of the store works with. */
export interface StoreParts {
  db: Kysely<Tables>;
  variant: SqlVariant;
  vault: Vault;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * The hash that is kept in place of a secret of at least 128 random bits.
 * @param use names the use, so that one secret has another hash elsewhere
 */
export function hashOf(use: string, secret: string): string {
  return createHash("sha256").update(`${use}\n${secret}`).digest("base64url");
}

/** A new id. Ids sort by time, as far as one clock tells. */
export function newId(prefix: string, nowMs: number): string {
  return `${prefix}${nowMs.toString(36).padStart(9, "0")}${randomBytes(10).toString("hex")}`;
}
