import { expect, test } from "vitest";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { McpAnswer } from "../support/company-client.js";
import { startCompanyWeb } from "../support/company-server.js";
import { appKey, startTokenWeb } from "../support/company-tokens.js";

/** A setting of somebody who runs okta-mcp for themselves. Nobody at a company's server has one. */
const OWN_SETTING = /\bOKTA_[A-Z_]+/;
const INITIALIZE = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };

const textOf = ({ message }: McpAnswer): string => message.result.content[0].text;

/** A role that acts as a service app, to which Okta has granted only some of its scopes. */
function startWithFewGrants(granted: readonly string[]) {
  const key = appKey("few");
  const service = { client_id: "0oaFewGrants000000001", private_key_file: "few.pem", key_id: "few" };
  return startTokenWeb({
    roles: [{ name: "helpdesk", scopes: ["okta.users.read", "okta.groups.manage"], act_as: "service", service }],
    files: { "few.pem": key.pem },
    arrange(org) {
      const auth = "private_key_jwt" as const;
      const app = { id: service.client_id, type: "service" as const, auth, jwks: key.jwks as never };
      addOAuthApp(org, { ...app, scopes: granted });
    },
  });
}

test.each([
  ["some of them", ["okta.users.read"]],
  ["none of them", []],
])(
  "where Okta has granted a role's service app %s, the refusal names no setting of one person",
  async (_some, granted) => {
    const web = await startWithFewGrants(granted);
    const token = await web.tokenOf();
    if (granted.length > 0) expect(textOf(await web.callTool(token, "list_users"))).toContain("items");
    const refused = textOf(await web.callTool(token, "create_group", { profile: { name: "Lab" } }));
    expect(refused).toMatch(/^missing_scope: /);
    expect(refused).toContain("serve.json");
    expect(refused).toContain("Ask who runs this server");
    expect(refused).not.toMatch(OWN_SETTING);
  },
);

test("a scope that the org's own token lacks is told so as well", async () => {
  const web = await startTokenWeb({
    signIn: "bearer",
    roles: [{ name: "helpdesk", scopes: ["okta.users.read", "okta.groups.manage"], act_as: "user" }],
  });
  const token = await web.tokenOf({ scopes: ["openid", "okta.users.read"] });
  const refused = textOf(await web.callTool(token, "create_group", { profile: { name: "Lab" } }));
  expect(refused).toMatch(/^missing_scope: .*your role here/);
  expect(refused).not.toMatch(OWN_SETTING);
  const status = textOf(await web.callTool(token, "get_scope_status"));
  expect(status).toContain("Ask who runs this server");
  expect(status).not.toMatch(OWN_SETTING);
});

test.each([["user"], ["service"]])(
  "the status of scopes names no setting of one person, where a role acts as %s",
  async (actAs) => {
    const web = actAs === "user" ? undefined : await startTokenWeb();
    const answer = await (async () => {
      if (web !== undefined) return web.callTool(await web.tokenOf(), "get_scope_status");
      const ada = await (await startCompanyWeb()).signIn();
      return ada.call("tools/call", { name: "get_scope_status", arguments: {} });
    })();
    expect(textOf(answer)).toContain("its scope is not among those of your role");
    expect(textOf(answer)).not.toMatch(OWN_SETTING);
  },
);

test("a model is told to give a person the link of the page on which they agree", async () => {
  const web = await startCompanyWeb();
  const ada = await web.signIn();
  const { message } = await ada.call("initialize", INITIALIZE);
  expect(message.result.instructions).toContain("needs_approval");
  expect(message.result.instructions).not.toContain("needs_confirmation");
});
