import { OktaMcpError } from "../errors/index.js";
import { LOOPBACK_HOSTS } from "../net/loopback.js";
import { refuseUnfit } from "../store/postgres-driver.js";
import { askPostgres, type PostgresFacts } from "../store/postgres-facts.js";
import { type PostgresSettings, placeOf } from "../store/postgres-settings.js";
import type { CheckContext } from "./check-context.js";
import { about, type Finding, wrongAs } from "./finding.js";

/** Beyond that a difference of clocks is worth a look, and beyond that one it does harm. */
const CLOCK_NOTE_MS = 2_000;
const CLOCK_WRONG_MS = 30_000;
/** Besides its pool a server has a connection for news, and at its start one for the tables. */
const FURTHER_CONNECTIONS = 2;

/**
 * Looks at a PostgreSQL database and changes nothing.
 * @returns the findings, and whether it is of use to open the store in it
 */
export async function checkPostgres(
  { content, now }: Pick<CheckContext, "content" | "now">,
  settings: PostgresSettings,
): Promise<{ findings: Finding[]; opens: boolean }> {
  const { ok, wrong } = about("database");
  const place = placeOf(settings);
  try {
    const facts = await askPostgres(settings, now);
    refuseUnfit(place, facts);
    return {
      findings: [
        ok(`${place} answers, with version ${facts.shown}.`),
        ...checkWrites(facts),
        checkRights(facts, content.store.migrate_at_start),
        checkConnections(facts, settings),
        checkEncryption(facts, settings),
        checkClock(facts),
      ],
      opens: true,
    };
  } catch (error) {
    if (!(error instanceof OktaMcpError)) throw error;
    return { findings: [wrongAs(wrong, error)], opens: false };
  }
}

function checkWrites({ isReadOnly, isStandby, forgets }: PostgresFacts): Finding[] {
  const { ok, wrong } = about("database writes");
  if (isStandby) return [wrong("It is a standby, which takes no writes.", "Name the primary server in store.host.")];
  if (isReadOnly) {
    return [wrong("It is read-only.", "Look at default_transaction_read_only of the database and of its user.")];
  }
  if (forgets) {
    return [
      wrong(
        "fsync or synchronous_commit is off, so a crash could undo what was done: a used token would count again.",
        "Switch both on for this database.",
      ),
    ];
  }
  return [ok("It takes writes, and keeps them.")];
}

function checkRights({ schema, mayCreate, mayUse, isSuperuser }: PostgresFacts, migrates: boolean): Finding {
  const { ok, wrong, note } = about("database rights");
  if (isSuperuser) {
    return note(
      "The user is a superuser, whom nothing stops from changing the record of accesses.",
      "Make a user of its own the owner of the database, and name that one.",
    );
  }
  if (schema === undefined) {
    return wrong("The user may use no schema of the database.", "Grant it usage and create on the schema public.");
  }
  if (mayCreate) return ok(`The user may make tables in the schema ${schema}.`);
  if (mayUse && !migrates) return ok(`The user may use the tables of the schema ${schema}, and makes none.`);
  return wrong(
    mayUse
      ? `The user may make no tables in the schema ${schema}, so that an update could not start.`
      : `The user may neither make tables in the schema ${schema} nor use all those that are there.`,
    `Make it the owner of the database, or grant create on schema ${schema}. A user without that right needs store.migrate_at_start false and the right to use every table.`,
  );
}

function checkConnections({ maxConnections }: PostgresFacts, { poolSize }: PostgresSettings): Finding {
  const { ok, wrong } = about("database connections");
  const each = poolSize + FURTHER_CONNECTIONS;
  const servers = Math.floor(maxConnections / each);
  const message = `Each server has up to ${each} of the ${maxConnections} connections that the database takes, so there is room for ${servers} of them.`;
  return servers < 1
    ? wrong(message, "Raise max_connections of the database, or lower store.pool_size.")
    : ok(`${message} One more is needed for a rolling restart.`);
}

function checkEncryption({ isEncrypted }: PostgresFacts, { host, tls }: PostgresSettings): Finding {
  const { ok, note } = about("database TLS");
  if (isEncrypted) return ok("The connection is encrypted, and the certificate is right.");
  const isHere = host.startsWith("/") || [...LOOPBACK_HOSTS, "::1"].includes(host);
  if (isHere && tls === undefined) return ok("The connection stays on this machine, and is not encrypted.");
  return note(
    "The connection is not encrypted: whoever is on the way reads names and the record of changes, though no token.",
    "Set store.tls to verify, with ca_file for an authority of your own.",
  );
}

function checkClock({ clockAheadMs }: PostgresFacts): Finding {
  const { ok, wrong, note } = about("database clock");
  const off = Math.abs(clockAheadMs);
  const seconds = Math.round(off / 1_000);
  const message = `Its clock is ${seconds} seconds ${clockAheadMs > 0 ? "ahead of" : "behind"} that of this machine.`;
  const fix = "Set both by NTP. All servers of one database need the same time: what one begins, another one ends.";
  if (off > CLOCK_WRONG_MS) return wrong(message, fix);
  return off > CLOCK_NOTE_MS ? note(message, fix) : ok("Its clock is that of this machine.");
}
