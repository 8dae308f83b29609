import type { Kysely } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import type { Tables } from "./tables.js";

/** The changes of a set of keys since the last start. */
export interface KeyChange {
  /** The fingerprints of keys that are new. */
  added: readonly string[];
  /** The fingerprints of keys that are gone: what they encrypted cannot be read any more. */
  gone: readonly string[];
}

export interface KeyCheckOptions {
  db: Kysely<Tables>;
  /** The database in words. */
  place: string;
  /** The name of the set, e.g. `data`. */
  name: string;
  /** False for a command beside the server, which leaves the database as it is. Default true. */
  remembers?: boolean;
}

/** The fingerprints of the keys with which a database was last used; none before its first use. */
export async function knownKeys({ db, name }: Pick<KeyCheckOptions, "db" | "name">): Promise<string[]> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", metaKey(name)).executeTakeFirst();
  return row === undefined ? [] : row.value.split(" ");
}

/**
 * Compares a set of keys with that of the last start, and remembers it.
 * @throws OktaMcpError bad_config where none of the keys is known, so that nothing could be read
 */
export async function checkKeys(options: KeyCheckOptions, fingerprints: readonly string[]): Promise<KeyChange> {
  const { db, place, name } = options;
  const known = await knownKeys(options);
  if (known.length > 0 && !fingerprints.some((one) => known.includes(one))) {
    throw new OktaMcpError("bad_config", `${place} was written with other ${name} keys than those given.`, {
      fix: `Give the keys with the fingerprints ${known.join(", ")}, from the backup of the keys. A database without its keys is of no use but for its journal and audit.`,
      data: { expected: known, given: [...fingerprints] },
    });
  }
  const value = fingerprints.join(" ");
  if (options.remembers !== false && value !== known.join(" ")) {
    await db
      .insertInto("meta")
      .values({ key: metaKey(name), value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
      .execute();
  }
  return {
    added: known.length === 0 ? [] : fingerprints.filter((one) => !known.includes(one)),
    gone: known.filter((one) => !fingerprints.includes(one)),
  };
}

function metaKey(name: string): string {
  return `keys.${name}`;
}
