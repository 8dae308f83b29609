import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { modernClient } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { testEachDatabase } from "../support/each-database.js";

const BOTH = [ADMIN_LOGIN, BOB_LOGIN];

/** Ada is in staff and in the desk, Bob in staff alone. */
const ROLES = [
  { name: "staff", members: BOTH, scopes: ["okta.groups.read"] },
  { name: "desk", members: [ADMIN_LOGIN], scopes: ["okta.users.manage"] },
];

const TEXTS = {
  "policies.md": "# Time off",
  "desk.md": "# For the desk",
  "employee.json": '{"title": "Employee {{gpid}}"}',
};

const ENTRIES = [
  { uri: "docs://api/time-off", file: "policies.md", roles: ["staff"] },
  { uri: "docs://desk/runbook", file: "desk.md", roles: ["desk"] },
  { template: "schema://employee/{gpid}", file: "employee.json", roles: ["desk", "staff"] },
];

function start(startWeb: typeof startCompanyWeb = startCompanyWeb) {
  return startWeb({ roles: ROLES, files: TEXTS, serve: { resources: ENTRIES } });
}

const ERAS = ["2025-11-25", "2026-07-28"] as const;

/** One person's client of one era: it asks for the lists and the texts. */
function reader(
  { publicUrl, call }: Pick<CompanyWeb, "publicUrl" | "call">,
  token: string,
  era: (typeof ERAS)[number],
) {
  const modern = modernClient(publicUrl, token);
  const ask = async (method: string, params: { uri?: string } = {}) =>
    era === "2025-11-25" ? call(token, method, params) : modern.ask(method, params, params.uri);
  return {
    ask,
    uris: async () => {
      const { message } = await ask("resources/list");
      return message.result.resources.map(({ uri }: { uri: string }) => uri).filter((uri: string) => !isOurs(uri));
    },
    templates: async () => {
      const { message } = await ask("resources/templates/list");
      const all: { uriTemplate: string }[] = message.result.resourceTemplates;
      return all.map(({ uriTemplate }) => uriTemplate).filter((template) => !isOurs(template));
    },
    read: async (uri: string) => (await ask("resources/read", { uri })).message.result?.contents[0].text,
    /** All that is told of a URI, but for the URI itself. */
    refusal: async (uri: string) => {
      const { status, text, message } = await ask("resources/read", { uri });
      expect(message.error).toBeDefined();
      return { status, text: text.replaceAll(JSON.stringify(uri), '"URI"') };
    },
  };
}

const isOurs = (uri: string) => uri.startsWith("okta://reference");

describe.each(ERAS)("over HTTP in the era of %s", (era) => {
  test("people read what any of their roles may, and of the rest they learn nothing", async () => {
    const web = await start();
    const ada = reader(web, (await web.signIn()).access_token, era);
    const bob = reader(web, (await web.signIn(BOB_LOGIN)).access_token, era);
    expect(await ada.uris()).toEqual(["docs://api/time-off", "docs://desk/runbook"]);
    expect(await bob.uris()).toEqual(["docs://api/time-off"]);
    expect(await ada.templates()).toEqual(["schema://employee/{gpid}"]);
    expect(await bob.templates()).toEqual(["schema://employee/{gpid}"]);
    expect(await ada.read("docs://desk/runbook")).toBe("# For the desk");
    expect(await bob.read("docs://api/time-off")).toBe("# Time off");
    expect(await bob.read("schema://employee/GP010001")).toBe('{"title": "Employee GP010001"}');
    // What somebody may not see is answered exactly as what does not exist.
    expect(await bob.refusal("docs://desk/runbook")).toEqual(await bob.refusal("docs://desk/nothing"));
  });

  test("A11: a value of a template leads nowhere else, and nobody reads without a token", async () => {
    const web = await start();
    const bob = reader(web, (await web.signIn(BOB_LOGIN)).access_token, era);
    const nothing = await bob.refusal("docs://nothing");
    const hostile = ["..", "%2e%2e", "..%2fserve.json", "a%2Fb", "a%5cb", "%00", "%252e%252e", "%", "", "a?b", "a#b"];
    for (const value of hostile) expect(await bob.refusal(`schema://employee/${value}`), value).toEqual(nothing);
    const { status, message } = await bob.ask("resources/read", { uri: `schema://employee/${"x".repeat(10_240)}` });
    expect({ status, code: message.error.code }).toEqual({ status: nothing.status, code: -32602 });
    for (const method of ["resources/list", "resources/templates/list", "resources/read"]) {
      const answer = await fetch(`${web.publicUrl}/mcp`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { uri: "okta://reference" } }),
      });
      expect(answer.status, method).toBe(401);
    }
  });

  test("the reference speaks of a person's own tools, and a token that may only read is enough", async () => {
    const web = await start();
    const { access_token } = await web.signIn(BOB_LOGIN, { scopes: ["mcp:read"] });
    const scopes = await reader(web, access_token, era).read("okta://reference/scopes");
    expect(scopes).toContain("list_groups");
    expect(scopes).not.toContain("update_user");
    const ada = reader(web, (await web.signIn()).access_token, era);
    expect(await ada.read("okta://reference/scopes")).toContain("update_user");
  });
});

testEachDatabase("a change of roles, of the settings and of a file counts from the next request", async (startWeb) => {
  const web = await start(startWeb);
  const bob = reader(web, (await web.signIn(BOB_LOGIN)).access_token, "2026-07-28");
  expect(await bob.read("docs://desk/runbook")).toBeUndefined();
  web.changeSettings({ resources: [{ uri: "docs://desk/runbook", file: "desk.md", roles: ["staff"] }] });
  expect(await bob.read("docs://desk/runbook")).toBe("# For the desk");
  expect(await bob.read("docs://api/time-off")).toBeUndefined();
  writeFileSync(join(web.folder, "desk.md"), "# Changed");
  expect(await bob.read("docs://desk/runbook")).toBe("# Changed");
  const [staff, desk] = ROLES;
  if (staff === undefined || desk === undefined) throw new Error("no roles");
  web.changeRoles([{ ...desk, members: BOTH, groups: staffGroups(web) }]);
  expect(await bob.uris()).toEqual([]);
});

/** The groups of the role that Bob has. */
function staffGroups({ company }: CompanyWeb): string[] {
  return company.org.groups
    .all()
    .filter(({ profile }) => profile.name === "okta-mcp-staff")
    .map(({ id }) => id);
}

test("a template chooses among the files of one folder, and links out of it lead nowhere", async () => {
  const web = await start();
  mkdirSync(join(web.folder, "people"));
  writeFileSync(join(web.folder, "people/G1.json"), '{"name": "Ann"}');
  web.changeSettings({ resources: [{ template: "people://{gpid}", file: "people/{gpid}.json", roles: ["staff"] }] });
  const bob = reader(web, (await web.signIn(BOB_LOGIN)).access_token, "2026-07-28");
  expect(await bob.read("people://G1")).toBe('{"name": "Ann"}');
  expect(await bob.refusal("people://G2")).toEqual(await bob.refusal("people://..%2Fserve"));
});
