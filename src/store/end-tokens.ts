import type { Kysely } from "kysely";
import type { StoreParts } from "./store-parts.js";
import type { StoredRevocations } from "./stored-revocations.js";
import type { Tables } from "./tables.js";

/** Which tokens of a person end. */
export interface EndedTokens {
  person: string;
  /** A code, never a token or the org's text. */
  why: string;
  /** Only those of one kind. */
  kind?: string | undefined;
  /** Only these tokens, and none that have come meanwhile. */
  version?: number | undefined;
  /** Where the tokens are kept until they have been revoked at the org; undefined where the org has ended them. */
  revocations: StoredRevocations | undefined;
}

/** Ends tokens of a person at the org within a transaction. @returns the ids of their rows */
export async function endTokens(
  transaction: Kysely<Tables>,
  { variant, now }: Pick<StoreParts, "variant" | "now">,
  { person, why, kind, version, revocations }: EndedTokens,
): Promise<string[]> {
  let active = transaction.selectFrom("upstream_grants").selectAll().where("person", "=", person);
  active = active.where("state", "=", "active");
  if (kind !== undefined) active = active.where("kind", "=", kind);
  if (version !== undefined) active = active.where("version", "=", version);
  const rows = await (variant.locksRows ? active.forUpdate() : active).execute();
  const nowMs = now();
  for (const row of rows) {
    const { refresh_sealed: refresh, access_sealed: access, access_ends_at: accessEndsAtMs } = row;
    if (refresh !== null) await revocations?.addSealed(transaction, row, { kind: "refresh_token", sealed: refresh });
    // The org ends the access token together with the refresh token.
    else if (access !== null && (accessEndsAtMs ?? 0) > nowMs) {
      await revocations?.addSealed(transaction, row, { kind: "access_token", sealed: access });
    }
    await transaction
      .updateTable("upstream_grants")
      .set(({ eb }) => ({
        access_sealed: null,
        refresh_sealed: null,
        dpop_key_sealed: null,
        renewing_ends_at: null,
        state: "ended" as const,
        last_error: why,
        changed_at: nowMs,
        version: eb("version", "+", 1),
      }))
      .where("id", "=", row.id)
      .execute();
  }
  return rows.map(({ id }) => id);
}
