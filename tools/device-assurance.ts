import * as z from "zod";
import { defineTool, type Impact, type ToolContext } from "../src/tool.js";
import {
  asObject,
  counted,
  fieldsOf,
  ifReadable,
  itemsAt,
  type Json,
  type JsonObject,
  type KnownFields,
  OktaMcpError,
  objectAt,
  ofMade,
  policiesTouched,
  refuseTaken,
  some,
  textAt,
  undoBy,
  valueAt,
  without,
} from "./shared/kit.js";
import { after, id, jsonObject } from "./shared/params.js";

const VERSION = /^\d{1,9}(\.\d{1,9}){0,9}$/;

/** Compares two versions number by number. A missing number counts as 0. The result is below 0 where `a` is older. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  const differing = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [left[i] ?? 0, right[i] ?? 0])
    .map(([one = 0, other = 0]) => one - other)
    .find((difference) => difference !== 0);
  return differing ?? 0;
}

function sameVersion(a: string, b: string): boolean {
  return a === b || (VERSION.test(a) && VERSION.test(b) && compareVersions(a, b) === 0);
}

/**
 * The minimum operating system versions of a policy. A requirement without a fixed version, such as a dynamic one,
 * counts as "". ChromeOS has its version among the signals of the browser.
 */
function minimumVersions(policy: Json): string[] {
  const constraints = itemsAt(policy, "osVersionConstraints");
  if (constraints.length > 0) return constraints.map((constraint) => textAt(constraint, "minimum"));
  const minimum = textAt(policy, "osVersion", "minimum");
  return [minimum || textAt(policy, "thirdPartySignalProviders", "dtc", "osVersion", "minimum")];
}

/**
 * Compares a policy with a version: some minimum is below it, no minimum can be compared, or all are at or above it.
 */
function standing(policy: Json, threshold: string): "below" | "unknown" | "at_or_above" {
  const minimums = minimumVersions(policy);
  if (minimums.some((minimum) => VERSION.test(minimum) && compareVersions(minimum, threshold) < 0)) return "below";
  return minimums.every((minimum) => VERSION.test(minimum)) ? "at_or_above" : "unknown";
}

/** The most device assurance policies that one answer compares. An org has some tens. */
const MAX_POLICIES = 1000;

export const listDeviceAssurancePolicies = defineTool({
  name: "list_device_assurance_policies",
  purpose: "find deviceAssurance",
  title: "List device assurance policies",
  description:
    "List device assurance policies of all platforms, or only those with a minimum OS version below version_threshold.",
  scope: "okta.deviceAssurance.read",
  effect: "reads",
  compares: {
    version_threshold: [
      "osVersion.minimum",
      "osVersionConstraints.minimum",
      "thirdPartySignalProviders.dtc.osVersion.minimum",
    ],
  },
  input: z.strictObject({
    version_threshold: z
      .string()
      .regex(VERSION, "has to be a version of numbers, e.g. 14.2.1")
      .optional()
      .describe(
        "Compare with a version, e.g. 14.2.1; without_minimum lists those that name none. Then fields begin with items.",
      ),
    after,
  }),
  async run({ okta, list, collect, excerpt }, a) {
    const fetchPage = (cursor: string | undefined) =>
      okta.deviceAssurance.listDeviceAssurancePolicies.page({ after: cursor });
    const threshold = a.version_threshold;
    if (threshold === undefined) return list(fetchPage, { after: a.after, fetch_all: true });
    const { items, complete } = await collect(fetchPage, MAX_POLICIES);
    const below = items.filter((policy) => standing(policy, threshold) === "below");
    const unknown = items.filter((policy) => standing(policy, threshold) === "unknown");
    const shown = excerpt(below, 0.6);
    const shownUnknown = excerpt(unknown, 0.3);
    const left = below.length - shown.length + unknown.length - shownUnknown.length;
    return {
      items: shown,
      without_minimum: shownUnknown,
      totals: { compared: items.length, below: below.length, without_minimum: unknown.length, complete },
      ...(left > 0 ? { note: `${left} more do not fit into a result; raise OKTA_MCP_MAX_RESULT_CHARS.` } : {}),
    };
  },
});

const deviceAssuranceId = id("Find it with list_device_assurance_policies.");

export const getDeviceAssurancePolicy = defineTool({
  name: "get_device_assurance_policy",
  purpose: "show deviceAssurance",
  title: "Get device assurance policy",
  description: "Get one device assurance policy.",
  scope: "okta.deviceAssurance.read",
  effect: "reads",
  input: z.strictObject({ device_assurance_id: deviceAssuranceId }),
  run: ({ okta }, a) => okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId: a.device_assurance_id }),
});

const DYNAMIC_VERSION = {
  type: "string",
  distanceFromLatestMajor: "integer",
  latestSecurityPatch: "boolean",
} as const;
const POLICY_FIELDS: KnownFields = {
  name: "string",
  platform: "string",
  osVersion: { minimum: "string", dynamicVersionRequirement: DYNAMIC_VERSION },
  osVersionConstraints: [
    { majorVersionConstraint: "string", minimum: "string", dynamicVersionRequirement: DYNAMIC_VERSION },
  ],
  diskEncryptionType: { include: ["string"] },
  screenLockType: { include: ["string"] },
  secureHardwarePresent: "boolean",
  jailbreak: "boolean",
  displayRemediationMode: "string",
  thirdPartySignalProviders: {
    dtc: {
      browserVersion: { minimum: "string" },
      osVersion: { minimum: "string" },
      ...fieldsOf("boolean", "osFirewall", "diskEncrypted", "screenLockSecured", "managedDevice"),
    },
  },
};
const wholePolicy = (fields: KnownFields) =>
  jsonObject(
    "Give the policy as Okta has it: name, platform (ANDROID, CHROMEOS, IOS, MACOS, WINDOWS), osVersion, osVersionConstraints …",
    fields,
  );
const userStatedOsVersion = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe("Repeat the minimum OS version as the person named it.");

/** The place of a policy's minimum version. The browser tells that of a ChromeOS device (schema `DTCChromeOS`). */
function versionPlace(body: JsonObject): readonly string[] {
  return body.platform === "CHROMEOS" ? ["thirdPartySignalProviders", "dtc", "osVersion"] : ["osVersion"];
}

/** An object with a value at a path. It makes the missing objects on the way. */
function withAt(object: JsonObject, [key = "", ...rest]: readonly string[], value: Json): JsonObject {
  return { ...object, [key]: rest.length === 0 ? value : withAt(objectAt(object, key), rest, value) };
}

/**
 * The body with the version that the person stated.
 * @throws OktaMcpError bad_input where the body has another one
 */
function withStatedVersion(a: { policy_data: JsonObject; user_stated_os_version?: string | undefined }): JsonObject {
  const { policy_data: body, user_stated_os_version: stated } = a;
  if (stated === undefined) return body;
  const place = versionPlace(body);
  const osVersion = valueAt(body, ...place) ?? null;
  const { osVersionConstraints = null } = body;
  const { minimum = null, dynamicVersionRequirement = null } = asObject(osVersion);
  if (osVersionConstraints !== null || dynamicVersionRequirement !== null) {
    throw new OktaMcpError("bad_input", "Okta takes either a minimum OS version or constraints on it, not both.", {
      fix: "Leave out user_stated_os_version, or osVersionConstraints and osVersion.dynamicVersionRequirement.",
    });
  }
  const given = typeof osVersion === "object" ? minimum : osVersion;
  if (given !== null && !(typeof given === "string" && sameVersion(given, stated))) {
    const name = place.join(".");
    throw new OktaMcpError("bad_input", `user_stated_os_version and the ${name} in policy_data are not the same.`, {
      fix: "Ask the person which version is meant, and give that one alone.",
      atTerminal: { fix: "Decide which version is meant, and give that one alone." },
    });
  }
  return withAt(body, place, { ...asObject(osVersion), minimum: given ?? stated });
}

/** In a preview, refuses a name that another policy has. */
function refuseTakenName(context: ToolContext, policy: Json, own?: string): Promise<string[]> {
  return refuseTaken(context, {
    what: "the policy name",
    attribute: ["name"],
    scope: "okta.deviceAssurance.read",
    fix: "Choose another name, or find its policy with list_device_assurance_policies.",
    holder: () =>
      context.find(
        (cursor) => context.okta.deviceAssurance.listDeviceAssurancePolicies.page({ after: cursor }),
        (other) => textAt(other, "name") === textAt(policy, "name") && textAt(other, "id") !== own,
      ),
  });
}

export const createDeviceAssurancePolicy = defineTool({
  name: "create_device_assurance_policy",
  title: "Create device assurance policy",
  description:
    "Create a device assurance policy for any platform. It takes effect once an app sign-in rule names it: see update_policy_rule.",
  scope: "okta.deviceAssurance.manage",
  effect: "adds",
  input: z.strictObject({ policy_data: wholePolicy(POLICY_FIELDS), user_stated_os_version: userStatedOsVersion }),
  change: {
    state: ({ okta }, _a, made) =>
      ofMade(made, (id) => okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId: id })),
    undo: ({ after }) => undoBy("delete_device_assurance_policy", { device_assurance_id: textAt(after, "id") }),
  },
  foresee: (context, a) => refuseTakenName(context, a.policy_data),
  run: ({ okta }, a) => okta.deviceAssurance.createDeviceAssurancePolicy({ deviceAssurance: withStatedVersion(a) }),
});

const SET_BY_OKTA = ["id", "createdBy", "createdDate", "lastUpdate", "lastUpdatedBy"];

/** The app sign-in policies whose rules require a device assurance policy. They change with it. */
const touches = {
  kinds: ["policies"] as const,
  read: (context: ToolContext, a: { device_assurance_id: string }) =>
    policiesTouched(context, ["ACCESS_POLICY"], [{ id: a.device_assurance_id, what: "the device assurance policy" }]),
};

export const replaceDeviceAssurancePolicy = defineTool({
  name: "replace_device_assurance_policy",
  title: "Replace device assurance policy",
  description:
    "Replace a whole device assurance policy: start from get_device_assurance_policy. What the body lacks is refused, or lost with allow_removals.",
  scope: "okta.deviceAssurance.manage",
  effect: "changes",
  destructive: true,
  input: z.strictObject({
    device_assurance_id: deviceAssuranceId,
    policy_data: wholePolicy(
      some(
        POLICY_FIELDS,
        ...["name", "osVersion.minimum", "diskEncryptionType", "screenLockType"],
        ...["secureHardwarePresent", "jailbreak"],
      ),
    ),
    user_stated_os_version: userStatedOsVersion,
  }),
  replaces: {
    current: async ({ okta }, a) =>
      (await okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId: a.device_assurance_id })) ?? {},
    proposed: withStatedVersion,
    setByOkta: SET_BY_OKTA,
  },
  touches,
  foresee: (context, a) => refuseTakenName(context, a.policy_data, a.device_assurance_id),
  async run({ okta, difference }, a, deviceAssurance) {
    const target = { deviceAssuranceId: a.device_assurance_id };
    const before = await okta.deviceAssurance.getDeviceAssurancePolicy(target);
    const policy = await okta.deviceAssurance.replaceDeviceAssurancePolicy({ ...target, deviceAssurance });
    const ignored = ["_links", ...SET_BY_OKTA];
    return { policy, changes: difference(without(before ?? {}, ignored), without(policy ?? {}, ignored)) };
  },
});

/** The most app sign-in policies that are searched for a use. */
const MAX_SEARCHED = 200;

/** The rules of app sign-in policies that require a device assurance policy, as "rule of policy". */
async function rulesUsing({ okta, collect, whole }: ToolContext, deviceAssuranceId: string) {
  const policies = await collect(
    (cursor) => okta.policies.listPolicies.page({ type: "ACCESS_POLICY", expand: "rules", after: cursor }),
    MAX_SEARCHED,
  );
  const uses: string[] = [];
  for (const policy of policies.items) {
    const embedded = objectAt(policy, "_embedded").rules;
    const rules = Array.isArray(embedded)
      ? embedded
      : await whole((cursor) => okta.policies.listPolicyRules.page({ policyId: textAt(policy, "id"), after: cursor }));
    for (const rule of rules) {
      if (!itemsAt(rule, "conditions", "device", "assurance", "include").includes(deviceAssuranceId)) continue;
      uses.push(`${textAt(rule, "name")} of ${textAt(policy, "name")}`);
    }
  }
  return { items: uses, complete: policies.complete };
}

/** The words for a policy for which no rule was found. */
function useInWords(uses: { complete: boolean } | undefined): string {
  if (uses === undefined) return "whether an app sign-in rule asks for it cannot be read; Okta refuses if one does";
  if (!uses.complete) return `none of the first ${MAX_SEARCHED} app sign-in policies asks for it`;
  return "no app sign-in rule asks for it";
}

export const deleteDeviceAssurancePolicy = defineTool({
  name: "delete_device_assurance_policy",
  title: "Delete device assurance policy",
  description:
    "Delete a device assurance policy for good. Rules that name it have to be changed first: see update_policy_rule.",
  scope: "okta.deviceAssurance.manage",
  alsoUses: ["okta.policies.read"],
  effect: "removes",
  input: z.strictObject({ device_assurance_id: deviceAssuranceId }),
  async impact(context, a): Promise<Impact> {
    const deviceAssuranceId = a.device_assurance_id;
    const policy = await context.okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId });
    const uses = context.may("okta.policies.read")
      ? await ifReadable(rulesUsing(context, deviceAssuranceId))
      : undefined;
    if (uses && uses.items.length > 0) {
      throw new OktaMcpError("conflict", `It is in use, asked for by ${counted(uses, "app sign-in rule")}.`, {
        fix: "Take it out of these rules with update_policy_rule, or choose another.",
        data: { used_by: uses.items },
      });
    }
    const minimum = minimumVersions(policy ?? {}).filter(Boolean);
    return {
      target: { type: "device assurance policy", name: textAt(policy, "name"), id: deviceAssuranceId },
      details: [
        `platform ${textAt(policy, "platform")}, minimum OS version ${minimum.join(" or ") || "not named"}`,
        useInWords(uses),
      ],
      state: { lastUpdate: textAt(policy, "lastUpdate") },
    };
  },
  touches,
  change: {
    state: ({ okta }, a) => okta.deviceAssurance.getDeviceAssurancePolicy({ deviceAssuranceId: a.device_assurance_id }),
    undo({ before }) {
      const args = { policy_data: without(before, SET_BY_OKTA) };
      return { steps: [{ tool: "create_device_assurance_policy", args }], notes: ["The policy gets a new id."] };
    },
  },
  run: ({ okta }, a) => okta.deviceAssurance.deleteDeviceAssurancePolicy({ deviceAssuranceId: a.device_assurance_id }),
});
