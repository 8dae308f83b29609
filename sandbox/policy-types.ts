import type { Order } from "./priorities.js";
import type { JsonObject } from "./state/model.js";

/** The properties of one type of policy. */
export interface PolicyKind {
  /** The type of its rules, where it differs. */
  ruleType?: string;
  /** How its rules are numbered, and its policies where several can be active. */
  order: Order;
  /** True where its policies apply in an order. Policies of other types all have priority 1. */
  ranked?: boolean;
  /** True where an org has one policy of this type, made by Okta. */
  single?: boolean;
  /** True where Okta's own policy takes no further rules. */
  fixedRules?: boolean;
  /** True where every app has one policy of this type. */
  ofApps?: boolean;
  /** The actions of the rule that Okta puts last; undefined where a policy may have no rules. */
  catchAll?: JsonObject;
}

/**
 * All types of Okta's Management API document, and a type of the future. With it the sandbox shows how a client copes
 * with an unknown type.
 */
export const POLICY_KINDS: Readonly<Record<string, PolicyKind>> = {
  OKTA_SIGN_ON: { ruleType: "SIGN_ON", order: "dense", ranked: true },
  PASSWORD: { order: "dense", ranked: true },
  MFA_ENROLL: { order: "dense", ranked: true },
  IDP_DISCOVERY: { order: "dense", single: true },
  ACCESS_POLICY: {
    order: "gapped",
    ofApps: true,
    catchAll: {
      appSignOn: {
        access: "ALLOW",
        verificationMethod: {
          type: "ASSURANCE",
          factorMode: "2FA",
          reauthenticateIn: "PT12H",
          constraints: [{ knowledge: { required: true, reauthenticateIn: "PT12H" } }],
        },
      },
    },
  },
  PROFILE_ENROLLMENT: {
    order: "gapped",
    fixedRules: true,
    ofApps: true,
    catchAll: {
      profileEnrollment: {
        access: "ALLOW",
        unknownUserAction: "DENY",
        activationRequirements: { emailVerification: true },
        profileAttributes: [
          { name: "email", label: "Email", required: true },
          { name: "firstName", label: "First name", required: true },
          { name: "lastName", label: "Last name", required: true },
        ],
        progressiveProfilingAction: "DISABLED",
      },
    },
  },
  DEVICE_SIGNAL_COLLECTION: { order: "gapped" },
  ENTITY_RISK: { order: "gapped", single: true, catchAll: { entityRisk: { actions: [] } } },
  POST_AUTH_SESSION: {
    order: "gapped",
    single: true,
    fixedRules: true,
    catchAll: { postAuthSession: { failureActions: [] } },
  },
  SESSION_VIOLATION_DETECTION: {
    order: "gapped",
    single: true,
    catchAll: { sessionViolationDetection: { policyEvaluation: { enabled: true } } },
  },
  CLIENT_UPDATE: {
    order: "gapped",
    single: true,
    fixedRules: true,
    catchAll: { updateControls: { actions: [{ action: "OKTA_VERIFY_UPDATE", value: "ALLOW" }] } },
  },
  IDENTITY_CLAIM_SOURCING: {
    order: "gapped",
    single: true,
    fixedRules: true,
    catchAll: { claimSourcing: { redirectType: "IDP_DISCOVERY", refresh: { redirectType: "NONE" } } },
  },
  AGENT_DELEGATION: { order: "gapped", catchAll: { delegation: { grant: "NONE", askPerson: "ALWAYS" } } },
};

/** @throws RangeError for an unknown type; routes refuse it before */
export function kindOf(type: string): PolicyKind {
  const kind = Object.hasOwn(POLICY_KINDS, type) ? POLICY_KINDS[type] : undefined;
  if (kind === undefined) throw new RangeError(`There is no policy type ${type}.`);
  return kind;
}

/** The type of the rules of a policy. */
export function ruleTypeOf(type: string): string {
  return kindOf(type).ruleType ?? type;
}
