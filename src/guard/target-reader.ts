import type { Json } from "../json/json.js";
import { readProtectable } from "../okta/object-readers.js";
import type { Operations } from "../okta/operations.js";
import type { Target } from "../okta/targets.js";

/** The effect of a write on its targets. */
export type WriteKind = "adds" | "changes" | "removes";

/** Reads objects for one call. It reads each once, until it is told to forget. */
export class TargetReader {
  readonly #okta: Operations;
  readonly #read = new Map<string, Promise<Json | undefined>>();

  constructor(okta: Operations) {
    this.#okta = okta;
  }

  read({ type, id }: Target): Promise<Json | undefined> {
    const key = `${type} ${id}`;
    const known = this.#read.get(key) ?? readProtectable(type, this.#okta, id);
    this.#read.set(key, known);
    return known;
  }

  forget(): void {
    this.#read.clear();
  }
}
