import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { groupProfileFaults } from "../../sandbox/group-schema.js";
import { Org } from "../../sandbox/org.js";
import { seedCompany } from "../../sandbox/seed.js";
import { profileFaults } from "../../sandbox/user-schema.js";

const NOW = Date.UTC(2026, 0, 5, 9);

function company(seed = 1, nowMs = NOW): Org {
  const org = new Org({ origin: "http://127.0.0.1:1", seed, now: () => nowMs });
  seedCompany(org);
  return org;
}

/** The whole content of an org as text. */
function everything(org: Org): string {
  const members = org.groups.all().map((group) => org.groups.membersOf(group).map(({ id }) => id));
  return JSON.stringify([org.users.all(), org.groups.all(), members, org.apps.all(), org.events]);
}

const count = <T>(items: readonly T[], key: (item: T) => unknown): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[String(key(item))] = (counts[String(key(item))] ?? 0) + 1;
  return counts;
};

describe("the company in the sandbox", () => {
  test("is the same to the byte for the same seed and time, and another for another seed", () => {
    expect(everything(company())).toBe(everything(company()));
    expect(everything(company(2))).not.toBe(everything(company()));
  });

  test("goes on alike whether or not anybody has read its log on the way", () => {
    const [read, unread] = [company(), company()];
    expect(read.events).toHaveLength(3000);
    for (const org of [read, unread]) org.addUser({ profile: { login: "late@acme.example" } });
    expect(everything(read)).toBe(everything(unread));
    expect(read.events).toHaveLength(3001);
  });

  test("has 250 people of every status, with managers and contractors, none of them against the schema", () => {
    const org = company();
    const users = org.users.all();
    expect(count(users, (user) => user.status)).toEqual({
      ACTIVE: 201,
      STAGED: 7,
      PROVISIONED: 7,
      RECOVERY: 4,
      LOCKED_OUT: 6,
      PASSWORD_EXPIRED: 5,
      SUSPENDED: 6,
      DEPROVISIONED: 14,
    });
    expect(count(users, (user) => user.profile.userType).Contractor).toBeGreaterThan(15);
    expect(
      users.every(({ profile }) => profile.managerId === undefined || org.users.get(String(profile.managerId))),
    ).toBe(true);
    for (const { id, profile } of users) {
      const stored = Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null));
      expect(profileFaults(org, stored, id), String(profile.login)).toEqual([]);
    }
  });

  test("has groups whose profiles fit the group schema, but for those that an app imports", () => {
    const org = company();
    for (const { profile, type } of org.groups.all()) {
      if (type !== "APP_GROUP") expect(groupProfileFaults(org, profile), String(profile.name)).toEqual([]);
    }
  });

  test("has custom attributes of every type, and people who have them", () => {
    const org = company();
    const types = [...org.customAttributes.values()].map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(["string", "integer", "number", "boolean", "array"]));
    for (const name of org.customAttributes.keys()) {
      expect(
        org.users.all().some(({ profile }) => profile[name] !== undefined),
        name,
      ).toBe(true);
    }
  });

  test("has names in many scripts, and logins in one", () => {
    const users = company().users.all();
    const shown = users.map(({ profile }) => String(profile.displayName)).join();
    for (const script of ["Han", "Cyrillic", "Arabic", "Hangul"])
      expect(shown).toMatch(new RegExp(`\\p{Script=${script}}`, "u"));
    for (const { profile } of users) expect(profile.login).toMatch(/^[a-z]+\.[a-z]+\d*@acme-robotics\.example$/);
  });

  test("has 25 groups, Everyone and an imported one among them, most of them with members", () => {
    const { groups } = company();
    expect(groups.size).toBe(25);
    expect(count(groups.all(), (group) => group.type)).toEqual({ BUILT_IN: 1, APP_GROUP: 1, OKTA_GROUP: 23 });
    expect(groups.all().every((group) => groups.membersOf(group).length > 0)).toBe(true);
    expect(groups.all().some((group) => groups.sourceOf(group).rule !== undefined)).toBe(true);
  });

  test("has 15 apps of every sign-on mode in use and one of a mode to come", () => {
    const { apps } = company();
    expect(count(apps.all(), (app) => app.signOnMode)).toEqual({
      OPENID_CONNECT: 4,
      SAML_2_0: 3,
      AUTO_LOGIN: 2,
      BOOKMARK: 1,
      BROWSER_PLUGIN: 1,
      SECURE_PASSWORD_STORE: 1,
      BASIC_AUTH: 1,
      WS_FEDERATION: 1,
      WALLET_PRESENTATION: 1,
    });
    expect(count(apps.all(), (app) => app.status)).toEqual({ ACTIVE: 14, INACTIVE: 1 });
  });

  test("has the apps that this server signs in with, and the administrator who signs in", () => {
    const { apps, users, groups } = company();
    expect(apps.get(DEVICE_CLIENT_ID)).toMatchObject({ label: "okta-mcp", status: "ACTIVE" });
    expect(apps.get(SERVICE_CLIENT_ID)).toMatchObject({ settings: { oauthClient: { application_type: "service" } } });
    const admin = users.find(ADMIN_LOGIN);
    expect(admin?.status).toBe("ACTIVE");
    expect(groups.ofUser(admin?.id ?? "").map(({ profile }) => profile.name)).toContain("Okta Administrators");
  });

  test("has a week of log in the order of time, up to now, with failures and denials for many reasons", () => {
    const { events } = company();
    expect(events.length).toBeGreaterThan(2000);
    const times = events.map(({ published }) => published);
    expect(times).toEqual([...times].sort());
    expect(Date.parse(times[0] ?? "")).toBeGreaterThan(NOW - 7 * 24 * 3_600_000);
    expect(Date.parse(times.at(-1) ?? "")).toBeLessThan(NOW);
    const reasons = (result: string) =>
      new Set(
        events
          .map(({ outcome }) => outcome as { result: string; reason: string })
          .filter((o) => o.result === result)
          .map((o) => o.reason),
      );
    expect(reasons("FAILURE")).toContain("INVALID_CREDENTIALS");
    expect(reasons("FAILURE")).toContain("LOCKED_OUT");
    expect(reasons("DENY").size).toBeGreaterThan(4);
    const lastDay = events.filter(({ published }) => Date.parse(published) > NOW - 24 * 3_600_000);
    expect(count(lastDay, (event) => (event.outcome as { result: string }).result)).toMatchObject({
      FAILURE: expect.any(Number),
      DENY: expect.any(Number),
    });
    expect(new Set(events.map(({ uuid }) => uuid)).size).toBe(events.length);
  });
});
