import type { Log } from "../log.js";
import type { AuditEvent } from "../store/audit.js";
import type { Observer } from "../watch/observer.js";
import { RepeatedRefusals } from "./repeated-refusals.js";

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

/**
 * Keeps refusals at /mcp on record. Whoever sends one bad token after the other makes few entries, so that a stranger
 * cannot fill the disk; each entry tells how many there were.
 */
export class RefusalRecord {
  readonly #options: RefusalRecordOptions;
  readonly #repeated: RepeatedRefusals;

  constructor(options: RefusalRecordOptions) {
    this.#options = options;
    this.#repeated = new RepeatedRefusals(options);
  }

  /** Notes a refusal. The answer does not wait for it. */
  note({ why, person, client, requestId, ip }: RefusedRequest): void {
    const { audit, observer, log } = this.#options;
    observer.note({ kind: "auth_failure", reason: why });
    const everyMs = person === undefined ? STRANGERS_EVERY_MS : PERSON_EVERY_MS;
    const others = this.#repeated.take(`${why} ${person ?? ""}`, everyMs);
    if (others === undefined) return;
    const detail = { why, ...others };
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
