import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { createDirectFetch } from "../net/direct-fetch.js";
import type { SendHttp } from "../net/http-client.js";
import { isHttpsOrLocal } from "../net/loopback.js";
import { ServerClock } from "../net/server-clock.js";
import { realSleep, type Sleep } from "../net/waiting.js";
import { DeviceSession } from "./device-session.js";
import { KeySession } from "./key-session.js";
import type { Session } from "./session.js";
import type { Credential, SessionParts } from "./session-parts.js";
import { StaticSession } from "./static-token.js";
import type { TokenStoreKind } from "./store-contract.js";

export interface SessionOptions {
  /** The org's origin, e.g. `https://acme.okta.com`; plain http for loopback addresses only. */
  orgUrl: string;
  /** Not needed with a given access token. */
  clientId?: string | undefined;
  /** `OKTA_SCOPES`. */
  scopes: readonly string[];
  credential: Credential;
  /** The place of a sign-in. With a private key `auto` keeps nothing; a given token is never kept. */
  tokenStore: TokenStoreKind;
  /** True where a sign-in has to last longer than this process, as that of a command does. */
  outlives?: boolean;
  log: Log;
  /** The way to the org; by default straight there. */
  fetch?: SendHttp;
  /** Epoch milliseconds. */
  now?: () => number;
  sleep?: Sleep;
  /** The org's clock; whatever else speaks with the org shares it. */
  clock?: ServerClock;
  /** The folder for token files and locks; default the system's folder for application data. */
  stateDir?: string;
  /** Time limit of one request to an OAuth endpoint. Default 30 seconds. */
  requestTimeoutMs?: number;
}

/**
 * Makes a session. Nothing happens yet: no network, no keychain, no file.
 * @throws OktaMcpError bad_config when the settings cannot go together
 */
export function createSession(options: SessionOptions): Session {
  const { credential, tokenStore, log, stateDir } = options;
  const now = options.now ?? Date.now;
  const parts: SessionParts = {
    orgUrl: pinnedOrigin(options.orgUrl),
    clientId: options.clientId ?? "",
    configured: new Set(options.scopes),
    log,
    fetch: options.fetch ?? createDirectFetch(),
    now,
    sleep: options.sleep ?? realSleep,
    clock: options.clock ?? new ServerClock(now),
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  };
  if (credential.method === "access-token") return new StaticSession(parts, credential.token);
  if (!parts.clientId) {
    throw new OktaMcpError("bad_config", "OKTA_CLIENT_ID is not set.", {
      fix: "Set OKTA_CLIENT_ID to the Client ID of the app (Applications > Applications > your app > General).",
    });
  }
  const keeping = { kind: tokenStore, stateDir, outlives: options.outlives === true };
  if (credential.method === "private-key") return new KeySession(parts, credential, keeping);
  return new DeviceSession(parts, keeping);
}

/** The origin to which tokens go and from which they come. */
function pinnedOrigin(orgUrl: string): string {
  const url = URL.canParse(orgUrl) ? new URL(orgUrl) : undefined;
  if (url !== undefined && isHttpsOrLocal(url)) return url.origin;
  throw new OktaMcpError("bad_config", "The org URL is neither https nor plain http on this machine.", {
    fix: "Set OKTA_ORG_URL to your org, e.g. https://acme.okta.com.",
  });
}
