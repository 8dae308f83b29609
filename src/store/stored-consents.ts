import type { StoreParts } from "./store-parts.js";

/** What somebody has agreed to: that a client gets these scopes, and its answers go to this host. */
export interface GivenConsent {
  client: string;
  redirectHost: string;
  scopes: readonly string[];
}

/** The consents that people have given to clients. Another client, host or set of scopes needs a new one. */
export class StoredConsents {
  readonly #parts: Pick<StoreParts, "db" | "now">;

  constructor(parts: Pick<StoreParts, "db" | "now">) {
    this.#parts = parts;
  }

  async has(person: string, { client, redirectHost, scopes }: GivenConsent): Promise<boolean> {
    const row = await this.#parts.db
      .selectFrom("consents")
      .select("given_at")
      .where("person", "=", person)
      .where("client", "=", client)
      .where("redirect_host", "=", redirectHost)
      .where("scopes", "=", inOrder(scopes))
      .executeTakeFirst();
    return row !== undefined;
  }

  async give(person: string, { client, redirectHost, scopes }: GivenConsent): Promise<void> {
    const { db, now } = this.#parts;
    const given_at = now();
    await db
      .insertInto("consents")
      .values({ person, client, redirect_host: redirectHost, scopes: inOrder(scopes), given_at })
      .onConflict((conflict) =>
        conflict.columns(["person", "client", "redirect_host", "scopes"]).doUpdateSet({ given_at }),
      )
      .execute();
  }

  /** The consents of a person, the last one first. */
  async of(person: string): Promise<(GivenConsent & { givenAtMs: number })[]> {
    const consents = this.#parts.db.selectFrom("consents").selectAll().orderBy("given_at", "desc");
    const rows = await consents.where("person", "=", person).execute();
    return rows.map(({ client, redirect_host, scopes, given_at }) => ({
      client,
      redirectHost: redirect_host,
      scopes: scopes === "" ? [] : scopes.split(" "),
      givenAtMs: given_at,
    }));
  }

  /** Takes back every consent of a person to a client, or to all clients. */
  async withdraw(person: string, client?: string): Promise<void> {
    const all = this.#parts.db.deleteFrom("consents").where("person", "=", person);
    await (client === undefined ? all : all.where("client", "=", client)).execute();
  }
}

function inOrder(scopes: readonly string[]): string {
  return [...new Set(scopes)].sort().join(" ");
}
