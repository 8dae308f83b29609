import type { Kysely } from "kysely";
import type { Tables } from "./tables.js";

const KEY = "public_url";

/**
 * Remembers at which address a server uses a database with its keys.
 * @returns the address of the last start, where it was another one: whoever still serves there has the same keys
 */
export async function rememberAddress(db: Kysely<Tables>, publicUrl: string): Promise<string | undefined> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", KEY).executeTakeFirst();
  if (row?.value === publicUrl) return undefined;
  await db
    .insertInto("meta")
    .values({ key: KEY, value: publicUrl })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: publicUrl }))
    .execute();
  return row?.value;
}
