import { expect, test } from "vitest";
import { hrServer } from "../../sandbox/custom-server.js";
import { ADMIN_LOGIN, HR_SERVICE_CLIENT_ID, MCP_SERVER_ID } from "../../sandbox/facts.js";
import { type ApiCompanyOptions, startApiCompany } from "../support/api-company.js";
import { errorIn, modernClient, resultIn } from "../support/company-modern.js";
import type { CompanyWebOptions } from "../support/company-server.js";
import { MACHINE_CLIENT_ID, SERVICE_ROLE, startTokenWeb } from "../support/company-tokens.js";

/** A company in which a program has the role of the API. */
function startProgram(options: ApiCompanyOptions) {
  const role = { name: "staff", scopes: ["okta.users.read"], ...SERVICE_ROLE };
  const serve = { machines: [{ client_id: MACHINE_CLIENT_ID, role: "staff" }] };
  return startApiCompany({ roles: [role], serve, ...options }, (given: CompanyWebOptions) =>
    startTokenWeb({
      ...given,
      roles: given.roles ?? [],
      moreServers: [hrServer({ trustedServers: [MCP_SERVER_ID] })],
    }),
  );
}

test.each(["exchange", "user_grant"])("a program without a person calls no API of kind %s", async (kind) => {
  const auth = kind === "exchange" ? { kind, client_id: HR_SERVICE_CLIENT_ID } : { kind };
  const { web, api } = await startProgram({ auth });
  const token = await web.tokenOf({ clientId: MACHINE_CLIENT_ID, login: undefined });
  expect(errorIn(await web.callTool(token, "hr_list_employees")).code).toBe("needs_user");
  expect(api.requests).toHaveLength(0);
});

test("a program calls an API with the identity of an app, and has nothing to bind an argument to", async () => {
  const auth = { kind: "client_credentials", client_id: HR_SERVICE_CLIENT_ID };
  const bind = { department: ["claim:department"] };
  const { web, api } = await startProgram({ auth, api: { bind } });
  const token = await web.tokenOf({ clientId: MACHINE_CLIENT_ID, login: undefined });
  expect(errorIn(await web.callTool(token, "hr_list_employees")).code).toBe("needs_user");
  expect(api.requests).toHaveLength(0);
  expect(resultIn(await web.callTool(token, "hr_health_check_health_get"))).toMatchObject({ status: "healthy" });
});

test("a token at /mcp that may only read calls no tool of an API that writes", async () => {
  const servers = { moreServers: [hrServer({ trustedServers: [MCP_SERVER_ID] })] };
  const auth = { kind: "exchange", client_id: HR_SERVICE_CLIENT_ID };
  const { web, api } = await startApiCompany({ auth }, (given: CompanyWebOptions) =>
    startTokenWeb({ ...given, ...servers, roles: given.roles ?? [] }),
  );
  const token = await web.tokenOf({ login: ADMIN_LOGIN, scopes: ["mcp:read"] });
  resultIn(await web.callTool(token, "hr_list_employees"));
  const body = { start_date: "2026-03-02", end_date: "2026-03-02", kind: "vacation" };
  const sent = api.requests.length;
  const refused = await web.callTool(token, "hr_request_time_off", { body });
  expect(refused.status).toBe(403);
  expect(refused.headers.get("www-authenticate")).toContain("insufficient_scope");
  expect(api.requests).toHaveLength(sent);
});

test("the requests of one person are counted apart from those of others, whatever client they use", async () => {
  const { web } = await startApiCompany({ api: { limits: { calls_per_minute: 2 } } });
  const [one, two] = [await web.signIn(), await web.signIn(ADMIN_LOGIN, { clientName: "Two" })];
  const health = (token: string) => modernClient(web.publicUrl, token).round("hr_health_check_health_get");
  expect((await health(one.access_token)).sees).toBe("ok");
  expect((await health(two.access_token)).sees).toBe("ok");
  expect((await health(one.access_token)).sees).toBe("rate_limited");
  const bob = await web.signIn("bob@acme-robotics.example");
  expect((await health(bob.access_token)).sees).toBe("ok");
});
