import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { plainBrowser } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { startCompanyWeb } from "../support/company-server.js";
import {
  NATIVE_CLIENT_ID,
  ROLE_CLIENT_ID,
  SERVICE_ROLE,
  startTokenWeb,
  strangeKey,
  type TokenWeb,
} from "../support/company-tokens.js";

const USER_ROLES = [
  { name: "admins", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read", "okta.groups.manage"] },
];

/** The client ids that the org's tokens of API calls were issued to, for calls of a path since the counts were forgotten. */
function callersOf({ company }: Pick<TokenWeb, "company">, path: string): (string | undefined)[] {
  const issued = new Map(company.control.issued().map(({ token, clientId }) => [token, clientId]));
  return company.sandbox.requests
    .filter((request) => request.path.startsWith(path))
    .map(({ headers }) => issued.get((headers.authorization ?? "").replace(/^(?:Bearer|DPoP) /, "")));
}

async function changesOf(web: Pick<TokenWeb, "store" | "company">, login = ADMIN_LOGIN) {
  const person = await web.store.people.findBySubject(web.company.origin, web.company.person(login).id);
  const changes = [];
  for await (const change of web.store.journalFor({ person: person?.id ?? "", sees: "own" }).changes())
    changes.push(change);
  return { person, changes };
}

describe("a role that acts as service", () => {
  test("calls by its service app, is on record under the person, and outlives each person's engine", async () => {
    const web = await startTokenWeb();
    const token = await web.tokenOf();
    const made = await web.callTool(token, "create_group", { profile: { name: "Lab" } });
    expect(made.text).toContain("Lab");
    expect(new Set(callersOf(web, "/api/v1/groups"))).toEqual(new Set([ROLE_CLIENT_ID]));
    const { person, changes } = await changesOf(web);
    expect(changes[0]).toMatchObject({
      tool: "create_group",
      outcome: "done",
      actor: { client_id: ROLE_CLIENT_ID },
      caller: { person: person?.id, client: NATIVE_CLIENT_ID, role: "helpdesk", act_as: "service" },
    });
    // Everybody in the role shares one token of the service app.
    await web.callTool(await web.tokenOf(), "list_groups");
    expect(web.company.sandbox.count("POST", "/oauth2/v1/token")).toBe(1);
  });

  test("explains Okta's refusal in terms of the service app, and never falls back to the person", async () => {
    const web = await startTokenWeb();
    const token = await web.tokenOf();
    const path = "/api/v1/groups";
    web.company.sandbox.next("GET", path, {
      status: 403,
      json: {
        errorCode: "E0000006",
        errorSummary: "You do not have permission",
        errorLink: "E0000006",
        errorId: "x",
        errorCauses: [],
      },
    });
    const refused = await web.callTool(token, "list_groups");
    expect(refused.text).toContain("forbidden");
    expect(refused.text).toMatch(/service app|the app/);
    expect(new Set(callersOf(web, path))).toEqual(new Set([ROLE_CLIENT_ID]));
  });

  test("M12, mirrored: without its service app there is an error, and the person's own grant is not used", async () => {
    const web = await startCompanyWeb({
      roles: [{ name: "helpdesk", scopes: ["okta.users.read"], ...SERVICE_ROLE }],
      files: { "role.pem": strangeKey() },
    });
    const { call } = await web.signIn(ADMIN_LOGIN);
    const person = await web.store.people.findBySubject(web.company.origin, web.company.person().id);
    // For a role of a service app nobody is asked for rights of their own.
    expect(await web.store.upstream.find(person?.id ?? "", "org")).toBeUndefined();
    const refused = await call("tools/call", { name: "list_users", arguments: {} });
    expect(refused.text).toContain("client_rejected");
    expect(web.company.sandbox.count("*", "/api/v1/users")).toBe(0);
  });
});

describe("a native caller in a role that acts as user", () => {
  test("gets the address of a page, grants access there once, and is called for from then on", async () => {
    const web = await startTokenWeb({ roles: USER_ROLES });
    const token = await web.tokenOf();
    const before = await web.callTool(token, "list_users");
    expect(before.text).toContain(`${web.publicUrl}/connect/okta`);
    expect(web.company.sandbox.count("*", "/api/v1/users")).toBe(0);
    const address = new RegExp(`${web.publicUrl}/connect/okta[^\\s"\\\\]*`).exec(before.text)?.[0] ?? "";
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const browser = plainBrowser();
    const offered = await browser.get(address);
    const shown = await web.follow(browser, await browser.submit(offered, offered.url, {}));
    expect(shown.html).toContain("okta.groups.manage");
    const granted = await web.follow(browser, await browser.submit(shown, shown.url, {}));
    expect(granted.html).toContain(ADMIN_LOGIN);
    expect((await web.callTool(token, "list_users")).text).toContain(ADMIN_LOGIN);
    const { person } = await changesOf(web);
    expect((await web.store.upstream.find(person?.id ?? "", "org"))?.scopes).toContain("okta.users.read");
    const calledBy = callersOf(web, "/api/v1/users");
    expect(calledBy.every((client) => client !== NATIVE_CLIENT_ID && client !== undefined)).toBe(true);
    // A removal is approved on a page, as in proxy mode.
    const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
    const asked = await web.callTool(token, "delete_group", { group_id: lab.id });
    expect(asked.text).toContain("/approve/");
    const page = /approve_url":"([^"]+)"/.exec(asked.text.replaceAll("\\", ""))?.[1] ?? "";
    const question = await web.follow(browser, await browser.get(page));
    expect(question.html).toContain("Lab");
    const answered = await web.follow(browser, await browser.submit(question, question.url, { answer: "yes" }));
    expect(answered.html).toContain("Approved");
    expect((await web.callTool(token, "delete_group", { group_id: lab.id })).text).toContain("done");
  });

  test("another Okta user who follows the link is refused, and nothing is granted", async () => {
    const web = await startTokenWeb({ roles: USER_ROLES });
    const before = await web.callTool(await web.tokenOf(), "list_users");
    const address = new RegExp(`${web.publicUrl}/connect/okta[^\\s"\\\\]*`).exec(before.text)?.[0] ?? "";
    web.company.control.autoSignIn(BOB_LOGIN);
    const browser = plainBrowser();
    const offered = await browser.get(address);
    const visit = await web.follow(browser, await browser.submit(offered, offered.url, {}));
    expect(visit.html).toContain("another_person");
    const ada = await web.store.people.findBySubject(web.company.origin, web.company.person().id);
    const bob = await web.store.people.findBySubject(web.company.origin, web.company.person(BOB_LOGIN).id);
    expect(await web.store.upstream.find(ada?.id ?? "", "org")).toBeUndefined();
    expect(await web.store.upstream.find(bob?.id ?? "", "org")).toBeUndefined();
  });
});

test("without a web app there are no pages, and what needs a person's yes says what the operator can do", async () => {
  const web = await startTokenWeb({ serve: (origin) => ({ okta: { org_url: origin } }) });
  const token = await web.tokenOf();
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  const refused = await web.callTool(token, "delete_group", { group_id: lab.id });
  expect(refused.text).toContain("declined");
  expect(refused.text).toContain("okta.client_id");
  expect(refused.text).not.toMatch(/approve_url|confirmation\\?":/);
  expect(web.company.org.groups.get(lab.id)).toBeDefined();
  for (const path of ["/me", "/connect/okta", "/approve/x", "/auth/sso/callback/okta"]) {
    expect((await fetch(`${web.publicUrl}${path}`)).status, path).toBe(404);
  }
});

test("a token as a tool's argument is refused by name, with the reason, before anything is sent", async () => {
  const web = await startTokenWeb();
  const token = await web.tokenOf();
  await web.callTool(token, "list_users");
  web.company.sandbox.forgetCounts();
  const secret = "00abcDEFghiJKLmnoPQRstuVWXyz0123456789";
  for (const name of [
    "access_token",
    "accessToken",
    "token",
    "bearer",
    "authorization",
    "okta_token",
    "id_token",
    "api_key",
    "password",
  ]) {
    const refused = await web.callTool(token, "list_users", { [name]: secret });
    expect(refused.text, name).toContain("bad_input");
    expect(refused.text, name).toContain("no tool takes a token");
    expect(refused.text, name).not.toContain(secret);
  }
  expect(web.company.sandbox.count("*", "/api/v1/users")).toBe(0);
  expect(web.lines.join("")).not.toContain(secret);
});

test("T21: a start with the database and keys of another address warns, and tokens stay with their own address", async () => {
  const web = await startCompanyWeb();
  const { access_token } = await web.signIn(ADMIN_LOGIN);
  const staging = await web.anotherAddress();
  expect(web.lines.join("")).toMatch(/used at another address before.*data_dir/);
  const ask = (address: string) =>
    fetch(`${address}/mcp`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
    });
  expect((await ask(staging)).status).toBe(401);
  expect((await ask(web.publicUrl)).status).toBe(200);
});
