import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { startCompanyWeb } from "../support/company-server.js";

const ROLES = [{ name: "helpdesk", scopes: ["okta.users.manage", "okta.groups.manage"] }];

test("M7: a client of the earlier revisions cancels by closing the answer, and what has not left is not sent", async () => {
  const web = await startCompanyWeb({ roles: ROLES });
  const { access_token } = await web.signIn();
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  // The group is read before it is changed, and that takes long.
  web.company.sandbox.next("GET", "/api/v1/groups/{groupId}", { fault: "hang" });
  const gone = new AbortController();
  const params = { name: "update_group", arguments: { group_id: lab.id, profile: { name: "Other" } } };
  const answer = fetch(`${web.publicUrl}/mcp`, {
    method: "POST",
    signal: gone.signal,
    headers: {
      authorization: `Bearer ${access_token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
  }).then((response) => response.text());
  await expect.poll(() => web.company.sandbox.count("GET", "/api/v1/groups/{groupId}"), { timeout: 10_000 }).toBe(1);
  gone.abort();
  await expect(answer).rejects.toThrow();
  const outcome = async () => {
    const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
    for await (const change of web.store.journalFor({ person: person?.id ?? "", sees: "own" }).changes()) {
      return change.outcome;
    }
    return undefined;
  };
  await expect.poll(outcome, { timeout: 10_000 }).toBe("refused");
  expect(web.company.sandbox.count("PUT", "/api/v1/groups/{groupId}")).toBe(0);
  expect(web.company.org.groups.get(lab.id)?.profile.name).toBe("Lab");
});
