import { OktaMcpError } from "../errors/index.js";
import { pause, type Sleep } from "../net/waiting.js";
import type { DeviceAuthorization } from "./device-authorization.js";
import { explain } from "./explain-failure.js";
import type { Grant, OAuthClient } from "./oauth-client.js";
import { type FailureContext, OAuthFailure, oktaSaid } from "./oauth-failure.js";
import { withRetries } from "./retry.js";

export interface DeviceGrantOptions {
  client: OAuthClient;
  context: FailureContext;
  /** Epoch milliseconds. */
  now: () => number;
  sleep: Sleep;
  signal: AbortSignal;
}

/** A device sign-in that was started and waits for a person. */
export interface StartedGrant {
  authorization: DeviceAuthorization;
  /** Epoch milliseconds. */
  expiresAtMs: number;
  /**
   * Asks Okta until the person has decided.
   * @throws OktaMcpError login_denied, login_expired, client_rejected, missing_scope, unreachable, okta_down, rate_limited, cancelled
   */
  poll(): Promise<Grant>;
}

/** The time that `slow_down` adds to the interval, for good (RFC 8628, section 3.5). */
const SLOW_DOWN_MS = 5_000;
/** The longest wait between two polls while Okta cannot be reached. */
const LONGEST_FAULT_WAIT_MS = 60_000;

/**
 * Asks Okta for a code and a link (RFC 8628, section 3.1).
 * @throws OktaMcpError client_rejected, missing_scope, unreachable, okta_down, rate_limited, cancelled
 */
export async function startDeviceGrant(options: DeviceGrantOptions): Promise<StartedGrant> {
  const { client, context, now, sleep, signal } = options;
  try {
    const authorization = await withRetries(() => client.startDevice(context.scopes, signal), sleep, signal);
    const expiresAtMs = now() + authorization.expiresInMs;
    return { authorization, expiresAtMs, poll: () => poll(options, authorization, expiresAtMs) };
  } catch (error) {
    throw error instanceof OAuthFailure ? explain(error, context) : error;
  }
}

/** RFC 8628, sections 3.4 and 3.5. */
async function poll(
  { client, context, now, sleep, signal }: DeviceGrantOptions,
  { deviceCode, intervalMs: firstIntervalMs }: DeviceAuthorization,
  expiresAtMs: number,
): Promise<Grant> {
  let intervalMs = firstIntervalMs;
  let faults: { count: number; last: OAuthFailure } | undefined;

  for (;;) {
    const waitMs = faults ? faultWaitMs(intervalMs, faults) : intervalMs;
    const leftMs = expiresAtMs - now();
    await pause(Math.max(0, Math.min(waitMs, leftMs)), { sleep, signal }, "Waiting for Okta");
    if (waitMs >= leftMs) throw faults ? explain(faults.last, context) : expired(context);
    try {
      return await client.redeemDeviceCode(deviceCode, signal);
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      if (error.error === "authorization_pending") {
        faults = undefined;
      } else if (error.error === "slow_down") {
        faults = undefined;
        intervalMs += SLOW_DOWN_MS;
      } else if (error.kind === "refused") {
        throw explainEnd(error, context);
      } else {
        // A dropped connection, a busy org, a captive portal: the person may approve meanwhile.
        faults = { count: (faults?.count ?? 0) + 1, last: error };
      }
    }
  }
}

/** The wait after a fault. It grows (RFC 8628, section 3.5), and is at least as long as Okta asks. */
function faultWaitMs(intervalMs: number, { count, last }: { count: number; last: OAuthFailure }): number {
  const growing = Math.min(Math.max(intervalMs, 1000) * 2 ** count, Math.max(LONGEST_FAULT_WAIT_MS, intervalMs));
  return Math.max(growing, last.retryAfterMs ?? 0);
}

function explainEnd(failure: OAuthFailure, context: FailureContext): OktaMcpError {
  switch (failure.error) {
    case "access_denied":
      return new OktaMcpError("login_denied", `The sign-in was denied${oktaSaid(failure)}.`);
    case "expired_token":
    case "invalid_grant":
      return expired(context);
    default:
      return explain(failure, context);
  }
}

function expired({ orgUrl }: FailureContext): OktaMcpError {
  return new OktaMcpError("login_expired", `Nobody approved the sign-in to ${orgUrl} before its code expired.`);
}
