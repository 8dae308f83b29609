import { randomBytes, randomInt } from "node:crypto";
import type { DeviceClient } from "./oauth-clients.js";
import { OAuthRefusal } from "./oauth-reply.js";

/** Letters that cannot be confused and spell no words (RFC 8628, section 6.1). */
const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** A timer may fire a moment early. Such a poll is not too fast. */
const POLL_TOLERANCE_MS = 100;

/** The time that is added to the interval of a client which polls too fast (RFC 8628, section 3.5). */
const SLOW_DOWN_MS = 5_000;

/** The person who signs in on the activation page. */
export interface SignInUser {
  id: string;
  login: string;
  email: string;
  name: string;
}

/** One device sign-in, from the request for a code to the tokens. */
export interface DeviceCode {
  readonly deviceCode: string;
  /** e.g. `BCDF-GHJK` */
  readonly userCode: string;
  readonly client: DeviceClient;
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  intervalMs: number;
  /** Epoch milliseconds of the latest poll. */
  polledAtMs: number | undefined;
  state: { is: "pending" } | { is: "approved"; by: SignInUser; atMs: number } | { is: "denied" } | { is: "redeemed" };
}

export interface DeviceCodeOptions {
  /** Epoch milliseconds. */
  now: () => number;
  lifetimeSeconds: number;
  /** With 0 no poll is too fast by itself. */
  intervalSeconds: number;
}

export interface DeviceCodes {
  start(client: DeviceClient, scopes: readonly string[]): DeviceCode;
  /** The sign-in of a user code in any spelling. It is found also after its time or its decision. */
  find(userCode: string): DeviceCode | undefined;
  /** The pending sign-ins that are still in time, oldest first. */
  pending(): DeviceCode[];
  expired(code: DeviceCode): boolean;
  /** Tells the next `count` polls to slow down. */
  slowDownNext(count: number): void;
  /**
   * One poll of the token endpoint (RFC 8628, section 3.5). A code is good for one success.
   * @throws OAuthRefusal authorization_pending, slow_down, access_denied, expired_token, invalid_grant
   */
  redeem(client: DeviceClient, deviceCode: string): { code: DeviceCode; user: SignInUser; approvedAtMs: number };
}

/** The device sign-ins of one org. */
export function createDeviceCodes({ now, lifetimeSeconds, intervalSeconds }: DeviceCodeOptions): DeviceCodes {
  const byDeviceCode = new Map<string, DeviceCode>();
  const byUserCode = new Map<string, DeviceCode>();
  let slowDowns = 0;

  const expired = (code: DeviceCode) => now() >= code.expiresAtMs;

  function pollsTooFast(code: DeviceCode): boolean {
    const previousMs = code.polledAtMs;
    code.polledAtMs = now();
    if (slowDowns > 0) {
      slowDowns -= 1;
      return true;
    }
    return intervalSeconds > 0 && previousMs !== undefined && now() - previousMs < code.intervalMs - POLL_TOLERANCE_MS;
  }

  return {
    start(client, scopes) {
      const code: DeviceCode = {
        deviceCode: randomBytes(24).toString("base64url"),
        userCode: newUserCode((taken) => byUserCode.has(plain(taken))),
        client,
        scopes,
        expiresAtMs: now() + lifetimeSeconds * 1000,
        intervalMs: intervalSeconds * 1000,
        polledAtMs: undefined,
        state: { is: "pending" },
      };
      byDeviceCode.set(code.deviceCode, code);
      byUserCode.set(plain(code.userCode), code);
      return code;
    },
    find: (userCode) => byUserCode.get(plain(userCode)),
    pending: () => [...byDeviceCode.values()].filter((code) => code.state.is === "pending" && !expired(code)),
    expired,
    slowDownNext(count) {
      slowDowns = count;
    },
    redeem(client, deviceCode) {
      const code = byDeviceCode.get(deviceCode);
      if (code === undefined || code.client.id !== client.id || code.state.is === "redeemed") {
        throw new OAuthRefusal("invalid_grant", "The device code is invalid or has expired.");
      }
      if (expired(code)) throw new OAuthRefusal("expired_token", "The device code has expired.");
      if (pollsTooFast(code)) {
        code.intervalMs += SLOW_DOWN_MS;
        throw new OAuthRefusal("slow_down", "The client polls too often. Please wait longer between requests.");
      }
      switch (code.state.is) {
        case "pending":
          throw new OAuthRefusal(
            "authorization_pending",
            "The device authorization is pending. Please try again later.",
          );
        case "denied":
          throw new OAuthRefusal("access_denied", "The resource owner or authorization server denied the request.");
        case "approved": {
          const { by: user, atMs: approvedAtMs } = code.state;
          code.state = { is: "redeemed" };
          return { code, user, approvedAtMs };
        }
      }
    },
  };
}

function newUserCode(isTaken: (code: string) => boolean): string {
  const letters = Array.from({ length: 8 }, () => USER_CODE_LETTERS.charAt(randomInt(USER_CODE_LETTERS.length)));
  const code = `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
  return isTaken(code) ? newUserCode(isTaken) : code;
}

/** A code without hyphen, spaces and case, since people type it in many ways. */
function plain(userCode: string): string {
  return userCode.toUpperCase().replace(/[^A-Z]/g, "");
}
