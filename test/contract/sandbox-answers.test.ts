import { expect, test } from "vitest";
import { Org } from "../../sandbox/org.js";
import { managementRoutes } from "../../sandbox/routes/index.js";
import { groupRuleArea } from "../../sandbox/state/group-rules.js";
import { judgedByOkta, openJudgedSandbox } from "../support/contract.js";
import { person } from "../support/sandbox.js";

const routes = managementRoutes(new Org({ origin: "http://127.0.0.1:1", seed: 1, now: () => 0 }));

/** The paths that this file covers; the other areas have files of their own. */
const DIRECTORY = /^\/api\/v1\/(users|groups|apps|logs|meta\/schemas)\b/;

judgedByOkta("the sandbox, judged by Okta's OpenAPI document", (api) => {
  test.each(routes.map((route) => [route.method, route.template, route.scope] as const))(
    "%s %s is an operation of Okta's, and asks for its scope %s",
    (method, template, scope) => {
      const operation = api.operations.find((one) => one.method === method && one.template === template);
      expect(operation?.operationId).toBeDefined();
      expect(operation?.scopes).toContain(scope);
    },
  );

  test("everything in the company is as Okta would show it, in every list and on its own", async () => {
    const { call, all, org: seeded } = await openJudgedSandbox(api);
    const users = [
      ...(await all("/api/v1/users?limit=200&search=id%20pr&sortBy=profile.lastName&sortOrder=desc")),
      ...(await call("GET", "/api/v1/users?q=a")).json,
    ];
    for (const { id } of users.slice(0, 60)) {
      await call("GET", `/api/v1/users/${id}?expand=blocks`);
      await call("GET", `/api/v1/users/${id}/groups`);
      await call("GET", `/api/v1/users/${id}/appLinks`);
    }
    for (const { id } of await all("/api/v1/groups?expand=stats&limit=10")) {
      await call("GET", `/api/v1/groups/${id}`);
      await all(`/api/v1/groups/${id}/users?limit=100`);
      await all(`/api/v1/groups/${id}/apps`);
    }
    await call("GET", "/api/v1/groups?expand=app&q=Domain");
    for (const { id } of await all("/api/v1/apps?limit=4")) {
      await call("GET", `/api/v1/apps/${id}`);
      await all(`/api/v1/apps/${id}/users?limit=500&expand=user`);
      await all(`/api/v1/apps/${id}/groups?expand=group`);
    }
    expect(await all("/api/v1/logs?limit=1000")).toHaveLength(seeded.events.length);
    await call("GET", "/api/v1/meta/schemas/user/default");
  });

  test("every operation answers as Okta would, when it succeeds and when it refuses", async () => {
    const { ok, refused, succeeded, org: seeded } = await openJudgedSandbox(api);
    const credentials = {
      password: { value: "Tr0ub4dor&3" },
      recovery_question: { question: "Why?", answer: "Because" },
    };
    const user = await ok("POST", "/api/v1/users", { profile: person("Judith"), credentials });
    const userPath = `/api/v1/users/${user.id}`;
    await refused("POST", "/api/v1/users", { profile: person("Judith") });
    await refused("POST", "/api/v1/users", { profile: { login: "x" } });
    await refused("GET", "/api/v1/users?search=nonsense");
    await ok("POST", userPath, { profile: { badgeNumber: 7, certifications: ["first-aid"], title: null } });
    await ok("PUT", userPath, { profile: person("Judith", { city: "Lyon" }) });
    await refused("PUT", userPath, { profile: {} });
    await ok("GET", `${userPath}?expand=blocks`);
    await ok("GET", "/api/v1/users?limit=2");
    await ok("GET", "/api/v1/users?fields=id,status,profile:(firstName)&limit=3");
    await ok("POST", `${userPath}/lifecycle/suspend`);
    await refused("POST", `${userPath}/lifecycle/suspend`);
    await ok("POST", `${userPath}/lifecycle/unsuspend`);
    await refused("POST", `${userPath}/lifecycle/unlock`);
    const locked = seeded.users.all().find(({ status }) => status === "LOCKED_OUT");
    await ok("POST", `/api/v1/users/${locked?.id}/lifecycle/unlock`);
    const provisioned = seeded.users.all().find(({ status }) => status === "PROVISIONED");
    await ok("POST", `/api/v1/users/${provisioned?.id}/lifecycle/reactivate?sendEmail=false`);

    seeded.groupAttributes.set("floor", { title: "Floor", type: "integer" });
    await ok("GET", "/api/v1/meta/schemas/group/default");
    const group = await ok("POST", "/api/v1/groups", { profile: { name: "Jury", floor: 2 } });
    const groupPath = `/api/v1/groups/${group.id}`;
    await refused("POST", "/api/v1/groups", { profile: { name: "Jury" } });
    await ok("PUT", groupPath, { profile: { name: "Jury", description: "Twelve people" } });
    await ok("PUT", `${groupPath}/users/${user.id}`);
    await ok("GET", `${userPath}/groups`);
    await ok("GET", `${groupPath}/users`);

    const apps: unknown[] = [
      { label: "Bookmark", name: "bookmark", signOnMode: "BOOKMARK", settings: { app: { url: "https://x.example/" } } },
      {
        label: "Client",
        name: "oidc_client",
        signOnMode: "OPENID_CONNECT",
        credentials: { oauthClient: { token_endpoint_auth_method: "client_secret_post" } },
        settings: {
          oauthClient: { application_type: "web", grant_types: ["client_credentials"], response_types: ["token"] },
        },
      },
      { label: "Unheard of", signOnMode: "WALLET_PRESENTATION", settings: { anything: { goes: true } } },
    ];
    for (const body of apps) {
      const app = await ok("POST", "/api/v1/apps", body);
      const path = `/api/v1/apps/${app.id}`;
      await ok("GET", path);
      await ok("PUT", path, body);
      await ok("PUT", `${path}/groups/${group.id}`, { priority: 1 });
      await ok("PUT", `${path}/groups/${group.id}`);
      await ok("GET", `${path}/groups/${group.id}?expand=metadata`);
      await ok("GET", `${groupPath}/apps`);
      await ok("POST", `${path}/users`, { id: user.id, scope: "USER" });
      await ok("GET", `${path}/users/${user.id}?expand=user`);
      await ok("GET", `${path}/users`);
      await ok("GET", `${path}/groups`);
      await ok("GET", `${userPath}/appLinks`);
      const filter = encodeURIComponent(`user.id eq "${user.id}"`);
      await ok("GET", `/api/v1/apps?filter=${filter}&expand=user/${user.id}`);
      await ok("DELETE", `${path}/users/${user.id}`);
      await ok("DELETE", `${path}/groups/${group.id}`);
      await refused("DELETE", path);
      await ok("POST", `${path}/lifecycle/deactivate`);
      await ok("POST", `${path}/lifecycle/activate`);
      await ok("POST", `${path}/lifecycle/deactivate`);
      await ok("DELETE", path);
      await refused("GET", path);
    }
    await refused("POST", "/api/v1/apps", { label: "Nothing" });

    await ok("DELETE", `${groupPath}/users/${user.id}`);
    await ok("DELETE", groupPath);
    await refused("GET", groupPath);
    await ok("POST", `${userPath}/lifecycle/deactivate`);
    await ok("POST", `${userPath}/lifecycle/activate`);
    await ok("DELETE", userPath);
    await ok("DELETE", userPath);
    await refused("GET", userPath);
    await ok("GET", "/api/v1/logs?sortOrder=DESCENDING&limit=20&q=judith");
    await refused("GET", "/api/v1/logs?since=never");
    await ok("GET", "/api/v1/groups");
    seeded.area(groupRuleArea).push({
      id: "0prSandboxJury000001",
      type: "group_rule",
      name: "Jury",
      status: "ACTIVE",
      actions: { assignUserToGroups: { groupIds: [seeded.groups.all()[0]?.id ?? ""] } },
    });
    await ok("GET", "/api/v1/groups/rules");
    await ok("GET", "/api/v1/meta/schemas/user/default");
    await refused("GET", "/api/v1/meta/schemas/user/other");
    await ok("GET", `/api/v1/groups/${seeded.groups.all()[0]?.id}`);

    const mine = routes.filter(({ template }) => DIRECTORY.test(template));
    expect([...succeeded].sort()).toEqual(mine.map(({ method, template }) => `${method} ${template}`).sort());
  });
});
