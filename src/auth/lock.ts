import fs from "node:fs";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { OktaMcpError } from "../errors/index.js";
import { Deadline, FILE_STEP_LIMIT_MS } from "../files/deadline.js";
import { ensurePrivateDir } from "../files/private-dir.js";
import { realSleep } from "../net/waiting.js";

/** The interval at which a holder shows that it is alive. */
const UPDATE_MS = 1_000;
/** The age of an untouched lock whose holder counts as killed. */
const STALE_MS = 6_000;
/** The longest wait for a lock. No renewal takes longer. */
const GIVE_UP_MS = 60_000;
const POLL_MS = 60;

/** The system's functions, except that removing a lock does nothing. */
const KEEPING = { ...fs, rmdir: (_path: string, done: (error: null) => void) => done(null) };

/** Measures the longest time for which this process stood still, stopped by a signal or asleep with its machine. */
class StopWatch {
  readonly #timer = setInterval(() => this.#look(), UPDATE_MS / 2).unref();
  #lastMs = Date.now();
  #longestMs = 0;

  #look(): void {
    const nowMs = Date.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  /** @returns the longest time in milliseconds */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#longestMs;
  }
}

/** Folders for locks. Each step there has a time limit. */
export class Locks {
  readonly #deadline: Deadline;

  /** @param stepLimitMs how long one step in the folder may take */
  constructor(stepLimitMs = FILE_STEP_LIMIT_MS) {
    this.#deadline = new Deadline(stepLimitMs);
  }

  /**
   * Waits until no other process holds the lock `name` in the folder `dir`, and takes it. It takes over the lock of a
   * killed holder after a few seconds.
   * @returns a function that gives the lock back; never rejects
   * @throws OktaMcpError okta_down when another process holds it for a minute; the system's error when locks cannot be
   * made in `dir`, or the folder does not answer in time
   */
  async take(dir: string, name: string): Promise<() => Promise<void>> {
    const path = join(dir, name);
    await this.#deadline.run(() => ensurePrivateDir(dir));
    const giveUpAtMs = performance.now() + GIVE_UP_MS;
    for (;;) {
      try {
        const release = await this.#lock(path);
        return () => this.#deadline.run(release).catch(() => {});
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
        if (performance.now() > giveUpAtMs) {
          throw new OktaMcpError(
            "okta_down",
            "Another okta-mcp process has been renewing the same sign-in for a minute.",
          );
        }
        await realSleep(POLL_MS * (0.5 + Math.random()));
      }
    }
  }

  async #lock(path: string): Promise<() => Promise<void>> {
    let isWanted = true;
    try {
      return await this.#deadline.run(async () => {
        const watch = new StopWatch();
        const unlock = await lockfile.lock(path, {
          realpath: false,
          stale: STALE_MS,
          update: UPDATE_MS,
          // The lock was lost while this process slept. The other process's result is read from the store.
          onCompromised: () => {},
        });
        const release = async () => {
          // After so long it may be another process's lock, so it is left to grow old.
          if (watch.stop() >= STALE_MS - UPDATE_MS) await lockfile.unlock(path, { realpath: false, fs: KEEPING });
          else await unlock();
        };
        // The folder answered too late: nobody here waits for the lock any more.
        if (!isWanted) await release();
        return release;
      });
    } catch (error) {
      isWanted = false;
      throw error;
    }
  }
}
