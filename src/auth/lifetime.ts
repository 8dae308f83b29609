/** How long before its end a token is renewed, at most. */
const RENEW_BEFORE_MS = 60_000;
/** A token that lives shorter is renewed in the last part of its life. */
const RENEW_BEFORE_SHARE = 0.2;

/** From when to when a token is good, in epoch milliseconds of this machine's clock. */
export interface Lifetime {
  obtainedAtMs: number;
  /** Undefined where Okta did not tell: then a 401 shows the end. */
  expiresAtMs?: number | undefined;
}

/** True when the token has run out. */
export function isOver({ expiresAtMs }: Lifetime, nowMs: number): boolean {
  return expiresAtMs !== undefined && nowMs >= expiresAtMs;
}

/** True when it is time for a new token: a minute before the end of this one, never after it. */
export function isDue({ obtainedAtMs, expiresAtMs }: Lifetime, nowMs: number): boolean {
  if (expiresAtMs === undefined) return false;
  const marginMs = Math.min(RENEW_BEFORE_MS, (expiresAtMs - obtainedAtMs) * RENEW_BEFORE_SHARE);
  return nowMs >= expiresAtMs - Math.max(0, marginMs);
}
