import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { canonical } from "../json/json.js";

/** The life of a seal. */
export const SEAL_LIFETIME_MS = 5 * 60_000;

/** The subject of a seal. If any part of it differs later, the seal does not count. */
export interface Subject {
  /** A value that a client gives back for itself, or the question or link that it brings before a person. */
  use: "value" | "question" | "link";
  /** On whose behalf the call is made, as `Operator.agreeing` has it; undefined before anybody is signed in. */
  principal: string | undefined;
  tool: string;
  /** The tool's own arguments. */
  args: Readonly<Record<string, unknown>>;
  /** The state of the target that somebody agrees to. */
  state: unknown;
}

/** A seal that was given out and not used. */
export interface OpenSeal {
  /** Epoch milliseconds. */
  endsAtMs: number;
  /** The digest of the call that it is for. */
  call: string;
  /** The digest of the target's state. */
  state: string;
}

/**
 * Keeps seals until they are used or end. Processes that share a store take each other's seals; a store of several
 * processes redeems in one step, so that a seal counts once among all of them.
 */
export interface SealStore {
  /** The key with which texts are sealed. It stays the same as long as seals are open. */
  key(): Promise<Uint8Array>;
  /** Keeps a new seal under its nonce. What has ended may be dropped with it. */
  issue(nonce: string, seal: OpenSeal, nowMs: number): Promise<void>;
  find(nonce: string): Promise<OpenSeal | undefined>;
  /** Uses a seal up. True for the one who did, false for everybody who comes later. */
  redeem(nonce: string): Promise<boolean>;
}

/** The seals of one process, gone with it. */
export class MemorySealStore implements SealStore {
  readonly #key = randomBytes(32);
  readonly #open = new Map<string, OpenSeal>();

  async key(): Promise<Uint8Array> {
    return this.#key;
  }

  async issue(nonce: string, seal: OpenSeal, nowMs: number): Promise<void> {
    for (const [known, { endsAtMs }] of this.#open) if (endsAtMs <= nowMs) this.#open.delete(known);
    this.#open.set(nonce, seal);
  }

  async find(nonce: string): Promise<OpenSeal | undefined> {
    return this.#open.get(nonce);
  }

  async redeem(nonce: string): Promise<boolean> {
    return this.#open.delete(nonce);
  }
}

/**
 * The reasons why a text does not count as the seal of a subject: it was made up or used before, it is too old, or it
 * was given out for another subject.
 */
export type Unfit = "unknown" | "expired" | "another_call" | "another_state";

function digest(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("base64url");
}

function digests({ state, ...call }: Subject): Pick<OpenSeal, "call" | "state"> {
  return { call: digest({ ...call, principal: call.principal ?? null }), state: digest(state ?? null) };
}

/**
 * Gives out texts that stand for a call and the state of its target, and takes each back once. A text is sealed with a
 * key that nobody outside has, so that it can neither be made up nor moved to another call.
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
    const nowMs = this.#now();
    const nonce = randomBytes(9).toString("base64url");
    const seal = { endsAtMs: nowMs + SEAL_LIFETIME_MS, ...digests(subject) };
    await this.#store.issue(nonce, seal, nowMs);
    return this.#text(nonce, seal);
  }

  /**
   * The reason why a text does not count for a subject; undefined when it counts. Only a text that counts is used up. A
   * made-up text, or one for another call, leaves the good one as it is.
   */
  async redeem(text: string, subject: Subject): Promise<Unfit | undefined> {
    const [nonce = ""] = text.split(".", 1);
    const open = await this.#store.find(nonce);
    if (open === undefined) return "unknown";
    // The texts are compared, since several texts stand for the same bytes.
    const [given, expected] = [Buffer.from(text), Buffer.from(await this.#text(nonce, open))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "unknown";
    if (open.endsAtMs <= this.#now()) return "expired";
    const { call, state } = digests(subject);
    if (open.call !== call) return "another_call";
    if (open.state !== state) return "another_state";
    return (await this.#store.redeem(nonce)) ? undefined : "unknown";
  }

  async #text(nonce: string, { endsAtMs, call, state }: OpenSeal): Promise<string> {
    const key = await this.#store.key();
    const seal = createHmac("sha256", key).update(`${nonce}.${endsAtMs}.${call}.${state}`).digest("base64url");
    return `${nonce}.${seal}`;
  }
}
