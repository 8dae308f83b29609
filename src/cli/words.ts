import { covers } from "../scopes.js";

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** A moment as people say it: "in 52 minutes", "3 hours ago". Both in epoch milliseconds. */
export function momentInWords(atMs: number, nowMs: number): string {
  const format = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  const distanceMs = atMs - nowMs;
  const [unit, lengthMs] = UNITS.find(([, length]) => Math.abs(distanceMs) >= length) ?? ["second", 1_000];
  return format.format(Math.trunc(distanceMs / lengthMs), unit);
}

/** The configured scopes that a grant does not cover; none where the grant is not known. */
export function notGranted(configured: readonly string[], granted: readonly string[] | undefined): string[] {
  if (!granted) return [];
  const set = new Set(granted);
  return configured.filter((scope) => !covers(set, scope));
}

/** Names and values in two columns, a value of several lines below itself. */
export function twoColumns(
  rows: readonly (readonly [string, string | readonly string[]])[],
  dim: (text: string) => string,
): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .flatMap(([name, value]) =>
      (typeof value === "string" ? [value] : value).map(
        (line, index) => `${dim((index === 0 ? name : "").padEnd(width))}${line}`,
      ),
    )
    .join("\n");
}
