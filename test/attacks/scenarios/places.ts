import assert from "node:assert/strict";
import { type Call, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { WRONG_PLACE } from "../promises.js";
import { type RawOrg, startRawOrg } from "../raw-org.js";

/** Starts a listener that must receive nothing, and closes it after `use`. */
const elsewhere = async (use: (evil: RawOrg) => Promise<void>): Promise<void> => {
  const evil = await startRawOrg();
  await use(evil).finally(() => evil.close());
};

const nothingAt = (evil: RawOrg) => assert.deepEqual(evil.requests, [], "nothing went elsewhere");

/** Addresses outside the org to which an answer may try to lead a request. */
const foreign = (evil: RawOrg): readonly string[] => [
  `${evil.origin}/api/v1/groups`,
  `http://localhost:${evil.port}/api/v1/groups`,
  `//127.0.0.1:${evil.port}/x`,
  `http://user:pass@127.0.0.1:${evil.port}/x`,
  `http://[::ffff:127.0.0.1]:${evil.port}/x`,
  `http:127.0.0.1:${evil.port}/x`,
  `\\\\127.0.0.1:${evil.port}\\x`,
  `${evil.origin}\\@acme.okta.com/`,
];

const REDIRECTS = [301, 302, 303, 307, 308];

const redirects: Scenario = {
  name: "redirects of the Management API",
  promise: WRONG_PLACE,
  stage: { scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never" } },
  play: (act) =>
    elsewhere(async (evil) => {
      await act.control("without one, the answer comes", { call: ["list_groups", {}] });
      const calls: Call[] = [
        ["list_groups", {}],
        ["create_group", { profile: { name: "New" } }],
        ["delete_group", { group_id: act.groupId }],
      ];
      const all = calls.flatMap((call) =>
        REDIRECTS.flatMap((status) => foreign(evil).map((location) => ({ call, status, location }))),
      );
      await act.attacks(all, ({ call, status, location }) => [
        `${call[0]} is sent by ${status} to ${location}`,
        {
          async does() {
            const method = { list_groups: "GET", create_group: "POST", delete_group: "DELETE" }[call[0]] ?? "GET";
            act.sandbox.next(method, /^\/api\/v1\/groups/, { status, headers: { Location: location }, times: 3 });
            return act.server.call(...call);
          },
          sees: ["unreachable", "okta_down", "forbidden", "bad_input", "conflict", "not_found", "bad_config"],
          reaches: null,
          check: () => nothingAt(evil),
        },
      ]);
    }),
};

const nextPages: Scenario = {
  name: "next pages that lie elsewhere",
  promise: WRONG_PLACE,
  stage: { scopes: ALL_SCOPES },
  play: (act) =>
    elsewhere(async (evil) => {
      const { org, origin } = act.sandbox;
      for (let n = 0; n < 5; n += 1) org.addGroup({ profile: { name: `G${n}` } });
      await act.control("a next page of the org is read", {
        call: ["list_groups", { limit: 2, fetch_all: true }],
        check: ({ data }) => assert.ok((data.items as unknown[]).length > 4),
      });
      const links = [
        ...foreign(evil),
        `${origin}@127.0.0.1:${evil.port}/x`,
        `${origin}.evil.example/x`,
        "javascript:alert(1)",
        "file:///etc/passwd",
        `${origin}/api/v1/users/${act.userId}/lifecycle/deactivate`,
      ];
      await act.attacks(links, (link) => [
        link.replace(origin, "ORG"),
        {
          async does() {
            act.sandbox.next("GET", "/api/v1/groups", {
              rewrite: (reply) => ({ ...reply, headers: { ...reply.headers, Link: `<${link}>; rel="next"` } }),
            });
            return act.server.call("list_groups", { limit: 2, fetch_all: true });
          },
          sees: ["ok", "okta_down", "unreachable", "bad_input", "forbidden"],
          check() {
            nothingAt(evil);
            const odd = act.requests().filter(({ path }) => !/^\/api\/v1\/groups(\?|$)|^\/oauth2\//.test(path));
            assert.deepEqual(odd, [], "no other path is asked for");
          },
        },
      ]);
      const cursors = [`${evil.origin}/x`, "../users", "a&limit=1", "x#y", "x?y", "http://evil.example/?after=1"];
      await act.attacks(cursors, (after) => [
        `the cursor ${after.replace(evil.origin, "EVIL")}`,
        {
          call: ["list_groups", { after }],
          sees: ["ok", "bad_input", "not_found"],
          check() {
            nothingAt(evil);
            for (const { path } of act.requests()) {
              const url = new URL(path, origin);
              assert.equal(url.pathname, "/api/v1/groups");
              assert.equal(url.searchParams.get("after"), after);
            }
          },
        },
      ]);
    }),
};

/** Addresses that no org has, in forms that a person might paste. */
const ORG_URLS: readonly string[] = [
  ...[
    "http://acme.okta.com",
    "http://10.0.0.1",
    "http://evil.example",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
  ],
  ...["https://user@acme.okta.com", "https://user:pass@acme.okta.com", "https://acme.okta.com@evil.example"],
  ...[
    "ftp://acme.okta.com",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//acme.okta.com/\\evil.example",
  ],
  ...["https://", "https://?", "https:// ", "http://0x7f.1.evil.example", "https://acme.okta.com\n.evil.example"],
  ...[
    "https://\u202eacme.okta.com",
    "{yourOktaDomain}",
    "https://acme-admin.okta.com/admin/../..\\@x",
    "unix:/tmp/x",
    "https://[::1",
    "https://acme.okta.com:99999",
  ],
];

const orgUrls: Scenario = {
  name: "orgs that are none",
  promise: WRONG_PLACE,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    await act.control("the org of the settings", { does: () => runCommand(act, ["status"]), sees: "0" });
    await act.attacks(ORG_URLS, (url) => [
      JSON.stringify(url),
      {
        does: () => runCommand(act, ["status"], { env: { OKTA_ORG_URL: url } }),
        sees: "2",
        says: /OKTA_ORG_URL/,
        never: [act.env.OKTA_ACCESS_TOKEN ?? ""],
        check: () => assert.deepEqual(act.requests(), [], "nothing is sent"),
      },
    ]);
  },
};

/** Answers of the token endpoint and of the start of a sign-in that would send their secrets to another host. */
const tokenEndpoint: Scenario = {
  name: "redirects of a sign-in",
  promise: WRONG_PLACE,
  stage: { signIn: "key", scopes: ALL_SCOPES },
  play: (act) =>
    elsewhere(async (evil) => {
      const all = REDIRECTS.flatMap((status) =>
        foreign(evil)
          .slice(0, 4)
          .map((location) => ({ status, location })),
      );
      await act.attacks(all, ({ status, location }) => [
        `the token endpoint answers ${status} to ${location}`,
        {
          async does() {
            act.sandbox.next("POST", "/oauth2/v1/token", { status, headers: { Location: location }, times: 2 });
            return act.server.call("list_groups", {});
          },
          sees: [
            "unreachable",
            "okta_down",
            "client_rejected",
            "login_denied",
            "bad_config",
            "session_ended",
            "signed_out",
          ],
          check: () => nothingAt(evil),
        },
      ]);
      await act.control("without one, the sign-in goes through", { call: ["list_groups", {}] });
    }),
};

export const places: readonly Scenario[] = [redirects, nextPages, orgUrls, tokenEndpoint];
