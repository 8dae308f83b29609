import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { ALL_KNOWN, endings, LEAVE_NOTE, withDirectory } from "../support/company-leaving.js";
import { modernClient } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, type CompanyWebOptions, startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";
import { requirePostgres } from "../support/postgres.js";

const ROLES = [
  { name: "helpdesk", members: [ADMIN_LOGIN], scopes: ["okta.users.read", "okta.groups.manage"] },
  { name: "viewer", members: [ADMIN_LOGIN, BOB_LOGIN], scopes: ["okta.users.read"] },
];
const IN_TIME = { timeout: 10_000, interval: 200 };
const SEARCH = ["GET", "/api/v1/users"] as const;

/** Lets the time of a poll pass. Access tokens go on meanwhile. */
const pass = ({ company }: Pick<CompanyWeb, "company">, seconds = 301) => company.clock.advanceSeconds(seconds);

const statusOf = async (client: { call: (method: string) => Promise<{ status: number }> }) =>
  (await client.call("tools/list")).status;

const TURNS = "this instance asks Okta about the people";

/** Starts a server whose first poll, which finds nobody, is over. */
async function startPolled(options: CompanyWebOptions) {
  const web = await startCompanyWeb(options);
  await expect.poll(() => web.lines.join("").includes(TURNS), IN_TIME).toBe(true);
  return web;
}

const leave = ({ company }: CompanyWeb, how: string) => {
  const { org } = company;
  const app = org.apps.get(WEB_CLIENT_ID);
  const person = company.person();
  if (how === "unassigned") return void (app && org.apps.unassignUser(app, person));
  if (how === "deleted") return org.users.remove(person);
  org.users.setStatus(person, how === "suspended" ? "SUSPENDED" : "DEPROVISIONED", LEAVE_NOTE);
};

describe("S21: without any hook", () => {
  test.each(["suspended", "deactivated", "deleted", "unassigned"])(
    "the next poll ends the access of somebody who was %s, on record, and of nobody else",
    async (how) => {
      const web = await startPolled({ roles: ROLES, ...withDirectory() });
      const other = await web.anotherInstance();
      const [ada, bob] = [await web.signIn(), await web.signIn(BOB_LOGIN)];
      leave(web, how);
      expect(await statusOf(ada)).toBe(200);
      pass(web);
      await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
      const at = modernClient(web.publicUrl, ada.access_token, { at: other.address });
      expect((await at.ask("tools/list")).status).toBe(401);
      expect(await statusOf(bob)).toBe(200);
      expect(await endings(web)).toEqual([how]);
      const subject = web.company.person(BOB_LOGIN).id;
      const checkedAtMs = async () => (await web.store.people.findBySubject(web.company.origin, subject))?.checkedAtMs;
      await expect.poll(checkedAtMs, IN_TIME).toBe(web.company.clock.now());
    },
  );

  test("S11: a group that somebody left counts no more after the poll, and those who listen are told", async () => {
    const web = await startPolled({ roles: ROLES, ...withDirectory() });
    const ada = await web.signIn();
    const client = modernClient(web.publicUrl, ada.access_token);
    const stop = new AbortController();
    const stream = await client.send(
      "subscriptions/listen",
      { notifications: { toolsListChanged: true } },
      undefined,
      stop.signal,
    );
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const group = web.company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk");
    if (group !== undefined) web.company.org.groups.removeMember(group, web.company.person());
    pass(web);
    let told = "";
    while (!told.includes("tools/list_changed")) told += (await reader?.read())?.value ?? expect.unreachable();
    stop.abort();
    const { text } = await ada.call("tools/list");
    expect(text).toContain('"list_users"');
    expect(text).not.toContain('"delete_group"');
  });

  test.for(["sqlite", "postgresql"] as const)(
    "one of three instances polls at a time, with one search for everybody (%s)",
    async (database, context) => {
      if (database === "postgresql") requirePostgres(context);
      const own = database === "postgresql" ? { database } : {};
      const web = await startPolled({ roles: ROLES, ...own, ...withDirectory() });
      await Promise.all([web.anotherInstance(), web.anotherInstance()]);
      await web.signIn();
      await web.signIn(BOB_LOGIN);
      web.company.sandbox.forgetCounts();
      for (let times = 1; times <= 3; times += 1) {
        pass(web);
        const done = () => web.lines.filter((line) => line.includes("Okta was asked about the people")).length;
        await expect.poll(done, IN_TIME).toBe(times);
        expect(web.company.sandbox.count(...SEARCH)).toBe(times);
      }
    },
  );

  test("a directory app that may read users alone tells status and groups, and says what it lacks", async () => {
    const web = await startPolled({ roles: ROLES, ...withDirectory(["okta.users.read"]) });
    const [ada, bob] = [await web.signIn(), await web.signIn(BOB_LOGIN)];
    const group = web.company.org.groups.all().find(({ profile }) => profile.name === "okta-mcp-helpdesk");
    if (group !== undefined) web.company.org.groups.removeMember(group, web.company.person());
    web.company.org.users.setStatus(web.company.person(BOB_LOGIN), "SUSPENDED", LEAVE_NOTE);
    pass(web);
    await expect.poll(() => statusOf(bob), IN_TIME).toBe(401);
    await expect.poll(async () => (await ada.call("tools/list")).text.includes('"delete_group"'), IN_TIME).toBe(false);
    expect(await statusOf(ada)).toBe(200);
    expect(web.lines.join("")).toContain("okta.apps.read");
  });

  test("an outage of Okta's ends nobody's access, and the next poll makes up for it", async () => {
    const web = await startPolled({ roles: ROLES, ...withDirectory(ALL_KNOWN) });
    const ada = await web.signIn();
    leave(web, "suspended");
    web.company.sandbox.next(...SEARCH, { status: 500, times: 20 });
    pass(web);
    await expect.poll(() => web.lines.join("").includes("could not be asked about the people"), IN_TIME).toBe(true);
    expect(await statusOf(ada)).toBe(200);
    web.company.sandbox.clearFaults();
    pass(web);
    await expect.poll(() => statusOf(ada), IN_TIME).toBe(401);
  });

  test("once Okta has not told for an hour people read and do not write, until it tells again", async () => {
    const web = await startTokenWeb({ ...withDirectory(), groupsClaim: true });
    const token = await web.tokenOf({ lifetimeSeconds: 24 * 3_600 });
    const write = (name: string) => web.callTool(token, "create_group", { profile: { name } });
    expect((await write("Before")).status).toBe(200);
    web.company.sandbox.next(...SEARCH, { status: 500, times: 100 });
    for (let times = 0; times < 12; times += 1) pass(web);
    const refused = await write("Meanwhile");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(refused.text).toContain("you can read and not write");
    expect((await web.callTool(token, "list_groups")).status).toBe(200);
    web.company.sandbox.clearFaults();
    pass(web);
    await expect.poll(async () => (await write("After")).status, IN_TIME).toBe(200);
    expect(web.company.org.groups.all().map(({ profile }) => profile.name)).not.toContain("Meanwhile");
  });

  test.each(["native", "introspect"] as const)("in %s people who have called are watched too", async (signIn) => {
    const directory = withDirectory();
    const web = await startTokenWeb({ signIn, ...directory, groupsClaim: signIn === "native" });
    const token = await web.tokenOf();
    expect((await web.listWith(token)).status).toBe(200);
    web.company.org.users.setStatus(web.company.person(), "SUSPENDED", LEAVE_NOTE);
    pass(web);
    await expect.poll(async () => (await web.listWith(token)).status, IN_TIME).toBe(401);
    await expect.poll(() => endings(web), IN_TIME).toEqual(["suspended"]);
  });
});
