import type { Session } from "../auth/session.js";
import type { LazyInvoker } from "../call/lazy-invoker.js";
import type { Log } from "../log.js";

export interface LoadAheadOptions {
  session: Pick<Session, "restore">;
  calls: LazyInvoker;
  log: Pick<Log, "debug" | "warn">;
  /** Loads further parts for the first call. */
  warmUp?: (() => Promise<unknown>) | undefined;
}

/** Restores an earlier sign-in and loads the parts for calls while the client is busy. */
export class LoadAhead {
  readonly #options: LoadAheadOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoadAheadOptions) {
    this.#options = options;
  }

  /** Begins after a while. It replaces an earlier plan. */
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
      // Requests that came in meanwhile go first.
      await new Promise(setImmediate);
      await warmUp?.();
    } catch (error) {
      log.warn("could not load ahead what calls need", { error });
    }
  }
}
