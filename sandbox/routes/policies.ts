import { invalid, notFound, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import { pageOf } from "../page.js";
import { kindOf, POLICY_KINDS } from "../policy-types.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import { POLICIES } from "../state/default-policies.js";
import type { JsonObject } from "../state/model.js";
import type { Policy, PolicyStore } from "../state/policy-store.js";
import { shownPolicy, shownRule } from "./policy-view.js";
import { bodyOf, doerOf, flagOf, href, sorted, startsWith, wordsOf } from "./shared.js";

const PAGING = { defaultLimit: 20, maxLimit: 200, beyond: "cap" } as const;

/** Fields that Okta sets itself and takes from no body. `statusIn` takes the status. */
const SET_BY_OKTA = ["id", "status", "system", "created", "lastUpdated", "_links", "_embedded"];

export function policyRoutes(org: Org): Route[] {
  const read = "okta.policies.read";
  const manage = "okta.policies.manage";
  const store = () => org.area(POLICIES);
  return [
    { method: "GET", template: "/api/v1/policies", scope: read, handle: (request) => listPolicies(org, request) },
    { method: "POST", template: "/api/v1/policies", scope: manage, handle: (request) => createPolicy(org, request) },
    {
      method: "GET",
      template: "/api/v1/policies/{policyId}",
      scope: read,
      handle: (request) => ({ status: 200, json: shownWith(org, request, policyOf(org, request)) }),
    },
    {
      method: "PUT",
      template: "/api/v1/policies/{policyId}",
      scope: manage,
      handle(request) {
        const policy = policyOf(org, request);
        const status = statusIn(bodyOf(request)) ?? policy.status;
        const given = givenIn(bodyOf(request), policy.type);
        if (given.type !== policy.type) throw readOnly("type");
        refuseTakenName(given.name, store().ofType(policy.type), policy);
        if (policy.system && status !== policy.status) throw readOnly("status");
        if (status === "INACTIVE" && policy.status === "ACTIVE") refuseInUse(store(), policy);
        return {
          status: 200,
          json: shownPolicy(org, store().replace(policy, { given, status }, doerOf(org, request))),
        };
      },
    },
    {
      method: "DELETE",
      template: "/api/v1/policies/{policyId}",
      scope: manage,
      handle(request) {
        const policy = policyOf(org, request);
        refuseSystem(policy);
        refuseInUse(store(), policy);
        store().remove(policy, doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      template: "/api/v1/policies/{policyId}/mappings",
      scope: read,
      handle(request) {
        const policy = policyOf(org, request);
        return pageOf(request, store().appsOf(policy), PAGING, ({ id }) => shownMapping(org, policy, id));
      },
    },
    ...(["activate", "deactivate"] as const).map(
      (verb): Route => ({
        method: "POST",
        template: `/api/v1/policies/{policyId}/lifecycle/${verb}`,
        scope: manage,
        handle(request) {
          const policy = policyOf(org, request);
          refuseSystem(policy);
          if (verb === "deactivate") refuseInUse(store(), policy);
          store().setStatus(policy, verb === "activate" ? "ACTIVE" : "INACTIVE", doerOf(org, request));
          return { status: 204 };
        },
      }),
    ),
  ];
}

/** @throws OktaRefusal 404, in Okta's words */
export function policyOf(org: Org, request: SandboxRequest): Policy {
  const id = request.params.policyId ?? "";
  const found = org.area(POLICIES).get(id);
  if (found === undefined) throw notFound(id, "PolicyEntity");
  return found;
}

function listPolicies(org: Org, request: SandboxRequest): SandboxReply {
  const type = typeIn(request.query.get("type"));
  const status = request.query.get("status");
  if (status !== null && status !== "ACTIVE" && status !== "INACTIVE") {
    throw invalid("status", "status: The value must be ACTIVE or INACTIVE.");
  }
  const q = request.query.get("q");
  const found = org
    .area(POLICIES)
    .ofType(type)
    .filter((policy) => (status === null || policy.status === status) && (q === null || startsWith(policy.name, q)));
  return pageOf(request, sorted(request, found), PAGING, (policy) => shownWith(org, request, policy));
}

function shownWith(org: Org, request: SandboxRequest, policy: Policy): JsonObject {
  const shown = shownPolicy(org, policy);
  if (!wordsOf(request, "expand").includes("rules")) return shown;
  const rules = org.area(POLICIES).rulesOf(policy);
  return { ...shown, _embedded: { rules: rules.map((rule) => shownRule(org, policy, rule)) } };
}

function createPolicy(org: Org, request: SandboxRequest): SandboxReply {
  const store = org.area(POLICIES);
  const body = bodyOf(request);
  const type = typeIn(body.type);
  const given = givenIn(body, type);
  if (kindOf(type).single)
    throw invalid("type", `type: An org has one policy of type ${type}, which cannot be added to.`);
  refuseTakenName(given.name, store.ofType(type));
  const status = newStatus(request);
  return { status: 200, json: shownPolicy(org, store.add({ given, status }, doerOf(org, request))) };
}

/** @throws OktaRefusal 400 E0000001 for a type that is missing, or that the org does not know */
function typeIn(type: unknown): string {
  if (typeof type === "string" && Object.hasOwn(POLICY_KINDS, type)) return type;
  throw invalid("type", `type: The value must be one of ${Object.keys(POLICY_KINDS).join(", ")}.`);
}

/**
 * The fields of a body without those that Okta sets. `type` stands in where the body names none.
 * @throws OktaRefusal 400 E0000001
 */
export function givenIn(body: JsonObject, type: string): JsonObject & { type: string; name: string } {
  const { name, priority = null } = body;
  if (typeof name !== "string" || name.trim() === "") throw invalid("name", "name: The field cannot be left blank");
  if (priority !== null && !(Number.isInteger(priority) && Number(priority) >= 0)) {
    throw invalid("priority", "priority: The value must be a whole number.");
  }
  const own = Object.entries(body).filter(([key]) => !SET_BY_OKTA.includes(key));
  return { type, ...Object.fromEntries(own), name };
}

/**
 * The status in a body. Okta takes it for policies and rules (schema `LifecycleStatus`).
 * @throws OktaRefusal 400 E0000003 for an unknown value
 */
export function statusIn({ status = null }: JsonObject): Policy["status"] | undefined {
  if (status === null) return undefined;
  if (status === "ACTIVE" || status === "INACTIVE") return status;
  throw refusal(400, "E0000003", "The request body was not well-formed.");
}

/** The status of a new object. Either the address or the body can make it inactive. */
export function newStatus(request: SandboxRequest): Policy["status"] {
  return flagOf(request, "activate", true) ? (statusIn(bodyOf(request)) ?? "ACTIVE") : "INACTIVE";
}

/** @throws OktaRefusal 400 E0000001 */
export function refuseTakenName(name: string, others: readonly Policy[], owner?: Policy): void {
  if (!others.some((other) => other.id !== owner?.id && other.name === name)) return;
  throw invalid("name", "name: An object with this field already exists in the current organization");
}

/**
 * Refuses a change of Okta's own object. It has no DELETE and no lifecycle among its links. @throws OktaRefusal 405
 * E0000022
 */
export function refuseSystem(object: Policy): void {
  if (object.system) throw refusal(405, "E0000022", "The endpoint does not support the provided HTTP method");
}

/** 403 E0000077, in Okta's words. */
export function readOnly(attribute: string): Error {
  return refusal(403, "E0000077", `Cannot modify the ${attribute} attribute because it is read-only.`);
}

function refuseInUse(store: PolicyStore, policy: Policy): void {
  if (store.appsOf(policy).length === 0) return;
  const cause = "The policy is in use. Assign its apps to another policy first.";
  throw invalid("policyId", cause);
}

function shownMapping(org: Org, policy: Policy, appId: string): JsonObject {
  const id = `pma${appId.slice(3)}`;
  const path = `/api/v1/policies/${policy.id}`;
  return {
    id,
    _links: {
      application: href(org, `/api/v1/apps/${appId}`),
      self: href(org, `${path}/mappings/${id}`),
      policy: href(org, path),
    },
  };
}
