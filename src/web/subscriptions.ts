import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";
import type { Log } from "../log.js";
import type { News, StoreNews } from "../store/store-news.js";
import { AsyncVariable } from "../watch/async-variable.js";
import type { WebCaller } from "./web-caller.js";

export interface SubscriptionsOptions {
  /** The caller as of now; undefined where nothing is allowed any more. */
  latest(caller: WebCaller): Promise<WebCaller | undefined>;
  /** The names of the tools that a caller has at the moment. */
  toolNames(caller: WebCaller): Promise<string>;
  /** What instances tell each other. */
  news: Pick<StoreNews, "subscribe">;
  log: Pick<Log, "warn">;
}

/** A client that listens. */
interface Open {
  /** The same for all streams that were opened with the same right. */
  key: string;
  caller: WebCaller;
  names: string;
  tell: ((event: ServerEvent) => void) | undefined;
  /** Ends the stream. */
  stop: AbortController;
}

/** The time between two looks at what those who listen may do. */
const LOOK_MS = 2_000;
/** The most callers of one look. With more, each is looked at less often: news tells of every change at once. */
const MOST_CALLERS = 50;

/**
 * Tells each client that listens when its person has other tools than before, and ends the streams of those who may do
 * nothing any more. It looks at the store, since the change may have come through another instance.
 */
export class Subscriptions implements ServerEventBus {
  readonly #options: SubscriptionsOptions;
  readonly #open = new Set<Open>();
  /** The stream that a request opens. The library registers its listener while it serves that request. */
  readonly #opening = new AsyncVariable<Open>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  readonly #unsubscribe: () => void;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#unsubscribe = options.news.subscribe((news) => void this.#hear(news));
  }

  /** Serves a request that opens a stream. Its client is gone once `gone` is aborted. */
  async serve(
    caller: WebCaller,
    gone: AbortSignal,
    serve: (signal: AbortSignal) => Promise<Response>,
  ): Promise<Response> {
    const stop = new AbortController();
    const open = { key: keyOf(caller), caller, names: await this.#options.toolNames(caller), tell: undefined, stop };
    return this.#opening.run(open, () => serve(AbortSignal.any([gone, stop.signal])));
  }

  /** Registers the listener of the stream that is being opened. */
  subscribe(listener: (event: ServerEvent) => void): () => void {
    const open = this.#opening.get();
    if (open === undefined) return () => {};
    open.tell = listener;
    this.#open.add(open);
    this.#timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return () => {
      this.#open.delete(open);
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  publish(event: ServerEvent): void {
    for (const { tell } of this.#open) tell?.(event);
  }

  /** Looks at all who listen. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look(this.#next()).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Ends all streams. */
  close(): void {
    this.#unsubscribe();
    for (const { stop } of this.#open) stop.abort();
  }

  /** Looks at once at those whom news is about. */
  async #hear({ about, id }: News): Promise<void> {
    const concerned = [...this.#open].filter(({ caller: { person, clientId } }) =>
      about === "roles" || about === "all" ? true : id === (about === "person" ? person.id : clientId),
    );
    if (concerned.length > 0) await this.#look(concerned);
  }

  /** The streams whose turn it is: those that were looked at longest ago, and all others of the same callers. */
  #next(): Open[] {
    const callers = new Set<string>();
    for (const { key } of this.#open) {
      if (callers.size === MOST_CALLERS) break;
      callers.add(key);
    }
    return [...this.#open].filter(({ key }) => callers.has(key));
  }

  async #look(opened: readonly Open[]): Promise<void> {
    const groups = new Map<string, Open[]>();
    for (const open of opened) {
      const group = groups.get(open.key);
      if (group === undefined) groups.set(open.key, [open]);
      else group.push(open);
    }
    for (const group of groups.values()) {
      try {
        await this.#lookAt(group);
      } catch (error) {
        // A store that does not answer says nothing about what anybody may do. The next look may find out.
        this.#options.log.warn("could not look at those who listen", { error });
        return;
      }
    }
  }

  /** Looks at streams that were opened with the same right. */
  async #lookAt(group: readonly Open[]): Promise<void> {
    const { latest, toolNames } = this.#options;
    const [first] = group;
    const caller = first && (await latest(first.caller));
    const names = caller && (await toolNames(caller));
    for (const open of group) {
      // It may have ended meanwhile.
      if (!this.#open.delete(open)) continue;
      this.#open.add(open);
      if (names === undefined) open.stop.abort();
      else if (names !== open.names) {
        open.names = names;
        open.tell?.({ kind: "tools_list_changed" });
      }
    }
  }
}

/** What the right of a caller depends on. It is compared and never shown. */
function keyOf({ person, clientId, grantId, machineRole, expiresAtMs, orgToken }: WebCaller): string {
  return JSON.stringify([person.id, clientId, grantId, machineRole, expiresAtMs, orgToken]);
}
