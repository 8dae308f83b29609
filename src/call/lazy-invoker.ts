import type { ToolListing } from "../catalogue/catalogue.js";
import type { CallSettings } from "./call-run.js";
import type { Invoker } from "./invoke.js";
import type { OperatorOptions } from "./operator.js";

/**
 * The one path of calls of one operator, loaded with the first call or ahead of it. Any number of connections may
 * share it.
 */
export interface LazyInvoker {
  /** True once loading has begun and has not failed. */
  readonly begun: boolean;
  /** Resolves with the path of calls. Rejects where a part of it cannot be loaded; the next call tries again. */
  ready(): Promise<Invoker>;
}

/** All that calls need besides the tools. */
export type Engine = OperatorOptions & Omit<CallSettings, "catalogue">;

/**
 * Makes the path of calls without loading it.
 * @param catalogue the tools as a list shows them, which know how to load themselves
 */
export function lazyInvoker(engine: Engine, catalogue: ToolListing): LazyInvoker {
  let invoker: Promise<Invoker> | undefined;
  const load = async (): Promise<Invoker> => {
    const [{ Invoker }, { Operator }, loaded] = await Promise.all([
      import("./invoke.js"),
      import("./operator.js"),
      catalogue.load(),
    ]);
    return new Invoker({ ...engine, operator: new Operator(engine), catalogue: loaded });
  };
  return {
    get begun() {
      return invoker !== undefined;
    },
    ready() {
      // Loading may fail once, for example for want of open files, and succeed later.
      invoker ??= load().catch((error: unknown) => {
        invoker = undefined;
        throw error;
      });
      return invoker;
    },
  };
}
