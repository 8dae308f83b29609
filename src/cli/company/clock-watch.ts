import type { Log } from "../../log.js";
import type { ServerClock } from "../../net/server-clock.js";

const LOOK_MS = 5_000;
/** A difference that changes by less is the same. */
const SAME_SECONDS = 10;

/**
 * Says in the log when this machine's clock begins to differ from the org's by more than a minute, and when it is right
 * again. Whatever this server gives out ends by this machine's clock, and other instances may have another one.
 * @returns the way to stop
 */
export function watchClock(clock: Pick<ServerClock, "aheadMs">, log: Pick<Log, "error" | "info">): () => void {
  let toldSeconds = 0;
  const look = () => {
    const seconds = Math.round(clock.aheadMs / 1000);
    if (Math.abs(seconds - toldSeconds) < SAME_SECONDS) return;
    toldSeconds = seconds;
    if (seconds === 0) {
      log.info("this machine's clock is right again");
      return;
    }
    log.error(
      "this machine's clock differs from Okta's: set it (NTP), as tokens and limits of this instance end at wrong times",
      {
        fault: "clock_skew",
        okta_ahead_seconds: seconds,
      },
    );
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(timer);
}
