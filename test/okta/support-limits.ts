import { type Answer, json, type TestClock } from "./support.js";

export const MINUTE = 60;

/** An org that counts the requests to each endpoint in windows of the test's clock, as Okta does. */
export function limited(clock: TestClock, perWindow: number, options: { seconds?: number; skewMs?: number } = {}) {
  const { seconds = MINUTE, skewMs = 0 } = options;
  const windows = new Map<string, { endSeconds: number; used: number }>();
  const refusedIn: number[] = [];
  const answer: Answer = (response, { method, url }, index) => {
    const key = `${method} ${url.split("?")[0]}`;
    const nowSeconds = Math.floor((clock.nowMs + skewMs) / 1000);
    let window = windows.get(key);
    if (window === undefined || window.endSeconds <= nowSeconds) {
      window = { endSeconds: nowSeconds + seconds, used: 0 };
      windows.set(key, window);
    }
    window.used += 1;
    const allowed = window.used <= perWindow;
    if (!allowed) refusedIn.push(window.endSeconds);
    const headers = {
      Date: clock.date(skewMs),
      // A limit of 0 would stand for the limit on requests at the same time.
      "X-Rate-Limit-Limit": String(Math.max(1, perWindow)),
      "X-Rate-Limit-Remaining": String(Math.max(0, perWindow - window.used)),
      "X-Rate-Limit-Reset": String(window.endSeconds),
    };
    json(allowed ? 200 : 429, { index }, headers)(response, { method, url, headers: {}, body: Buffer.alloc(0) }, index);
  };
  return { answer, refusedIn };
}
