import assert from "node:assert/strict";
import { secret, sighting } from "../../support/sightings.js";
import type { Call, Scenario } from "../attack.js";
import { STOLEN_TOKEN } from "../promises.js";
import { besideRawOrg, raw } from "../raw-org.js";

const PASSWORD = secret("Proxy");

const TOKEN = secret("Token");

/** Hostile answers of a proxy. The org behind the proxy is never reached. */
const BEHAVIOURS: { readonly [what: string]: () => string | Buffer } = {
  "refuses and repeats the password": () =>
    raw(`{"x":"${PASSWORD}"}`, [`X-Echo: ${PASSWORD}`], "407 Proxy Authentication Required"),
  forbids: () => raw("{}", [], "403 Forbidden"),
  "answers in the place of the org": () => raw(`[${" ".repeat(100)}]`),
  "opens the way and answers in clear": () => Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), raw("[]")]),
  "sends elsewhere": () => raw("", ["Location: http://127.0.0.1:1/"], "302 Found"),
};

export const proxies: readonly Scenario[] = (["HTTPS_PROXY", "https_proxy"] as const).map((variable) =>
  besideRawOrg({
    name: `a proxy in ${variable}`,
    promise: STOLEN_TOKEN,
    env: (proxy) => ({
      [variable]: `http://user:${PASSWORD}@127.0.0.1:${proxy.port}`,
      OKTA_ORG_URL: "https://acme.okta.com",
      OKTA_ACCESS_TOKEN: TOKEN,
      OKTA_LOG_LEVEL: "trace",
    }),
    async play(act, proxy) {
      proxy.answer = () => raw("{}", [], "403 Forbidden");
      const sees = ["unreachable", "okta_down", "bad_config"];
      const call: Call = ["create_group", { profile: { name: "New" } }];
      await act.control("requests go through the proxy", {
        call,
        sees,
        check: () => assert.match(proxy.requests[0]?.head ?? "", /^CONNECT acme\.okta\.com:443 /),
      });
      await act.attacks(Object.entries(BEHAVIOURS), ([what, answer]) => [
        `a proxy that ${what}`,
        {
          async does() {
            proxy.answer = answer;
            return act.server.call(...call);
          },
          sees,
          never: [PASSWORD, TOKEN],
          check: () =>
            assert.equal(sighting([TOKEN], { proxy: proxy.requests.map(({ head }) => head).join() }), undefined),
        },
      ]);
    },
  }),
);
