/** The longest time before its end at which a token is renewed. */
const RENEW_BEFORE_MS = 60_000;
/** The last part of a shorter life, in which such a token is renewed. */
const RENEW_BEFORE_SHARE = 0.2;

/** The life of a token, in epoch milliseconds of this machine's clock. */
export interface Lifetime {
  obtainedAtMs: number;
  /** Undefined where Okta did not tell it. A 401 shows the end then. */
  expiresAtMs?: number | undefined;
}

/** True when the token has run out. */
export function isOver({ expiresAtMs }: Lifetime, nowMs: number): boolean {
  return expiresAtMs !== undefined && nowMs >= expiresAtMs;
}

/** True when a new token is due: a minute before the end of this one, never after it. */
export function isDue({ obtainedAtMs, expiresAtMs }: Lifetime, nowMs: number): boolean {
  if (expiresAtMs === undefined) return false;
  const marginMs = Math.min(RENEW_BEFORE_MS, (expiresAtMs - obtainedAtMs) * RENEW_BEFORE_SHARE);
  return nowMs >= expiresAtMs - Math.max(0, marginMs);
}
