import { OktaMcpError } from "../errors/index.js";

/** Why a database cannot be used at the moment. */
export type StoreReason =
  | "busy"
  | "read_only"
  | "disk_full"
  | "disk_error"
  | "damaged"
  | "cannot_open"
  | "unreachable"
  | "pool_full"
  | "too_many_connections"
  | "refused"
  | "no_right"
  | "no_tls";

/** A reason for people: the rest of a sentence, and what to do. */
export interface StoreWords {
  why: string;
  fix: string;
}

const WORDS: Readonly<Partial<Record<StoreReason, StoreWords>>> = {
  busy: { why: "another process has been writing to it for too long", fix: "Try again; look at what else uses it." },
  read_only: {
    why: "it is read-only",
    fix: "Give the user who runs okta-mcp the right to write to the file and its folder.",
  },
  disk_full: { why: "its disk is full", fix: "Make room on the disk, then try again." },
  disk_error: { why: "its disk reports an error", fix: "Look at the disk and the system's log." },
  damaged: { why: "it is damaged or no database", fix: "Stop the server and restore the file from a backup." },
  cannot_open: { why: "it cannot be opened", fix: "Look at the file, its folder and who may use them." },
  unreachable: { why: "it does not answer", fix: "Look at the database server and the way to it." },
};

const OTHER: StoreWords = { why: "it refuses", fix: "Look at the log of the database." };

/**
 * The error for a database that cannot be used. Nothing was changed in it by the statement that failed, but for one whose
 * answer got lost with the connection.
 * @param place the database in words
 * @param words those of one kind of database, in place of the general ones
 */
export function storeUnavailable(
  place: string,
  reason: StoreReason,
  cause: unknown,
  words: StoreWords | undefined = WORDS[reason],
): OktaMcpError {
  const { why, fix } = words ?? OTHER;
  return new OktaMcpError("store_unavailable", `The database of this server cannot be used: ${why}.`, {
    fix: "Try again in a minute; if it goes on, tell whoever runs this server.",
    atTerminal: { message: `${place} cannot be used: ${why}.`, fix },
    data: { reason },
    namesNoObject: true,
    cause,
  });
}
