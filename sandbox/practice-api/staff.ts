import type { Org } from "../org.js";
import type { JsonObject, User } from "../state/model.js";

/** The attribute of a person's profile that names them at the API: the "global person id" of their employer. */
export const GPID_ATTRIBUTE = "gpid";

/** The form of these ids, as a regular expression of JSON Schema. */
export const GPID_PATTERN = "^GP[0-9]{6}$";

/** Whoever has no number gets one from here on. */
const FIRST_FREE_NUMBER = 900_001;

/** What everybody who works for the company may know of somebody. */
export interface Colleague {
  gpid: string;
  name: string;
  email: string;
  title: string | null;
  department: string | null;
}

/** The whole record of somebody. Only they themselves may see it. */
export interface Employee extends Colleague {
  employee_number: string | null;
  location: string | null;
  manager: string | null;
  start_date: string | null;
  works_remotely: boolean;
  /** IANA time zone. */
  timezone: string;
}

/** The people who work for the company, read from the org at each question. */
export interface Staff {
  /** In the order of their ids. */
  all(): Employee[];
  get(gpid: string): Employee | undefined;
}

/** Gives the org's people the attribute `gpid`, and a value to each who has none. */
export function giveGpids(org: Org): void {
  org.customAttributes.set(GPID_ATTRIBUTE, {
    title: "GPID",
    description: "Global person id, by which HR systems know somebody",
    type: "string",
    required: false,
    scope: "NONE",
    permissions: [{ principal: "SELF", action: "READ_ONLY" }],
    master: { type: "PROFILE_MASTER" },
  });
  const taken = new Set(org.users.all().map(({ profile }) => profile[GPID_ATTRIBUTE]));
  let free = FIRST_FREE_NUMBER;
  for (const { profile } of org.users.all()) {
    if (profile[GPID_ATTRIBUTE] !== undefined) continue;
    let gpid = gpidOf(String(profile.employeeNumber ?? ""));
    while (gpid === undefined || taken.has(gpid)) {
      gpid = gpidOf(String(free));
      free += 1;
    }
    taken.add(gpid);
    profile[GPID_ATTRIBUTE] = gpid;
  }
}

function gpidOf(number: string): string | undefined {
  return /^\d{1,6}$/.test(number) ? `GP${number.padStart(6, "0")}` : undefined;
}

/** The people of `org` who have a `gpid` and have not left. */
export function staffOf(org: Org): Staff {
  const present = () =>
    org.users.all().flatMap((user) => {
      const gpid = textOf(user.profile, GPID_ATTRIBUTE);
      return gpid === null || user.status === "DEPROVISIONED" ? [] : [{ gpid, user }];
    });
  return {
    all: () =>
      present()
        .map(({ gpid, user }) => employee(gpid, user))
        .sort((a, b) => (a.gpid < b.gpid ? -1 : 1)),
    get(wanted) {
      const found = present().find(({ gpid }) => gpid === wanted);
      return found && employee(wanted, found.user);
    },
  };
}

function employee(gpid: string, { profile }: User): Employee {
  const names = [profile.firstName, profile.lastName].filter((name) => typeof name === "string");
  return {
    gpid,
    name: textOf(profile, "displayName") ?? names.join(" "),
    email: textOf(profile, "email") ?? String(profile.login),
    title: textOf(profile, "title"),
    department: textOf(profile, "department"),
    employee_number: textOf(profile, "employeeNumber"),
    location: textOf(profile, "city"),
    manager: textOf(profile, "manager"),
    start_date: textOf(profile, "startDate"),
    works_remotely: profile.remoteWorker === true,
    timezone: textOf(profile, "timezone") ?? "America/Los_Angeles",
  };
}

/** The part of a record that everybody may know. */
export function colleague({ gpid, name, email, title, department }: Employee): Colleague {
  return { gpid, name, email, title, department };
}

function textOf(profile: JsonObject, name: string): string | null {
  const value = profile[name];
  return typeof value === "string" && value !== "" ? value : null;
}
