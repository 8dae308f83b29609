import { daysOf, isWorkday, weekOf } from "./dates.js";
import type { Employee } from "./staff.js";

/** The hours of a shift, by the local clock. */
const HOURS = [
  { start: "06:00", end: "14:00" },
  { start: "08:00", end: "16:30" },
  { start: "09:00", end: "17:30" },
  { start: "14:00", end: "22:00" },
] as const;

/** The shifts of somebody, the same at every question. Each week of a person has one kind of hours. */
export function shiftsOf({ gpid, location, works_remotely }: Employee, first: string, last: string) {
  const personal = Number(gpid.slice(2));
  return daysOf(first, last)
    .filter(isWorkday)
    .map((date) => {
      const hours = HOURS[(personal + weekOf(date)) % HOURS.length] ?? HOURS[0];
      return { date, ...hours, place: works_remotely ? "remote" : (location ?? "headquarters") };
    });
}
