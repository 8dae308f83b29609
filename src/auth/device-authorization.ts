import * as oauth from "oauth4webapi";
import { isHttpsOrLocal } from "../net/loopback.js";
import { hasUserInfo } from "../net/user-info.js";
import { takeOut } from "./answer-member.js";
import { OAuthFailure } from "./oauth-failure.js";

/** The answer to a device authorization request (RFC 8628, section 3.2). */
export interface DeviceAuthorization {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string;
  expiresInMs: number;
  intervalMs: number;
}

/** The interval where the answer names none (RFC 8628, section 3.2). */
const DEFAULT_INTERVAL_SECONDS = 5;

/** The pause where an org names 0. */
const MIN_INTERVAL_MS = 200;

/** Reads the answer to a device authorization request. @throws OAuthFailure, the errors of the library */
export async function readDeviceAuthorization(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  response: Response,
): Promise<DeviceAuthorization> {
  // RFC 8628 allows an interval of 0, but the library does not, so it is read apart.
  const { rest, taken: interval } = await takeOut(response, "interval");
  const answer = await oauth.processDeviceAuthorizationResponse(server, client, rest);
  const { user_code: userCode, verification_uri: uri, verification_uri_complete: complete = uri } = answer;
  // RFC 8628, section 6.1: letters or digits, grouped by hyphens. No link and no words of ours can look like it.
  if (!/^[a-z0-9-]{1,32}$/i.test(userCode))
    throw new OAuthFailure("unusable", "the code to be typed in is none of letters and digits");
  return {
    deviceCode: answer.device_code,
    userCode,
    verificationUri: link(uri),
    verificationUriComplete: link(complete),
    expiresInMs: answer.expires_in * 1000,
    intervalMs: Math.max(MIN_INTERVAL_MS, (isSeconds(interval) ? interval : DEFAULT_INTERVAL_SECONDS) * 1000),
  };
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** The longest link. No person can check a longer one. */
const MAX_LINK_CHARS = 2_000;

/** A link that may be shown to a person. Its host is in ASCII, so that no letter imitates another. */
function link(text: string): string {
  if (text.length > MAX_LINK_CHARS) throw new OAuthFailure("unusable", "the sign-in link in the answer is too long");
  const url = URL.canParse(text) && !/[\p{Cc}\s]/u.test(text) ? new URL(text) : undefined;
  if (url === undefined || !isHttpsOrLocal(url)) {
    throw new OAuthFailure("unusable", "the sign-in link in the answer is not a web address");
  }
  // The part before an @ looks like the host and is none.
  if (hasUserInfo(url, text)) {
    throw new OAuthFailure("unusable", "the sign-in link in the answer has a user name before its host");
  }
  return url.href;
}
