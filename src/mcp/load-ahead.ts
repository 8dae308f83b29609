import type { Session } from "../auth/session.js";
import type { LazyInvoker } from "../call/lazy-invoker.js";
import type { Log } from "../log.js";

export interface LoadAheadOptions {
  session: Pick<Session, "restore">;
  calls: LazyInvoker;
  log: Pick<Log, "debug" | "warn">;
  /** Loads what the first call needs besides. */
  warmUp?: (() => Promise<unknown>) | undefined;
}

/** Restores an earlier sign-in and loads what calls need while the client is busy with something else. */
export class LoadAhead {
  readonly #options: LoadAheadOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoadAheadOptions) {
    this.#options = options;
  }

  /** Begins after a while; an earlier plan gives way to this one. */
  after(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), waitMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Never rejects. */
  async #load(): Promise<void> {
    const { session, calls, log, warmUp } = this.#options;
    session.restore().catch((error: unknown) => log.debug("restore failed", { error }));
    try {
      await calls.ready();
      // What has come in meanwhile is not kept waiting for the rest.
      await new Promise(setImmediate);
      await warmUp?.();
    } catch (error) {
      log.warn("could not load ahead what calls need", { error });
    }
  }
}
