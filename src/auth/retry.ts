import { OAuthFailure } from "./oauth-failure.js";
import { cancelled, type Sleep } from "./waiting.js";

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 500;
/** Longer than this nobody waits inside a call; the answer then says how long Okta asks for. */
const LONGEST_WAIT_MS = 20_000;

/**
 * Repeats an exchange that may be repeated, a few times and soon, as long as what went wrong may
 * pass. A request that used up its time limit is not repeated: too much time is gone already.
 * @throws what the last attempt threw
 */
export async function withRetries<T>(attempt: () => Promise<T>, sleep: Sleep, signal?: AbortSignal): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OAuthFailure) || !error.passing || error.timedOut || made >= ATTEMPTS) throw error;
      const waitMs = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (made - 1) * (0.5 + Math.random() / 2);
      if (waitMs > LONGEST_WAIT_MS) throw error;
      await pause(waitMs, sleep, signal);
    }
  }
}

/** Sleeps. @throws OktaMcpError cancelled */
export async function pause(ms: number, sleep: Sleep, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (error) {
    if (signal?.aborted) throw cancelled("Waiting for Okta");
    throw error;
  }
  if (signal?.aborted) throw cancelled("Waiting for Okta");
}
