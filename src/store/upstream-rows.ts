import type { Selectable } from "kysely";
import type { Tables } from "./tables.js";
import type { RowIdentity } from "./vault.js";

export type UpstreamRow = Selectable<Tables["upstream_grants"]>;
export type SealedColumn = "access_sealed" | "refresh_sealed" | "dpop_key_sealed";

/** What begins the kind of a grant at the authorization server of an API. */
export const OF_API = "api:";

/** The kind of a person's grant at the authorization server of an API. */
export const apiGrant = (api: string): string => `${OF_API}${api}`;

/** The API of a kind of grant; undefined for a grant at the org. */
export function apiOfGrant(kind: string): string | undefined {
  return kind.startsWith(OF_API) ? kind.slice(OF_API.length) : undefined;
}

/** The identity that is sealed together with a column of a row of `upstream_grants`. */
export function rowOf(id: string, person: string, column: SealedColumn): RowIdentity {
  return { table: "upstream_grants", column, id, person };
}
