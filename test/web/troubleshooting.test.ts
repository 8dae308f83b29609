import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ADMIN_LOGIN, MCP_SERVER_ID } from "../../sandbox/facts.js";
import type { DirectIssue } from "../../sandbox/sign-in/control.js";
import type { TROUBLES } from "../../scripts/docs/company-troubles.js";
import { IssuerKeys } from "../../src/auth/issuer-keys.js";
import { createHttpClient } from "../../src/net/http-client.js";
import { ServerClock } from "../../src/net/server-clock.js";
import type { Finding } from "../../src/operator/finding.js";
import { JwtTokens } from "../../src/verify/jwt-tokens.js";
import { issuerEndpoints } from "../../src/verify/okta-issuer.js";
import { TokenPeople } from "../../src/verify/token-people.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";
import { findingsOf } from "../support/serve-check.js";

const NATIVE_ID = "0oaNativeClient000001";
const AUDIENCE = "https://mcp.acme-robotics.example/mcp";
const certificates = fileURLToPath(new URL("../fixtures/certificates/", import.meta.url));

const find = (findings: readonly Finding[], about: string) => findings.find((finding) => finding.about === about);

/** What the log says when a token of a custom authorization server is refused. */
async function refusalOf(how: Partial<DirectIssue>, arrange: (web: CompanyWeb) => void = () => {}) {
  const web = await startCompanyWeb();
  const { company, log, lines, store } = web;
  arrange(web);
  const endpoints = issuerEndpoints(`${company.origin}/oauth2/${MCP_SERVER_ID}`);
  const clock = new ServerClock(company.clock.now);
  const verifier = new JwtTokens({
    keys: new IssuerKeys({ url: endpoints.keys, fetch: createHttpClient(), clock, log }),
    rules: {
      issuer: endpoints.issuer,
      audience: AUDIENCE,
      sharedAudiences: new Set<string>(),
      clients: new Set([NATIVE_ID]),
      machines: new Set(),
      neededScope: "mcp",
      groupsClaim: undefined,
    },
    people: new TokenPeople({
      people: store.people,
      orgUrl: company.origin,
      directory: undefined,
      machines: new Map(),
      writeScope: undefined,
      log,
      now: company.clock.now,
    }),
    clock,
    log,
  });
  const issued = await company.control.issueFrom(MCP_SERVER_ID, {
    clientId: company.client.client_id,
    login: ADMIN_LOGIN,
    scopes: ["mcp"],
    ...how,
  });
  expect(await verifier.verify(String(issued.access_token))).toHaveProperty("refused");
  return lines.join("");
}

const claim = (change: Record<string, unknown>) => ({
  claims: (claims: Record<string, unknown>) => ({ ...claims, ...change }),
});

/** What a person sees, and the log says, of a sign-in that fails. */
async function failedSignIn(options: CompanyWebOptions) {
  const web = await startCompanyWeb(options);
  const { register, begin, follow } = web;
  const redirectUri = "http://127.0.0.1:4711/cb";
  const { client_id } = await register({ client_name: "A test", redirect_uris: ["http://127.0.0.1/cb"] });
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const browser = plainBrowser();
  const begun = await begin({ client_id, redirect_uri: redirectUri });
  const consent = await follow(browser, await browser.get(begun.url), redirectUri);
  const page = await follow(browser, await browser.submit(consent, consent.url, { answer: "allow" }), redirectUri);
  return { web, page: `${page.html} ${page.location?.href ?? ""}`, log: web.lines.join("") };
}

/** Each entry of the table, planted, and found to be named where the table says. */
const PLANTED = {
  async expired() {
    expect(await refusalOf(claim({ exp: 1_000_000_000 }))).toContain("The token has expired.");
  },
  async audience() {
    expect(await refusalOf(claim({ aud: "api://default" }))).toContain("The token is for another audience.");
    const web = await startCompanyWeb();
    const tokens = {
      issuer: `${web.company.origin}/oauth2/default`,
      audience: "api://default",
      clients: [NATIVE_ID],
      groups_claim: "groups",
    };
    const findings = await findingsOf(web, { serve: { sign_in: "native", tokens } });
    expect(find(findings, "audience")).toMatchObject({ state: "wrong", code: "audience_mismatch" });
  },
  async noHeader() {
    const { publicUrl } = await startCompanyWeb();
    const { status, headers } = await fetch(`${publicUrl}/mcp`, { method: "POST", body: "{}" });
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toMatch(/^Bearer resource_metadata="/);
  },
  async tokenArgument() {
    const web = await startCompanyWeb();
    const ada = await web.signIn();
    const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
    const { text } = await ada.call("tools/call", { name: "list_users", arguments: { access_token: token } });
    expect(text).toContain("access_token");
    expect(text).not.toContain("eyJzdWIi");
  },
  async notRunning() {
    const web = await startCompanyWeb();
    await web.server.close();
    const findings = await findingsOf(web);
    expect(find(findings, "port")?.message).toMatch(/is free\.$/);
    expect(find(findings, "public address")).toMatchObject({
      message: expect.stringMatching(/does not lead to a server .*connection refused/),
      fix: "Start the server and check again.",
    });
  },
  async certificate() {
    const web = await startCompanyWeb();
    const tls = { cert_file: join(certificates, "leaf.pem"), key_file: join(certificates, "small.key") };
    const public_url = web.publicUrl.replace("http:", "https:");
    const findings = await findingsOf(web, { serve: { tls, public_url } });
    expect(find(findings, "TLS")).toMatchObject({
      state: "wrong",
      message: expect.stringMatching(/the key belongs to another certificate; it does not name 127\.0\.0\.1/),
    });
  },
  async noDiscovery() {
    const web = await startCompanyWeb();
    const { origin } = web.company;
    const issuerFinding = async (id: string) =>
      find(
        await findingsOf(web, {
          serve: {
            sign_in: "native",
            tokens: { issuer: `${origin}/oauth2/${id}`, clients: [NATIVE_ID], groups_claim: "groups" },
          },
        }),
        "authorization server",
      );
    expect(await issuerFinding(`${MCP_SERVER_ID}/`)).toMatchObject({ state: "ok" });
    expect(await issuerFinding("ausNobody")).toMatchObject({ state: "wrong", code: "issuer_mismatch" });
    const okta = { ...web.content.okta, org_url: "http://127.0.0.1:9" };
    expect(find(await findingsOf(web, { serve: { okta } }), "org")).toMatchObject({
      state: "wrong",
      code: "okta_unreachable",
    });
  },
  async wrongIssuer() {
    expect(await refusalOf(claim({ iss: "https://acme.example/oauth2/default" }))).toContain(
      "The token comes from another issuer.",
    );
    const web = await startCompanyWeb();
    const elsewhere = web.company.origin.replace("127.0.0.1", "localhost");
    const findings = await findingsOf(web, { serve: { okta: { ...web.content.okta, org_url: elsewhere } } });
    const org = find(findings, "org");
    expect(org).toMatchObject({ state: "wrong", code: "issuer_mismatch" });
    expect(org?.message).toContain(elsewhere);
    expect(org?.message).toContain(web.company.origin);
  },
  async wrongSignature() {
    const log = await refusalOf({}, ({ company }) =>
      company.control.nextToken("access_token", { signature: "stranger" }),
    );
    expect(log).toContain("The signature of the token does not hold.");
  },
  async clock() {
    const web = await startCompanyWeb();
    const findings = await findingsOf(web, { now: () => web.company.clock.now() - 300_000 });
    expect(find(findings, "clock")).toMatchObject({
      state: "wrong",
      code: "clock_skew",
      message: expect.stringMatching(/is (299|300|301) seconds behind Okta's/),
    });
  },
  async ssoDisabled() {
    const web = await startTokenWeb({ serve: { sign_on: { enabled: false } } });
    const answer = await fetch(`${web.publicUrl}/auth/sso/providers`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: "sso_disabled" });
    const findings = await findingsOf(web, { env: { SSO_ENABLED: "true" } });
    expect(find(findings, "environment")?.message).toContain("Use sign_on.enabled in serve.json.");
  },
  async invalidClient() {
    const { web, page, log } = await failedSignIn({ app: { secret: "z".repeat(40) } });
    expect(page).toContain("invalid_client");
    expect(log).toContain("invalid_client");
    expect(find(await findingsOf(web), "proof of the web app")).toMatchObject({
      state: "wrong",
      code: "invalid_client",
    });
    const okta = { ...web.content.okta, client_id: "0oaNobody000000000001" };
    expect(find(await findingsOf(web, { serve: { okta } }), "redirect URI")).toMatchObject({ code: "invalid_client" });
  },
  async redirectUri() {
    const web = await startCompanyWeb();
    for (const publicUrl of [
      web.publicUrl.replace("http:", "https:"),
      web.publicUrl.replace("127.0.0.1", "localhost"),
    ]) {
      const findings = await findingsOf(web, { serve: { public_url: publicUrl } });
      const finding = find(findings, "redirect URI");
      expect(finding).toMatchObject({ state: "wrong", code: "redirect_uri_mismatch" });
      expect(finding?.fix).toContain(`exactly ${publicUrl}/auth/sso/callback/okta `);
    }
    const slash = await startCompanyWeb({ app: { redirectUris: ["http://127.0.0.1:1/auth/sso/callback/okta/"] } });
    const findings = await findingsOf(slash, { serve: { public_url: "http://127.0.0.1:1" } });
    expect(find(findings, "redirect URI")).toMatchObject({ code: "redirect_uri_mismatch" });
  },
  async notAssigned() {
    const { page, log } = await failedSignIn({ app: { assigned: { people: [BOB_LOGIN] } } });
    expect(page).toContain("user_not_assigned");
    expect(log).toContain("user_not_assigned");
  },
  async secondFactor() {
    const finding = find(await findingsOf(await startCompanyWeb()), "second factor");
    expect(finding).toMatchObject({ state: "unknown", fix: expect.stringContaining("Authentication Policies") });
  },
  async noGroups() {
    const { web, page } = await failedSignIn({ app: { groupsClaim: { filter: "EQUALS", value: "-", lists: "id" } } });
    expect(page).toContain("no_role");
    const { store, company } = web;
    const [ada] = await store.people.findByLogin(ADMIN_LOGIN);
    expect(ada?.groups).toEqual([]);
    expect(company.person().id).toBe(ada?.subject);
  },
} satisfies Record<keyof typeof TROUBLES, () => Promise<void>>;

test.each(Object.entries(PLANTED))("the fault %s of other servers' tables is named", async (_, planted) => {
  await planted();
});

test("a sign-in without a groups claim is found by the check", async () => {
  const web = await startCompanyWeb();
  const told = { login: BOB_LOGIN, name: undefined, email: undefined, emailVerified: false, groups: undefined };
  await web.store.people.signedIn({ issuer: web.company.origin, subject: "00uBob", ...told });
  expect(find(await findingsOf(web), "groups of people")).toMatchObject({
    state: "wrong",
    code: "groups_claim_missing",
  });
});
