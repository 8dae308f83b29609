import type { Org } from "../org.js";
import { POLICIES, passwordSettings } from "../state/default-policies.js";
import type { JsonObject } from "../state/model.js";
import type { NewPolicy } from "../state/policy-store.js";

/** A policy of the company. `groups` are by name, `apps` by label. */
interface SeedPolicy {
  policy: NewPolicy["given"];
  groups?: readonly string[];
  apps?: readonly string[];
  inactive?: boolean;
  rules: readonly (JsonObject & { name: string; inactive?: boolean })[];
}

const ANYWHERE: JsonObject = { network: { connection: "ANYWHERE" } };
const PLANT_NETWORK: JsonObject = { network: { connection: "ZONE", include: ["nzoSandboxPlantFloor1"] } };
const NOBODY_LEFT_OUT: JsonObject = { people: { users: { exclude: [] } } };
const platforms = (...include: JsonObject[]): JsonObject => ({ platform: { include, exclude: [] } });
const desktop = (type: string): JsonObject => ({ type: "DESKTOP", os: { type } });
const mobile = (type: string): JsonObject => ({ type: "MOBILE", os: { type } });

const signOn = (more: JsonObject): JsonObject => ({
  signon: {
    access: "ALLOW",
    requireFactor: true,
    factorPromptMode: "SESSION",
    primaryFactor: "PASSWORD_IDP_ANY_FACTOR",
    rememberDeviceByDefault: false,
    session: { usePersistentCookie: false, maxSessionIdleMinutes: 60, maxSessionLifetimeMinutes: 480 },
    ...more,
  },
});

const appSignOn = (
  access: "ALLOW" | "DENY",
  factorMode: "1FA" | "2FA",
  constraints: JsonObject[] = [],
): JsonObject => ({
  appSignOn: {
    access,
    verificationMethod: { type: "ASSURANCE", factorMode, reauthenticateIn: "PT8H", constraints },
    keepMeSignedIn: { postAuth: "NOT_ALLOWED" },
  },
});

const PHISHING_RESISTANT: JsonObject = {
  possession: {
    required: true,
    phishingResistant: "REQUIRED",
    userPresence: "REQUIRED",
    hardwareProtection: "OPTIONAL",
  },
};

const passwordActions = (unlock: "ALLOW" | "DENY"): JsonObject => ({
  passwordChange: { access: "ALLOW" },
  selfServicePasswordReset: {
    access: "ALLOW",
    requirement: { primary: { methods: ["push", "email"] }, stepUp: { required: true } },
  },
  selfServiceUnlock: { access: unlock },
});

/** The company's policies besides those that Okta makes. `<name>` stands for the id of a device assurance policy. */
export const SEED_POLICIES: readonly SeedPolicy[] = [
  {
    policy: { type: "OKTA_SIGN_ON", name: "Administrators", description: "Short sessions, always a second factor" },
    groups: ["Okta Administrators", "Break Glass"],
    rules: [
      {
        name: "Every sign-in of an administrator",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE, authContext: { authType: "ANY" } },
        actions: signOn({ factorPromptMode: "ALWAYS" }),
      },
    ],
  },
  {
    policy: { type: "OKTA_SIGN_ON", name: "Contractors", description: "Nobody from outside without a second factor" },
    groups: ["Contractors"],
    rules: [
      { name: "Plant network", conditions: { ...NOBODY_LEFT_OUT, ...PLANT_NETWORK }, actions: signOn({}) },
      {
        name: "Everywhere else",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE, riskScore: { level: "ANY" } },
        actions: signOn({ factorPromptMode: "ALWAYS" }),
      },
      {
        name: "Nobody through RADIUS",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE, authContext: { authType: "RADIUS" } },
        actions: signOn({ access: "DENY" }),
        inactive: true,
      },
    ],
  },
  {
    policy: {
      type: "PASSWORD",
      name: "Administrators",
      description: "Long passwords for those with much to lose",
      settings: passwordSettings(16, 5),
    },
    groups: ["Okta Administrators", "Managers"],
    rules: [
      {
        name: "Reset with a second factor",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE },
        actions: passwordActions("DENY"),
      },
    ],
  },
  {
    policy: {
      type: "PASSWORD",
      name: "Factory floor",
      description: "Shared terminals on the line; replaced by badges",
      settings: passwordSettings(10, 10),
    },
    groups: ["Manufacturing"],
    inactive: true,
    rules: [
      { name: "At the plant", conditions: { ...NOBODY_LEFT_OUT, ...PLANT_NETWORK }, actions: passwordActions("ALLOW") },
    ],
  },
  {
    policy: {
      type: "MFA_ENROLL",
      name: "Passkey pilot",
      description: "Passkeys first",
      settings: {
        type: "AUTHENTICATORS",
        authenticators: [
          { key: "webauthn", enroll: { self: "REQUIRED" }, constraints: { aaguidGroups: [] } },
          { key: "okta_verify", enroll: { self: "OPTIONAL" } },
          { key: "okta_password", enroll: { self: "NOT_ALLOWED" } },
        ],
      },
    },
    groups: ["Pilot: Passkeys"],
    rules: [
      {
        name: "Enroll at the first challenge",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE },
        actions: { enroll: { self: "CHALLENGE" } },
      },
    ],
  },
  {
    policy: {
      type: "ACCESS_POLICY",
      name: "Customer data",
      description: "Phishing-resistant, on healthy devices only",
    },
    apps: ["Salesforce", "Robot Fleet Console", "GitHub Enterprise"],
    rules: [
      {
        name: "Managed laptops",
        conditions: {
          ...ANYWHERE,
          ...platforms(desktop("MACOS"), desktop("WINDOWS")),
          riskScore: { level: "ANY" },
          device: {
            registered: true,
            managed: true,
            assurance: { include: ["<macOS laptops>", "<Windows laptops>"] },
          },
        },
        actions: appSignOn("ALLOW", "2FA", [PHISHING_RESISTANT]),
      },
      {
        name: "Managed phones",
        conditions: {
          ...ANYWHERE,
          ...platforms(mobile("IOS"), mobile("ANDROID")),
          device: { registered: true, assurance: { include: ["<iPhones>", "<Android phones>"] } },
        },
        actions: appSignOn("ALLOW", "2FA"),
      },
      {
        name: "Risky sign-ins",
        conditions: { ...ANYWHERE, riskScore: { level: "HIGH" } },
        actions: appSignOn("DENY", "1FA"),
      },
    ],
  },
  {
    policy: { type: "ACCESS_POLICY", name: "Low risk", description: "One factor is enough" },
    apps: ["Company Wiki", "Travel Portal"],
    rules: [{ name: "Anybody", conditions: { ...ANYWHERE }, actions: appSignOn("ALLOW", "1FA") }],
  },
  {
    policy: { type: "ACCESS_POLICY", name: "Before the merger", description: "Kept for the auditors" },
    inactive: true,
    rules: [{ name: "Password only", conditions: { ...ANYWHERE }, actions: appSignOn("ALLOW", "1FA") }],
  },
  {
    policy: { type: "PROFILE_ENROLLMENT", name: "Partners", description: "Partners sign up by themselves" },
    apps: ["Badge Gateway"],
    rules: [],
  },
  {
    policy: { type: "DEVICE_SIGNAL_COLLECTION", name: "Corporate devices", description: "What is asked of a device" },
    rules: [
      {
        name: "Laptops",
        conditions: { ...ANYWHERE, ...platforms(desktop("MACOS"), desktop("WINDOWS")) },
        actions: {
          deviceSignalCollection: {
            deviceContextProviders: [
              { key: "OKTA_VERIFY", userIdentification: "IGNORE" },
              { key: "CHROME_DEVICE_TRUST" },
            ],
          },
        },
      },
    ],
  },
  {
    policy: {
      type: "AGENT_DELEGATION",
      name: "Assistants of the service desk",
      description: "Which assistants may act for whom",
      audience: { agents: ["agt-helpdesk"], maxDelegationHours: 4 },
      settings: { delegation: { chainDepth: 1, requirePerson: true, budgets: [{ unit: "calls", perHour: 200 }] } },
    },
    groups: ["IT and Security"],
    rules: [
      {
        name: "Read, and ask before writing",
        conditions: { agent: { kinds: ["ASSISTANT"], attestation: { minimum: "SIGNED" } } },
        actions: { delegation: { grant: "READ", askPerson: "BEFORE_WRITES", scopesCeiling: ["okta.users.read"] } },
      },
    ],
  },
];

/**
 * Adds the company's policies.
 * @param assurances device assurance policies by name, for the rules that require them
 */
export function decidePolicies(org: Org, assurances: ReadonlyMap<string, string>, ageMs: () => number): void {
  const store = org.area(POLICIES);
  const groupIds = new Map(org.groups.all().map((group) => [group.profile.name, group.id]));
  const idsOf = (names: readonly string[]) => names.flatMap((name) => groupIds.get(name) ?? []);
  for (const { policy: given, groups, apps = [], inactive, rules } of SEED_POLICIES) {
    const createdMs = org.now() - ageMs();
    const conditions = groups === undefined ? null : { people: { groups: { include: idsOf(groups) } } };
    const status = inactive ? "INACTIVE" : "ACTIVE";
    const policy = store.insert({ given: { ...given, conditions }, status, createdMs });
    for (const { inactive: off, ...rule } of rules) {
      const named = JSON.parse(
        JSON.stringify(rule).replace(/<([^<>]+)>/g, (_, name: string) => assurances.get(name) ?? ""),
      );
      const type = given.type === "OKTA_SIGN_ON" ? "SIGN_ON" : given.type;
      store.insertRule(policy, { given: { ...named, type }, status: off ? "INACTIVE" : "ACTIVE", createdMs });
    }
    for (const app of org.apps.all()) if (apps.includes(app.label)) store.assign(policy, app);
  }
}
