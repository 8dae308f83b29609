import { expect, test } from "vitest";
import { hrServer } from "../../sandbox/custom-server.js";
import { ADMIN_LOGIN, HR_SERVER_ID, HR_SERVICE_CLIENT_ID, MCP_SERVER_ID } from "../../sandbox/facts.js";
import { type ApiCompanyOptions, GPIDS, startApiCompany } from "../support/api-company.js";
import { errorIn, resultIn } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import type { CompanyWebOptions } from "../support/company-server.js";
import { startTokenWeb, type TokenWebOptions } from "../support/company-tokens.js";

const HR_TOKEN = `/oauth2/${HR_SERVER_ID}/v1/token`;
const EXCHANGE = { kind: "exchange", client_id: HR_SERVICE_CLIENT_ID };

/** A company whose callers bring tokens of a custom authorization server, which are exchanged for those of the API. */
function startExchange(options: ApiCompanyOptions = {}, how: Pick<TokenWebOptions, "signIn" | "moreServers"> = {}) {
  const servers = { moreServers: [hrServer({ trustedServers: [MCP_SERVER_ID] })], ...how };
  return startApiCompany({ auth: EXCHANGE, ...options }, (given: CompanyWebOptions) =>
    startTokenWeb({ ...given, ...servers, roles: given.roles ?? [] }),
  );
}

test.each(["native", "introspect"] as const)(
  "with sign_in %s each caller's token is exchanged for one of their own",
  async (signIn) => {
    const { web, api } = await startExchange({}, { signIn });
    const [ada, bob] = [await web.tokenOf(), await web.tokenOf({ login: BOB_LOGIN })];
    const read = (token: string) => web.callTool(token, "hr_get_user_info_user_get");
    const answers = await Promise.all([ada, bob, ada, bob].map(read));
    expect(answers.map((answer) => resultIn(answer).gpid)).toEqual([
      GPIDS[ADMIN_LOGIN],
      GPIDS[BOB_LOGIN],
      GPIDS[ADMIN_LOGIN],
      GPIDS[BOB_LOGIN],
    ]);
    const sent = JSON.stringify(api.requests.map(({ headers }) => headers));
    for (const token of [ada, bob]) expect(sent).not.toContain(token);
    // The tokens are kept for the next call, and for the next instance.
    const exchanged = web.company.sandbox.count("POST", HR_TOKEN);
    expect(exchanged).toBe(2);
    const other = await web.anotherInstance();
    expect(resultIn(await read(ada)).gpid).toBe(GPIDS[ADMIN_LOGIN]);
    expect(web.company.sandbox.count("POST", HR_TOKEN)).toBe(exchanged);
    expect(other.address).toBeTruthy();
  },
);

test("a token is exchanged anew for other scopes, for other roles and after a 401, and ends with its person", async () => {
  const { web, api, personId } = await startExchange();
  const token = await web.tokenOf();
  const exchanged = () => web.company.sandbox.count("POST", HR_TOKEN);
  const call = (name: string, args: object = {}) => web.callTool(token, name, args);
  const list = () => call("hr_list_employees");
  resultIn(await list());
  resultIn(await list());
  expect(exchanged()).toBe(1);
  const body = { start_date: "2026-03-02", end_date: "2026-03-02", kind: "vacation" };
  expect(resultIn(await call("hr_request_time_off", { body })).gpid).toBe(GPIDS[ADMIN_LOGIN]);
  expect(exchanged()).toBe(2);
  api.next("GET", "/employees", { status: 401 });
  resultIn(await list());
  expect(exchanged()).toBe(3);
  const key = { person: await personId(ADMIN_LOGIN), api: "hr", scopes: ["hr.read"] };
  expect(await web.store.exchanged.find({ ...key, roles: ["staff"] })).toBeDefined();
  expect(await web.store.exchanged.find({ ...key, roles: ["others"] })).toBeUndefined();
  // Those of former roles are forgotten for good.
  expect(await web.store.exchanged.find({ ...key, roles: ["staff"] })).toBeUndefined();
  resultIn(await list());
  await web.store.endings.endPerson(key.person, { why: "admin", by: "test", status: undefined });
  expect(await web.store.exchanged.find({ ...key, roles: ["staff"] })).toBeUndefined();
});

test.each([
  ["another audience", { aud: "https://payroll.example" }, "client_rejected"],
  ["fewer scopes", { scp: ["hr.write"] }, "missing_scope"],
  ["another person", { uid: "00uSomebodyElse00001" }, "client_rejected"],
])("an exchanged token with %s never reaches the API", async (_what, change, code) => {
  const { web, api } = await startExchange();
  const token = await web.tokenOf();
  web.company.control.nextToken("access_token", { claims: (all) => ({ ...all, ...change }) });
  const refused = errorIn(await web.callTool(token, "hr_list_employees"));
  expect(refused.code).toBe(code);
  expect(api.requests).toHaveLength(0);
  expect(resultIn(await web.callTool(token, "hr_list_employees")).items).toBeDefined();
});

test("a kept token that does not fit the settings any more is forgotten, and exchanged anew", async () => {
  const { web, api, personId } = await startExchange();
  const token = await web.tokenOf();
  const read = () => web.callTool(token, "hr_list_employees");
  resultIn(await read());
  const key = { person: await personId(ADMIN_LOGIN), api: "hr", scopes: ["hr.read"], roles: ["staff"] };
  // As one that was kept while the settings named another audience.
  await web.store.exchanged.put(key, JSON.stringify({ value: token }), Date.now() + 3_600_000);
  resultIn(await read());
  expect(web.company.sandbox.count("POST", HR_TOKEN)).toBe(2);
  expect(JSON.stringify(api.requests.map(({ headers }) => headers))).not.toContain(token);
});

test("an exchange that Okta refuses is told in our words, and nothing is sent", async () => {
  const { web, api } = await startExchange({}, { moreServers: [hrServer({ trustedServers: [] })] });
  const refused = await web.callTool(await web.tokenOf(), "hr_list_employees");
  expect(refused.status).toBe(200);
  expect(errorIn(refused).code).toBe("client_rejected");
  expect(api.requests).toHaveLength(0);
});
