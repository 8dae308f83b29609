import { randomUUID } from "node:crypto";
import type { PostgresPool } from "kysely";
import pg from "pg";
import type { Log } from "../log.js";
import { type Backoff, backoffMs } from "../net/backoff.js";
import type { Sleep } from "../net/waiting.js";
import { postgresFault } from "./postgres-fault.js";
import { connectionOptions } from "./postgres-pool.js";
import { type PostgresSettings, placeOf } from "./postgres-settings.js";
import { type News, OwnNews } from "./store-news.js";

/** The channel of the database, which no other database of the cluster hears. */
const CHANNEL = "okta_mcp_news";
/** PostgreSQL takes less than 8000 bytes (documentation of NOTIFY). */
const MAX_PAYLOAD_BYTES = 7_500;
/** A connection can end without a word. Whoever listens alone would never notice. */
const BEAT_MS = 15_000;
const RECONNECT: Backoff = { firstMs: 100, longestMs: 10_000 };
/** The advisory lock that every running server shares. */
const SERVERS_LOCK = 7_268_310_492;

const LOST: News = { about: "all", id: "" };

export interface PostgresNewsOptions {
  settings: PostgresSettings;
  /** Where news are sent from. */
  pool: PostgresPool;
  sleep: Sleep;
  random: () => number;
  log: Pick<Log, "warn">;
}

interface Connection {
  client: pg.Client;
  ended: Promise<void>;
}

/**
 * News by LISTEN and NOTIFY, over a connection of its own that is made anew when it ends. What was told meanwhile is lost,
 * so those who listen are then told to look at everything.
 */
export class PostgresNews extends OwnNews {
  readonly #options: PostgresNewsOptions;
  readonly #place: string;
  /** Who publishes tells its own listeners at once, and leaves out what comes back from the database. */
  readonly #self = randomUUID();
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #reconnecting: Promise<void> | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(options: PostgresNewsOptions) {
    super();
    this.#options = options;
    this.#place = placeOf(options.settings);
  }

  /**
   * Begins to listen, as one of the servers that use the database.
   * @param first runs before, where no other server uses the database at the moment
   * @throws OktaMcpError store_unavailable
   */
  async begin(first: () => Promise<void>): Promise<void> {
    try {
      const connection = await this.#connect();
      const { client } = connection;
      const { rows } = await client.query(`select pg_try_advisory_lock(${SERVERS_LOCK}) as alone`);
      const isAlone = rows[0]?.alone === true;
      if (isAlone) await first();
      await share(client);
      if (isAlone) await client.query(`select pg_advisory_unlock(${SERVERS_LOCK})`);
      this.#keep(connection);
    } catch (error) {
      await this.end();
      throw postgresFault(error, this.#place) ?? error;
    }
  }

  /** Stops listening. */
  async end(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#beat);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
    await this.#reconnecting;
  }

  override async publish(news: News): Promise<void> {
    this.tell(news);
    try {
      const client = await this.#options.pool.connect();
      try {
        await client.query("select pg_notify($1, $2)", [CHANNEL, this.#payloadOf(news)]);
      } finally {
        client.release();
      }
    } catch (error) {
      this.#options.log.warn("other servers were not told; they find out by themselves", { about: news.about, error });
    }
  }

  #payloadOf({ about, id }: News): string {
    const payload = JSON.stringify({ from: this.#self, about, id });
    // The id of a client can be a long address.
    return Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES ? payload : JSON.stringify({ from: this.#self, ...LOST });
  }

  async #connect(): Promise<Connection> {
    const client = new pg.Client(connectionOptions(this.#options.settings));
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    // Its end is noticed below; without a listener it would end the process.
    client.on("error", () => {});
    this.#client = client;
    await client.connect();
    client.on("notification", ({ channel, payload = "" }) => {
      if (channel === CHANNEL) this.#take(payload);
    });
    await client.query(`listen ${CHANNEL}`);
    return { client, ended };
  }

  #take(payload: string): void {
    const told = parsed(payload);
    if (told === undefined || told.from === this.#self) return;
    const { about, id } = told;
    this.tell({ about, id });
  }

  /** Watches a connection, and makes a new one when it ends. */
  #keep({ client, ended }: Connection): void {
    clearInterval(this.#beat);
    // A query that is not answered in time says that the connection is gone.
    const beat = () => void client.query("select 1").catch(() => client.end().catch(() => {}));
    this.#beat = setInterval(beat, BEAT_MS).unref();
    void ended.then(() => {
      clearInterval(this.#beat);
      if (!this.#stop.signal.aborted) this.#reconnecting = this.#reconnect();
    });
  }

  async #reconnect(): Promise<void> {
    const { sleep, random, log } = this.#options;
    const { signal } = this.#stop;
    log.warn("the connection for news of other servers has ended; it is made anew", {});
    for (let repetition = 0; !signal.aborted; repetition += 1) {
      await sleep(backoffMs(RECONNECT, repetition, random), signal).catch(() => {});
      if (signal.aborted) return;
      try {
        const connection = await this.#connect();
        await share(connection.client);
        this.#keep(connection);
        this.tell(LOST);
        return;
      } catch {
        await this.#client?.end().catch(() => {});
      }
    }
  }
}

async function share(client: pg.Client): Promise<void> {
  await client.query(`select pg_advisory_lock_shared(${SERVERS_LOCK})`);
}

const ABOUT: ReadonlySet<unknown> = new Set<News["about"]>(["person", "client", "roles", "all"]);

/** What a payload tells. Whoever may use the database can send one, so everything about it is looked at. */
function parsed(payload: string): (News & { from: unknown }) | undefined {
  try {
    const { from, about, id } = Object(JSON.parse(payload));
    return ABOUT.has(about) && typeof id === "string" ? { from, about, id } : undefined;
  } catch {
    return undefined;
  }
}
