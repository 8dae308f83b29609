const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/**
 * A moment relative to now: "in 52 minutes", "3 hours ago".
 * @param atMs epoch milliseconds
 * @param nowMs epoch milliseconds
 */
export function momentInWords(atMs: number, nowMs: number): string {
  const format = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  const distanceMs = atMs - nowMs;
  const [unit, lengthMs] = UNITS.find(([, length]) => Math.abs(distanceMs) >= length) ?? ["second", 1_000];
  return format.format(Math.round(distanceMs / lengthMs), unit);
}
