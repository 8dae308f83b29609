import type { OktaMcpError } from "../errors/index.js";
import { isObject } from "../json/json.js";
import { type StoreReason, storeUnavailable } from "./store-fault.js";

/** The result codes of SQLite after which the database cannot be used (https://sqlite.org/rescode.html). */
const REASONS: Readonly<Record<number, StoreReason>> = {
  5: "busy",
  6: "busy",
  8: "read_only",
  10: "disk_error",
  11: "damaged",
  13: "disk_full",
  14: "cannot_open",
  26: "damaged",
};

/** The primary result code of an error of either library; undefined for any other error. */
function resultCode(error: unknown): number | undefined {
  if (!isObject(error)) return undefined;
  // Node.js has the code as `errcode`, libsql as `rawCode`.
  const code = error.errcode ?? error.rawCode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** True where another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && REASONS[code] === "busy";
}

/** The error for a failed statement in our words; undefined where it is not the database's fault. */
export function sqliteFault(error: unknown, place: string): OktaMcpError | undefined {
  const code = resultCode(error);
  const reason = code === undefined ? undefined : REASONS[code];
  return reason === undefined ? undefined : storeUnavailable(place, reason, error);
}
