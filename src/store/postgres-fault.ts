import { OktaMcpError } from "../errors/index.js";
import { codeOf } from "../errors/system-code.js";
import { isObject } from "../json/json.js";
import { type StoreReason, type StoreWords, storeUnavailable } from "./store-fault.js";

const WORDS: Partial<Record<StoreReason, StoreWords>> = {
  busy: {
    why: "others have held it for too long",
    fix: "Try again; look at pg_stat_activity for long statements and locks.",
  },
  read_only: {
    why: "it is read-only",
    fix: "Name the primary server instead of a standby, and look at default_transaction_read_only.",
  },
  disk_full: { why: "its disk is full", fix: "Make room on the disk of the database, then try again." },
  damaged: {
    why: "it reports damaged data",
    fix: "Look at the log of the database; restore a backup if it has to be.",
  },
  cannot_open: { why: "it is not there", fix: "Make the database, or correct store.database in serve.json." },
  pool_full: {
    why: "all connections of this server to it are in use",
    fix: "Raise store.pool_size, or look for slow statements in pg_stat_activity.",
  },
  too_many_connections: {
    why: "it takes no more connections",
    fix: "Raise max_connections of the database, or lower store.pool_size of every instance.",
  },
  refused: {
    why: "it refuses this server's user",
    fix: "Look at store.user, store.password_file and the pg_hba.conf of the database.",
  },
  no_right: {
    why: "this server's user may not do that in it",
    fix: "Make the user the owner of the database, or grant it the right to create tables there.",
  },
  no_tls: {
    why: "its TLS is not right",
    fix: "Look at the certificate of the database, store.ca_file and store.tls, and name the host as the certificate does.",
  },
};

/** The reasons by SQLSTATE, whole or its class (PostgreSQL documentation, appendix A). */
const REASONS: Readonly<Record<string, StoreReason>> = {
  "08": "unreachable",
  "25006": "read_only",
  "25P03": "busy",
  "28": "refused",
  "3D": "cannot_open",
  "40": "busy",
  "42501": "no_right",
  "53100": "disk_full",
  "53300": "too_many_connections",
  "53": "busy",
  "55P03": "busy",
  "57014": "busy",
  "57P": "unreachable",
  "58": "disk_error",
  XX001: "damaged",
  XX002: "damaged",
};

/** The SQLSTATE of an answer of the database; undefined where the connection failed, or it is a mistake in code. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!isObject(error) || typeof error.code !== "string" || typeof error.severity !== "string") return undefined;
  return error.code;
}

/** The texts with which `pg` tells that no answer came, since it has no codes for them. */
const NO_ANSWER =
  /^(?:timeout expired|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;
/** A wait for a connection of the pool that was too long. */
const POOL_FULL = /^timeout exceeded when trying to connect/;
const NO_PASSWORD = /client password must be a/;
const NO_TLS = /SSL connection/;
const TLS_CODE = /^(?:ERR_(?:TLS|SSL)_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO$)/;
const NETWORK_CODE = /^(?:E[A-Z]{3,}|EAI_[A-Z]+)$/;

/** Why a statement or a connection failed; undefined where the database is not the cause. */
function reasonOf(error: unknown): StoreReason | undefined {
  const state = sqlStateOf(error);
  if (state !== undefined) return REASONS[state] ?? REASONS[state.slice(0, 3)] ?? REASONS[state.slice(0, 2)];
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  if (POOL_FULL.test(message)) return "pool_full";
  if (NO_ANSWER.test(message)) return "unreachable";
  if (NO_PASSWORD.test(message)) return "refused";
  const code = codeOf(error);
  if (NO_TLS.test(message) || TLS_CODE.test(code)) return "no_tls";
  // Several addresses of one name were tried in vain.
  return error instanceof AggregateError || NETWORK_CODE.test(code) ? "unreachable" : undefined;
}

/**
 * True where the connection has to be thrown away: it is gone, or its state is not known.
 * @param error what its last statement threw
 */
export function endsConnection(error: unknown): boolean {
  const state = sqlStateOf(error);
  // The primary server may have become a standby meanwhile. A new connection finds the new one.
  const isElsewhere = state === "25006";
  return state === undefined || isElsewhere || state.startsWith("57P") || state.startsWith("08") || state === "25P03";
}

/**
 * The error in our words, without anything that the database says; undefined where the database is not the cause.
 * @param place the database in words
 */
export function postgresFault(error: unknown, place: string): OktaMcpError | undefined {
  if (error instanceof OktaMcpError) return error;
  const reason = reasonOf(error);
  return reason === undefined ? undefined : storeUnavailable(place, reason, error, WORDS[reason]);
}
