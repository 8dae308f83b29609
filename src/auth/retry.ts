import { type Backoff, backoffMs } from "../net/backoff.js";
import { pause, type Sleep } from "../net/waiting.js";
import { OAuthFailure } from "./oauth-failure.js";

const BACKOFF: Backoff = { firstMs: 500, longestMs: 8000 };
const ATTEMPTS = 3;
/** Longer than this nobody waits inside a call; the answer then says how long Okta asks for. */
const LONGEST_WAIT_MS = 20_000;

/**
 * Repeats an exchange that may be repeated, a few times and soon, as long as what went wrong may
 * pass soon.
 * @throws what the last attempt threw
 */
export async function withRetries<T>(attempt: () => Promise<T>, sleep: Sleep, signal?: AbortSignal): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OAuthFailure) || !error.repeatable || made >= ATTEMPTS) throw error;
      const waitMs = error.retryAfterMs ?? backoffMs(BACKOFF, made - 1, Math.random);
      if (waitMs > LONGEST_WAIT_MS) throw error;
      await pause(waitMs, { sleep, signal }, "Waiting for Okta");
    }
  }
}
