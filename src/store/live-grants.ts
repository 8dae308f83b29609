import type { Kysely } from "kysely";
import type { Tables } from "./tables.js";

/** The model of what a person has allowed a client. */
export const GRANT = "Grant";

/** What a client has of a grant. */
const TOKENS = ["AccessToken", "AuthorizationCode", "RefreshToken"];

/** The time from a person's yes to the code of the client, at most. */
const UNFINISHED_MS = 11 * 60_000;

/**
 * The grants by which a client has a code or a token. One whose sign-in was never finished counts no longer than the
 * sign-in may take.
 */
export function liveGrants(db: Kysely<Tables>, nowMs: number) {
  return db
    .selectFrom("oidc")
    .where("model", "=", GRANT)
    .where(({ eb, or }) => or([eb("ends_at", "is", null), eb("ends_at", ">", nowMs)]))
    .where(({ eb, or, exists, selectFrom }) => {
      const tokens = selectFrom("oidc as token")
        .select("token.id_hash")
        .whereRef("token.grant_id", "=", "oidc.grant_id")
        .where("token.model", "in", TOKENS)
        .where("token.ends_at", ">", nowMs);
      return or([eb("created_at", ">", nowMs - UNFINISHED_MS), exists(tokens)]);
    });
}
