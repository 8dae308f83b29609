import { DecryptedRows } from "./decrypted-rows.js";
import { endTokens } from "./end-tokens.js";
import type { StoreParts } from "./store-parts.js";
import { StoredRevocations } from "./stored-revocations.js";
import { apiOfGrant, OF_API, rowOf, type SealedColumn, type UpstreamRow } from "./upstream-rows.js";

/** A person's own tokens at the org, or at the authorization server of an API. */
export interface UpstreamTokens {
  access: string;
  /** Epoch milliseconds. */
  accessEndsAtMs: number;
  /** Undefined where the org gives out none. */
  refresh: string | undefined;
  /** The private JWK that the tokens are bound to (RFC 9449), as JSON. */
  dpopKey: string | undefined;
  scopes: readonly string[];
}

export interface UpstreamGrant extends UpstreamTokens {
  id: string;
  person: string;
  /** `org` for the org's own API, `identity` for who they are, `api:` with the name of an API. */
  kind: string;
  /** Rises with every change of the tokens. */
  version: number;
  /** True while one process renews the tokens. */
  isRenewing: boolean;
  lastError: string | undefined;
}

/** An API at whose authorization server a person has granted access. */
export interface LinkedApi {
  api: string;
  scopes: readonly string[];
  /** When it was first granted, and when the tokens last changed, in epoch milliseconds. */
  sinceMs: number;
  changedAtMs: number;
}

type DecryptedTokens = Pick<UpstreamTokens, "access" | "refresh" | "dpopKey">;

/**
 * The tokens that people have granted this server at the org, one set of each kind for each person. Whoever renews them
 * claims it first, so that one request to the org is under way at a time, among all who share the database.
 */
export class UpstreamGrants {
  readonly #parts: StoreParts;
  readonly #decrypted = new DecryptedRows<DecryptedTokens>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /**
   * Keeps the tokens of a new sign-in, unless the access of the person has ended meanwhile.
   * @returns the refresh token that nothing here will use, to be revoked at the org: the one that they replace, or their
   *   own where they are not kept
   */
  async put(person: string, kind: string, tokens: UpstreamTokens): Promise<string | undefined> {
    const { db, vault, variant, now } = this.#parts;
    const id = idOf(person, kind);
    const nowMs = now();
    const kept = { ...(await this.#sealed(id, person, tokens)), state: "active" as const, last_error: null };
    const before = db.selectFrom("upstream_grants").select("refresh_sealed").where("id", "=", id);
    // Where this instance lacks the key of the former token, it must not take its place: nobody could revoke it.
    await vault.requireKey((await before.executeTakeFirst())?.refresh_sealed);
    const former = await db.transaction().execute(async (transaction) => {
      // Of two first sign-ins at once neither finds a row to lock. Each has to see the tokens of the other. Whatever
      // ends the access of the person locks this row too.
      const owner = transaction.selectFrom("people").select("status").where("id", "=", person);
      const found = await (variant.locksRows ? owner.forUpdate() : owner).executeTakeFirst();
      if (found?.status !== "active") return "ended";
      const row = await transaction.selectFrom("upstream_grants").selectAll().where("id", "=", id).executeTakeFirst();
      await transaction
        .insertInto("upstream_grants")
        .values({ id, person, kind, version: 1, created_at: nowMs, changed_at: nowMs, ...kept })
        .onConflict((conflict) =>
          conflict.column("id").doUpdateSet(({ eb, ref }) => ({
            ...kept,
            created_at: eb
              .case()
              .when("upstream_grants.state", "=", "ended")
              .then(nowMs)
              .else(ref("upstream_grants.created_at"))
              .end(),
            changed_at: nowMs,
            renewing_ends_at: null,
            version: eb(ref("upstream_grants.version"), "+", 1),
          })),
        )
        .execute();
      return row;
    });
    if (former === "ended") return tokens.refresh;
    const replaced = former && (await this.#open(former, "refresh_sealed"));
    return replaced === tokens.refresh ? undefined : replaced;
  }

  /** The APIs that a person has linked, without a token. */
  async apisOf(person: string): Promise<LinkedApi[]> {
    const { db } = this.#parts;
    const rows = await db
      .selectFrom("upstream_grants")
      .select(["kind", "scopes", "created_at", "changed_at"])
      .where("person", "=", person)
      .where("kind", "like", `${OF_API}%`)
      .where("state", "=", "active")
      .orderBy("kind")
      .execute();
    return rows.map(({ kind, scopes, created_at, changed_at }) => ({
      api: apiOfGrant(kind) ?? "",
      scopes: scopes === "" ? [] : scopes.split(" "),
      sinceMs: created_at,
      changedAtMs: changed_at,
    }));
  }

  /** What the grants at the org so far hold, without a token, for whoever checks the settings. It looks at a thousand at most. */
  async seen(): Promise<{ scopes: readonly string[]; isRenewable: boolean }[]> {
    const grants = this.#parts.db.selectFrom("upstream_grants").select(["scopes", "refresh_sealed"]);
    const ofOrg = grants.where("access_sealed", "is not", null).where("kind", "not like", `${OF_API}%`);
    const rows = await ofOrg.limit(1_000).execute();
    return rows.map((row) => ({
      scopes: row.scopes.split(" "),
      isRenewable: row.refresh_sealed !== null,
    }));
  }

  /** The tokens of a person; undefined where there are none, they have ended, or they cannot be read. */
  async find(person: string, kind: string): Promise<UpstreamGrant | undefined> {
    const { db, now } = this.#parts;
    const all = db.selectFrom("upstream_grants").selectAll().where("id", "=", idOf(person, kind));
    const row = await all.where("state", "=", "active").executeTakeFirst();
    if (row === undefined) return undefined;
    const tokens = await this.#decrypted.of(row.id, row.access_sealed ?? "", () => this.#decrypt(row));
    if (tokens === undefined) return undefined;
    return {
      ...tokens,
      id: row.id,
      person: row.person,
      kind: row.kind,
      accessEndsAtMs: row.access_ends_at ?? 0,
      scopes: row.scopes === "" ? [] : row.scopes.split(" "),
      version: row.version,
      isRenewing: row.renewing_ends_at !== null && row.renewing_ends_at > now(),
      lastError: row.last_error ?? undefined,
    };
  }

  /**
   * Claims the renewal of tokens. True for exactly one caller, as long as nobody has renewed this version.
   * @param forMs the time after which another may claim it, since this one must have died
   */
  async claimRenewal({ id, version }: Pick<UpstreamGrant, "id" | "version">, forMs: number): Promise<boolean> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const { numUpdatedRows } = await db
      .updateTable("upstream_grants")
      .set({ renewing_ends_at: nowMs + forMs })
      .where("id", "=", id)
      .where("version", "=", version)
      .where("state", "=", "active")
      .where(({ eb, or }) => or([eb("renewing_ends_at", "is", null), eb("renewing_ends_at", "<=", nowMs)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /**
   * Keeps renewed tokens. False where the grant has ended or changed meanwhile: the new tokens are then to be revoked.
   */
  async renewed({ id, person, version }: Pick<UpstreamGrant, "id" | "person" | "version">, tokens: UpstreamTokens) {
    const { db, now } = this.#parts;
    const kept = await this.#sealed(id, person, tokens);
    const { numUpdatedRows } = await db
      .updateTable("upstream_grants")
      .set({ ...kept, version: version + 1, renewing_ends_at: null, last_error: null, changed_at: now() })
      .where("id", "=", id)
      .where("version", "=", version)
      .where("state", "=", "active")
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Gives a claim back after the org did not answer. @param why a code, never a token or the org's text */
  async release({ id, version }: Pick<UpstreamGrant, "id" | "version">, why: string): Promise<void> {
    await this.#parts.db
      .updateTable("upstream_grants")
      .set({ renewing_ends_at: null, last_error: why })
      .where("id", "=", id)
      .where("version", "=", version)
      .execute();
  }

  /**
   * Ends the tokens of a person, of one kind or of all. They are revoked where they were given out, unless they have
   * ended there.
   * @param why a code, never a token or the org's text
   * @param version only these tokens, and none that have come meanwhile
   * @returns the number of grants that have ended
   */
  async end(
    person: string,
    why: string,
    how: { kind?: string; version?: number; isEndedAtOrg?: boolean } = {},
  ): Promise<number> {
    const { isEndedAtOrg = false, ...which } = how;
    const revocations = isEndedAtOrg ? undefined : new StoredRevocations(this.#parts);
    const ended = await this.#parts.db
      .transaction()
      .execute((transaction) => endTokens(transaction, this.#parts, { person, why, ...which, revocations }));
    for (const id of ended) this.#decrypted.forget(id);
    return ended.length;
  }

  async #decrypt(row: UpstreamRow): Promise<DecryptedTokens | undefined> {
    const columns = ["access_sealed", "refresh_sealed", "dpop_key_sealed"] as const;
    const [access, refresh, dpopKey] = await Promise.all(columns.map((column) => this.#open(row, column)));
    return access === undefined ? undefined : { access, refresh, dpopKey };
  }

  async #sealed(id: string, person: string, tokens: UpstreamTokens) {
    const { vault } = this.#parts;
    const seal = async (column: SealedColumn, value: string | undefined) =>
      value === undefined ? null : await vault.seal(value, rowOf(id, person, column));
    return {
      scopes: [...tokens.scopes].join(" "),
      access_sealed: await seal("access_sealed", tokens.access),
      access_ends_at: tokens.accessEndsAtMs,
      refresh_sealed: await seal("refresh_sealed", tokens.refresh),
      dpop_key_sealed: await seal("dpop_key_sealed", tokens.dpopKey),
    };
  }

  async #open(row: UpstreamRow, column: SealedColumn): Promise<string | undefined> {
    const sealed = row[column];
    return sealed === null ? undefined : await this.#parts.vault.open(sealed, rowOf(row.id, row.person, column));
  }
}

/** The id follows from whose it is, so that two sign-ins at once meet in one row. */
function idOf(person: string, kind: string): string {
  return `${person}/${kind}`;
}
