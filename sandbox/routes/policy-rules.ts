import { isDeepStrictEqual } from "node:util";
import { forbidden, invalid, notFound } from "../okta-error.js";
import type { Org } from "../org.js";
import { pageOf } from "../page.js";
import { kindOf, ruleTypeOf } from "../policy-types.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import { POLICIES } from "../state/default-policies.js";
import type { Policy, PolicyRule } from "../state/policy-store.js";
import { givenIn, newStatus, policyOf, readOnly, refuseSystem, refuseTakenName, statusIn } from "./policies.js";
import { shownRule } from "./policy-view.js";
import { bodyOf, doerOf } from "./shared.js";

/** Okta pages the rules, though its document lists no cursor. */
const PAGING = { defaultLimit: 50, maxLimit: 200, beyond: "cap" } as const;

export function policyRuleRoutes(org: Org): Route[] {
  const read = "okta.policies.read";
  const manage = "okta.policies.manage";
  const template = "/api/v1/policies/{policyId}/rules";
  const store = () => org.area(POLICIES);
  return [
    {
      method: "GET",
      template,
      scope: read,
      handle(request) {
        const policy = policyOf(org, request);
        return pageOf(request, store().rulesOf(policy), PAGING, (rule) => shownRule(org, policy, rule));
      },
    },
    { method: "POST", template, scope: manage, handle: (request) => createRule(org, request) },
    {
      method: "GET",
      template: `${template}/{ruleId}`,
      scope: read,
      handle(request) {
        const { policy, rule } = ruleOf(org, request);
        return { status: 200, json: shownRule(org, policy, rule) };
      },
    },
    {
      method: "PUT",
      template: `${template}/{ruleId}`,
      scope: manage,
      handle(request) {
        const { policy, rule } = ruleOf(org, request);
        const given = ruleIn(request, policy);
        refuseTakenName(given.name, store().rulesOf(policy), rule);
        const conditions = given.conditions ?? rule.conditions;
        const status = statusIn(bodyOf(request)) ?? rule.status;
        if (rule.system && !isDeepStrictEqual(conditions, rule.conditions)) throw readOnly("conditions");
        if (rule.system && status !== rule.status) throw readOnly("status");
        const next = store().replaceRule(policy, rule, { given, status }, doerOf(org, request));
        return { status: 200, json: shownRule(org, policy, next) };
      },
    },
    {
      method: "DELETE",
      template: `${template}/{ruleId}`,
      scope: manage,
      handle(request) {
        const { policy, rule } = ruleOf(org, request);
        refuseSystem(rule);
        store().removeRule(policy, rule, doerOf(org, request));
        return { status: 204 };
      },
    },
    ...(["activate", "deactivate"] as const).map(
      (verb): Route => ({
        method: "POST",
        template: `${template}/{ruleId}/lifecycle/${verb}`,
        scope: manage,
        handle(request) {
          const { policy, rule } = ruleOf(org, request);
          refuseSystem(rule);
          store().setRuleStatus(policy, rule, verb === "activate" ? "ACTIVE" : "INACTIVE", doerOf(org, request));
          return { status: 204 };
        },
      }),
    ),
  ];
}

function createRule(org: Org, request: SandboxRequest): SandboxReply {
  const store = org.area(POLICIES);
  const policy = policyOf(org, request);
  if (kindOf(policy.type).fixedRules) throw forbidden(`No rule can be added to a policy of type ${policy.type}.`);
  const given = ruleIn(request, policy);
  refuseTakenName(given.name, store.rulesOf(policy));
  const status = newStatus(request);
  const rule = store.addRule(policy, { given, status }, doerOf(org, request));
  return { status: 200, json: shownRule(org, policy, rule) };
}

/** @throws OktaRefusal 404, in Okta's words */
function ruleOf(org: Org, request: SandboxRequest): { policy: Policy; rule: PolicyRule } {
  const policy = policyOf(org, request);
  const id = request.params.ruleId ?? "";
  const rule = org
    .area(POLICIES)
    .rulesOf(policy)
    .find((one) => one.id === id);
  if (rule === undefined) throw notFound(id, "PolicyRule");
  return { policy, rule };
}

/** The fields of a body for a rule. @throws OktaRefusal 400 E0000001 for a type other than that of the policy */
function ruleIn(request: SandboxRequest, policy: Policy) {
  const type = ruleTypeOf(policy.type);
  const given = givenIn(bodyOf(request), type);
  if (given.type !== type) throw invalid("type", `type: The rules of this policy are of type ${type}.`);
  return given;
}
