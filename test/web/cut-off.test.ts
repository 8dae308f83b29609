import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { modernClient } from "../support/company-modern.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";

const ROLES = [{ name: "helpdesk", scopes: ["okta.users.manage", "okta.groups.manage"] }];

/** The changes in the journal of Ada. */
async function changes({ store }: CompanyWeb) {
  const [person] = await store.people.findByLogin(ADMIN_LOGIN);
  const found = [];
  for await (const change of store.journalFor({ person: person?.id ?? "", sees: "own" }).changes()) found.push(change);
  return found;
}

const groupsNamed = ({ company }: CompanyWeb, name: string) =>
  company.org.groups.all().filter(({ profile }) => profile.name === name);

test("M7: a write that has left is finished and on record, though its client is gone", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const { access_token } = await web.signIn();
  web.company.sandbox.next("POST", "/api/v1/groups", { fault: "delay", delayMs: 1_500 });
  const gone = new AbortController();
  const client = modernClient(web.publicUrl, access_token);
  const call = client.send(
    "tools/call",
    { name: "create_group", arguments: { profile: { name: "Cut off" } } },
    "create_group",
    gone.signal,
  );
  await expect.poll(() => web.company.sandbox.count("POST", "/api/v1/groups"), { timeout: 10_000 }).toBe(1);
  gone.abort();
  await expect(call).rejects.toThrow();
  await expect.poll(async () => (await changes(web))[0]?.outcome, { timeout: 10_000 }).toBe("done");
  const [change] = await changes(web);
  expect(change).toMatchObject({ tool: "create_group", requests: [{ method: "POST", status: 200 }] });
  expect(change?.caller).toMatchObject({
    role: "helpdesk",
    act_as: "user",
    request_id: expect.stringMatching(/^[\w-]{36}$/),
  });
  expect(groupsNamed(web, "Cut off")).toHaveLength(1);
});

test("M7: a write whose client is gone before it leaves is not sent", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const { access_token } = await web.signIn();
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  // The group is read before it is changed, and that takes long.
  web.company.sandbox.next("GET", "/api/v1/groups/{groupId}", { fault: "hang" });
  const gone = new AbortController();
  const call = modernClient(web.publicUrl, access_token).send(
    "tools/call",
    { name: "update_group", arguments: { group_id: lab.id, profile: { name: "Other" } } },
    "update_group",
    gone.signal,
  );
  await expect.poll(() => web.company.sandbox.count("GET", "/api/v1/groups/{groupId}"), { timeout: 10_000 }).toBe(1);
  gone.abort();
  await expect(call).rejects.toThrow();
  await expect.poll(async () => (await changes(web))[0]?.outcome, { timeout: 10_000 }).toBe("refused");
  expect(web.company.sandbox.count("PUT", "/api/v1/groups/{groupId}")).toBe(0);
  expect(web.company.org.groups.get(lab.id)?.profile.name).toBe("Lab");
});

test("M7: a server that closes lets a write that has left come to its end, and ends the streams of listeners", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const { access_token } = await web.signIn();
  const client = modernClient(web.publicUrl, access_token);
  const stream = await client.send("subscriptions/listen", { notifications: { toolsListChanged: true } });
  web.company.sandbox.next("POST", "/api/v1/groups", { fault: "delay", delayMs: 1_500 });
  const call = client.round("create_group", { profile: { name: "Last" } });
  await expect.poll(() => web.company.sandbox.count("POST", "/api/v1/groups"), { timeout: 10_000 }).toBe(1);
  const startedMs = Date.now();
  await web.server.close();
  expect(Date.now() - startedMs).toBeLessThan(20_000);
  expect((await call).sees).toBe("ok");
  expect((await changes(web))[0]?.outcome).toBe("done");
  await stream.text();
});
