import type { ServerResponse } from "node:http";

const LOOK_MS = 1_000;

/**
 * Ends the connections of those who take nothing of an answer any more. Otherwise a few of them could hold the places
 * of all calls, and what they do not take, for as long as they like. A stream that has not ended is left alone: it has
 * a place of its own, and nothing of size in it.
 */
export class SlowReaders {
  readonly #patienceMs: number;
  readonly #open = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  /** @param patienceMs the time in which somebody has to take something, in milliseconds */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Looks after an answer until it has been taken or its connection has ended. */
  watch(response: ServerResponse): void {
    this.#open.add(response);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    response.once("close", () => {
      this.#open.delete(response);
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
  }

  #look(): void {
    for (const response of this.#open) {
      if (!response.writableEnded || response.writableFinished) continue;
      this.#open.delete(response);
      const { socket } = response;
      // Node.js begins anew whenever the system has taken some of it, and sets another time once all is sent.
      socket?.setTimeout(this.#patienceMs, () => socket.destroy());
    }
  }
}
