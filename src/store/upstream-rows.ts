import type { Selectable } from "kysely";
import type { Tables } from "./tables.js";
import type { RowIdentity } from "./vault.js";

export type UpstreamRow = Selectable<Tables["upstream_grants"]>;
export type SealedColumn = "access_sealed" | "refresh_sealed" | "dpop_key_sealed";

/** The identity that is sealed together with a column of a row of `upstream_grants`. */
export function rowOf(id: string, person: string, column: SealedColumn): RowIdentity {
  return { table: "upstream_grants", column, id, person };
}
