import { isBefore, type KeysetPage, pageOf, placeIn } from "./keyset.js";
import { liveGrants } from "./live-grants.js";
import type { StoreParts } from "./store-parts.js";
import type { ClientKind } from "./stored-clients.js";

/** A client as a list shows it. */
export interface ListedClient {
  id: string;
  kind: ClientKind;
  /** The client has chosen it. */
  name: string | undefined;
  createdAtMs: number;
  usedAtMs: number | undefined;
  blockedAtMs: number | undefined;
  /** The people for whom it may act. */
  people: number;
}

/** What somebody has allowed a client. */
export interface ListedGrant {
  person: string;
  login: string | undefined;
  client: string;
  /** The hosts to which its answers go; none where that is not known. */
  redirectHosts: readonly string[];
  sinceMs: number;
  /** When it last got a token for this person; undefined where it has not. */
  usedAtMs: number | undefined;
}

/** A browser in which somebody is signed in. */
export interface ListedBrowser {
  /** Ends the session and opens nothing. */
  handle: string;
  person: string;
  login: string | undefined;
  kind: string;
  signedInAtMs: number;
  idleEndsAtMs: number;
  endsAtMs: number;
}

export interface ListQuery {
  /** `next` of the page before. */
  after?: string | undefined;
  size: number;
}

/** Who may act for whom, and which browsers are signed in, page by page, for whoever looks after the server. */
export class AccessLists {
  readonly #parts: Pick<StoreParts, "db" | "now">;

  constructor(parts: Pick<StoreParts, "db" | "now">) {
    this.#parts = parts;
  }

  /** A page of clients, the last one to come first. */
  async clients({ after, size }: ListQuery): Promise<KeysetPage<ListedClient>> {
    let clients = this.#clients();
    const place = placeIn(after, ["number", "string"]);
    if (place !== undefined) clients = clients.where(isBefore(["created_at", "id"], place));
    const rows = await clients
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(size + 1)
      .execute();
    const page = pageOf(rows, size, ({ created_at, id }) => [created_at, id]);
    return {
      rows: page.rows.map(listed),
      next: page.next,
    };
  }

  /** A page of what people have allowed, the last one first: of one client, of one person, or of all. */
  async grants({
    client,
    person,
    after,
    size,
  }: ListQuery & { client?: string; person?: string }): Promise<KeysetPage<ListedGrant>> {
    const { db, now } = this.#parts;
    let grants = db
      .selectFrom("oidc")
      .leftJoin("people", "people.id", "oidc.person")
      .select(["oidc.id_hash", "oidc.grant_id", "oidc.person", "oidc.client", "oidc.created_at", "people.login"])
      .select(({ selectFrom }) =>
        selectFrom("oidc as token")
          .select(({ fn }) => fn.max<number | null>("token.created_at").as("at"))
          .whereRef("token.grant_id", "=", "oidc.grant_id")
          .where("token.model", "in", ["AccessToken", "RefreshToken"])
          .as("used_at"),
      )
      .where("oidc.id_hash", "in", liveGrants(db, now()).select("id_hash"));
    if (client !== undefined) grants = grants.where("oidc.client", "=", client);
    if (person !== undefined) grants = grants.where("oidc.person", "=", person);
    const place = placeIn(after, ["number", "string"]);
    if (place !== undefined) grants = grants.where(isBefore(["oidc.created_at", "oidc.id_hash"], place));
    const rows = await grants
      .orderBy("oidc.created_at", "desc")
      .orderBy("oidc.id_hash", "desc")
      .limit(size + 1)
      .execute();
    const page = pageOf(rows, size, ({ created_at, id_hash }) => [created_at, id_hash]);
    const hosts = await this.#hostsOf(page.rows);
    return {
      rows: page.rows.map((row) => ({
        person: row.person ?? "",
        login: row.login ?? undefined,
        client: row.client ?? "",
        redirectHosts: hosts.get(`${row.person} ${row.client}`) ?? [],
        sinceMs: row.created_at,
        usedAtMs: row.used_at ?? undefined,
      })),
      next: page.next,
    };
  }

  /** A page of signed-in browsers, the last one first. */
  async browsers({ after, size, person }: ListQuery & { person?: string }): Promise<KeysetPage<ListedBrowser>> {
    const { db, now } = this.#parts;
    const nowMs = now();
    let browsers = db
      .selectFrom("web_sessions")
      .leftJoin("people", "people.id", "web_sessions.person")
      .select(["id_hash", "person", "kind", "signed_in_at", "idle_ends_at", "ends_at", "people.login"])
      .where("ends_at", ">", nowMs)
      .where("idle_ends_at", ">", nowMs);
    if (person !== undefined) browsers = browsers.where("person", "=", person);
    const place = placeIn(after, ["number", "string"]);
    if (place !== undefined) browsers = browsers.where(isBefore(["signed_in_at", "id_hash"], place));
    const rows = await browsers
      .orderBy("signed_in_at", "desc")
      .orderBy("id_hash", "desc")
      .limit(size + 1)
      .execute();
    const page = pageOf(rows, size, ({ signed_in_at, id_hash }) => [signed_in_at, id_hash]);
    return {
      rows: page.rows.map((row) => ({
        handle: row.id_hash,
        person: row.person,
        login: row.login ?? undefined,
        kind: row.kind,
        signedInAtMs: row.signed_in_at,
        idleEndsAtMs: row.idle_ends_at,
        endsAtMs: row.ends_at,
      })),
      next: page.next,
    };
  }

  /** The names that clients have chosen, by their ids. */
  async names(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const clients = this.#parts.db.selectFrom("clients").select(["id", "name"]).where("id", "in", wanted);
    return new Map((await clients.execute()).flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
  }

  /** One client, with the number of people for whom it may act; undefined where it is not known, or no more. */
  async client(id: string): Promise<ListedClient | undefined> {
    const row = await this.#clients().where("id", "=", id).executeTakeFirst();
    return row && listed(row);
  }

  #clients() {
    const { db, now } = this.#parts;
    return db
      .selectFrom("clients")
      .select(["id", "kind", "name", "created_at", "used_at", "blocked_at"])
      .select(({ selectFrom }) =>
        selectFrom("oidc")
          .select(({ fn }) => fn.count<number>("oidc.person").distinct().as("n"))
          .whereRef("oidc.client", "=", "clients.id")
          .where("oidc.model", "=", "Grant")
          .as("people"),
      )
      .where(({ eb, or }) => or([eb("ends_at", "is", null), eb("ends_at", ">", now())]));
  }

  async #hostsOf(grants: readonly { person: string | null; client: string | null }[]) {
    const found = new Map<string, string[]>();
    const people = [...new Set(grants.flatMap(({ person }) => person ?? []))];
    if (people.length === 0) return found;
    const consents = this.#parts.db.selectFrom("consents").select(["person", "client", "redirect_host"]).distinct();
    for (const { person, client, redirect_host } of await consents.where("person", "in", people).execute()) {
      const key = `${person} ${client}`;
      found.set(key, [...(found.get(key) ?? []), redirect_host]);
    }
    return found;
  }
}

interface ClientRow {
  id: string;
  kind: ClientKind;
  name: string | null;
  created_at: number;
  used_at: number | null;
  blocked_at: number | null;
  people: number | null;
}

function listed({ id, kind, name, created_at, used_at, blocked_at, people }: ClientRow): ListedClient {
  return {
    id,
    kind,
    name: name ?? undefined,
    createdAtMs: created_at,
    usedAtMs: used_at ?? undefined,
    blockedAtMs: blocked_at ?? undefined,
    people: Number(people ?? 0),
  };
}
