import type { ToolListing } from "../catalogue/catalogue.js";
import type { Engine, Invoker } from "./invoke.js";

/** The one path of calls, loaded with the first call or ahead of it. Any number of connections may share it. */
export interface LazyInvoker {
  /** True once loading has begun and has not failed. */
  readonly begun: boolean;
  /** Resolves with the path of calls. Rejects where a part of it cannot be loaded; the next call tries again. */
  ready(): Promise<Invoker>;
}

/**
 * Makes the path of calls without loading it.
 * @param catalogue the tools as a list shows them, which know how to load themselves
 */
export function lazyInvoker(engine: Omit<Engine, "catalogue">, catalogue: ToolListing): LazyInvoker {
  let invoker: Promise<Invoker> | undefined;
  const load = async (): Promise<Invoker> => {
    const [{ Invoker }, loaded] = await Promise.all([import("./invoke.js"), catalogue.load()]);
    return new Invoker({ ...engine, catalogue: loaded });
  };
  return {
    get begun() {
      return invoker !== undefined;
    },
    ready() {
      // What failed once, for want of open files say, may do the next time.
      invoker ??= load().catch((error: unknown) => {
        invoker = undefined;
        throw error;
      });
      return invoker;
    },
  };
}
