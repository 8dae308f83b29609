import type { AskPerson } from "./confirm.js";
import type { LinkChannels } from "./sign-in.js";

/** Who makes a call, and how to reach the person behind it. */
export interface Caller extends LinkChannels {
  signal: AbortSignal;
  /** Tells what is going on. */
  progress?: ((message: string) => void) | undefined;
  ask: AskPerson;
  /** The folders that the client opens to servers, as absolute paths; asked for where a tool reads a file. */
  roots?: (() => Promise<readonly string[]>) | undefined;
}
