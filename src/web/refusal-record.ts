import type { Log } from "../log.js";
import type { AuditEvent } from "../store/audit.js";
import type { Observer } from "../watch/observer.js";
import { RecentlyUsed } from "./recently-used.js";

/**
 * A refusal at /mcp, or of a message that claims to be Okta's. `person` is known for somebody who has signed in and may
 * not call all the same.
 */
export interface RefusedRequest {
  why: "invalid_token" | "forbidden" | "no_role" | "no_scope" | (typeof SIGNALS)[number];
  person?: string;
  client?: string;
  requestId: string;
  /** The address from which it came. */
  ip: string;
}

/** The refusals of messages that claim to be Okta's. */
const SIGNALS = ["revocation_token", "event_hook_secret"] as const;

export interface RefusalRecordOptions {
  audit: { add(event: AuditEvent): Promise<void> };
  observer: Observer;
  log: Log;
  /** Epoch milliseconds. */
  now: () => number;
}

/** An entry for one person and reason is made once within this time. */
const PERSON_EVERY_MS = 60 * 60_000;
/** An entry for all strangers and one reason is made once within this time. */
const STRANGERS_EVERY_MS = 60_000;
/** The most persons whose last refusal is known. Beyond that there may be more entries, of people who have signed in. */
const MOST = 1_000;

interface Repeated {
  writtenAtMs: number;
  /** The refusals since then that have no entry of their own. */
  leftOut: number;
}

/**
 * Keeps refusals at /mcp on record. Whoever sends one bad token after the other makes few entries, so that a stranger
 * cannot fill the disk; each entry tells how many there were.
 */
export class RefusalRecord {
  readonly #options: RefusalRecordOptions;
  readonly #recent: RecentlyUsed<Repeated>;

  constructor(options: RefusalRecordOptions) {
    this.#options = options;
    this.#recent = new RecentlyUsed({ most: MOST, idleMs: 2 * PERSON_EVERY_MS, now: options.now });
  }

  /** Notes a refusal. The answer does not wait for it. */
  note({ why, person, client, requestId, ip }: RefusedRequest): void {
    const { audit, observer, log, now } = this.#options;
    observer.note({ kind: "auth_failure", reason: why });
    const everyMs = person === undefined ? STRANGERS_EVERY_MS : PERSON_EVERY_MS;
    const never = { writtenAtMs: Number.NEGATIVE_INFINITY, leftOut: 0 };
    const known = this.#recent.of(
      `${why} ${person ?? ""}`,
      () => true,
      () => ({ ...never }),
    );
    if (now() - known.writtenAtMs < everyMs) {
      known.leftOut += 1;
      return;
    }
    const detail = { why, ...(known.leftOut > 0 && { others_since_the_last_entry: known.leftOut }) };
    Object.assign(known, { writtenAtMs: now(), leftOut: 0 });
    const isSignal = (SIGNALS as readonly string[]).includes(why);
    log.warn(isSignal ? "messages that claim to be Okta's are refused" : "requests to /mcp are refused", detail);
    audit
      .add({
        actor: person,
        client,
        action: isSignal ? "okta_signal" : "call",
        outcome: "refused",
        requestId,
        ip,
        detail,
      })
      .catch((error: unknown) => log.error("a refusal was not put on record", { error }));
  }
}
