import type { Selectable } from "kysely";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** `static`: from the configuration; `cimd`: its id is the address of a document; `dcr`: it has registered itself. */
export type ClientKind = Tables["clients"]["kind"];

/** A client that this server knows. */
export interface StoredClient {
  id: string;
  kind: ClientKind;
  /** The name that the client has chosen. */
  name: string | undefined;
  /** Its metadata (RFC 7591, section 2), with its secret where it has one. */
  metadata: Record<string, unknown>;
  createdAtMs: number;
  usedAtMs: number | undefined;
  endsAtMs: number | undefined;
  blockedAtMs: number | undefined;
}

export type NewClient = Pick<StoredClient, "id" | "kind" | "name" | "metadata" | "endsAtMs">;

/** The clients that have registered themselves or were looked up. */
export class StoredClients {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** Keeps a client, in place of an earlier one with its id. A blocked one stays blocked. */
  async put({ id, kind, name, metadata, endsAtMs }: NewClient): Promise<void> {
    const { db, vault, now } = this.#parts;
    const metadata_sealed = await vault.seal(JSON.stringify(metadata), metadataOf(id));
    const told = { kind, name: name ?? null, metadata_sealed, ends_at: endsAtMs ?? null };
    await db
      .insertInto("clients")
      .values({ id, created_at: now(), ...told })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(told))
      .execute();
  }

  /** The client with an id; undefined where there is none any more, or its row cannot be read. */
  async find(id: string): Promise<StoredClient | undefined> {
    const row = await this.#parts.db.selectFrom("clients").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined || (row.ends_at !== null && row.ends_at <= this.#parts.now())) return undefined;
    return this.#clientOf(row);
  }

  /** All clients of a kind, those last registered first. */
  async list(kind?: ClientKind): Promise<StoredClient[]> {
    const all = this.#parts.db.selectFrom("clients").selectAll().orderBy("created_at", "desc");
    const rows = await (kind === undefined ? all : all.where("kind", "=", kind)).execute();
    const clients = await Promise.all(rows.map((row) => this.#clientOf(row)));
    return clients.filter((client) => client !== undefined);
  }

  /** The number of clients of a kind. */
  async count(kind: ClientKind): Promise<number> {
    const { n } = await this.#parts.db
      .selectFrom("clients")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .where("kind", "=", kind)
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  /** Notes that a client was used. @param endsAtMs its new end; undefined leaves the end as it is */
  async used(id: string, endsAtMs?: number): Promise<void> {
    const { db, now } = this.#parts;
    const end = endsAtMs === undefined ? {} : { ends_at: endsAtMs };
    await db
      .updateTable("clients")
      .set({ used_at: now(), ...end })
      .where("id", "=", id)
      .execute();
  }

  /**
   * Blocks a client, or lets it in again. What people have allowed a blocked client ends at once, and its row stays for
   * as long as it is blocked.
   */
  async setBlocked(id: string, isBlocked: boolean): Promise<void> {
    const { db, now } = this.#parts;
    const change = isBlocked ? { blocked_at: now(), ends_at: null } : { blocked_at: null };
    await db.transaction().execute(async (transaction) => {
      await transaction.updateTable("clients").set(change).where("id", "=", id).execute();
      if (isBlocked) await transaction.deleteFrom("oidc").where("client", "=", id).execute();
    });
  }

  async remove(id: string): Promise<void> {
    await this.#parts.db.deleteFrom("clients").where("id", "=", id).execute();
  }

  async #clientOf(row: Selectable<Tables["clients"]>): Promise<StoredClient | undefined> {
    const metadata = await this.#parts.vault.open(row.metadata_sealed, metadataOf(row.id));
    if (metadata === undefined) return undefined;
    return {
      id: row.id,
      kind: row.kind,
      name: row.name ?? undefined,
      metadata: JSON.parse(metadata) as Record<string, unknown>,
      createdAtMs: row.created_at,
      usedAtMs: row.used_at ?? undefined,
      endsAtMs: row.ends_at ?? undefined,
      blockedAtMs: row.blocked_at ?? undefined,
    };
  }
}

function metadataOf(id: string) {
  return { table: "clients", column: "metadata_sealed", id, person: null };
}
