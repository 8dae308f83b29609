import { expect, test } from "vitest";
import { plainBrowser } from "../support/browser.js";
import { startCompanyWeb } from "../support/company-server.js";
import { obtainCode } from "../support/issuer.js";

const json = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(url)).json()) as Record<string, unknown>;

test("P32: the metadata says what there is and nothing more, alike at both places and for every Host", async () => {
  const web = await startCompanyWeb();
  const { publicUrl } = web;
  const resource = await json(`${publicUrl}/.well-known/oauth-protected-resource/mcp`);
  const scopes = resource.scopes_supported as string[];
  expect(scopes.join(" ")).not.toMatch(/offline_access|openid|okta\./);
  expect(resource).toMatchObject({ resource: `${publicUrl}/mcp`, authorization_servers: [publicUrl] });
  const expected = {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth/authorize`,
    token_endpoint: `${publicUrl}/oauth/token`,
    registration_endpoint: `${publicUrl}/oauth/register`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    jwks_uri: `${publicUrl}/oauth/jwks`,
    scopes_supported: scopes,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    request_uri_parameter_supported: false,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
  for (const name of ["oauth-authorization-server", "openid-configuration"]) {
    expect(await json(`${publicUrl}/.well-known/${name}`), name).toEqual(expected);
  }
});

test("P32: what is off is not announced: no registration, no documents", async () => {
  const web = await startCompanyWeb({ serve: { registration: { dynamic: false, documents: false } } });
  const announced = await json(`${web.publicUrl}/.well-known/oauth-authorization-server`);
  expect(announced).not.toHaveProperty("registration_endpoint");
  expect(announced).not.toHaveProperty("client_id_metadata_document_supported");
  expect((await fetch(`${web.publicUrl}/oauth/register`, { method: "POST" })).status).toBe(404);
});

test("P32: a code comes with the issuer that gave it (RFC 9207), and only in the query", async () => {
  const web = await startCompanyWeb();
  const { location } = await obtainCode(web);
  expect(location.searchParams.get("iss")).toBe(web.publicUrl);
  const { client_id } = await web.register();
  for (const [name, value] of [
    ["response_mode", "form_post"],
    ["response_mode", "fragment"],
    ["response_type", "token"],
    ["response_type", "code id_token"],
    ["response_type", "none"],
  ] as const) {
    const { url } = await web.begin({ client_id, [name]: value });
    const visit = await plainBrowser().get(url);
    expect(visit.html, value).not.toContain("<script");
    const told =
      visit.location?.searchParams.get("error") ?? /<code>(\w+)<\/code>/.exec(visit.html)?.[1] ?? visit.location?.hash;
    expect(told, value).toMatch(/unsupported_response|unauthorized_client|invalid_request/);
  }
});

test("P24: nothing sends a browser to an address that somebody put into a link", async () => {
  const web = await startCompanyWeb();
  const { publicUrl, company } = web;
  company.control.autoSignIn("ada.admin@acme-robotics.example");
  const places = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/%5cevil.example",
    "javascript:alert(1)",
  ];
  const names = ["post_logout_redirect_uri", "return_to", "returnTo", "redirect", "next", "redirect_uri", "RelayState"];
  const paths = [
    "/me",
    "/connect/okta",
    "/approve/x",
    "/auth/sso/login/okta",
    "/auth/sso/logout",
    "/oauth/session/end",
    "/session/end",
  ];
  for (const path of paths) {
    for (const place of places) {
      const query = new URLSearchParams(Object.fromEntries(names.map((name) => [name, place])));
      const browser = plainBrowser();
      let visit = await browser.get(`${publicUrl}${path}?${query}`);
      for (let step = 0; step < 8 && visit.location !== undefined; step += 1) {
        expect([publicUrl, company.origin], `${path} ${place}`).toContain(visit.location.origin);
        visit = await browser.get(visit.location);
      }
      expect(new URL(visit.url).origin).not.toContain("evil");
    }
  }
  const odd = await plainBrowser().get(`${publicUrl}/approve/${encodeURIComponent("//evil.example")}`);
  expect(odd.location?.origin ?? company.origin).toBe(company.origin);
});
