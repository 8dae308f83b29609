import type { Selectable } from "kysely";
import type { StoreParts } from "./store-parts.js";
import type { Tables } from "./tables.js";

/** Something that happened to access: a sign-in, a refusal, a consent, a revocation. Never with a secret in it. */
export interface AuditEvent {
  /** The id of the person, or what else did it; undefined for somebody unknown. */
  actor?: string | undefined;
  action: string;
  target?: string | undefined;
  outcome: "done" | "refused" | "failed";
  client?: string | undefined;
  ip?: string | undefined;
  requestId?: string | undefined;
  detail?: Record<string, unknown> | undefined;
}

export interface AuditEntry extends AuditEvent {
  /** Rises from entry to entry. */
  id: number;
  /** Epoch milliseconds. */
  atMs: number;
}

export interface AuditQuery {
  actor?: string;
  action?: string;
  /** Only entries before the one with this id. */
  before?: number;
  limit: number;
}

/** What happened to access. Entries are added and read; the database itself refuses to change or drop one. */
export class Audit {
  readonly #parts: Pick<StoreParts, "db" | "now">;

  constructor(parts: Pick<StoreParts, "db" | "now">) {
    this.#parts = parts;
  }

  async add({ actor, action, target, outcome, client, ip, requestId, detail }: AuditEvent): Promise<void> {
    const { db, now } = this.#parts;
    await db
      .insertInto("audit")
      .values({
        at: now(),
        actor: actor ?? null,
        action,
        target: target ?? null,
        outcome,
        client: client ?? null,
        ip: ip ?? null,
        request_id: requestId ?? null,
        detail: detail === undefined ? null : JSON.stringify(detail),
      })
      .execute();
  }

  /** Entries, the newest first. */
  async page({ actor, action, before, limit }: AuditQuery): Promise<AuditEntry[]> {
    let query = this.#parts.db.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit);
    if (actor !== undefined) query = query.where("actor", "=", actor);
    if (action !== undefined) query = query.where("action", "=", action);
    if (before !== undefined) query = query.where("id", "<", before);
    return (await query.execute()).map(entryOf);
  }
}

function entryOf(row: Selectable<Tables["audit"]>): AuditEntry {
  return {
    id: row.id,
    atMs: row.at,
    actor: row.actor ?? undefined,
    action: row.action,
    target: row.target ?? undefined,
    outcome: row.outcome as AuditEvent["outcome"],
    client: row.client ?? undefined,
    ip: row.ip ?? undefined,
    requestId: row.request_id ?? undefined,
    detail: row.detail === null ? undefined : (JSON.parse(row.detail) as Record<string, unknown>),
  };
}
