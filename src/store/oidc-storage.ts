import type { Selectable } from "kysely";
import { isObject } from "../json/json.js";
import { DecryptedRows } from "./decrypted-rows.js";
import { GRANT, liveGrants } from "./live-grants.js";
import { hashOf, type StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** What the authorization server keeps of one thing, as oidc-provider's adapters have it. */
export type OidcPayload = Record<string, unknown>;

export interface OidcFound {
  payload: OidcPayload;
  /** True where it was used and does not count any more: a code at once, a refresh token after its grace. */
  isUsedUp: boolean;
}

/**
 * The answer to a use: `first`; `again` for a refresh token within its grace; `used` where it does not count any more,
 * so that whoever has it may have stolen it; `gone` where there is none.
 */
export type Consumed = "first" | "again" | "used" | "gone";

export interface OidcStorageOptions extends StoreParts {
  /**
   * The time in which a refresh token that was used still counts, until the one given out in its place is used: two
   * tabs, or an answer that got lost, end nobody's sign-in.
   */
  refreshGraceMs: number;
}

const REFRESH_TOKEN = "RefreshToken";
const ACCESS_TOKEN = "AccessToken";

/**
 * The storage behind an adapter of oidc-provider. Ids are the tokens themselves, so that only their hashes are kept, and
 * every payload is encrypted.
 */
export class OidcStorage {
  readonly #options: OidcStorageOptions;
  /** The access tokens of those who call. */
  readonly #decrypted = new DecryptedRows<string>();

  constructor(options: OidcStorageOptions) {
    this.#options = options;
  }

  /**
   * Keeps something, in place of what had its id.
   * @param expiresInSeconds undefined for what does not end
   * @param predecessor the id of the refresh token in whose place this one is given out
   */
  async upsert(
    model: string,
    id: string,
    payload: OidcPayload,
    expiresInSeconds: number | undefined,
    predecessor?: string,
  ): Promise<void> {
    const { db, vault, now } = this.#options;
    const id_hash = idHash(model, id);
    const person = text(payload.accountId) ?? signedInOf(payload);
    const { uid, userCode } = payload;
    // Only what is found by another id than its own has to tell its id.
    const { jti: _jti, ...withoutId } = payload;
    const kept = uid === undefined && userCode === undefined ? withoutId : payload;
    const nowMs = now();
    const row = {
      payload_sealed: await vault.seal(JSON.stringify(kept), payloadOf(id_hash, person)),
      grant_id: model === GRANT ? id : text(payload.grantId),
      person,
      client: text(payload.clientId),
      uid_hash: typeof uid === "string" ? hashOf(`${model} uid`, uid) : null,
      user_code_hash: typeof userCode === "string" ? hashOf(`${model} user code`, userCode) : null,
      ends_at: expiresInSeconds === undefined ? null : nowMs + expiresInSeconds * 1000,
      ...(predecessor === undefined ? {} : { predecessor_hash: idHash(model, predecessor) }),
    };
    await db
      .insertInto("oidc")
      .values({ id_hash, model, created_at: nowMs, ...row })
      .onConflict((conflict) => conflict.column("id_hash").doUpdateSet(row))
      .execute();
  }

  async find(model: string, id: string): Promise<OidcFound | undefined> {
    const all = this.#options.db.selectFrom("oidc").selectAll().where("model", "=", model);
    const found = await this.#found(await all.where("id_hash", "=", idHash(model, id)).executeTakeFirst());
    return found && { ...found, payload: { ...found.payload, jti: id } };
  }

  async findByUid(model: string, uid: string): Promise<OidcFound | undefined> {
    const all = this.#options.db.selectFrom("oidc").selectAll().where("model", "=", model);
    return this.#found(await all.where("uid_hash", "=", hashOf(`${model} uid`, uid)).executeTakeFirst());
  }

  async findByUserCode(model: string, userCode: string): Promise<OidcFound | undefined> {
    const all = this.#options.db.selectFrom("oidc").selectAll().where("model", "=", model);
    return this.#found(
      await all.where("user_code_hash", "=", hashOf(`${model} user code`, userCode)).executeTakeFirst(),
    );
  }

  /** Uses something up, in one step: of several at once exactly one is the first. */
  consume(model: string, id: string): Promise<Consumed> {
    const { db, now } = this.#options;
    const nowMs = now();
    const id_hash = idHash(model, id);
    return db.transaction().execute(async (transaction) => {
      const first = await transaction
        .updateTable("oidc")
        .set({ consumed_at: nowMs })
        .where("id_hash", "=", id_hash)
        .where("consumed_at", "is", null)
        .returning("predecessor_hash")
        .executeTakeFirst();
      if (first === undefined) {
        const row = await transaction.selectFrom("oidc").selectAll().where("id_hash", "=", id_hash).executeTakeFirst();
        return row === undefined ? "gone" : this.#isUsedUp(row) ? "used" : "again";
      }
      if (first.predecessor_hash !== null) {
        await transaction
          .updateTable("oidc")
          .set({ successor_used_at: nowMs })
          .where("id_hash", "=", first.predecessor_hash)
          .where("successor_used_at", "is", null)
          .execute();
      }
      return "first";
    });
  }

  async destroy(model: string, id: string): Promise<void> {
    const id_hash = idHash(model, id);
    this.#decrypted.forget(id_hash);
    await this.#options.db.deleteFrom("oidc").where("id_hash", "=", id_hash).execute();
  }

  /** Drops everything of one model that stems from a grant; without a model everything, the grant included. */
  async revokeByGrantId(grantId: string, model?: string): Promise<void> {
    // Whoever uses one of its tokens at the same moment locks the same rows, and a transaction is repeated then.
    await this.#options.db.transaction().execute(async (transaction) => {
      const all = transaction.deleteFrom("oidc").where("grant_id", "=", grantId);
      await (model === undefined ? all : all.where("model", "=", model)).execute();
    });
  }

  /** The grants of a person by which a client has something, or is about to get it; the last one first. */
  async grantsOf(person: string): Promise<{ grantId: string; client: string; createdAtMs: number }[]> {
    const { db, now } = this.#options;
    const rows = await liveGrants(db, now())
      .select(["grant_id", "client", "created_at"])
      .where("person", "=", person)
      .orderBy("created_at", "desc")
      .execute();
    return rows.flatMap(({ grant_id, client, created_at }) =>
      grant_id === null || client === null ? [] : [{ grantId: grant_id, client, createdAtMs: created_at }],
    );
  }

  /** True while a grant is there. It is asked at every call, so that what was revoked ends at once. */
  async hasGrant(grantId: string): Promise<boolean> {
    const { db, now } = this.#options;
    const all = db.selectFrom("oidc").select("ends_at").where("id_hash", "=", idHash(GRANT, grantId));
    const row = await all.executeTakeFirst();
    return row !== undefined && (row.ends_at === null || row.ends_at > now());
  }

  async #found(row: Selectable<Tables["oidc"]> | undefined): Promise<OidcFound | undefined> {
    if (row === undefined) return undefined;
    const { payload_sealed: sealed, id_hash, person } = row;
    const open = () => this.#options.vault.open(sealed, payloadOf(id_hash, person));
    const payload = await (row.model === ACCESS_TOKEN ? this.#decrypted.of(id_hash, sealed, open) : open());
    if (payload === undefined) return undefined;
    return { payload: JSON.parse(payload) as OidcPayload, isUsedUp: this.#isUsedUp(row) };
  }

  #isUsedUp(row: Pick<Selectable<Tables["oidc"]>, "model" | "consumed_at" | "successor_used_at">): boolean {
    const { refreshGraceMs, now } = this.#options;
    if (row.consumed_at === null) return false;
    if (row.model !== REFRESH_TOKEN || row.successor_used_at !== null) return true;
    return now() - row.consumed_at >= refreshGraceMs;
  }
}

/** The person of a sign-in that has not ended yet: of its answer, or of the browser in which it runs. */
function signedInOf({ result, session }: OidcPayload): string | null {
  const login = isObject(result) && isObject(result.login) ? result.login.accountId : undefined;
  return text(login) ?? (isObject(session) ? text(session.accountId) : null);
}

function idHash(model: string, id: string): string {
  return hashOf(model, id);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function payloadOf(id: string, person: string | null) {
  return { table: "oidc", column: "payload_sealed", id, person };
}
