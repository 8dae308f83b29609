import assert from "node:assert/strict";
import { secret } from "../../support/sightings.js";
import type { Scenario } from "../attack.js";
import { LOOKALIKE } from "../promises.js";

const code = {
  device_code: secret("DeviceCode"),
  user_code: "ABCD-EFGH",
  expires_in: 600,
  interval: 1,
};

/** The sign-in links that were shown to the person. */
const clickable: string[] = [];

export const signInLinks: Scenario = {
  name: "sign-in links of others",
  promise: LOOKALIKE,
  stage: {
    signIn: "device",
    scopes: ["okta.users.read", "okta.groups.read"],
    person(question) {
      if (question.mode === "url") clickable.push(question.url);
      return { action: "decline" };
    },
  },
  async play(act) {
    const { origin } = act.sandbox;
    const host = new URL(origin).host;
    const start =
      (uri: string, complete = uri) =>
      async () => {
        clickable.length = 0;
        act.sandbox.next("POST", "/oauth2/v1/device/authorize", {
          status: 200,
          json: { ...code, verification_uri: uri, verification_uri_complete: complete },
        });
        act.sandbox.next("POST", "/oauth2/v1/token", {
          status: 400,
          json: { error: "access_denied", error_description: "no" },
          times: 9,
        });
        const seen = await act.server.call("list_users", {});
        await act.server.call("list_users", {}).catch(() => undefined);
        return seen;
      };
    const ends = [
      "sign_in_pending",
      "login_denied",
      "login_expired",
      "okta_down",
      "unreachable",
      "declined",
      "client_rejected",
      "signed_out",
      "bad_config",
    ];
    await act.control("a link of the org is shown to be clicked", {
      does: start(`${origin}/activate`, `${origin}/activate?user_code=ABCD-EFGH`),
      sees: ends,
      check: () => assert.ok(clickable.length > 0, "the link is shown"),
    });
    const links = [
      ...[
        "https://evil.example/activate",
        "http://evil.example/activate",
        "https://acme.okta.com.evil.example/activate",
      ],
      ...[`http://${host}@evil.example/activate`, `http://user:pass@${host}/activate`, `http://evil@${host}/activate`],
      ...[
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vscode://x",
        "ms-settings:x",
        "//evil.example/x",
      ],
      ...[
        `http://127.0.0.1:1/activate`,
        `https://${host}/activate`,
        `http://localhost:${new URL(origin).port}/activate`,
      ],
      ...[
        "",
        "x",
        "https://",
        `http://${host}/\u001b]0;x\u0007`,
        `http://${host}/activate\u202e`,
        `http://${host}/${"a".repeat(5_000)}`,
      ],
    ];
    // After a refused link the next call may start a new sign-in, whose link is the org's own.
    const isForeign = (link: string) => !/^\/activate(?:\?user_code=[A-Z-]+)?$/.test(link.replace(origin, ""));
    await act.attacks(links, (link) => [
      JSON.stringify(link.replace(host, "ORG")).slice(0, 80),
      {
        does: start(link),
        sees: ends,
        check: () => assert.deepEqual(clickable.filter(isForeign), [], "no such link is put before a person"),
      },
    ]);
    await act.attacks(links.slice(0, 12), (link) => [
      `behind a link of the org: ${JSON.stringify(link.replace(host, "ORG"))}`,
      {
        does: start(`${origin}/activate`, link),
        sees: ends,
        check: () => assert.ok(!clickable.includes(link), "the other link is not put before a person"),
      },
    ]);
    await act.attack("a sign-in that does not say for which org and client", {
      does: start(`${origin}/activate`),
      sees: ends,
      check({ text, message }) {
        assert.ok((text || message).includes(origin), "the org is named");
      },
    });
  },
};
