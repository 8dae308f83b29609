import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import type { DataKey } from "./data-keys.js";
import type { KeyHolder, KeyRegistry, RegisteredKey } from "./key-registry.js";
import { fingerprintOf, type Vault } from "./vault.js";

/** How a set of keys differs from those that a database is used with, by fingerprints. */
export interface KeyChange {
  /** Keys that are new. */
  added: readonly string[];
  /** Keys that the set lacks, so that nothing can be read that they have encrypted. */
  gone: readonly string[];
}

/** A set of data keys, as a file has it. */
export interface KeySet {
  keys: readonly DataKey[];
  /** The file, for messages. */
  file: string;
}

export interface KeyRingOptions {
  registry: KeyRegistry;
  /** The database in words. */
  place: string;
  /** Reads the keys anew. @throws OktaMcpError bad_config */
  read(): Promise<KeySet>;
  log: Pick<Log, "warn" | "error">;
}

const START_OVER = "Where it is lost for good, run: okta-mcp serve keys start-over";

/**
 * The data keys of one instance. All instances read with all keys of their files. Each encrypts with the first key of
 * its file that every running instance has, so that a new file may reach them in any order.
 */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #vault: Vault;
  /** Names this instance to whoever looks at the keys. */
  readonly instance = `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`;
  readonly #listeners = new Set<() => Promise<void>>();
  #set: KeySet;
  #hasBegun = false;
  /** The ids of keys that others encrypt with, and that this instance was in need of. */
  readonly #missed = new Set<string>();

  constructor(options: KeyRingOptions, vault: Vault, set: KeySet) {
    this.#options = options;
    this.#vault = vault;
    this.#set = set;
  }

  /** The keys in the order of the file. */
  get keys(): readonly DataKey[] {
    return this.#set.keys;
  }

  /** The key that this instance encrypts with. */
  get first(): DataKey {
    return firstOf(this.#vault.keys);
  }

  /** The file of the keys. */
  get file(): string {
    return this.#set.file;
  }

  /** What the database says of the keys of all. */
  get registry(): KeyRegistry {
    return this.#options.registry;
  }

  /** The keys that the database knows, and the instances that run. */
  async state(): Promise<{ registered: RegisteredKey[]; holders: KeyHolder[] }> {
    const { registry } = this.#options;
    const [registered, holders] = await Promise.all([registry.all(), registry.holders()]);
    return { registered, holders };
  }

  /** Begins to take part: writes the keys down, and says that this instance runs. */
  async begin(): Promise<void> {
    this.#hasBegun = true;
    await this.#options.registry.add(this.#set.keys);
    await this.#settle();
  }

  /** Has a listener called after each look at the keys, whatever came of it. @returns the way to stop it */
  onRefresh(listener: () => Promise<void>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Reads the file anew, says that this instance runs, and agrees with the others on the key to encrypt with. A file
   * that cannot be used changes nothing, and is told of.
   */
  async refresh(): Promise<void> {
    await this.#readAnew();
    await this.#settle();
    await Promise.all([...this.#listeners].map((listener) => listener()));
  }

  /** @throws OktaMcpError store_unavailable while others encrypt with a key that this instance lacks */
  async requireAll(): Promise<void> {
    for (const id of this.#missed) if (this.#vault.keys.some((key) => key.id === id)) this.#missed.delete(id);
    const [missed] = this.#missed;
    if (missed !== undefined) throw this.#missing(missed);
    const lacking = await this.#lacking();
    if (lacking !== undefined) throw this.#missing(lacking.id || lacking.fingerprint);
  }

  /** The error for a value that others can read; undefined for a key that the database was never used with. */
  async missingKey(id: string): Promise<Error | undefined> {
    if (!(await this.#options.registry.hasId(id))) return undefined;
    this.#missed.add(id);
    return this.#missing(id);
  }

  /** Ends taking part. */
  async end(): Promise<void> {
    if (!this.#hasBegun) return;
    this.#hasBegun = false;
    await this.#options.registry.leave(this.instance);
  }

  async #readAnew(): Promise<void> {
    const { registry, place, read, log } = this.#options;
    try {
      const next = await read();
      const known = this.#set.keys.map(fingerprintOf).join(" ");
      if (next.keys.map(fingerprintOf).join(" ") === known) return;
      refuseOthers(next, await registry.all(), place);
      await registry.add(next.keys);
      this.#set = next;
    } catch (error) {
      log.error("the data keys were not read anew, and the old ones stay", { error });
    }
  }

  /** Chooses the key to encrypt with, and tells the others. */
  async #settle(): Promise<void> {
    const { registry } = this.#options;
    const { keys } = this.#set;
    const others = (await registry.holders()).filter(({ instance }) => instance !== this.instance);
    const first = commonKey(keys, others, await registry.all());
    this.#vault.take([first, ...keys.filter((key) => key !== first)]);
    await registry.hold(this.instance, keys.map(fingerprintOf), fingerprintOf(first));
  }

  /** A key that a running instance encrypts with, and this one lacks. */
  async #lacking(): Promise<RegisteredKey | undefined> {
    const { registry } = this.#options;
    const own = new Set(this.#set.keys.map(fingerprintOf));
    const inUse = new Set((await registry.holders()).map(({ encryptsWith }) => encryptsWith));
    return (await registry.all()).find(({ fingerprint }) => inUse.has(fingerprint) && !own.has(fingerprint));
  }

  #missing(id: string): OktaMcpError {
    const { place } = this.#options;
    return new OktaMcpError("store_unavailable", "This instance lacks a key that other instances of it have.", {
      fix: "Try again in a minute; if it goes on, tell whoever runs this server.",
      atTerminal: {
        message: `${place} has values that were encrypted with the data key ${id}, which ${this.#set.file} lacks.`,
        fix: "Give this instance the same file of data keys as the others; it is read anew within half a minute, and at SIGHUP.",
      },
      data: { reason: "missing_key", key: id },
      namesNoObject: true,
    });
  }
}

function firstOf(keys: readonly DataKey[]): DataKey {
  const [first] = keys;
  if (first === undefined) throw new TypeError("a set of keys has a key");
  return first;
}

/** The first key of a file that all running instances have, and that was not given up. */
export function commonKey(
  keys: readonly DataKey[],
  holders: readonly KeyHolder[],
  registered: readonly RegisteredKey[],
): DataKey {
  const dropped = new Set(registered.flatMap((key) => (key.droppedAtMs === undefined ? [] : [key.fingerprint])));
  const usable = keys.filter((key) => !dropped.has(fingerprintOf(key)));
  const common = usable.find((key) => holders.every(({ fingerprints }) => fingerprints.includes(fingerprintOf(key))));
  return common ?? usable[0] ?? firstOf(keys);
}

/** How a set of keys differs from those that a database is used with. */
export function changeOf({ keys }: KeySet, registered: readonly RegisteredKey[]): KeyChange {
  const given = keys.map(fingerprintOf);
  const known = registered.filter(({ droppedAtMs }) => droppedAtMs === undefined);
  return {
    added: known.length === 0 ? [] : given.filter((one) => !registered.some(({ fingerprint }) => fingerprint === one)),
    gone: known.flatMap(({ fingerprint }) => (given.includes(fingerprint) ? [] : [fingerprint])),
  };
}

/** @throws OktaMcpError bad_config for keys of which a database knows none */
export function refuseStrangers({ keys, file }: KeySet, registered: readonly RegisteredKey[], place: string): void {
  const known = registered.filter(({ droppedAtMs }) => droppedAtMs === undefined).map((key) => key.fingerprint);
  const given = keys.map(fingerprintOf);
  if (known.length === 0 || given.some((one) => known.includes(one))) return;
  throw new OktaMcpError("bad_config", `${place} was written with other data keys than those given in ${file}.`, {
    fix: `Give the keys with the fingerprints ${known.join(", ")}, from the backup of the keys; here are ${given.join(", ")}. A database without its keys is of no use but for its journal and audit. ${START_OVER}`,
    data: { expected: known, given },
  });
}

/** @throws OktaMcpError bad_config for keys among which one is missing that a database is used with */
export function refuseOthers(set: KeySet, registered: readonly RegisteredKey[], place: string): void {
  refuseStrangers(set, registered, place);
  const { gone } = changeOf(set, registered);
  if (gone.length === 0) return;
  const given = set.keys.map(fingerprintOf);
  throw new OktaMcpError(
    "bad_config",
    `${place} is used with data keys that ${set.file} lacks: ${gone.join(", ")}. It has ${given.join(", ")}.`,
    {
      fix: `All instances need the same keys: give this one the file of the others, or put the key back from the backup. To give a key up, run: okta-mcp serve keys drop. ${START_OVER}`,
      data: { missing: gone, given },
    },
  );
}
