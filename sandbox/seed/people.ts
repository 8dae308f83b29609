import { ADMIN_LOGIN, COMPANY_DOMAIN } from "../facts.js";
import type { Org } from "../org.js";
import type { Random } from "../random.js";
import type { JsonObject, User, UserStatus } from "../state/model.js";
import { DEPARTMENTS, type Department, OFFICES } from "./company.js";
import { loginPart, NAME_POOLS } from "./names.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The number of people in each unusual status. All others are ACTIVE. */
const UNUSUAL: readonly [UserStatus, number][] = [
  ["STAGED", 7],
  ["PROVISIONED", 7],
  ["RECOVERY", 4],
  ["LOCKED_OUT", 6],
  ["PASSWORD_EXPIRED", 5],
  ["SUSPENDED", 6],
  ["DEPROVISIONED", 14],
];

/** Custom attributes of the org's user schema, one of each type that Okta has. */
const CUSTOM_ATTRIBUTES: Readonly<Record<string, JsonObject>> = {
  badgeNumber: { title: "Badge number", type: "integer", required: false },
  clearance: {
    title: "Clearance",
    type: "string",
    required: false,
    enum: ["none", "standard", "restricted"],
    oneOf: [
      { const: "none", title: "None" },
      { const: "standard", title: "Standard" },
      { const: "restricted", title: "Restricted" },
    ],
  },
  startDate: { title: "Start date", description: "First working day, ISO 8601", type: "string", required: false },
  certifications: { title: "Certifications", type: "array", items: { type: "string" }, required: false },
  deskHeightCm: { title: "Desk height in cm", type: "number", required: false },
  remoteWorker: { title: "Works remotely", type: "boolean", required: false },
};

const CERTIFICATIONS = ["forklift", "laser-safety", "first-aid", "iso-10218", "lockout-tagout"] as const;

/** Adds 250 people: first the heads of the departments, then the people who report to them, and the administrator. */
export function hirePeople(org: Org): void {
  const { random } = org;
  for (const [name, attribute] of Object.entries(CUSTOM_ATTRIBUTES)) {
    const permissions = [{ principal: "SELF", action: "READ_ONLY" }];
    org.customAttributes.set(name, { ...attribute, scope: "NONE", permissions, master: { type: "PROFILE_MASTER" } });
  }
  const chief = hire(org, { department: DEPARTMENTS[0], title: "Chief Executive Officer", status: "ACTIVE" });
  const statuses = shuffledStatuses(random);
  for (const department of DEPARTMENTS) {
    const title = `Head of ${department.name}`;
    const head = hire(org, { department, title, status: "ACTIVE", manager: chief });
    for (let n = 1; n < department.headcount; n += 1) {
      const status = statuses.pop() ?? "ACTIVE";
      hire(org, { department, title: random.pick(department.titles), status, manager: head });
    }
  }
  hireAdmin(org);
}

function shuffledStatuses(random: Random): UserStatus[] {
  const places = DEPARTMENTS.reduce((sum, { headcount }) => sum + headcount - 1, 0);
  const statuses = UNUSUAL.flatMap(([status, count]) => Array.from({ length: count }, () => status));
  const all = [...statuses, ...Array.from({ length: places - statuses.length }, (): UserStatus => "ACTIVE")];
  return all
    .map((status) => ({ status, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ status }) => status);
}

function hire(
  org: Org,
  job: { department: Department | undefined; title: string; status: UserStatus; manager?: User },
): User {
  const { random } = org;
  const { department, title, status, manager } = job;
  const { firstName, lastName, displayName, locale, login } = newName(org);
  const office = random.pick(OFFICES);
  // A person who has not started yet was entered lately.
  const isNew = status === "STAGED" || status === "PROVISIONED";
  const createdMs = org.now() - (isNew ? 1 + random.int(20) : 60 + random.int(2400)) * DAY_MS - random.int(DAY_MS);
  const roll = random.next();
  const userType = manager === undefined || roll < 0.84 ? "Employee" : roll < 0.95 ? "Contractor" : "Intern";
  const certifications = CERTIFICATIONS.filter(() => random.next() < 0.2);
  const profile: JsonObject = {
    firstName,
    lastName,
    displayName,
    login,
    email: login,
    mobilePhone: null,
    secondEmail: random.next() < 0.3 ? `${loginPart(firstName)}${random.int(900) + 100}@mail.example` : null,
    title,
    department: department?.name ?? "Executive",
    division: department?.division ?? "Corporate",
    costCenter: department?.costCenter ?? "CC-1000",
    organization: "Acme Robotics",
    userType,
    employeeNumber: String(10_001 + org.users.size),
    locale,
    preferredLanguage: locale.replace("_", "-"),
    city: office.city,
    state: office.state,
    countryCode: office.countryCode,
    timezone: office.timezone,
    ...(manager !== undefined && { manager: String(manager.profile.displayName), managerId: manager.id }),
    badgeNumber: 70_000 + org.users.size,
    clearance: random.pick(["none", "standard", "standard", "restricted"]),
    startDate: new Date(createdMs + 14 * DAY_MS).toISOString().slice(0, 10),
    ...(certifications.length > 0 && { certifications }),
    ...(random.next() < 0.4 && { deskHeightCm: 68 + random.int(100) / 2 }),
    remoteWorker: random.next() < 0.35,
  };
  const user = org.users.add({ profile, status, createdMs, hasPassword: !isNew });
  finish(org, user, createdMs);
  return user;
}

/** Gives a user dates that fit the status. Sign-ins come with the system log. */
function finish(org: Org, user: User, createdMs: number): void {
  const { random } = org;
  if (user.status === "STAGED" || user.status === "PROVISIONED") return;
  const since = org.now() - createdMs;
  const later = (share: number) => org.timestamp(createdMs + Math.floor(since * share));
  user.passwordChanged = later(0.3 + random.next() * 0.3);
  user.lastUpdated = later(0.7 + random.next() * 0.25);
  user.statusChanged = user.status === "ACTIVE" ? later(0.01) : user.lastUpdated;
  user.lastLogin = later(0.65);
}

function newName(org: Org) {
  const { random } = org;
  const pool = random.pick(NAME_POOLS);
  const firstName = random.pick(pool.given);
  const lastName = random.pick(pool.family);
  const own = pool.own === undefined ? "" : ` (${pool.own[lastName]} ${pool.own[firstName]})`;
  const stem = `${loginPart(firstName)}.${loginPart(lastName)}`;
  let login = `${stem}@${COMPANY_DOMAIN}`;
  for (let n = 2; org.users.findByLogin(login) !== undefined; n += 1) login = `${stem}${n}@${COMPANY_DOMAIN}`;
  return { firstName, lastName, displayName: `${firstName} ${lastName}${own}`, locale: pool.locale, login };
}

function hireAdmin(org: Org): void {
  const createdMs = org.now() - 1200 * DAY_MS;
  const profile = {
    firstName: "Ada",
    lastName: "Admin",
    displayName: "Ada Admin",
    login: ADMIN_LOGIN,
    email: ADMIN_LOGIN,
    mobilePhone: null,
    secondEmail: null,
    title: "Identity Administrator",
    department: "IT and Security",
    division: "Technology",
    costCenter: "CC-4300",
    organization: "Acme Robotics",
    userType: "Employee",
    employeeNumber: "10000",
    badgeNumber: 70_999,
    clearance: "restricted",
    startDate: new Date(createdMs).toISOString().slice(0, 10),
  };
  finish(org, org.users.add({ profile, createdMs }), createdMs);
}
