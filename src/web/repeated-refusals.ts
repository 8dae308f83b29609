import { countedAddress } from "../issuer/address-limits.js";
import type { AuditEvent } from "../store/audit.js";
import { RecentlyUsed } from "./recently-used.js";

/** The most refusals whose last entry is known. Beyond that there may be more entries. */
const MOST = 1_000;
const IDLE_MS = 2 * 60 * 60_000;
/** The time in which refusals on pages, for one reason and of one person or address, get one entry. */
const PAGE_EVERY_MS = 60_000;
/** The most entries of strangers for one reason within that time, since addresses are cheap. */
const STRANGERS_AT_MOST = 20;

interface Repeated {
  beganAtMs: number;
  written: number;
  /** The refusals since the last entry. */
  leftOut: number;
}

/** The refusals that were left out, as an entry tells them. */
interface LeftOut {
  others_since_the_last_entry?: number;
}

/**
 * Decides which refusals get an entry in the record. Whoever is refused again and again makes few entries, so that a
 * stranger cannot fill the disk; each entry tells how many there were.
 */
export class RepeatedRefusals {
  readonly #recent: RecentlyUsed<Repeated>;
  readonly #now: () => number;

  /** @param options.now epoch milliseconds */
  constructor({ now }: { now(): number }) {
    this.#now = now;
    this.#recent = new RecentlyUsed({ most: MOST, idleMs: IDLE_MS, now });
  }

  /**
   * Takes one refusal.
   * @param key what counts as the same
   * @param everyMs the time in which so many get an entry
   * @returns what to add to the entry; undefined where it gets none
   */
  take(key: string, everyMs: number, atMost = 1): LeftOut | undefined {
    const never = (): Repeated => ({ beganAtMs: Number.NEGATIVE_INFINITY, written: 0, leftOut: 0 });
    const known = this.#recent.of(key, () => true, never);
    if (this.#now() - known.beganAtMs >= everyMs) Object.assign(known, { beganAtMs: this.#now(), written: 0 });
    if (known.written >= atMost) {
      known.leftOut += 1;
      return undefined;
    }
    const { leftOut } = known;
    Object.assign(known, { written: known.written + 1, leftOut: 0 });
    return leftOut > 0 ? { others_since_the_last_entry: leftOut } : {};
  }

  /** An event of a page as it goes on record; undefined where it does not. Whatever is no refusal does. */
  onPage(event: AuditEvent): AuditEvent | undefined {
    const { outcome, action, actor, ip = "", detail } = event;
    if (outcome !== "refused") return event;
    const reason = `${action} ${typeof detail?.code === "string" ? detail.code : ""}`;
    const own = this.take(`${reason} ${actor ?? countedAddress(ip)}`, PAGE_EVERY_MS);
    const all = own && (actor === undefined ? this.take(reason, PAGE_EVERY_MS, STRANGERS_AT_MOST) : {});
    return all && { ...event, detail: { ...detail, ...own, ...all } };
  }
}
