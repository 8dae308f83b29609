import { OAuthFailure } from "../auth/oauth-failure.js";
import type { Sleep } from "../net/waiting.js";

export interface OktaTurnsOptions {
  sleep: Sleep;
  /** Epoch milliseconds. */
  now: () => number;
  /** From 0 to 1. */
  random?: () => number;
}

/** Those who waited for the same moment are spread over this time, so that they do not meet the limit together. */
const SPREAD_MS = 2_000;

/**
 * Has requests to Okta's OAuth endpoints wait for the end of a rate limit. A request that was refused with 429 did
 * nothing, so it is sent again; whoever comes meanwhile waits before the first attempt.
 */
export class OktaTurns {
  readonly #options: OktaTurnsOptions;
  /** When an endpoint takes requests again, by its path. */
  readonly #heldUntilMs = new Map<string, number>();

  constructor(options: OktaTurnsOptions) {
    this.#options = options;
  }

  /**
   * Makes a way to send that waits.
   * @param mostMs the longest wait of one request, in milliseconds
   * @throws OAuthFailure busy, where the limit lasts longer
   */
  around<Init, Answer>(
    send: (url: string, init: Init) => Promise<Answer>,
    mostMs: number,
    signal: AbortSignal | undefined,
  ): (url: string, init: Init) => Promise<Answer> {
    const { sleep, now, random = Math.random } = this.#options;
    return async (url, init) => {
      const { pathname } = new URL(url);
      const untilMs = now() + mostMs;
      for (;;) {
        const waitMs = (this.#heldUntilMs.get(pathname) ?? 0) - now();
        if (waitMs > 0) {
          if (now() + waitMs > untilMs) throw busy(waitMs);
          await sleep(waitMs + random() * SPREAD_MS, signal);
        }
        try {
          return await send(url, init);
        } catch (error) {
          const afterMs = error instanceof OAuthFailure && error.status === 429 ? error.retryAfterMs : undefined;
          if (afterMs === undefined) throw error;
          this.#heldUntilMs.set(pathname, now() + afterMs);
          if (now() + afterMs > untilMs) throw error;
        }
      }
    };
  }
}

function busy(retryAfterMs: number): OAuthFailure {
  return new OAuthFailure("busy", "Okta's rate limit is used up", { status: 429, retryAfterMs });
}
