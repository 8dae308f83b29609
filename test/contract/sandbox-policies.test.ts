import { expect, test } from "vitest";
import { Org } from "../../sandbox/org.js";
import { managementRoutes } from "../../sandbox/routes/index.js";
import { judgedByOkta, openJudgedSandbox } from "../support/contract.js";

const POLICIES = /^\/api\/v1\/(policies|device-assurances)\b/;

judgedByOkta("the sandbox's policies and device assurance, judged by Okta's OpenAPI document", (api) => {
  test("every policy, rule and device assurance policy of the company is as Okta would show it", async () => {
    const { all, ok } = await openJudgedSandbox(api);
    const seen = { policies: 0, rules: 0 };
    // The list has every policy type of the document. The sandbox has one more.
    const operation = api.byPath("GET", "/api/v1/policies");
    const types = operation?.parameters.find(({ name }) => name === "type")?.schema.enum as readonly string[];
    for (const type of types) {
      const policies = await all(`/api/v1/policies?type=${type}&expand=rules&limit=2`);
      expect(policies.length, type).toBeGreaterThan(0);
      seen.policies += policies.length;
      for (const { id } of policies) {
        await ok("GET", `/api/v1/policies/${id}?expand=rules`);
        await all(`/api/v1/policies/${id}/mappings`);
        const rules = await ok("GET", `/api/v1/policies/${id}/rules`);
        seen.rules += rules.length;
        for (const rule of rules) await ok("GET", `/api/v1/policies/${id}/rules/${rule.id}`);
      }
    }
    expect(seen.policies).toBeGreaterThanOrEqual(20);
    expect(seen.rules).toBeGreaterThanOrEqual(25);
    const assurances = await all("/api/v1/device-assurances");
    expect(new Set(assurances.map(({ platform }) => platform)).size).toBe(5);
    for (const { id } of assurances) await ok("GET", `/api/v1/device-assurances/${id}`);
  });

  test("every operation answers as Okta would, when it succeeds and when it refuses", async () => {
    const { ok, refused, succeeded } = await openJudgedSandbox(api);
    const assurances = "/api/v1/device-assurances";
    const mac = { name: "Loaners", platform: "MACOS", osVersion: { minimum: "14.0" } };
    const assurance = await ok("POST", assurances, mac);
    await refused("POST", assurances, mac);
    await refused("POST", assurances, { name: "Nothing", platform: "PLAN9" });
    await ok("PUT", `${assurances}/${assurance.id}`, { ...mac, osVersion: { minimum: "15.0" } });
    await ok("GET", `${assurances}/${assurance.id}`);
    await ok("GET", assurances);

    await refused("GET", "/api/v1/policies");
    await refused("GET", "/api/v1/policies?type=NO_SUCH_POLICY");
    await refused("POST", "/api/v1/policies", { name: "No type" });
    const body = { type: "ACCESS_POLICY", name: "Jury room" };
    const policy = await ok("POST", "/api/v1/policies?activate=false", body);
    await refused("POST", "/api/v1/policies", body);
    const path = `/api/v1/policies/${policy.id}`;
    await ok("GET", path);
    await ok("PUT", path, { ...body, description: "Twelve people" });
    await refused("PUT", path, { type: "PASSWORD", name: "Jury room" });
    await ok("POST", `${path}/lifecycle/activate`);
    await ok("GET", `${path}/mappings`);

    const rule = {
      type: "ACCESS_POLICY",
      name: "On a loaner",
      conditions: { device: { assurance: { include: [assurance.id] } } },
      actions: { appSignOn: { access: "ALLOW", verificationMethod: { type: "ASSURANCE", factorMode: "2FA" } } },
    };
    const { id } = await ok("POST", `${path}/rules?activate=false`, rule);
    await refused("POST", `${path}/rules`, rule);
    await refused("DELETE", `${assurances}/${assurance.id}`);
    const rules = await ok("GET", `${path}/rules`);
    await refused("DELETE", `${path}/rules/${rules.at(-1).id}`);
    await ok("GET", `${path}/rules/${id}`);
    await ok("PUT", `${path}/rules/${id}`, { ...rule, priority: 3, conditions: null });
    await ok("POST", `${path}/rules/${id}/lifecycle/activate`);
    await ok("POST", `${path}/rules/${id}/lifecycle/deactivate`);
    await ok("DELETE", `${path}/rules/${id}`);
    await refused("GET", `${path}/rules/${id}`);
    await ok("DELETE", `${assurances}/${assurance.id}`);
    await refused("GET", `${assurances}/${assurance.id}`);
    await ok("POST", `${path}/lifecycle/deactivate`);
    await ok("GET", "/api/v1/policies?type=ACCESS_POLICY&status=INACTIVE&q=jury&sortBy=name");
    await ok("DELETE", path);
    await refused("GET", path);

    const routes = managementRoutes(new Org({ origin: "http://127.0.0.1:1", seed: 1, now: () => 0 }));
    const mine = routes.filter(({ template }) => POLICIES.test(template));
    expect([...succeeded].sort()).toEqual(mine.map(({ method, template }) => `${method} ${template}`).sort());
  });
});
