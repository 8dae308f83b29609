const DAY_MS = 86_400_000;

/** A day (ISO 8601) as epoch milliseconds of its beginning in UTC. */
export const dayMs = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** Every day from `first` to `last`, both included. */
export function daysOf(first: string, last: string): string[] {
  const count = Math.round((dayMs(last) - dayMs(first)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, n) =>
    new Date(dayMs(first) + n * DAY_MS).toISOString().slice(0, 10),
  );
}

/** True from Monday to Friday. */
export function isWorkday(day: string): boolean {
  const weekday = new Date(dayMs(day)).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** The number of the week that a day is in. A week begins on Monday. */
export function weekOf(day: string): number {
  // The first day of 1970 was a Thursday.
  return Math.floor((dayMs(day) / DAY_MS + 3) / 7);
}
