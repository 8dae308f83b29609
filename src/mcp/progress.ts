/** The longest silence during a call. Most clients give up after 60 s. */
const SIGN_OF_LIFE_MS = 15_000;

/** Calls `tick` at intervals until the returned function is called. */
export type Every = (intervalMs: number, tick: () => void) => () => void;

/** The system's timer. It does not keep the process alive. */
const every: Every = (intervalMs, tick) => {
  const timer = setInterval(tick, intervalMs).unref();
  return () => clearInterval(timer);
};

/**
 * The reports to a client during its call (MCP, "Progress"): each step at once, and every 15 seconds the present wait.
 * A client that counts its time limit from the last report therefore waits for a person, a sign-in or a rate limit as
 * long as it takes.
 */
export class ProgressReport {
  readonly #send: (progress: number, message: string) => void;
  readonly #stop: () => void;
  /** MCP requires a number that increases with each report. */
  #count = 0;
  #message = "Working";

  /** @param send sends one notification */
  constructor(send: (progress: number, message: string) => void, repeat: Every = every) {
    this.#send = send;
    this.#stop = repeat(SIGN_OF_LIFE_MS, () => this.say(this.#message));
  }

  /** Reports a step at once. */
  say(message: string): void {
    this.#message = message;
    this.#count += 1;
    this.#send(this.#count, message);
  }

  /** Reports a wait until a promise is settled. */
  async waiting<T>(what: string, until: Promise<T>): Promise<T> {
    const before = this.#message;
    this.#message = what;
    try {
      return await until;
    } finally {
      this.#message = before;
    }
  }

  /** Ends the reports. */
  end(): void {
    this.#stop();
  }
}

/** A request during which a client may have asked for reports. */
export interface ReportedRequest {
  /** `progressToken` of its `_meta`; undefined where the client wants no reports. */
  progressToken: string | number | undefined;
  signal: AbortSignal;
  /** Sends a notification on the request's own channel. */
  notify(notification: { method: "notifications/progress"; params: ProgressParams }): Promise<void>;
}

interface ProgressParams {
  [key: string]: unknown;
  progressToken: string | number;
  progress: number;
  message: string;
}

/** The reports for a client that asked for them with a token; undefined for every other. */
export function progressOf(
  { progressToken, signal, notify }: ReportedRequest,
  every?: Every,
): ProgressReport | undefined {
  if (progressToken === undefined) return undefined;
  const send = (progress: number, message: string) => {
    if (signal.aborted) return;
    const params = { progressToken, progress, message };
    notify({ method: "notifications/progress", params }).catch(() => undefined);
  };
  return new ProgressReport(send, every);
}
