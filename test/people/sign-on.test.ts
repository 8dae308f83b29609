import { expect, test } from "vitest";
import { LiveSettings } from "../../src/people/live-settings.js";
import type { LoadedServe } from "../../src/people/load-serve.js";
import { serveFileSchema } from "../../src/people/serve-schema.js";
import { scopesToSignIn } from "../../src/people/sign-on-schema.js";

const ORG = "https://acme.okta.com";
const OKTA = { org_url: ORG, client_id: "0oa1", private_key_file: "key.pem" };
const ROLE = { name: "helpdesk", groups: ["00g1234567890"], scopes: ["okta.users.read"] };
const SMALL = { public_url: "https://mcp.acme.com", tls: { cert_file: "c", key_file: "k" }, data_dir: "d", okta: OKTA };
const NATIVE = {
  sign_in: "native",
  tokens: { issuer: `${ORG}/oauth2/aus1`, clients: ["0oa2"], groups_claim: "groups" },
};
const ADMINS = { groups: ["00g1234567890"] };

/** The mistakes of a file, as places and sentences. */
function mistakes(change: Record<string, unknown>): string {
  const parsed = serveFileSchema().safeParse({ ...SMALL, roles: [ROLE], ...change });
  return parsed.success
    ? ""
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("\n");
}

test.each<[Record<string, unknown>, string]>([
  [{ sign_on: { enabled: false } }, "sign_on.enabled is false, but with sign_in proxy"],
  [{ ...NATIVE, sign_on: { enabled: false } }, "roles.0.act_as needs sign_on.enabled"],
  [{ ...NATIVE, admins: ADMINS, sign_on: { enabled: false } }, "admins needs sign_on.enabled"],
  [{ ...NATIVE, sign_on: { trusted_domains: ["acme.com"] } }, "sign_on.trusted_domains needs sign_in proxy"],
  [{ ...NATIVE, sign_on: { second_factor: true } }, "sign_on.second_factor needs sign_in proxy"],
  [{ sign_on: { trusted_domains: ["*.acme.com"] } }, "sign_on.trusted_domains.0 is no domain"],
  [{ sign_on: { trusted_domains: ["acme.com"], scopes: ["openid"] } }, "sign_on.scopes has no email"],
  [{ sign_on: { scopes: ["profile"] } }, "sign_on.scopes has no openid"],
  [{ sign_on: { scopes: ["openid", "okta.users.read"] } }, "sign_on.scopes has okta.users.read"],
  [{ sign_on: { scopes: ["openid", "offline_access"] } }, "sign_on.scopes has offline_access"],
  [{ sign_on: { scopes: ["openid profile"] } }, "sign_on.scopes.0 is no scope"],
  [{ sign_on: { break_glass: true } }, "sign_on.break_glass needs admins"],
  [{ admins: ADMINS, sign_on: { break_glass: true, break_glass_port: 8480 } }, "sign_on.break_glass_port is the port"],
  [{ sign_on: { after_sign_out: "https://evil.example" } }, "sign_on.after_sign_out"],
  [{ okta: { ...OKTA, issuer: "https://other.okta.com/oauth2/aus1" } }, `okta.issuer is not of the org ${ORG}`],
  [{ okta: { ...OKTA, issuer: `${ORG}/aus1` } }, "okta.issuer is no issuer of Okta's"],
])("%j is a mistake: %s", (change, expected) => {
  expect(mistakes(change)).toContain(expected);
});

test("what goes together is none", () => {
  expect(mistakes({ okta: { ...OKTA, issuer: `${ORG}/oauth2/aus1/` } })).toBe("");
  expect(mistakes({ okta: { ...OKTA, issuer: ORG } })).toBe("");
  expect(mistakes({ admins: ADMINS, sign_on: { break_glass: true, trusted_domains: ["ACME.com", "acme.com"] } })).toBe(
    "",
  );
  const service = { client_id: "0oa3", private_key_file: "key.pem" };
  const roles = [{ ...ROLE, act_as: "service", service }];
  expect(mistakes({ ...NATIVE, roles, sign_on: { enabled: false } })).toBe("");
});

test("a custom authorization server is not asked for groups, which it has as a claim, unless the settings say so", () => {
  expect(scopesToSignIn(undefined, false)).toEqual(["openid", "profile", "email", "groups"]);
  expect(scopesToSignIn(undefined, true)).toEqual(["openid", "profile", "email"]);
  expect(scopesToSignIn(["openid", "address", "phone"], true)).toEqual(["openid", "address", "phone"]);
});

test("who is let in may change while the server runs; how Okta is asked needs a restart", () => {
  const loaded = (sign_on: Record<string, unknown>): LoadedServe =>
    ({
      content: serveFileSchema().parse({ ...SMALL, roles: [ROLE], sign_on }),
      file: "/serve.json",
      roles: [],
      apps: { okta: undefined, tokens: undefined, directory: undefined } as LoadedServe["apps"],
      notices: [],
    }) as unknown as LoadedServe;
  const live = new LiveSettings(loaded({}));
  const next = { auto_create: false, trusted_domains: ["ACME.com"], userinfo: true };
  expect(live.take(loaded(next))).toMatchObject({ changed: ["sign_on"], needRestart: ["sign_on.userinfo"] });
  expect(live.content.sign_on).toMatchObject({ auto_create: false, trusted_domains: ["acme.com"], userinfo: false });
});
