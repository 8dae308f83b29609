import type { Outcome } from "../call/invoke.js";
import type { McpService } from "../mcp/service.js";

/** Knows which calls run, also once nobody waits for their answers. */
export class RunningCalls {
  readonly #running = new Set<Promise<unknown>>();

  /** A service whose calls are counted. `holds` is told of each, until the call has ended. */
  of(service: McpService, holds: () => () => void): McpService {
    const invoke = (...args: Parameters<McpService["invoke"]>): Promise<Outcome> => {
      const release = holds();
      const call: Promise<Outcome> = service.invoke(...args).finally(() => {
        this.#running.delete(call);
        release();
      });
      this.#running.add(call);
      return call;
    };
    return Object.create(service, { invoke: { value: invoke } }) as McpService;
  }

  /** Resolves when none runs. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}

/** Gives something back once the last of those who hold it has let go. */
export class Shared {
  readonly #giveBack: () => void;
  #holders = 0;

  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  /** Holds it. The returned function lets go, once. */
  hold(): () => void {
    this.#holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#giveBack();
    };
  }
}
