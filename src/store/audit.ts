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
  /** The id of the one who did it, or several. */
  actor?: string | readonly string[] | undefined;
  /** The id of the one who did it or whom it concerns, or several. */
  about?: string | readonly string[] | undefined;
  action?: string | undefined;
  outcome?: AuditEvent["outcome"] | undefined;
  client?: string | undefined;
  /** Epoch milliseconds: only entries from this moment on. */
  sinceMs?: number | undefined;
  /** Epoch milliseconds: only entries up to this moment. */
  untilMs?: number | undefined;
  /** Only entries before the one with this id. */
  before?: number | undefined;
  limit: number;
}

/** The entries that are read at once where all are wanted. */
const ENTRIES_AT_ONCE = 500;

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

  /** Entries, the newest first, each with the login that its actor was last seen with. */
  async page({
    actor,
    about,
    action,
    outcome,
    client,
    sinceMs,
    untilMs,
    before,
    limit,
  }: AuditQuery): Promise<(AuditEntry & { login?: string })[]> {
    let query = this.#parts.db
      .selectFrom("audit")
      .leftJoin("people", "people.id", "audit.actor")
      .selectAll("audit")
      .select("people.login")
      .orderBy("audit.id", "desc")
      .limit(limit);
    const listed = (ids: string | readonly string[]) => (typeof ids === "string" ? [ids] : ids);
    if (actor !== undefined) query = query.where("actor", "in", listed(actor));
    if (about !== undefined)
      query = query.where(({ eb, or }) => or([eb("actor", "in", listed(about)), eb("target", "in", listed(about))]));
    if (action !== undefined) query = query.where("action", "=", action);
    if (outcome !== undefined) query = query.where("outcome", "=", outcome);
    if (client !== undefined) query = query.where("client", "=", client);
    if (sinceMs !== undefined) query = query.where("at", ">=", sinceMs);
    if (untilMs !== undefined) query = query.where("at", "<=", untilMs);
    if (before !== undefined) query = query.where("audit.id", "<", before);
    const rows = await query.execute();
    return rows.map(({ login, ...row }) => ({ ...entryOf(row), ...(login !== null && { login }) }));
  }

  /** All entries of a query up to its limit, the newest first. Only some are held at once, so that there may be any number. */
  async *entries({ limit, ...query }: AuditQuery): AsyncGenerator<AuditEntry & { login?: string }> {
    let left = limit;
    let { before } = query;
    while (left > 0) {
      const wanted = Math.min(left, ENTRIES_AT_ONCE);
      const page = await this.page({ ...query, before, limit: wanted });
      yield* page;
      if (page.length < wanted) return;
      left -= page.length;
      before = page.at(-1)?.id;
    }
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
