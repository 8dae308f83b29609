import { join } from "node:path";
import { Kysely } from "kysely";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { Approvals } from "./approvals.js";
import { Audit } from "./audit.js";
import { CompanyJournal } from "./company-journal.js";
import { type DataKey, newDataKeySet, parseDataKeys } from "./data-keys.js";
import { dropEnded } from "./expiry.js";
import { checkKeys, type KeyChange, knownKeys } from "./key-check.js";
import { ownKeys, readGivenKeys } from "./key-files.js";
import { migrate } from "./migrate.js";
import { OidcStorage } from "./oidc-storage.js";
import { rememberAddress } from "./served-address.js";
import { SignInTransactions } from "./sign-in-transactions.js";
import { openSqliteDriver } from "./sqlite-driver.js";
import type { SqliteLibrary } from "./sqlite-library.js";
import { StoreCounts } from "./store-counts.js";
import type { StoreDriver } from "./store-driver.js";
import { OwnNews, type StoreNews } from "./store-news.js";
import type { StoreParts } from "./store-parts.js";
import { StoredClients } from "./stored-clients.js";
import { StoredConsents } from "./stored-consents.js";
import { type JournalReader, StoredJournal } from "./stored-journal.js";
import { StoredLimits } from "./stored-limits.js";
import { StoredPeople } from "./stored-people.js";
import type { Tables } from "./tables.js";
import { UpstreamGrants } from "./upstream-grants.js";
import { StoredSeals, UsedOnce } from "./used-once.js";
import { fingerprintOf, Vault } from "./vault.js";
import { WebSessions } from "./web-sessions.js";

/** The file of the data keys that a server makes for itself. */
const OWN_KEYS = "data-keys.json";
const REFRESH_GRACE_MS = 60_000;

export interface OpenStoreOptions {
  /** The folder of the server's data, only for this user. */
  dir: string;
  /** `server`: the one that serves from this folder. `beside`: a command that looks at the same data meanwhile. */
  as?: "server" | "beside";
  /** A file with the data keys (JWKS). Without it the server makes its own in its folder. */
  keysFile?: string | undefined;
  log: Pick<Log, "warn">;
  /** Epoch milliseconds. */
  now?: () => number;
  /** By default Node's own, and libsql where Node has none. */
  library?: SqliteLibrary | undefined;
}

/** What a company's server keeps. Every method throws OktaMcpError store_unavailable where the database fails. */
export class Store {
  /** The database in words, for whoever runs the server. */
  readonly place: string;
  /** What has changed about the data keys since the last start. */
  readonly keyChange: KeyChange;
  readonly people: StoredPeople;
  readonly clients: StoredClients;
  readonly consents: StoredConsents;
  readonly oidc: OidcStorage;
  readonly upstream: UpstreamGrants;
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
  /** What instances tell each other. */
  readonly news: StoreNews;
  readonly #parts: StoreParts;
  readonly #driver: StoreDriver;
  #closed: Promise<void> | undefined;

  constructor(parts: StoreParts, driver: StoreDriver, keyChange: KeyChange) {
    this.#parts = parts;
    this.#driver = driver;
    this.place = driver.place;
    this.keyChange = keyChange;
    this.people = new StoredPeople(parts);
    this.clients = new StoredClients(parts);
    this.consents = new StoredConsents(parts);
    this.oidc = new OidcStorage({ ...parts, refreshGraceMs: REFRESH_GRACE_MS });
    this.upstream = new UpstreamGrants(parts);
    this.sessions = new WebSessions(parts);
    this.transactions = new SignInTransactions(parts);
    this.approvals = new Approvals(parts);
    this.once = new UsedOnce(parts);
    this.seals = new StoredSeals(parts);
    this.limits = new StoredLimits(parts);
    this.audit = new Audit(parts);
    this.companyJournal = new CompanyJournal(parts);
    this.counts = new StoreCounts(parts);
    this.news = driver.news ?? new OwnNews();
  }

  /** The journal, for one caller. */
  journalFor(reader: JournalReader): StoredJournal {
    return new StoredJournal(this.#parts, reader);
  }

  /** Keys of 32 bytes for another use, e.g. cookies, the newest first. */
  subKeys(label: string): Uint8Array[] {
    return this.#parts.vault.subKeys(label);
  }

  /** Compares a set of keys of another use with that of the last start, as `checkKeys`. */
  checkKeys(name: string, fingerprints: readonly string[]): Promise<KeyChange> {
    return checkKeys({ db: this.#parts.db, place: this.place, name }, fingerprints);
  }

  /** Remembers at which address this server is. @returns that of the last start, where it was another one */
  servedAt(publicUrl: string): Promise<string | undefined> {
    return rememberAddress(this.#parts.db, publicUrl);
  }

  /** Finds out whether the database answers. */
  async ping(): Promise<void> {
    await this.#parts.db.selectFrom("meta").select("key").limit(1).execute();
  }

  /** Drops what has ended. @returns the number of rows */
  dropEnded(): Promise<number> {
    return dropEnded(this.#parts);
  }

  /** Ends the use of the database, once. */
  close(): Promise<void> {
    this.#closed ??= this.#parts.db.destroy().finally(() => this.#driver.release());
    return this.#closed;
  }
}

/**
 * Opens what a company's server keeps, and brings its tables to this version.
 * @throws OktaMcpError bad_config where another server uses it, a newer version has written it, its keys are others, or
 * a file is open to other users; store_unavailable where the database cannot be opened
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { dir, as = "server", log, now = Date.now, library } = options;
  const driver = await openSqliteDriver({ dir, as, library });
  const db = new Kysely<Tables>({ dialect: driver.dialect });
  try {
    const { place, variant } = driver;
    await migrate({ db, variant, place, how: as === "server" ? "migrate" : "check" });
    const known = await knownKeys({ db, name: "data" });
    const keys = await dataKeys(options, place, known);
    const check = { db, place, name: "data", remembers: as === "server" };
    const keyChange = await checkKeys(check, keys.map(fingerprintOf));
    for (const gone of keyChange.gone)
      log.warn("a data key is gone: what it encrypted cannot be read", { fingerprint: gone });
    const vault = new Vault({
      keys,
      onUnreadable: ({ table, column }, why) =>
        log.warn("a value of the database cannot be read", { table, column, why }),
    });
    const store = new Store({ db, variant, vault, now }, driver, keyChange);
    if (as === "server") await store.limits.beginSession();
    return store;
  } catch (error) {
    await db.destroy().finally(() => driver.release());
    throw error;
  }
}

async function dataKeys(
  { dir, keysFile }: OpenStoreOptions,
  place: string,
  known: readonly string[],
): Promise<DataKey[]> {
  if (keysFile !== undefined) return parseDataKeys(await readGivenKeys(keysFile), keysFile);
  const file = join(dir, OWN_KEYS);
  // New keys could not read what is there, and would look as if they were the right ones.
  const text = await ownKeys(file, known.length === 0 ? newDataKeySet : undefined);
  if (text !== undefined) return parseDataKeys(text, file);
  throw new OktaMcpError("bad_config", `${place} was written with data keys, and ${file} is not there.`, {
    fix: `Restore the file from a backup (keys with the fingerprints ${known.join(", ")}), or name the file that has them.`,
  });
}
