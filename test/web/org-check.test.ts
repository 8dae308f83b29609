import { expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "../support/company-server.js";
import { testEachDatabase } from "../support/each-database.js";

const NOTE = { eventType: "user.lifecycle.test", displayMessage: "A test" };
const ROLES = [
  { name: "helpdesk", scopes: ["okta.users.read", "okta.groups.manage"] },
  { name: "viewer", scopes: ["okta.users.read"] },
];

/** A person whose client holds tokens, and whose last check at the org is too old to count. */
async function signedIn(options: CompanyWebOptions = {}, start = startCompanyWeb) {
  const web = await start(options);
  const client = await web.signIn(ADMIN_LOGIN);
  web.company.clock.advanceSeconds(120);
  web.company.sandbox.forgetCounts();
  const refresh = (token = client.refresh_token, at = web.publicUrl) => refreshAt(at, client.client_id, token);
  return { ...web, client, refresh };
}

async function refreshAt(origin: string, client_id: string, refresh_token: string) {
  const body = new URLSearchParams({ grant_type: "refresh_token", client_id, refresh_token });
  const answer = await fetch(`${origin}/oauth/token`, { method: "POST", body });
  return {
    status: answer.status,
    retryAfter: answer.headers.get("retry-after"),
    body: (await answer.json()) as Record<string, unknown>,
  };
}

const audited = async ({ store }: CompanyWeb, action: string) =>
  (await store.audit.page({ limit: 50 })).filter((entry) => entry.action === action);

testEachDatabase(
  "P16: twenty refreshes at once on three instances ask the org once, and all get tokens that work",
  async (start) => {
    const { refresh, anotherInstance, publicUrl, company, call } = await signedIn({}, start);
    const instances = [publicUrl, (await anotherInstance()).address, (await anotherInstance()).address];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => refresh(undefined, instances[n % 3])));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(company.sandbox.count("POST", "/oauth2/v1/token")).toBe(1);
    const [last] = answers.slice(-1);
    expect((await call(String(last?.body.access_token), "tools/list")).status).toBe(200);
  },
);

test.each([
  ["an error of the org", { status: 500 }],
  ["too many requests", { status: 429 }],
  ["an answer that breaks off", { fault: "truncate" }],
] as const)("P18: a refresh during %s is answered 503, nothing is lost, and it works later", async (_, fault) => {
  const { refresh, company, client, store } = await signedIn();
  company.sandbox.next("POST", "/oauth2/v1/token", fault as never);
  const refused = await refresh();
  expect(refused.status).toBe(503);
  expect(refused.body.error).toBe("temporarily_unavailable");
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  expect((await client.call("tools/list")).status).toBe(200);
  expect((await refresh()).status).toBe(200);
  expect(await store.oidc.grantsOf((await store.people.findByLogin(ADMIN_LOGIN))[0]?.id ?? "")).toHaveLength(1);
});

test.each(["SUSPENDED", "DEPROVISIONED", "LOCKED_OUT", "unassigned"] as const)(
  "P19: after the person was %s the next refresh ends everything that they have here",
  async (state) => {
    const web = await signedIn();
    const { refresh, company, client, store } = web;
    const second = await web.signIn(ADMIN_LOGIN);
    company.clock.advanceSeconds(120);
    const app = company.org.apps.get(WEB_CLIENT_ID);
    if (state !== "unassigned") company.org.users.setStatus(company.person(), state, NOTE);
    else if (app !== undefined) company.org.apps.unassignUser(app, company.person());
    const refused = await refresh();
    expect(refused).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    for (const one of [client, second]) {
      expect((await one.call("tools/list")).status).toBe(401);
      expect((await refreshAt(web.publicUrl, one.client_id, one.refresh_token)).body.error).toBe("invalid_grant");
    }
    const [person] = await store.people.findByLogin(ADMIN_LOGIN);
    expect(person?.status).toBe("gone");
    expect(await store.upstream.find(person?.id ?? "", "org")).toBeUndefined();
    expect(await audited(web, "access_ended")).toMatchObject([
      { actor: "okta", target: person?.id, detail: { why: "org_refused", status: "gone" } },
    ]);
  },
);

test("P21, S11: a group that the person left, and a scope that the role lost, have effect with the next refresh and call", async () => {
  const { refresh, company, call, changeRoles } = await signedIn({ roles: ROLES });
  const group = company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk");
  const names = async (token: unknown) => (await call(String(token), "tools/list")).text;
  if (group !== undefined) company.org.groups.removeMember(group, company.person());
  const { body } = await refresh();
  expect(await names(body.access_token)).toContain('"list_users"');
  expect(await names(body.access_token)).not.toContain('"delete_group"');
  changeRoles([
    { name: "helpdesk", scopes: ["okta.users.read"] },
    { name: "viewer", scopes: ["okta.groups.read"] },
  ]);
  expect(await names(body.access_token)).not.toContain('"list_users"');
  expect(await names(body.access_token)).toContain('"list_groups"');
});

test("P12: a refresh whose ID token names somebody else ends the access; one that cannot be verified ends nothing", async () => {
  const { refresh, company, client } = await signedIn();
  company.control.nextToken("id_token", { signature: "stranger" });
  expect((await refresh()).status).toBe(503);
  company.control.nextToken("id_token", { claims: (claims) => ({ ...claims, sub: "00uSomebodyElse00001" }) });
  expect((await refresh()).body.error).toBe("invalid_grant");
  expect((await client.call("tools/list")).status).toBe(401);
});

test("an app without refresh tokens gives our clients none, and the log says what to tick", async () => {
  const { signIn, lines } = await startCompanyWeb({
    roles: [{ name: "helpdesk", scopes: ["okta.users.read"] }],
    app: { grantTypes: ["authorization_code"] },
  });
  const { refresh_token, call } = await signIn(ADMIN_LOGIN);
  expect(refresh_token).toBe("undefined");
  expect((await call("tools/list")).status).toBe(200);
  expect(lines.join("")).toContain("Tick Refresh Token");
});

test("refresh tokens that a later sign-in replaces, and those of a person who leaves, are revoked at the org", async () => {
  const web = await signedIn();
  const { company, signIn, store } = web;
  const alive = () =>
    company.control.issued().filter(({ kind, revoked }) => kind === "refresh_token" && !revoked).length;
  const before = alive();
  await signIn(ADMIN_LOGIN);
  await expect.poll(alive).toBe(before);
  const [person] = await store.people.findByLogin(ADMIN_LOGIN);
  expect(before).toBe(2);
  expect(person?.status).toBe("active");
});
