import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startEventHook } from "../../sandbox/event-hooks.js";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { ALL_KNOWN, endings, HOOK_SECRET, LEAVE_NOTE, withDirectory } from "../support/company-leaving.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { requirePostgres } from "../support/postgres.js";

const ROLES = [{ name: "all", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] }];
const EVENTS = [
  "user.lifecycle.deactivate",
  "user.lifecycle.suspend",
  "application.user_membership.remove",
  "group.user_membership.remove",
];
const IN_TIME = { timeout: 8_000, interval: 100 };

/** Starts a hook of the org to the server. */
function hookTo({ company, publicUrl }: CompanyWeb, secret: string | undefined = HOOK_SECRET) {
  return startEventHook(company.org, { uri: `${publicUrl}/okta/events`, secret, events: EVENTS });
}

/** An event about a user, as the System Log has it. */
const eventAbout = (id: string, eventType = "user.lifecycle.deactivate") => ({
  eventType,
  uuid: crypto.randomUUID(),
  target: [{ id, type: "User", alternateId: "x", displayName: "x" }],
});

const statusOf = async (client: { call: (method: string) => Promise<{ status: number }> }) =>
  (await client.call("tools/list")).status;

test.for(["sqlite", "postgresql"] as const)(
  "S20: an event hook is verified, and its events end access within seconds on all instances, each reason by name (%s)",
  async (database, context) => {
    if (database === "postgresql") requirePostgres(context);
    const own = database === "postgresql" ? { database } : {};
    const web = await startCompanyWeb({ roles: ROLES, ...own, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
    await web.anotherInstance();
    const hook = hookTo(web);
    expect(await hook.verify()).toBe(true);
    const { org } = web.company;
    const ada = await web.signIn();
    org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
    await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
    const bob = await web.signIn(BOB_LOGIN);
    const app = org.apps.get(WEB_CLIENT_ID);
    if (app !== undefined) org.apps.unassignUser(app, web.company.person(BOB_LOGIN));
    await expect.poll(() => statusOf(bob), IN_TIME).toBe(401);
    await hook.settled();
    expect(hook.answers.every((status) => status === 204)).toBe(true);
    expect(await endings(web)).toEqual(["unassigned", "suspended"]);
  },
);

test("S11, S20: a group that somebody leaves changes what they may do with the next request, and their access stays", async () => {
  const roles = [
    { name: "helpdesk", scopes: ["okta.users.read", "okta.groups.manage"] },
    { name: "viewer", scopes: ["okta.users.read"] },
  ];
  const web = await startCompanyWeb({ roles, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  const hook = hookTo(web);
  await hook.verify();
  const ada = await web.signIn();
  const text = async () => (await ada.call("tools/list")).text;
  expect(await text()).toContain('"delete_group"');
  const group = web.company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk");
  if (group !== undefined) web.company.org.groups.removeMember(group, web.company.person());
  await expect.poll(async () => (await text()).includes('"delete_group"'), IN_TIME).toBe(false);
  expect(await text()).toContain('"list_users"');
  expect(await endings(web)).toEqual([]);
  expect(await web.store.audit.page({ action: "groups_changed", limit: 9 })).toMatchObject([
    { actor: "okta", detail: { lost: [group?.id], gained: [] } },
  ]);
});

test("S20: without a directory app the person's own refresh token tells", async () => {
  const web = await startCompanyWeb({
    roles: ROLES,
    files: { hook: HOOK_SECRET },
    serve: { leaving: { event_hook_secret_files: ["hook"] } },
  });
  const hook = hookTo(web);
  await hook.verify();
  const ada = await web.signIn();
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
  await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
  expect(await endings(web)).toEqual(["org_refused"]);
});

test("S20: what an event says counts for nothing: Okta is asked, and somebody who is there stays", async () => {
  const web = await startCompanyWeb({ roles: ROLES, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  const ada = await web.signIn();
  const { id } = web.company.person();
  const hook = hookTo(web);
  const asked = () => web.company.sandbox.count("GET", "/api/v1/users/{userId}");
  expect(await hook.deliver([eventAbout(id)])).toBe(204);
  await expect.poll(asked, IN_TIME).toBeGreaterThan(0);
  expect(await statusOf(ada)).toBe(200);
  // Out of order and twice: the state of now decides.
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
  for (const type of ["user.lifecycle.unsuspend", "user.lifecycle.suspend", "user.lifecycle.suspend"]) {
    expect(await hook.deliver([eventAbout(id, type)])).toBe(204);
  }
  await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
  expect(await endings(web)).toEqual(["suspended"]);
});

test("S20: a wrong secret, none, and a body that is none are refused; secrets change while the server runs", async () => {
  const web = await startCompanyWeb({ roles: ROLES, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  const ada = await web.signIn();
  const { id } = web.company.person();
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
  const hook = hookTo(web);
  for (const secret of ["", "x", `${HOOK_SECRET}x`, HOOK_SECRET.slice(1), `Bearer ${HOOK_SECRET}`]) {
    expect(await hook.deliver([eventAbout(id)], secret), secret).toBe(401);
  }
  const send = async (init: RequestInit) => (await fetch(`${web.publicUrl}/okta/events`, init)).status;
  const headers = { authorization: HOOK_SECRET, "content-type": "application/json" };
  for (const body of ["", "{", "[]", '{"data":{}}', '{"data":{"events":{}}}']) {
    expect(await send({ method: "POST", headers, body }), body).toBe(400);
  }
  // The server may hang up before it has all of it.
  const tooLong = send({ method: "POST", headers, body: "x".repeat(3_000_000) }).catch(() => 413);
  expect(await tooLong).toBe(413);
  expect(await send({ method: "GET" })).toBe(400);
  expect(await send({ method: "PUT", headers, body: "{}" })).toBe(404);
  expect(await statusOf(ada)).toBe(200);
  const refused = Array.from({ length: 80 }, () => hook.deliver([eventAbout(id)], "guess"));
  expect((await Promise.all(refused)).filter((status) => status === 429).length).toBeGreaterThan(0);
  writeFileSync(join(web.folder, "hook"), "n".repeat(32), { mode: 0o600 });
  web.company.clock.advanceSeconds(61);
  expect(await hook.deliver([eventAbout(id)], "n".repeat(32))).toBe(204);
  expect(await hook.deliver([eventAbout(id)], HOOK_SECRET)).toBe(401);
  await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
  expect(web.lines.join("")).not.toContain(HOOK_SECRET);
});

test("S20: whoever lacks the secret is answered before their body has come, so that nothing of it is kept", async () => {
  const web = await startCompanyWeb({ roles: ROLES, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  const head = "POST /okta/events HTTP/1.1\r\nHost: x\r\nAuthorization: guess\r\nTransfer-Encoding: chunked\r\n\r\n";
  const { hostname, port } = new URL(web.publicUrl);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.write(`${head}5\r\n{"dat\r\n`);
  const [first] = (await once(socket, "data")) as [Buffer];
  expect(first.toString()).toMatch(/^HTTP\/1.1 401 /);
});

test("S20: 10,000 events in a burst are answered in Okta's three seconds, and each person is asked about once", async () => {
  const web = await startCompanyWeb({ roles: ROLES, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  const ada = await web.signIn();
  const { id } = web.company.person();
  const hook = hookTo(web);
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
  web.company.sandbox.forgetCounts();
  // A hundred requests of a hundred events: one person of ours among strangers, again and again.
  const requests = Array.from({ length: 100 }, (_, request) =>
    hook.deliver(Array.from({ length: 100 }, (_, n) => eventAbout(n % 10 === 0 ? id : `00uStranger${request}x${n}`))),
  );
  expect(new Set(await Promise.all(requests))).toEqual(new Set([204]));
  await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
  expect(web.company.sandbox.count("GET", "/api/v1/users/{userId}")).toBeLessThan(10);
  expect(await endings(web)).toEqual(["suspended"]);
});

test("S20: while Okta does not answer nobody is gone and nobody is fine: it is asked again", async () => {
  const web = await startCompanyWeb({ roles: ROLES, ...withDirectory(ALL_KNOWN, { poll_seconds: 0 }) });
  const ada = await web.signIn();
  const { id } = web.company.person();
  web.company.org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
  web.company.sandbox.next("GET", "/api/v1/users/{userId}", { status: 500, times: 20 });
  const hook = hookTo(web);
  await hook.deliver([eventAbout(id)]);
  await expect.poll(() => web.company.sandbox.count("GET", "/api/v1/users/{userId}"), IN_TIME).toBeGreaterThan(0);
  expect(await statusOf(ada)).toBe(200);
  await expect.poll(() => web.lines.join("").includes("could not be asked about a person"), IN_TIME).toBe(true);
  web.company.sandbox.clearFaults();
  web.company.clock.advanceSeconds(61);
  await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
});
