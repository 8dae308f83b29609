import { type HttpRefusal, refusal } from "./refusals.js";

const RETRY_SECONDS = "2";
const DOUBT_SECONDS = "60";

/** The refusal of a request whose sender went away before its end. */
export function brokenOff(): HttpRefusal {
  return refusal(400, "invalid_request", "The body ended before its end.", { connection: "close" });
}

/** The refusal of a call that writes, of somebody of whom Okta has not told for long. */
export function inDoubt(): HttpRefusal {
  const why =
    "Okta has not told for a while whether you are still there and in which groups. Until it does, you can read and not write. Nothing was done.";
  return refusal(503, "temporarily_unavailable", why, { "retry-after": DOUBT_SECONDS });
}

/** The refusal of a request beyond the number of those at once, of one person or of all. */
export function tooMany(full: "person" | "all"): HttpRefusal {
  const headers = { "retry-after": RETRY_SECONDS };
  return full === "person"
    ? refusal(429, "too_many_requests", "Too many of your calls run at once. Wait for one of them to end.", headers)
    : refusal(503, "busy", "Too many calls run at once on this server.", headers);
}
