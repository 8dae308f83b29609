import type { Log } from "../log.js";
import type { News, StoreNews } from "../store/store-news.js";
import type { WebCaller } from "./web-caller.js";

export interface RunningAccessOptions {
  /** The caller as of now; undefined where nothing is allowed any more. */
  latest(caller: WebCaller): Promise<WebCaller | undefined>;
  news: Pick<StoreNews, "subscribe">;
  log: Pick<Log, "warn">;
}

/** The time between two looks at those whose requests run, since news may get lost. */
const LOOK_MS = 2_000;

/** What several requests of one person and client have in common. */
interface Held {
  caller: WebCaller;
  /** Each ends one running request. */
  cuts: Set<() => void>;
}

/** Cuts the running requests of those whose access has ended, whichever instance ended it. */
export class RunningAccess {
  readonly #options: RunningAccessOptions;
  readonly #held = new Map<string, Held>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunningAccessOptions) {
    this.#options = options;
    this.#unsubscribe = options.news.subscribe((news) => void this.#look(news));
  }

  /**
   * Watches a request.
   * @param cut ends it; it is called once at most
   * @returns the way to stop, once the request has ended
   */
  watch(caller: WebCaller, cut: () => void): () => void {
    const key = [caller.person.id, caller.grantId, caller.issuedAtMs].join(" ");
    const held = this.#held.get(key) ?? { caller, cuts: new Set() };
    this.#held.set(key, held);
    held.cuts.add(cut);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
    return () => {
      held.cuts.delete(cut);
      if (held.cuts.size === 0 && this.#held.get(key) === held) this.#held.delete(key);
    };
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#timer);
  }

  async #look(news?: News): Promise<void> {
    if (this.#held.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    for (const held of [...this.#held.values()]) {
      if (news?.about === "person" && news.id !== held.caller.person.id) continue;
      if (news?.about === "client" && news.id !== held.caller.clientId) continue;
      try {
        if ((await this.#options.latest(held.caller)) !== undefined) continue;
        for (const cut of held.cuts) cut();
        held.cuts.clear();
      } catch (error) {
        // A store that does not answer says nothing about what anybody may do. The next look may find out.
        this.#options.log.warn("could not look at those whose calls run", { error });
        return;
      }
    }
  }
}
