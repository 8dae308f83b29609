import { OktaMcpError } from "../errors/index.js";
import { type DataKey, dataKeySet, newDataKey } from "../store/data-keys.js";
import { replaceKeys, writeNewKeys } from "../store/key-files.js";
import type { KeyHolder, RegisteredKey } from "../store/key-registry.js";
import type { Store } from "../store/open-store.js";
import type { Rewrapped } from "../store/sealed-values.js";
import type { SigningKey } from "../store/signing-keys.js";
import { fingerprintOf } from "../store/vault.js";

/**
 * The time after its last use for which a data key cannot be given up, in milliseconds: sessions of browsers live for
 * half a day by cookies that it may have signed, and questions to people for minutes.
 */
export const DATA_KEY_GRACE_MS = (12 * 60 + 15) * 60_000;

/**
 * What a data key is at the moment: instances encrypt with it; it will, once all of them have it; it only reads; it is
 * not in the file; it was given up.
 */
export type DataKeyState = "encrypts" | "next" | "reads" | "missing" | "given_up";

/** A data key, for whoever runs the server. All times are those of RFC 3339. */
export interface ToldDataKey {
  id: string;
  fingerprint: string;
  state: DataKeyState;
  /** When a server first had it; absent where none has yet, or an older version did. */
  added_at?: string;
  last_encrypted_at?: string;
  /** The number of values that need it. */
  values: number;
}

/** A signing key, for whoever runs the server. */
export interface ToldSigningKey {
  id: string;
  state: SigningKey["state"];
  created_at: string;
  signs_at: string;
  ends_at?: string;
}

/** A running server, for whoever runs it. */
export interface ToldInstance {
  instance: string;
  encrypts_with: string;
  /** The ids of the keys of the file that it does not have yet. */
  lacks: string[];
}

export interface ToldKeys {
  file: string;
  data: ToldDataKey[];
  signing: ToldSigningKey[];
  instances: ToldInstance[];
}

const moment = (ms: number) => new Date(ms).toISOString();

/** All keys of a company's server: what each is for, how old it is, and what still needs it. */
export async function tellKeys(store: Store): Promise<ToldKeys> {
  const { keys: ring, sealed, signing } = store;
  const [registered, holders] = [await ring.registry.all(), await ring.registry.holders()];
  const inFile = ring.keys.map((key) => ({ id: key.id, fingerprint: fingerprintOf(key) }));
  const elsewhere = registered.filter(({ fingerprint }) => !inFile.some((key) => key.fingerprint === fingerprint));
  const data = [];
  for (const { id, fingerprint } of [...inFile, ...elsewhere]) {
    const known = registered.find((key) => key.fingerprint === fingerprint);
    const values = id === "" ? 0 : await sealed.needing({ id });
    // An old key that is given up and that nothing needs is no news.
    if (known?.droppedAtMs !== undefined && values === 0) continue;
    data.push({
      id,
      fingerprint,
      state: stateOf({ fingerprint, known, ring, holders }),
      ...(known !== undefined && known.addedAtMs > 0 && { added_at: moment(known.addedAtMs) }),
      ...(known?.encryptedAtMs && { last_encrypted_at: moment(known.encryptedAtMs) }),
      values,
    });
  }
  return {
    file: ring.file,
    data,
    signing: (await signing.list()).map(toldSigningKey),
    instances: holders.map(({ instance, fingerprints, encryptsWith }) => ({
      instance,
      encrypts_with: encryptsWith,
      lacks: inFile.filter(({ fingerprint }) => !fingerprints.includes(fingerprint)).map(({ id }) => id),
    })),
  };
}

interface StateParts {
  fingerprint: string;
  known: RegisteredKey | undefined;
  ring: Store["keys"];
  holders: readonly KeyHolder[];
}

function stateOf({ fingerprint, known, ring, holders }: StateParts): DataKeyState {
  if (known?.droppedAtMs !== undefined) return "given_up";
  const place = ring.keys.findIndex((key) => fingerprintOf(key) === fingerprint);
  if (place === -1) return "missing";
  const encrypts =
    holders.length === 0
      ? fingerprintOf(ring.first) === fingerprint
      : holders.some(({ encryptsWith }) => encryptsWith === fingerprint);
  if (encrypts) return "encrypts";
  return place === 0 ? "next" : "reads";
}

function toldSigningKey({ id, state, createdAtMs, signsAtMs, endsAtMs }: SigningKey): ToldSigningKey {
  return {
    id,
    state,
    created_at: moment(createdAtMs),
    signs_at: moment(signsAtMs),
    ...(endsAtMs !== undefined && { ends_at: moment(endsAtMs) }),
  };
}

/** @param out another file to write to, in place of the one that is in use */
async function write(store: Store, keys: readonly DataKey[], out: string | undefined): Promise<string> {
  const text = dataKeySet(keys);
  if (out === undefined) await replaceKeys(store.keys.file, text);
  else await writeNewKeys(out, text);
  return out ?? store.keys.file;
}

/**
 * Puts a new data key first. Running servers read with it as soon as they have the file, and encrypt with it once all of
 * them have.
 * @returns the key and the file that was written
 */
export async function rotateDataKey(
  store: Store,
  out: string | undefined,
): Promise<{ id: string; fingerprint: string; file: string }> {
  const key = newDataKey();
  const file = await write(store, [key, ...store.keys.keys], out);
  const fingerprint = fingerprintOf(key);
  await store.audit.add({ actor: "operator", action: "data_key_added", outcome: "done", target: fingerprint });
  return { id: key.id, fingerprint, file };
}

/** Publishes a new signing key. @param atOnce it signs at once, and what the others have signed counts no more */
export async function rotateSigningKey(store: Store, atOnce: boolean): Promise<ToldSigningKey> {
  const key = await store.signing.rotate({ atOnce });
  const detail = { at_once: atOnce };
  await store.audit.add({ actor: "operator", action: "signing_key_added", outcome: "done", target: key.id, detail });
  return toldSigningKey(key);
}

/**
 * Encrypts all values with the first key of the file, beside the running servers.
 * @throws OktaMcpError conflict while a running server does not have that key
 */
export async function rewrap(
  store: Store,
  signal: AbortSignal,
  onStep: (soFar: Rewrapped) => void,
): Promise<Rewrapped & { id: string }> {
  const [first] = store.keys.keys;
  const { id } = store.keys.first;
  if (first !== undefined && first.id !== id) {
    const late = (await store.keys.registry.holders())
      .filter(({ fingerprints }) => !fingerprints.includes(fingerprintOf(first)))
      .map(({ instance }) => instance);
    throw new OktaMcpError(
      "conflict",
      `The data key ${first.id} is not in use yet: it is missing at ${late.join(", ")}.`,
      {
        fix: "Give all instances the same file of data keys. They read it anew within half a minute, and at SIGHUP.",
      },
    );
  }
  return { ...(await store.sealed.rewrap(signal, onStep)), id };
}

export interface DropKeyOptions {
  /** The id or the fingerprint of the key. */
  key: string;
  out: string | undefined;
  /** True where cookies of browsers need not go on to count. */
  atOnce: boolean;
}

/**
 * Gives a data key up.
 * @returns the file that was written; undefined where the key was in none
 * @throws OktaMcpError bad_input for a key that nobody knows; conflict while something needs it
 */
export async function dropDataKey(
  store: Store,
  { key: name, out, atOnce }: DropKeyOptions,
  nowMs: number,
): Promise<{ id: string; fingerprint: string; file: string | undefined }> {
  const { keys: ring, sealed, audit } = store;
  const mine = ring.keys.find((key) => key.id === name || fingerprintOf(key) === name);
  const registered = (await ring.registry.all()).find(({ id, fingerprint }) => [id, fingerprint].includes(name));
  const key = mine === undefined ? registered : { id: mine.id, fingerprint: fingerprintOf(mine) };
  if (key === undefined) {
    throw new OktaMcpError("bad_input", "There is no data key with this id or fingerprint.", {
      fix: "List the keys: okta-mcp serve keys",
    });
  }
  const { id, fingerprint } = key;
  const refuse = (why: string, fix: string) =>
    new OktaMcpError("conflict", `The data key ${id} stays: ${why}.`, { fix });
  if (ring.keys[0]?.id === id) {
    throw refuse("values are encrypted with it", "Put another one first: okta-mcp serve keys rotate data");
  }
  const users = (await ring.registry.holders()).filter(({ encryptsWith }) => encryptsWith === fingerprint);
  if (users.length > 0) {
    throw refuse(
      `running servers encrypt with it (${users.map(({ instance }) => instance).join(", ")})`,
      "Wait half a minute and try again. A server that was killed counts for three minutes.",
    );
  }
  const values = id === "" ? 0 : await sealed.needing({ id });
  if (values > 0) {
    const hint = mine === undefined ? "Put it back into the file first, from the backup of the keys. Then" : "First";
    throw refuse(`${values} values need it`, `${hint} encrypt them anew: okta-mcp serve keys rewrap`);
  }
  const untilMs = (registered?.encryptedAtMs ?? 0) + DATA_KEY_GRACE_MS;
  if (nowMs < untilMs && !atOnce) {
    throw refuse(
      `cookies of browsers may count by it until ${moment(untilMs)}`,
      "Wait until then. With --now it is given up at once: people sign in again on the pages, and questions that wait for an answer are asked again.",
    );
  }
  await ring.registry.drop({ id, fingerprint });
  await audit.add({ actor: "operator", action: "data_key_dropped", outcome: "done", target: fingerprint });
  const others = ring.keys.filter((one) => one !== mine);
  return { id, fingerprint, file: mine && (await write(store, others, out)) };
}

/**
 * Gives up all that was encrypted with keys that are lost.
 * @param store opened to start over, while no server runs
 * @returns what was given up
 */
export async function startOver(store: Store): Promise<{ rows: number; lost: readonly string[] }> {
  const lost = store.keyChange.gone;
  const all = await store.keys.registry.all();
  const rows = await store.sealed.giveUpUnreadable();
  for (const { id, fingerprint } of all.filter((key) => lost.includes(key.fingerprint))) {
    await store.keys.registry.drop({ id, fingerprint });
  }
  const detail = { rows, lost };
  await store.audit.add({ actor: "operator", action: "keys_started_over", outcome: "done", detail });
  return { rows, lost };
}
