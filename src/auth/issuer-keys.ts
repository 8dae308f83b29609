import {
  type CompactJWSHeaderParameters,
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
} from "jose";
import type { Log } from "../log.js";
import { exchange } from "../net/exchange.js";
import type { SendHttp } from "../net/http-client.js";
import type { ServerClock } from "../net/server-clock.js";
import { CannotTell } from "./cannot-tell.js";

export interface IssuerKeysOptions {
  /** The address of the keys. */
  url: URL;
  fetch: SendHttp;
  /** The issuer's clock. */
  clock: ServerClock;
  log: Log;
}

type KeySet = (header: CompactJWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** Keys of this age are fetched anew, while those at hand go on. */
const MAX_AGE_MS = 10 * 60_000;
/** Keys of this age are not used any more: nobody knows what has become of them. */
const LAST_AGE_MS = 24 * 3_600_000;
/** The least time between two fetches, whatever the ids of the keys that tokens name. */
const COOL_DOWN_MS = 30_000;
/** The least time between a fetch that failed and the next, while there are no keys at all. */
const PAUSE_MS = 2_000;
const TIME_LIMIT_MS = 5_000;
/** The longest answer. That of Okta has a few thousand bytes. */
const MAX_BYTES = 262_144;

/**
 * The public keys of an issuer (RFC 7517). They are fetched when they are needed, by one request at a time. Keys that are
 * at hand go on during an outage. The library chooses among them; it would fetch them too, but at every request while
 * the issuer is down.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #keys: KeySet | undefined;
  /** Times of this machine, in epoch milliseconds. */
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<boolean> | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /**
   * The key that a token says it is signed with.
   * @throws CannotTell where the keys cannot be had, JWKSNoMatchingKey where there is no such key
   */
  readonly keyFor = async (header: CompactJWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    const keys = await this.#present();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // A new key may be in use already. Another request may be fetching it, or have fetched it meanwhile.
      if (keys === this.#keys) {
        if (this.#loading === undefined && this.#sinceMs(this.#triedAtMs) < COOL_DOWN_MS) throw error;
        if (!(await this.#load())) throw cannotTell();
      }
      return (await this.#present())(header, token);
    }
  };

  async #present(): Promise<KeySet> {
    const ageMs = this.#sinceMs(this.#fetchedAtMs);
    if (this.#keys !== undefined && ageMs < LAST_AGE_MS) {
      if (ageMs >= MAX_AGE_MS && this.#sinceMs(this.#triedAtMs) >= COOL_DOWN_MS) void this.#load();
      return this.#keys;
    }
    if (this.#loading === undefined && this.#sinceMs(this.#triedAtMs) < PAUSE_MS) throw cannotTell();
    if (!(await this.#load()) || this.#keys === undefined) throw cannotTell();
    return this.#keys;
  }

  /** Fetches the keys. False where they could not be had; those at hand stay. Never rejects. */
  #load(): Promise<boolean> {
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetch(): Promise<boolean> {
    const { url, fetch, clock, log } = this.#options;
    this.#triedAtMs = clock.localNow();
    try {
      const { response, text } = await exchange(
        { method: "GET", url, headers: { accept: "application/json" } },
        { fetch, clock, signal: undefined, timeLimitMs: TIME_LIMIT_MS, maxBytes: MAX_BYTES, what: "Fetching keys" },
      );
      if (response.status !== 200) throw new Error(`The answer has the status ${response.status}.`);
      const set = JSON.parse(text) as { keys: unknown[] };
      const keys = createLocalJWKSet(set as Parameters<typeof createLocalJWKSet>[0]);
      if (set.keys.length === 0) throw new Error("There is no key in the answer.");
      this.#keys = keys;
      this.#fetchedAtMs = clock.localNow();
      return true;
    } catch (error) {
      log.warn("The keys of the authorization server cannot be fetched.", { url: url.href, error });
      return false;
    }
  }

  #sinceMs(timeMs: number): number {
    return this.#options.clock.localNow() - timeMs;
  }
}

function cannotTell(): CannotTell {
  return new CannotTell("The keys of the authorization server cannot be had at the moment.", PAUSE_MS / 1000);
}
