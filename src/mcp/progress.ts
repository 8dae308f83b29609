import type { Extra } from "./client-questions.js";

/** How long a client hears nothing of a call that goes on: well under the 60 s after which most give up. */
const SIGN_OF_LIFE_MS = 15_000;

/** Calls `tick` again and again until the function that it returns is called. */
export type Every = (intervalMs: number, tick: () => void) => () => void;

/** The system's timer, which keeps no process alive. */
const every: Every = (intervalMs, tick) => {
  const timer = setInterval(tick, intervalMs).unref();
  return () => clearInterval(timer);
};

/**
 * What a client is told while its call goes on (MCP, "Progress"): each step as it happens, and every
 * 15 seconds what the call is at, so that a client whose patience begins anew with each notification
 * waits for a person, a sign-in or a rate limit as long as it takes.
 */
export class ProgressReport {
  readonly #send: (progress: number, message: string) => void;
  readonly #stop: () => void;
  /** Has to increase with each notification. */
  #count = 0;
  #message = "Working";

  /** @param send sends one notification */
  constructor(send: (progress: number, message: string) => void, repeat: Every = every) {
    this.#send = send;
    this.#stop = repeat(SIGN_OF_LIFE_MS, () => this.say(this.#message));
  }

  /** Tells a step at once. */
  say(message: string): void {
    this.#message = message;
    this.#count += 1;
    this.#send(this.#count, message);
  }

  /** What the signs of life say until a promise is settled. */
  async waiting<T>(what: string, until: Promise<T>): Promise<T> {
    const before = this.#message;
    this.#message = what;
    try {
      return await until;
    } finally {
      this.#message = before;
    }
  }

  /** The call is over. */
  end(): void {
    this.#stop();
  }
}

/** A report on a call for a client that asked for one with a token; undefined for every other. */
export function progressOf({ _meta, signal, sendNotification }: Extra, every?: Every): ProgressReport | undefined {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  const send = (progress: number, message: string) => {
    if (signal.aborted) return;
    const params = { progressToken, progress, message };
    sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  };
  return new ProgressReport(send, every);
}
