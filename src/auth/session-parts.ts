import type { Log } from "../log.js";
import type { SendHttp } from "../net/http-client.js";
import type { ServerClock } from "../net/server-clock.js";
import type { Sleep } from "../net/waiting.js";
import type { PrivateKey } from "./private-key.js";

/** The means by which this process proves its identity. */
export type Credential =
  | { method: "device" }
  | {
      method: "private-key";
      key: PrivateKey;
      /** True for the service app of a role of a company's server, whose people have no settings. */
      isOfRole?: true;
    }
  | { method: "access-token"; token: string };

/** `SessionOptions` with every default filled in, as the methods need them. */
export interface SessionParts {
  /** The org's origin, or the issuer of the authorization server where it is another one than the org's own. */
  orgUrl: string;
  /** For a sign-in at the authorization server of a company's API: its name in the settings, and where tokens go. */
  api?: { name: string; origin: string };
  clientId: string;
  configured: ReadonlySet<string>;
  log: Log;
  fetch: SendHttp;
  /** Epoch milliseconds. */
  now: () => number;
  sleep: Sleep;
  clock: ServerClock;
  requestTimeoutMs: number;
}
