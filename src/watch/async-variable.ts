import { AsyncLocalStorage } from "node:async_hooks";

/** Before version 24, Node.js looks at every such storage at every promise, so that all variables share one. */
const VALUES = new AsyncLocalStorage<ReadonlyMap<object, unknown>>();

/** A value that all code sees which runs within an action, also after it has waited (TC39, `AsyncContext.Variable`). */
export class AsyncVariable<T> {
  /** The value of the innermost `run`; undefined outside of all of them. */
  get(): T | undefined {
    return VALUES.getStore()?.get(this) as T | undefined;
  }

  /** Runs an action in which `get` gives this value. @returns what the action returns */
  run<R>(value: T, action: () => R): R {
    return VALUES.run(new Map([...(VALUES.getStore() ?? []), [this, value]]), action);
  }
}
