import type { Kysely } from "kysely";
import { indexAdminLookups } from "./migrations/admin-lookups.js";
import { addDepartures } from "./migrations/departure-tables.js";
import { addErasedPeople } from "./migrations/erased-people.js";
import { addExchangedTokens } from "./migrations/exchanged-token-table.js";
import { makeFirstTables } from "./migrations/first-tables.js";
import { makeKeyTables } from "./migrations/key-tables.js";
import { indexRecords } from "./migrations/record-lookups.js";
import { keepRecords } from "./migrations/records-change-by-rule.js";
import { addSignOn } from "./migrations/sign-on.js";
import type { SqlVariant } from "./store-driver.js";

/** A step from one form of the tables to the next. It leads forward only. */
export interface StoreMigration {
  up(db: Kysely<unknown>): Promise<void>;
  /**
   * The newest migration that an okta-mcp has to know to work with the tables after this one. It is that of the release
   * before: what that release still uses may be taken away only in a later release. Undefined where the step only adds
   * something, so that every okta-mcp that works with the tables before it works with those after it.
   */
  oldest?: string;
}

/** Migrations by their names, which say their order and never change. */
export type StoreMigrations = Readonly<Record<string, StoreMigration>>;

/** All migrations up to this version. */
export function migrationsFor(variant: SqlVariant): StoreMigrations {
  return {
    "0001-first-tables": { up: (db) => makeFirstTables(db, variant) },
    "0003-key-tables": { up: makeKeyTables },
    "0004-departures": { up: addDepartures },
    "0005-sign-on": { up: addSignOn },
    "0006-a-admin-lookups": { up: indexAdminLookups },
    "0007-a-record-lookups": { up: indexRecords },
    "0007-b-records-change-by-rule": { up: (db) => keepRecords(db, variant) },
    "0007-c-erased-people": { up: addErasedPeople },
    "0008-exchanged-tokens": { up: addExchangedTokens },
  };
}
