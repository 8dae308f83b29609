import type { Selectable } from "kysely";
import { hashOf, type StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** A browser in which somebody is signed in. */
export interface WebSession {
  person: string;
  /** What the session is for, e.g. `pages`. */
  kind: string;
  /** How the person signed in (`acr` of the ID token); undefined where the org does not tell. */
  acr: string | undefined;
  /** When the person last signed in at the org (`auth_time`). */
  signedInAtMs: number;
  idleEndsAtMs: number;
  endsAtMs: number;
  /** A part of the address, for the person to know it again. */
  ipPrefix: string | undefined;
  agent: string | undefined;
  /** Whatever the pages keep, e.g. the ID token as a hint for signing out. */
  data: Record<string, unknown>;
}

/** A session is written at most once in this time for being used. */
const TOUCH_MS = 60_000;

/** The browsers in which people are signed in. The id of a session is the secret of its cookie, and never kept. */
export class WebSessions {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /**
   * Begins a session with a new id. It ends the session that the browser had before, whoever began it.
   * @param id random, of 128 bits at least
   */
  async start(id: string, session: WebSession, before?: string): Promise<void> {
    const { db, vault } = this.#parts;
    const id_hash = hashOf("session", id);
    const { person, kind, acr, signedInAtMs, idleEndsAtMs, endsAtMs, ipPrefix, agent, data } = session;
    const row = {
      id_hash,
      person,
      kind,
      acr: acr ?? null,
      signed_in_at: signedInAtMs,
      idle_ends_at: idleEndsAtMs,
      ends_at: endsAtMs,
      ip_prefix: ipPrefix ?? null,
      agent: agent ?? null,
      data_sealed: await vault.seal(JSON.stringify(data), dataOf(id_hash, person)),
    };
    await db.transaction().execute(async (transaction) => {
      if (before !== undefined) {
        await transaction.deleteFrom("web_sessions").where("id_hash", "=", hashOf("session", before)).execute();
      }
      await transaction.insertInto("web_sessions").values(row).execute();
    });
  }

  /**
   * The session with an id; undefined where it has ended.
   * @param idleMs the time without use after which it ends from now on
   */
  async use(id: string, idleMs: number): Promise<WebSession | undefined> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const id_hash = hashOf("session", id);
    const row = await db.selectFrom("web_sessions").selectAll().where("id_hash", "=", id_hash).executeTakeFirst();
    if (row === undefined || Math.min(row.idle_ends_at, row.ends_at) <= nowMs) return undefined;
    const idleEndsAtMs = Math.max(row.idle_ends_at, Math.min(nowMs + idleMs, row.ends_at));
    if (idleEndsAtMs - row.idle_ends_at >= Math.min(TOUCH_MS, idleMs / 2)) {
      await db.updateTable("web_sessions").set({ idle_ends_at: idleEndsAtMs }).where("id_hash", "=", id_hash).execute();
    }
    return this.#sessionOf(row);
  }

  /** The sessions of a person that have not ended, the last one first; each with a handle that ends it and opens nothing. */
  async of(person: string): Promise<(Omit<WebSession, "data"> & { handle: string })[]> {
    const { db, now } = this.#parts;
    const nowMs = now();
    const rows = await db
      .selectFrom("web_sessions")
      .selectAll()
      .where("person", "=", person)
      .where("ends_at", ">", nowMs)
      .where("idle_ends_at", ">", nowMs)
      .orderBy("signed_in_at", "desc")
      .execute();
    return rows.map((row) => ({ handle: row.id_hash, ...told(row) }));
  }

  async end(id: string): Promise<void> {
    await this.#parts.db.deleteFrom("web_sessions").where("id_hash", "=", hashOf("session", id)).execute();
  }

  /** Ends one session of a person by its handle, or all of them. */
  async endOf(person: string, handle?: string): Promise<void> {
    const all = this.#parts.db.deleteFrom("web_sessions").where("person", "=", person);
    await (handle === undefined ? all : all.where("id_hash", "=", handle)).execute();
  }

  async #sessionOf(row: Selectable<Tables["web_sessions"]>): Promise<WebSession | undefined> {
    const sealed = row.data_sealed ?? "";
    const data = await this.#parts.vault.open(sealed, dataOf(row.id_hash, row.person));
    return data === undefined ? undefined : { ...told(row), data: JSON.parse(data) as Record<string, unknown> };
  }
}

function told(row: Selectable<Tables["web_sessions"]>): Omit<WebSession, "data"> {
  return {
    person: row.person,
    kind: row.kind,
    acr: row.acr ?? undefined,
    signedInAtMs: row.signed_in_at,
    idleEndsAtMs: row.idle_ends_at,
    endsAtMs: row.ends_at,
    ipPrefix: row.ip_prefix ?? undefined,
    agent: row.agent ?? undefined,
  };
}

function dataOf(id: string, person: string) {
  return { table: "web_sessions", column: "data_sealed", id, person };
}
