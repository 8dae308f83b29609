import { ADMIN_LOGIN } from "../facts.js";
import type { Org } from "../org.js";
import { createRandom, type Random } from "../random.js";
import { appParty, groupParty, userParty } from "../state/log-event.js";
import type { App, Group, JsonObject, LogClient, LogNote, User } from "../state/model.js";
import { OFFICES } from "./company.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 7;
const EVENTS = 3000;

const BROWSERS = [
  {
    os: "Mac OS 14.6.1 (Sonoma)",
    browser: "CHROME",
    device: "Computer",
    rawUserAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36",
  },
  {
    os: "Windows 11",
    browser: "EDGE",
    device: "Computer",
    rawUserAgent:
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36 Edg/127.0.0.0",
  },
  {
    os: "Linux",
    browser: "FIREFOX",
    device: "Computer",
    rawUserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  },
  {
    os: "iOS 17.6 (iPhone)",
    browser: "SAFARI",
    device: "Mobile",
    rawUserAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
  },
] as const;

/** A kind of event, and its weight compared with the others. */
interface Happening {
  weight: number;
  note: (scene: Scene) => LogNote;
  /** The users whom it concerns; by default all who can sign in. */
  who?: (users: User[]) => User[];
  /** The actor. `stranger`: a client outside the company's offices; `admin`: the administrator acts on the user. */
  by?: "stranger" | "admin";
}

interface Scene {
  user: User;
  app: App;
  group: Group;
}

const signIn = { eventType: "user.session.start", displayMessage: "User login to Okta" };
const policy = { eventType: "policy.evaluate_sign_on", displayMessage: "Evaluation of sign-on policy" };
const factor = { eventType: "user.authentication.auth_via_mfa", displayMessage: "Authentication of user via MFA" };

const failure = (reason: string) => ({ severity: "WARN", outcome: { result: "FAILURE", reason } }) as const;
const denial = (reason: string) => ({ severity: "WARN", outcome: { result: "DENY", reason } }) as const;

const ofStatus = (status: User["status"]) => (users: User[]) => users.filter((user) => user.status === status);

const HAPPENINGS: readonly Happening[] = [
  { weight: 430, note: () => signIn },
  {
    weight: 330,
    note: ({ app }) => ({
      eventType: "user.authentication.sso",
      displayMessage: "User single sign on to app",
      target: [appParty(app)],
    }),
  },
  { weight: 90, note: () => ({ ...factor, debugData: { factor: "OKTA_VERIFY_PUSH" } }) },
  {
    weight: 60,
    note: () => ({ ...policy, outcome: { result: "ALLOW", reason: "Sign-on policy evaluation resulted in ALLOW" } }),
  },
  {
    weight: 40,
    note: () => ({
      ...policy,
      outcome: { result: "CHALLENGE", reason: "Sign-on policy evaluation resulted in CHALLENGE" },
    }),
  },
  { weight: 50, note: () => ({ ...signIn, ...failure("INVALID_CREDENTIALS") }) },
  { weight: 12, note: () => ({ ...signIn, ...failure("INVALID_CREDENTIALS") }), by: "stranger" },
  { weight: 14, note: () => ({ ...signIn, ...failure("LOCKED_OUT") }), who: ofStatus("LOCKED_OUT") },
  { weight: 8, note: () => ({ ...signIn, ...failure("VERIFICATION_ERROR") }), who: ofStatus("SUSPENDED") },
  { weight: 12, note: () => ({ ...factor, ...failure("INVALID_CREDENTIALS") }) },
  { weight: 6, note: () => ({ ...factor, ...failure("USER_REJECTED_OKTA_VERIFY_PUSH") }) },
  {
    weight: 4,
    note: () => ({
      eventType: "user.account.lock",
      displayMessage: "Max sign in attempts exceeded",
      ...failure("LOCKED_OUT"),
    }),
    who: ofStatus("LOCKED_OUT"),
  },
  { weight: 12, note: () => ({ ...policy, ...denial("Sign-on policy evaluation resulted in DENY") }) },
  { weight: 8, note: () => ({ ...policy, ...denial("Network zone is blocked: High-risk countries") }), by: "stranger" },
  { weight: 6, note: () => ({ ...policy, ...denial("Device assurance: operating system is out of date") }) },
  {
    weight: 7,
    note: ({ app }) => ({
      eventType: "application.policy.sign_on.deny_access",
      displayMessage: "Deny user access due to app sign on policy",
      target: [appParty(app)],
      ...denial("Device is not managed"),
    }),
  },
  {
    weight: 4,
    note: () => ({
      eventType: "security.request.blocked",
      displayMessage: "Request from suspicious actor",
      ...denial("Blocked by ThreatInsight"),
    }),
    by: "stranger",
  },
  { weight: 16, note: () => ({ eventType: "user.session.end", displayMessage: "User logout from Okta" }) },
  {
    weight: 8,
    note: ({ user }) => ({
      eventType: "user.account.reset_password",
      displayMessage: "Fire when the user's Okta password is reset",
      target: [userParty(user)],
    }),
    by: "admin",
  },
  {
    weight: 10,
    note: ({ user, group }) => ({
      eventType: "group.user_membership.add",
      displayMessage: "Add user to group membership",
      target: [userParty(user), groupParty(group)],
    }),
    by: "admin",
  },
];

/** Adds the events of a week: some 3,000, oldest first, and `lastLogin` of everybody who signed in. */
export function liveThroughAWeek(org: Org): void {
  // The events have their own random numbers, so that a longer log does not change the people.
  const random = createRandom(org.random.int(2 ** 31));
  const users = org.users.all().filter((user) => !["STAGED", "PROVISIONED", "DEPROVISIONED"].includes(user.status));
  const active = users.filter((user) => user.status === "ACTIVE");
  const apps = org.apps.all().filter((app) => app.status === "ACTIVE");
  const groups = org.groups.all().filter((group) => group.type === "OKTA_GROUP");
  const admin = org.users.findByLogin(ADMIN_LOGIN) ?? random.pick(active);
  const times = Array.from({ length: EVENTS }, () => org.now() - Math.floor(random.next() * DAYS * DAY_MS) - 1);
  for (const publishedMs of times.sort((a, b) => a - b)) {
    const { note: noteOf, who, by } = pickWeighted(random);
    const user = random.pick(who?.(users) ?? active);
    const note = noteOf({ user, app: random.pick(apps), group: random.pick(groups) });
    const doer = { actor: userParty(by === "admin" ? admin : user), client: clientOf(random, by === "stranger") };
    org.log({ securityContext: network(random), ...note, publishedMs }, doer);
    const signedIn = note.eventType === signIn.eventType && note.outcome === undefined;
    if (signedIn) user.lastLogin = org.timestamp(publishedMs);
  }
}

function pickWeighted(random: Random): Happening {
  let left = random.next() * HAPPENINGS.reduce((sum, { weight }) => sum + weight, 0);
  for (const happening of HAPPENINGS) {
    left -= happening.weight;
    if (left < 0) return happening;
  }
  return random.pick(HAPPENINGS);
}

/** A browser in one of the offices, or one far away from them. */
function clientOf(random: Random, stranger: boolean): LogClient {
  const { os, browser, device, rawUserAgent } = random.pick(BROWSERS);
  const office = random.pick(OFFICES);
  const place = stranger ? { city: "Unknown", state: "Unknown", country: "Elsewhere", lat: 0, lon: 0 } : office;
  return {
    userAgent: { rawUserAgent, os, browser },
    zone: stranger ? "BlockedIpZone" : "DefaultIpZone",
    device,
    id: null,
    ipAddress: stranger ? `203.0.113.${200 + random.int(50)}` : `${office.ip}.${1 + random.int(150)}`,
    geographicalContext: {
      city: place.city,
      state: place.state,
      country: place.country,
      postalCode: null,
      geolocation: { lat: place.lat, lon: place.lon },
    },
  };
}

function network(random: Random): JsonObject {
  const isp = random.pick(["example telecom", "example fibre", "example mobile"]);
  return { asNumber: 64_496 + random.int(16), asOrg: isp, isp, domain: "isp.example", isProxy: false };
}
