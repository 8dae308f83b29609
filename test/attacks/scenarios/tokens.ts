import { readFileSync } from "node:fs";
import { linesOfPem } from "../../support/sightings.js";
import type { Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { STOLEN_TOKEN } from "../promises.js";

export const tokens: Scenario = {
  name: "tokens, keys and proofs of a service app",
  promise: STOLEN_TOKEN,
  stage: { signIn: "key", scopes: ALL_SCOPES, env: { OKTA_LOG_LEVEL: "trace", OKTA_MCP_CONFIRM: "never" } },
  async play(act) {
    await act.control("the app signs in and calls", { call: ["list_groups", {}] });
    const sent = () => {
      const words = act.sandbox.requests.flatMap(({ headers, body }) => [
        headers.authorization?.split(" ")[1],
        headers.dpop,
        new URLSearchParams(body).get("client_assertion"),
      ]);
      return [...new Set(words.filter((one) => typeof one === "string" && one.length > 40))] as string[];
    };
    const key = linesOfPem(readFileSync(act.env.OKTA_PRIVATE_KEY_FILE ?? "", "utf8"));
    const refusals: [string, object][] = [
      ["the token endpoint repeats what it got", { error: "invalid_client", error_description: "ECHO" }],
      ["the token endpoint repeats it as its error", { error: "ECHO" }],
      [
        "the token endpoint repeats it in a list",
        { error: "invalid_request", errorCauses: [{ errorSummary: "ECHO" }] },
      ],
    ];
    for (const [what, json] of refusals) {
      await act.attack(what, {
        async does() {
          const [assertion = "none"] = sent();
          const echoed = JSON.parse(JSON.stringify(json).replace("ECHO", `client_assertion=${assertion}`));
          act.sandbox.next("GET", /^\/api\//, { status: 401, json: {}, times: 2 });
          act.sandbox.next("POST", "/oauth2/v1/token", { status: 400, json: echoed, times: 3 });
          return act.server.call("list_groups", {});
        },
        sees: [
          "client_rejected",
          "bad_config",
          "login_denied",
          "okta_down",
          "session_ended",
          "signed_out",
          "bad_input",
          "forbidden",
          "missing_scope",
          "unreachable",
        ],
        never: [...sent(), ...key],
      });
    }
    for (const tool of ["get_scope_status", "list_groups", "list_changes", "get_logs"]) {
      await act.attack(`${tool} shows what the requests carry`, {
        call: [tool, {}],
        sees: "ok",
        never: [...sent(), ...key],
      });
    }
  },
};
