import { valuesAt } from "../filter.js";
import { isObject } from "../json.js";
import { invalid, notFound, OktaRefusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { link } from "../page.js";
import type { Route, SandboxRequest } from "../route.js";
import { POLICIES } from "../state/default-policies.js";
import { DEVICE_ASSURANCE, type DeviceAssurance } from "../state/device-assurance.js";
import type { JsonObject, LogNote } from "../state/model.js";
import { bodyOf, doerOf, href } from "./shared.js";

const PLATFORMS = ["ANDROID", "CHROMEOS", "IOS", "MACOS", "WINDOWS"];
const SET_BY_OKTA = ["id", "createdBy", "createdDate", "lastUpdate", "lastUpdatedBy", "_links"];

export function deviceAssuranceRoutes(org: Org): Route[] {
  const read = "okta.deviceAssurance.read";
  const manage = "okta.deviceAssurance.manage";
  const template = "/api/v1/device-assurances";
  const store = () => org.area(DEVICE_ASSURANCE);

  /** Keeps a policy and leaves an event. */
  function keep(policy: DeviceAssurance, verb: "add" | "update", request: SandboxRequest): JsonObject {
    store().set(policy.id, policy);
    org.log(note(policy, verb), doerOf(org, request));
    return shown(org, policy);
  }
  return [
    {
      method: "GET",
      template,
      scope: read,
      handle: ({ url }) => ({
        status: 200,
        headers: { Link: link(url, "self") },
        json: [...store().values()].map((policy) => shown(org, policy)),
      }),
    },
    {
      method: "POST",
      template,
      scope: manage,
      handle(request) {
        const given = givenIn(org, request);
        const [by, at] = [doerOf(org, request).actor.id, org.timestamp()];
        const id = org.newId("dae");
        const policy = { ...given, id, createdBy: by, createdDate: at, lastUpdate: at, lastUpdatedBy: by };
        return { status: 200, json: keep(policy, "add", request) };
      },
    },
    {
      method: "GET",
      template: `${template}/{deviceAssuranceId}`,
      scope: read,
      handle: (request) => ({ status: 200, json: shown(org, policyOf(org, request)) }),
    },
    {
      method: "PUT",
      template: `${template}/{deviceAssuranceId}`,
      scope: manage,
      handle(request) {
        const { id, platform, createdBy, createdDate } = policyOf(org, request);
        const given = givenIn(org, request, id);
        if (given.platform !== platform) throw invalid("platform", "platform: The platform cannot be changed.");
        const [lastUpdatedBy, lastUpdate] = [doerOf(org, request).actor.id, org.timestamp()];
        const policy = { ...given, id, createdBy, createdDate, lastUpdate, lastUpdatedBy };
        return { status: 200, json: keep(policy, "update", request) };
      },
    },
    {
      method: "DELETE",
      template: `${template}/{deviceAssuranceId}`,
      scope: manage,
      handle(request) {
        const policy = policyOf(org, request);
        if (isInUse(org, policy.id)) throw inUse();
        store().delete(policy.id);
        org.log(note(policy, "delete"), doerOf(org, request));
        return { status: 204 };
      },
    },
  ];
}

function shown(org: Org, policy: DeviceAssurance): JsonObject {
  const self = { ...href(org, `/api/v1/device-assurances/${policy.id}`), hints: { allow: ["DELETE", "GET", "PUT"] } };
  return { ...policy, _links: { self } };
}

/** @throws OktaRefusal 404, in Okta's words */
function policyOf(org: Org, request: SandboxRequest): DeviceAssurance {
  const id = request.params.deviceAssuranceId ?? "";
  const found = org.area(DEVICE_ASSURANCE).get(id);
  if (found === undefined) throw notFound(id, "DeviceAssurance");
  return found;
}

/** The fields of a body without those that Okta sets. @throws OktaRefusal 400 E0000001 */
function givenIn(org: Org, request: SandboxRequest, ownId?: string): JsonObject & { name: string; platform: string } {
  const body = bodyOf(request);
  const { name, platform, osVersion, osVersionConstraints = null } = body;
  if (typeof name !== "string" || name.trim() === "") throw invalid("name", "name: The field cannot be left blank");
  if (typeof platform !== "string" || !PLATFORMS.includes(platform)) {
    throw invalid("platform", `platform: The value must be one of ${PLATFORMS.join(", ")}.`);
  }
  const taken = [...org.area(DEVICE_ASSURANCE).values()].some((other) => other.id !== ownId && other.name === name);
  if (taken) throw invalid("name", "name: An object with this field already exists in the current organization");
  const { minimum = null, dynamicVersionRequirement = null } = isObject(osVersion) ? osVersion : {};
  if ([minimum, dynamicVersionRequirement, osVersionConstraints].filter((given) => given !== null).length > 1) {
    throw invalid("osVersion", "osVersion: A minimum and another requirement cannot both be given.");
  }
  if (minimum !== null && !(typeof minimum === "string" && /^\d+(\.\d+){0,3}$/.test(minimum))) {
    throw invalid("osVersion.minimum", "osVersion.minimum: The value must be a version.");
  }
  const own = Object.entries(body).filter(([key]) => !SET_BY_OKTA.includes(key));
  return { ...Object.fromEntries(own), name, platform };
}

/** True when a rule of an app sign-in policy requires this policy. */
function isInUse(org: Org, id: string): boolean {
  const store = org.area(POLICIES);
  const rules = store.ofType("ACCESS_POLICY").flatMap((policy) => store.rulesOf(policy));
  return rules.some((rule) => valuesAt(rule, ["conditions", "device", "assurance", "include"]).includes(id));
}

/** Okta's refusal. The document's own example of this answer has no error code. */
function inUse(): OktaRefusal {
  const errorSummary = "Device assurance is in use and cannot be deleted.";
  return new OktaRefusal({ status: 409, json: { errorSummary, errorId: "", errorCauses: [] } }, errorSummary);
}

function note({ id, name, platform }: DeviceAssurance, verb: "add" | "update" | "delete"): LogNote {
  return {
    eventType: `device.assurance.policy.${verb}`,
    displayMessage: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} device assurance policy`,
    target: [
      { id, type: "DeviceAssurancePolicy", alternateId: "unknown", displayName: name, detailEntry: { platform } },
    ],
  };
}
