import { OktaMcpError } from "../errors/index.js";
import { copyJson } from "../json/exact-json.js";
import type { Json } from "../json/json.js";

/** The object of a write at one moment. `value` is null where there is none. */
export type State = { value: Json } | { unknown: string };

/** The size of the largest object that is kept, in characters of its JSON. */
export const MAX_KEPT_CHARS = 2_000_000;

/**
 * Reads the state of an object. A state that cannot be read is unknown, with the reason. It never stops a write.
 * @throws OktaMcpError cancelled
 */
export async function readState(read: (() => Promise<Json | undefined>) | undefined): Promise<State> {
  if (read === undefined) return { unknown: "nothing of it can be read" };
  try {
    const value = await read();
    return value === undefined ? { unknown: "the scopes of this session do not let it be read" } : { value };
  } catch (error) {
    if (!(error instanceof OktaMcpError) || error.code === "cancelled") throw error;
    return error.code === "not_found" ? { value: null } : { unknown: `it could not be read (${error.code})` };
  }
}

/** A tool's arguments or result as plain JSON. */
export function toJson(value: unknown): Json {
  return copyJson((value ?? null) as Json);
}
