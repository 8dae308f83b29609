import { Kysely } from "kysely";
import { sqlStateOf } from "./postgres-fault.js";
import type { Tables } from "./tables.js";

/** The attempts of one transaction. Each collision lets at least one of those that collide come to its end. */
const MOST = 5;

/**
 * SQLSTATEs of a transaction that the database has taken back whole, since another one stood in its way (PostgreSQL
 * documentation, appendix A: `deadlock_detected`, `serialization_failure`).
 */
const COLLISIONS: ReadonlySet<unknown> = new Set(["40P01", "40001"]);

function isCollision(error: unknown): boolean {
  return error instanceof Error && COLLISIONS.has(sqlStateOf(error.cause));
}

/**
 * The query builder of a store. A transaction that the database has taken back because it collided with another one is
 * run again from its beginning, so its callback must do nothing outside of the database: two servers may lock the same
 * rows in another order, and the end of somebody's access must not be what is left out then.
 */
export class RepeatingDb extends Kysely<Tables> {
  override transaction(): ReturnType<Kysely<Tables>["transaction"]> {
    const builder = super.transaction();
    const execute = builder.execute.bind(builder);
    builder.execute = async (callback) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await execute(callback);
        } catch (error) {
          if (attempt >= MOST || !isCollision(error)) throw error;
        }
      }
    };
    return builder;
  }
}
