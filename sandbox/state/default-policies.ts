import type { Area, OrgState } from "./org-state.js";
import { type NewPolicy, PolicyStore } from "./policy-store.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const FOUNDED_DAYS_AGO = 1200;
const ANYWHERE = { network: { connection: "ANYWHERE" } };
const NOBODY_LEFT_OUT = { people: { users: { exclude: [] } } };

type Given = NewPolicy["given"];

/** The policies of an org. Those that Okta makes in every org are there from the beginning. */
export const POLICIES: Area<PolicyStore> = {
  name: "policies",
  create(org) {
    const store = new PolicyStore(org);
    const createdMs = org.now() - FOUNDED_DAYS_AGO * DAY_MS;
    for (const { policy: given, rule } of defaultPolicies(org)) {
      const policy = store.insert({ given, system: true, createdMs });
      if (rule !== undefined) store.insertRule(policy, { given: rule, system: true, createdMs });
    }
    return store;
  },
};

/** Okta's own policies, each with its default rule where that is not the catch-all rule of its type. */
function defaultPolicies(org: OrgState): { policy: Given; rule?: Given }[] {
  const everyone = org.groups.all().filter(({ type }) => type === "BUILT_IN");
  const forEveryone = { people: { groups: { include: everyone.map(({ id }) => id) } } };
  return [
    {
      policy: {
        type: "OKTA_SIGN_ON",
        name: "Default Policy",
        description: "The default policy applies in all situations if no other policy applies.",
        conditions: forEveryone,
      },
      rule: {
        type: "SIGN_ON",
        name: "Default Rule",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE, identityProvider: { provider: "ANY" } },
        actions: {
          signon: {
            access: "ALLOW",
            requireFactor: false,
            primaryFactor: "PASSWORD_IDP_ANY_FACTOR",
            rememberDeviceByDefault: false,
            session: { usePersistentCookie: false, maxSessionIdleMinutes: 120, maxSessionLifetimeMinutes: 0 },
          },
        },
      },
    },
    {
      policy: {
        type: "PASSWORD",
        name: "Default Policy",
        description: "The default policy applies in all situations if no other policy applies.",
        conditions: { ...forEveryone, authProvider: { provider: "OKTA" } },
        settings: passwordSettings(8, 10),
      },
      rule: {
        type: "PASSWORD",
        name: "Default Rule",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE },
        actions: {
          passwordChange: { access: "ALLOW" },
          selfServicePasswordReset: {
            access: "ALLOW",
            requirement: { primary: { methods: ["email"] }, stepUp: { required: false } },
          },
          selfServiceUnlock: { access: "DENY" },
        },
      },
    },
    {
      policy: {
        type: "MFA_ENROLL",
        name: "Default Policy",
        description: "The default policy applies in all situations if no other policy applies.",
        conditions: forEveryone,
        settings: {
          type: "AUTHENTICATORS",
          authenticators: [
            { key: "okta_email", enroll: { self: "OPTIONAL" } },
            { key: "okta_verify", enroll: { self: "REQUIRED" } },
            { key: "okta_password", enroll: { self: "REQUIRED" } },
          ],
        },
      },
      rule: {
        type: "MFA_ENROLL",
        name: "Default Rule",
        conditions: { ...NOBODY_LEFT_OUT, ...ANYWHERE },
        actions: { enroll: { self: "CHALLENGE" } },
      },
    },
    {
      policy: {
        type: "IDP_DISCOVERY",
        name: "Idp Discovery Policy",
        description: "Policy for IDP Discovery",
        conditions: null,
      },
      rule: {
        type: "IDP_DISCOVERY",
        name: "Default Rule",
        conditions: {
          ...ANYWHERE,
          platform: { include: [], exclude: [] },
          userIdentifier: { patterns: [] },
          app: { include: [], exclude: [] },
        },
        actions: { idp: { providers: [{ name: "Okta" }], idpSelectionType: "SPECIFIC", shouldFallBackToOkta: false } },
      },
    },
    ...(
      [
        ["ACCESS_POLICY", "Default Policy", "Default app sign-in policy; new apps start with it"],
        ["PROFILE_ENROLLMENT", "Default Policy", "Default user profile policy; new apps start with it"],
        ["ENTITY_RISK", "Entity Risk Policy", "What happens when the risk of a user changes"],
        ["POST_AUTH_SESSION", "Session Protection Policy", "What happens when a session breaks its policies"],
        ["SESSION_VIOLATION_DETECTION", "Session Violation Detection Policy", "When sessions are looked at again"],
        ["CLIENT_UPDATE", "Client Update Policy", "Which updates Okta Verify takes by itself"],
        ["IDENTITY_CLAIM_SOURCING", "Default policy", "Where claims about a user come from"],
      ] as const
    ).map(([type, name, description]) => ({ policy: { type, name, description, conditions: null } })),
  ];
}

/** The settings of a password policy (schema `PasswordPolicySettings`). */
export function passwordSettings(minLength: number, maxAttempts: number) {
  return {
    password: {
      complexity: {
        minLength,
        minLowerCase: 1,
        minUpperCase: 1,
        minNumber: 1,
        minSymbol: 0,
        excludeUsername: true,
        dictionary: { common: { exclude: true } },
        excludeAttributes: ["firstName", "lastName"],
      },
      age: { maxAgeDays: 0, expireWarnDays: 0, minAgeMinutes: 0, historyCount: 4 },
      lockout: {
        maxAttempts,
        autoUnlockMinutes: 15,
        userLockoutNotificationChannels: [],
        showLockoutFailures: false,
      },
    },
    recovery: {
      factors: {
        recovery_question: { status: "INACTIVE", properties: { complexity: { minLength: 4 } } },
        okta_email: { status: "ACTIVE", properties: { recoveryToken: { tokenLifetimeMinutes: 60 } } },
        okta_sms: { status: "INACTIVE" },
        okta_call: { status: "INACTIVE" },
      },
    },
    delegation: { options: { skipUnlock: false } },
  };
}
