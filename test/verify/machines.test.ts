import { describe, expect, test } from "vitest";
import {
  MACHINE_CLIENT_ID,
  NATIVE_CLIENT_ID,
  ROLE_CLIENT_ID,
  SERVICE_ROLE,
  startTokenWeb,
} from "../support/company-tokens.js";
import { findingsOf } from "../support/serve-check.js";

const MACHINES = [{ client_id: MACHINE_CLIENT_ID, role: "robot" }];
const ROLES = [
  { name: "helpdesk", scopes: ["okta.users.read"], ...SERVICE_ROLE },
  {
    name: "robot",
    members: [],
    groups: ["00gNobodyAtAll0001"],
    scopes: ["okta.users.read", "okta.groups.manage"],
    ...SERVICE_ROLE,
  },
];
const machineToken = { clientId: MACHINE_CLIENT_ID, login: undefined };

/** The envelope of a request of the modern revision whose client says that it can ask a person. */
const ASKING = {
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
    "io.modelcontextprotocol/clientInfo": { name: "robot", version: "1" },
  },
};

describe.each(["native", "introspect"] as const)("a program without a person, by %s", (signIn) => {
  test("has the role of its client id, and P30: is refused what needs a person, whatever it says of itself", async () => {
    const web = await startTokenWeb({ signIn, roles: ROLES, serve: { machines: MACHINES } });
    const { company } = web;
    const token = await web.tokenOf(machineToken);
    const listed = await web.callTool(token, "list_groups");
    expect(listed.text).toContain("okta-mcp-helpdesk");
    const lab = company.org.addGroup({ profile: { name: "Lab" } });
    const args = { group_id: lab.id };
    const refused = await web.callTool(token, "delete_group", args);
    expect(refused.text).toContain("needs_user");
    expect(refused.text).not.toContain("/approve/");
    const modern = await web.call(
      token,
      "tools/call",
      { name: "delete_group", arguments: args, ...ASKING },
      { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "delete_group" },
    );
    expect(modern.text).toContain("needs_user");
    expect(modern.text).not.toContain("inputRequests");
    expect(company.org.groups.get(lab.id)).toBeDefined();
    // What asks nobody goes through, and is on record under the program's name.
    const made = await web.callTool(token, "create_group", { profile: { name: "By a robot" } });
    expect(made.message.result.isError ?? false, made.text).toBe(false);
    const machine = await web.store.people.findBySubject(company.origin, MACHINE_CLIENT_ID);
    const reader = { person: machine?.id ?? "", sees: "own" as const };
    const changes = [];
    for await (const change of web.store.journalFor(reader).changes()) changes.push(change);
    const created = changes.find(({ tool }) => tool === "create_group");
    expect(created).toMatchObject({
      outcome: "done",
      actor: { client_id: ROLE_CLIENT_ID },
      caller: { person: machine?.id, client: MACHINE_CLIENT_ID, role: "robot", act_as: "service" },
    });
    expect(machine).toMatchObject({ login: MACHINE_CLIENT_ID });
  });

  test("is refused where its client is not listed, with the reason in the log", async () => {
    const web = await startTokenWeb({ signIn, roles: ROLES });
    const answer = await web.listWith(await web.tokenOf(machineToken));
    expect(answer.status).toBe(401);
    expect(web.lines.join("")).toMatch(new RegExp(`${MACHINE_CLIENT_ID}.*machines`));
  });
});

test("P30: a program whose role came to act as user gets needs_user, and nothing is sent", async () => {
  const web = await startTokenWeb({ roles: ROLES, serve: { machines: MACHINES } });
  const token = await web.tokenOf(machineToken);
  expect((await web.callTool(token, "list_groups")).status).toBe(200);
  web.changeRoles([{ name: "robot", groups: ["00gNobodyAtAll0001"], scopes: ["okta.groups.read"] }]);
  web.company.sandbox.forgetCounts();
  const refused = await web.callTool(token, "list_groups");
  expect(refused.text).toContain("needs_user");
  expect(web.company.sandbox.count("*", "/api/v1/groups")).toBe(0);
});

test("a person's token of a machine's client, and a machine's of a person's client, do not count", async () => {
  const web = await startTokenWeb({ roles: ROLES, serve: { machines: MACHINES } });
  expect((await web.listWith(await web.tokenOf({ clientId: MACHINE_CLIENT_ID }))).status).toBe(401);
  expect((await web.listWith(await web.tokenOf({ login: undefined }))).status).toBe(401);
});

test("a machine need not stand in tokens.clients, and serve check says so where it does", async () => {
  const web = await startTokenWeb({ roles: ROLES, serve: { machines: MACHINES }, tokens: { clients: [] } });
  expect((await web.callTool(await web.tokenOf(machineToken), "list_groups")).status).toBe(200);
  expect((await web.listWith(await web.tokenOf())).status).toBe(401);
  const about = `machine ${MACHINE_CLIENT_ID}`;
  const of = async (clients: string[]) => {
    const findings = await findingsOf(web, { serve: { tokens: { ...web.content.tokens, clients } } });
    return findings.find((finding) => finding.about === about);
  };
  expect(await of([NATIVE_CLIENT_ID])).toMatchObject({ state: "ok" });
  expect(await of([MACHINE_CLIENT_ID])).toMatchObject({ state: "note", fix: expect.stringContaining("need not") });
});
