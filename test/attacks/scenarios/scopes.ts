import assert from "node:assert/strict";
import { catalogue } from "../../support/catalogue.js";
import type { Call, Scenario } from "../attack.js";
import { ALL_SCOPES, harmlessArguments, READ_SCOPES } from "../calls.js";
import { SCOPES, TALKED_INTO } from "../promises.js";

const entries = catalogue.entries.filter(({ scope }) => scope !== null);
const covers = (scopes: readonly string[], scope: string) =>
  scopes.includes(scope) || (scope.endsWith(".read") && scopes.includes(scope.replace(/read$/, "manage")));
const outside = (scopes: readonly string[]) =>
  entries.filter(({ scope }) => !covers(scopes, String(scope))).map(({ name }) => name);

const USERS = ["okta.users.read"];

/** Tools outside `OKTA_SCOPES`, although the token covers them. They are neither listed nor run. */
function unconfigured(name: string, promise: string, scopes: readonly string[], still: Call): Scenario {
  return {
    name,
    promise,
    stage: { scopes, granted: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never" } },
    async play(act) {
      await act.control("a tool of the scope", { call: still });
      const listed = (await act.server.client.listTools()).tools.map(({ name }) => name);
      await act.attacks(outside(scopes), (tool) => [
        tool,
        {
          call: [tool, harmlessArguments(tool)],
          sees: "missing_scope",
          check() {
            assert.deepEqual(act.requests(), [], "nothing is sent");
            assert.ok(!listed.includes(tool), "it is not listed");
          },
        },
      ]);
    },
  };
}

export const scopes: readonly Scenario[] = [
  unconfigured("tools outside the configured scopes", TALKED_INTO, USERS, ["list_users", {}]),
  unconfigured("tools that write, with scopes that read", SCOPES, READ_SCOPES, ["list_groups", {}]),
  {
    name: "scopes that were not granted",
    promise: SCOPES,
    stage: { scopes: ALL_SCOPES, granted: USERS, env: { OKTA_MCP_CONFIRM: "never" } },
    async play(act) {
      await act.control("a tool of the scope that was", { call: ["list_users", {}] });
      await act.attacks(outside(USERS), (tool) => [
        tool,
        { call: [tool, harmlessArguments(tool)], sees: ["missing_scope", "bad_input"], reaches: null },
      ]);
    },
  },
  {
    name: "what a sign-in asks for",
    promise: SCOPES,
    stage: { signIn: "device", scopes: ["okta.users.read", "openid"], env: { OKTA_MCP_TOKEN_STORE: "memory" } },
    async play(act) {
      const asked = () => {
        const start = act.sandbox.requests.find(({ path }) => path === "/oauth2/v1/device/authorize");
        return new URLSearchParams(start?.body).get("scope")?.split(" ") ?? [];
      };
      await act.control("the first call signs in", {
        call: ["list_users", {}],
        check: () => assert.ok(asked().includes("okta.users.read")),
      });
      await act.attack("scopes besides those of the settings", {
        call: ["list_users", { limit: 1 }],
        sees: "ok",
        check: () =>
          assert.deepEqual(asked().sort(), ["email", "offline_access", "okta.users.read", "openid", "profile"]),
      });
    },
  },
];
