import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { OktaMcpError } from "../errors/index.js";
import { ensurePrivateDir } from "./private-dir.js";

/** A holder shows this often that it is alive. */
const UPDATE_MS = 1_000;
/** A lock that nobody has touched for so long belongs to a process that was killed. */
const STALE_MS = 6_000;
/** Longer than any renewal takes. */
const GIVE_UP_MS = 60_000;
const POLL_MS = 60;

/**
 * Waits until no other process holds the lock `name` in the folder `dir`, and takes it. A lock
 * whose holder was killed is taken over after a few seconds.
 * @returns how to give it back; never rejects
 * @throws OktaMcpError okta_down when another process holds it for a minute; what the system says when locks cannot be made in `dir`
 */
export async function takeLock(dir: string, name: string): Promise<() => Promise<void>> {
  await ensurePrivateDir(dir);
  const path = join(dir, name);
  const giveUpAtMs = performance.now() + GIVE_UP_MS;
  for (;;) {
    try {
      const release = await lockfile.lock(path, {
        realpath: false,
        stale: STALE_MS,
        update: UPDATE_MS,
        // A lock lost while this process was asleep: the other one's result is read from the store.
        onCompromised: () => {},
      });
      return () => release().catch(() => {});
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
      if (performance.now() > giveUpAtMs) {
        throw new OktaMcpError(
          "okta_down",
          "Another okta-mcp process has been renewing the same sign-in for a minute.",
        );
      }
      await delay(POLL_MS * (0.5 + Math.random()));
    }
  }
}
