import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { canonical } from "../json/json.js";

/** The life of a seal. */
export const SEAL_LIFETIME_MS = 5 * 60_000;

/** Where a seal comes from: what it was given out for, and to whom. */
export interface Origin {
  /** A value that a client gives back for itself, or what it brings before a person: a question, a link, its roots. */
  use: "value" | "question" | "link" | "roots";
  /** On whose behalf the call is made, as `Operator.agreeing` has it; undefined before anybody is signed in. */
  principal: string | undefined;
}

/** The subject of a seal. If any part of it differs later, the seal does not count. */
export interface Subject extends Origin {
  tool: string;
  /** The tool's own arguments. */
  args: Readonly<Record<string, unknown>>;
  /** The state of the target that somebody agrees to. */
  state: unknown;
}

/**
 * Keeps the key of seals, and which seals were used. Processes that share a store take each other's seals; a store of
 * several processes claims in one step, so that a seal counts once among all of them.
 */
export interface SealStore {
  /** The keys of seals. The first seals, and each counts for as long as seals of it are open. */
  keys(): Promise<readonly Uint8Array[]>;
  /**
   * Uses a seal up. True for the one who did, false for everybody who comes later. What has ended may be dropped.
   * @param endsAtMs the end of the seal in epoch milliseconds
   */
  claim(nonce: string, endsAtMs: number, nowMs: number): Promise<boolean>;
}

/** The used seals of one process, gone with it. */
export class MemorySealStore implements SealStore {
  readonly #key = randomBytes(32);
  readonly #used = new Map<string, number>();

  async keys(): Promise<readonly Uint8Array[]> {
    return [this.#key];
  }

  async claim(nonce: string, endsAtMs: number, nowMs: number): Promise<boolean> {
    for (const [used, usedEndsAtMs] of this.#used) if (usedEndsAtMs <= nowMs) this.#used.delete(used);
    if (this.#used.has(nonce)) return false;
    this.#used.set(nonce, endsAtMs);
    return true;
  }
}

/**
 * The reasons why a text does not count as the seal of a subject: it was made up, or given out for another use or
 * another principal; it is too old; it was given out for another call, or for another state of its target; or it was
 * used before.
 */
export type Unfit = "unknown" | "expired" | "another_call" | "another_state" | "used";

const NONCE_BYTES = 12;
const TIME_BYTES = 6;
const HEAD_BYTES = NONCE_BYTES + TIME_BYTES;
const TAG_BYTES = 16;

/** A text that was taken apart: who gave it out is not checked yet. */
interface Taken {
  head: Buffer;
  nonce: string;
  endsAtMs: number;
  origin: Buffer;
  call: Buffer;
  state: Buffer;
}

/** The parts of a text; undefined where it has not the form of a seal. */
function takeApart(text: string): Taken | undefined {
  const bytes = Buffer.from(text, "base64url");
  // Several texts stand for the same bytes. Only the one that was given out counts.
  if (bytes.length !== HEAD_BYTES + 3 * TAG_BYTES || bytes.toString("base64url") !== text) return undefined;
  const tag = (place: number) => {
    const from = HEAD_BYTES + place * TAG_BYTES;
    return bytes.subarray(from, from + TAG_BYTES);
  };
  return {
    head: bytes.subarray(0, HEAD_BYTES),
    nonce: bytes.subarray(0, NONCE_BYTES).toString("base64url"),
    endsAtMs: bytes.readUIntBE(NONCE_BYTES, TIME_BYTES),
    origin: tag(0),
    call: tag(1),
    state: tag(2),
  };
}

/**
 * Gives out texts that stand for a call and the state of its target, and takes each back once. Each part of the subject
 * is sealed on its own, together with the random number and the end of the text, so that a text can neither be made up
 * nor be changed nor be put together from others, and the part that differs is known.
 */
export class Seals {
  readonly #store: SealStore;
  readonly #now: () => number;

  constructor(store: SealStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** A new text for a subject. */
  async issue(subject: Subject): Promise<string> {
    const head = Buffer.concat([randomBytes(NONCE_BYTES), Buffer.alloc(TIME_BYTES)]);
    head.writeUIntBE(this.#now() + SEAL_LIFETIME_MS, NONCE_BYTES, TIME_BYTES);
    const [key] = await this.#store.keys();
    if (key === undefined) throw new TypeError("a store of seals has a key");
    const { call, state } = tagsOf(key, head, subject);
    const origin = originTag(key, { head, call, state }, subject);
    return Buffer.concat([head, origin, call, state]).toString("base64url");
  }

  /** True for a text that was given out for one of these origins, whatever its call and however old it is. */
  async stems(text: string, origins: readonly Origin[]): Promise<boolean> {
    const taken = takeApart(text);
    if (taken === undefined) return false;
    const keys = await this.#store.keys();
    return origins.some((origin) => sealingKey(keys, taken, origin) !== undefined);
  }

  /** The milliseconds since a text was given out. */
  ageMs(text: string): number {
    return this.#now() - ((takeApart(text)?.endsAtMs ?? 0) - SEAL_LIFETIME_MS);
  }

  /**
   * The reason why a text does not count for a subject; undefined when it counts. Only a text that counts is used up. A
   * made-up text, or one for another call, leaves the good one as it is.
   */
  async redeem(text: string, subject: Subject): Promise<Unfit | undefined> {
    const taken = takeApart(text);
    if (taken === undefined) return "unknown";
    const key = sealingKey(await this.#store.keys(), taken, subject);
    if (key === undefined) return "unknown";
    const { call, state } = tagsOf(key, taken.head, subject);
    const nowMs = this.#now();
    if (taken.endsAtMs <= nowMs) return "expired";
    if (!timingSafeEqual(call, taken.call)) return "another_call";
    if (!timingSafeEqual(state, taken.state)) return "another_state";
    return (await this.#store.claim(taken.nonce, taken.endsAtMs, nowMs)) ? undefined : "used";
  }
}

/** The key with which a text was sealed for an origin; undefined where none of them did. */
function sealingKey(keys: readonly Uint8Array[], taken: Taken, origin: Origin): Uint8Array | undefined {
  return keys.find((key) => timingSafeEqual(originTag(key, taken, origin), taken.origin));
}

function tagsOf(key: Uint8Array, head: Buffer, { tool, args, state }: Subject): Pick<Taken, "call" | "state"> {
  return { call: tagOf(key, head, "call", { tool, args }), state: tagOf(key, head, "state", state ?? null) };
}

/** It seals the other tags as well, so that no part of a text can be changed. */
function originTag(
  key: Uint8Array,
  { head, call, state }: Pick<Taken, "head" | "call" | "state">,
  { use, principal }: Origin,
): Buffer {
  return tagOf(key, Buffer.concat([head, call, state]), "origin", { use, principal: principal ?? null });
}

function tagOf(key: Uint8Array, bytes: Buffer, part: "origin" | "call" | "state", value: unknown): Buffer {
  const hmac = createHmac("sha256", key);
  return hmac
    .update(bytes)
    .update(`${part} ${canonical(value)}`)
    .digest()
    .subarray(0, TAG_BYTES);
}
