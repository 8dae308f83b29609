import type { Kysely, LogEvent } from "kysely";
import { ensurePrivateDir } from "../files/private-dir.js";
import type { Observer } from "../watch/observer.js";
import { AccessLists } from "./access-lists.js";
import { AdminLinks } from "./admin-links.js";
import { Approvals } from "./approvals.js";
import { Audit } from "./audit.js";
import { copiedByItsOwn, copySqlite } from "./backup.js";
import { CompanyJournal } from "./company-journal.js";
import { ExchangedTokens } from "./exchanged-tokens.js";
import { dropEnded } from "./expiry.js";
import { StoredInvitations } from "./invitations.js";
import { KeyRegistry } from "./key-registry.js";
import type { KeyChange, KeyRing } from "./key-ring.js";
import { LateLines } from "./late-lines.js";
import { doneIn, migrate } from "./migrate.js";
import type { StoreMigrations } from "./migrations.js";
import { OidcStorage } from "./oidc-storage.js";
import { type OpenKeysOptions, openKeys } from "./open-keys.js";
import { PeopleLists } from "./people-lists.js";
import type { PostgresSettings } from "./postgres-settings.js";
import { RepeatingDb } from "./repeating-db.js";
import { type DroppedRecords, dropOldRecords, type KeptDays } from "./retention.js";
import { SealedValues } from "./sealed-values.js";
import { rememberAddress } from "./served-address.js";
import { SharedClock } from "./shared-clock.js";
import { SignInTransactions } from "./sign-in-transactions.js";
import { SigningKeys } from "./signing-keys.js";
import { openSqliteDriver } from "./sqlite-driver.js";
import type { SqliteLibrary } from "./sqlite-library.js";
import { StoreCounts } from "./store-counts.js";
import type { StoreDriver } from "./store-driver.js";
import { OwnNews, type StoreNews } from "./store-news.js";
import type { StoreParts } from "./store-parts.js";
import { StoredClients } from "./stored-clients.js";
import { StoredConsents } from "./stored-consents.js";
import { StoredEndings } from "./stored-endings.js";
import { StoredErasure } from "./stored-erasure.js";
import { type JournalReader, StoredJournal } from "./stored-journal.js";
import { StoredLimits } from "./stored-limits.js";
import { StoredPeople } from "./stored-people.js";
import { StoredRestore } from "./stored-restore.js";
import { StoredRevocations } from "./stored-revocations.js";
import { StoredTurns } from "./stored-turns.js";
import type { Tables } from "./tables.js";
import { Tombstones } from "./tombstones.js";
import { UpstreamGrants } from "./upstream-grants.js";
import { StoredSeals, UsedOnce } from "./used-once.js";
import { WebSessions } from "./web-sessions.js";

const REFRESH_GRACE_MS = 60_000;

export interface OpenStoreOptions extends OpenKeysOptions {
  /** The database, where it is no file in the folder of the data. */
  postgres?: PostgresSettings | undefined;
  /** Epoch milliseconds. */
  now?: () => number;
  /** False where a server does not bring the tables to this version, but refuses older ones. Default true. */
  migrates?: boolean | undefined;
  /** By default those of this version. */
  migrations?: StoreMigrations | undefined;
  /** Told of every statement of the database; by default nobody is. */
  observer?: Observer | undefined;
  /** By default Node's own, and libsql where Node has none. */
  library?: SqliteLibrary | undefined;
}

/** What a company's server keeps. Every method throws OktaMcpError store_unavailable where the database fails. */
export class Store {
  /** The database in words, for whoever runs the server. */
  readonly place: string;
  /** How the data keys differ from those that the database is used with. */
  readonly keyChange: KeyChange;
  /** The data keys. */
  readonly keys: KeyRing;
  /** The keys that sign tokens. */
  readonly signing: SigningKeys;
  /** All that the data keys encrypt. */
  readonly sealed: SealedValues;
  readonly people: StoredPeople;
  readonly invitations: StoredInvitations;
  readonly adminLinks: AdminLinks;
  readonly clients: StoredClients;
  readonly consents: StoredConsents;
  readonly oidc: OidcStorage;
  readonly upstream: UpstreamGrants;
  /** Tokens for APIs that were given out in exchange for those of people. */
  readonly exchanged: ExchangedTokens;
  readonly revocations: StoredRevocations;
  readonly turns: StoredTurns;
  /** The one way in which access ends. */
  readonly endings: StoredEndings;
  /** Takes one person's data out, once their access has ended. */
  readonly erasure: StoredErasure;
  readonly tombstones: Tombstones;
  /** What has to end once the database was put back from a backup. */
  readonly restore: StoredRestore;
  readonly sessions: WebSessions;
  readonly transactions: SignInTransactions;
  readonly approvals: Approvals;
  readonly once: UsedOnce;
  readonly seals: StoredSeals;
  readonly limits: StoredLimits;
  readonly audit: Audit;
  /** The journal of everybody, for whoever may see all of it. */
  readonly companyJournal: CompanyJournal;
  readonly counts: StoreCounts;
  readonly peopleLists: PeopleLists;
  readonly accessLists: AccessLists;
  /** What instances tell each other. */
  readonly news: StoreNews;
  readonly #parts: StoreParts;
  readonly #driver: StoreDriver;
  readonly #late: LateLines;
  readonly #clock: SharedClock | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    parts: StoreParts,
    driver: StoreDriver,
    { keys, keyChange, clock }: Pick<Store, "keys" | "keyChange"> & { clock?: SharedClock | undefined },
  ) {
    this.#parts = parts;
    this.#clock = clock;
    this.#late = new LateLines(parts);
    this.#driver = driver;
    this.place = driver.place;
    this.keyChange = keyChange;
    this.keys = keys;
    this.signing = new SigningKeys(parts);
    this.sealed = new SealedValues(parts);
    this.news = driver.news ?? new OwnNews();
    this.people = new StoredPeople(parts, this.news);
    this.invitations = new StoredInvitations(parts);
    this.clients = new StoredClients(parts);
    this.consents = new StoredConsents(parts);
    this.oidc = new OidcStorage({ ...parts, refreshGraceMs: REFRESH_GRACE_MS });
    this.upstream = new UpstreamGrants(parts);
    this.exchanged = new ExchangedTokens(parts);
    this.revocations = new StoredRevocations(parts);
    this.turns = new StoredTurns(parts);
    this.endings = new StoredEndings(parts);
    this.erasure = new StoredErasure(parts);
    this.tombstones = new Tombstones(parts);
    this.restore = new StoredRestore(parts);
    this.sessions = new WebSessions(parts);
    this.transactions = new SignInTransactions(parts);
    this.adminLinks = new AdminLinks(this.transactions, parts.now);
    this.approvals = new Approvals(parts);
    this.once = new UsedOnce(parts);
    this.seals = new StoredSeals(parts);
    this.limits = new StoredLimits(parts);
    this.audit = new Audit(parts);
    this.companyJournal = new CompanyJournal(parts);
    this.counts = new StoreCounts(parts);
    this.peopleLists = new PeopleLists(parts);
    this.accessLists = new AccessLists(parts);
  }

  /** The journal, for one caller. */
  journalFor(reader: JournalReader): StoredJournal {
    return new StoredJournal(this.#parts, reader, this.#late);
  }

  /** Keys of 32 bytes for another use, e.g. cookies, the newest first. */
  subKeys(label: string): Uint8Array[] {
    return this.#parts.vault.subKeys(label);
  }

  /** Remembers at which address this server is. @returns that of the last start, where it was another one */
  servedAt(publicUrl: string): Promise<string | undefined> {
    return rememberAddress(this.#parts.db, publicUrl);
  }

  /** Finds out whether the database answers, and takes changes. Nothing is changed. */
  async ping(): Promise<void> {
    const { db, variant } = this.#parts;
    const row = db.selectFrom("meta").select("key").where("key", "=", "").limit(1);
    // A database that may only be read refuses to lock rows, also where there are none.
    await (variant.locksRows ? row.forUpdate() : row).execute();
  }

  /** The names of the migrations that the database has had, in their order. */
  migrations(): Promise<string[]> {
    return doneIn(this.#parts.db, this.#parts.variant);
  }

  /** Drops what has ended. @returns the number of rows */
  dropEnded(): Promise<number> {
    return dropEnded(this.#parts);
  }

  /** Drops the rows of both records that are older than they are kept, as `retention.ts` says. */
  dropOldRecords(kept: KeptDays, signal?: AbortSignal): Promise<DroppedRecords[]> {
    return dropOldRecords(this.#parts, kept, signal);
  }

  /**
   * Copies the database to a new file, beside the running server.
   * @throws OktaMcpError bad_config where the file cannot be made, or the database has programs of its own for it
   */
  async copyTo(file: string): Promise<void> {
    if (this.#driver.news !== undefined) throw copiedByItsOwn(this.place);
    await copySqlite(this.#parts.db, file);
  }

  /** Ends the use of the database, once. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#clock?.stop();
    // Where the database does not answer any more, the others see in some minutes that this instance has ended.
    await this.keys.end().catch(() => {});
    await this.#late.end();
    await this.#parts.db.destroy().finally(() => this.#driver.release());
  }
}

/**
 * Opens what a company's server keeps, in SQLite or in PostgreSQL, and brings its tables to this version.
 * @throws OktaMcpError bad_config where another server uses it, a newer version has written it, its keys are others, or
 * a file is open to other users; store_unavailable where the database cannot be opened
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { as = "server", log, observer } = options;
  const driver = await openDriver(options);
  const db = new RepeatingDb({ dialect: driver.dialect, ...(observer && { log: telling(observer) }) });
  let clock: SharedClock | undefined;
  try {
    const { place, variant } = driver;
    if (variant.locksRows && options.now === undefined) clock = await SharedClock.open(db, log);
    const now = options.now ?? clock?.now ?? Date.now;
    const keysOf = () =>
      openKeys(options, { place, registry: new KeyRegistry({ db, now }), isAlone: !variant.locksRows });
    // Of several servers that start at once, one makes the tables, and one is the first with its keys.
    const { vault, ...keys } =
      as === "server"
        ? await driver.exclusively(db, (exclusive) => bringTables(driver, exclusive, options).then(keysOf))
        : await bringTables(driver, db, options).then(keysOf);
    const store = new Store({ db, variant, vault, now }, driver, { ...keys, clock });
    if (as === "server") await driver.begin(() => store.limits.beginSession());
    return store;
  } catch (error) {
    clock?.stop();
    await db.destroy().finally(() => driver.release());
    throw error;
  }
}

function bringTables(
  { place, variant }: StoreDriver,
  db: Kysely<Tables>,
  { as = "server", migrates = true, migrations }: OpenStoreOptions,
): Promise<string[]> {
  return migrate({ db, variant, place, how: as === "server" && migrates ? "migrate" : "check", migrations });
}

/**
 * Brings the tables to this version, without opening what is in them.
 * @returns the names of the migrations that were made
 * @throws OktaMcpError as `openStore`
 */
export async function migrateStore(options: OpenStoreOptions): Promise<string[]> {
  const driver = await openDriver(options);
  const db = new RepeatingDb({ dialect: driver.dialect });
  try {
    return await driver.exclusively(db, (exclusive) => bringTables(driver, exclusive, options));
  } finally {
    await db.destroy().finally(() => driver.release());
  }
}

/** Tells how long each statement took, and nothing of what is in it. */
function telling(observer: Observer): (event: LogEvent) => void {
  return ({ level, queryDurationMillis: ms }) => observer.note({ kind: "query", ms, hasFailed: level === "error" });
}

async function openDriver({ dir, postgres, as = "server", library, log }: OpenStoreOptions): Promise<StoreDriver> {
  if (postgres === undefined) return openSqliteDriver({ dir, as, library });
  // Only who uses PostgreSQL pays for its library.
  const { openPostgresDriver } = await import("./postgres-driver.js");
  if (as === "server") await ensurePrivateDir(dir, "keys");
  return openPostgresDriver(postgres, log);
}
