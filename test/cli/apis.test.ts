import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, HR_SERVER_ID } from "../../sandbox/facts.js";
import { runCli, temporaryFolder } from "../support/cli.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { startPracticeCli } from "../support/practice-cli.js";
import { filesIn } from "../support/sightings.js";
import { json } from "./support-org.js";

describe("a company's own API at the terminal, without an org", () => {
  test("a person signs in, calls it in their own name, and signs out again", async () => {
    const { cli, login, api, home, sandbox } = await startPracticeCli();
    const before = await cli(["status"]);
    expect(before.code).toBe(1);
    expect(before.stdout).toMatch(/^Org +no Okta org is set/m);
    expect(before.stdout).toMatch(/^APIs +hr: nobody is signed in; okta-mcp login --api hr$/m);
    const nobody = await cli(["call", "hr_get_user_info_user_get"]);
    expect(nobody).toMatchObject({ code: 1, stdout: "" });
    expect(nobody.stderr).toContain("okta-mcp login --api hr");
    expect(api.requests).toEqual([]);

    const signedIn = await login();
    expect(signedIn, signedIn.stderr).toMatchObject({ code: 0, stdout: "" });
    expect(signedIn.stderr).toContain(`Signed in to the API hr as ${ADMIN_LOGIN}.`);
    expect(json(await cli(["status", "--json"]))).toMatchObject({
      method: "none",
      apis: [{ api: "hr", signed_in: true, user: ADMIN_LOGIN, granted_scopes: expect.arrayContaining(["hr.read"]) }],
    });

    const user = await cli(["call", "hr_get_user_info_user_get"]);
    expect(user.code, user.stderr).toBe(0);
    expect(JSON.stringify(json(user))).toContain(ADMIN_LOGIN);
    const record = await cli(["call", "hr_get_employee_information"]);
    expect(JSON.stringify(json(record))).toContain("GP010000");
    const bound = await cli(["call", "hr_get_employee_information", "--arg", "gpid=GP010001"]);
    expect(bound).toMatchObject({ code: 2, stderr: expect.stringContaining("bad_input") });

    const logout = await cli(["logout"]);
    expect(logout.stderr).toContain("Signed out of the API hr: the tokens were revoked at Okta and deleted here.");
    expect(sandbox.requests.some(({ path }) => path === `/oauth2/${HR_SERVER_ID}/v1/revoke`)).toBe(true);
    expect((await cli(["status"])).code).toBe(1);
    expect(Object.keys(filesIn(join(home, "data"))).filter((name) => name.includes("tokens/"))).toEqual([]);
    const said = [before, nobody, signedIn, user, record, logout].map(({ stdout, stderr }) => stdout + stderr).join();
    expect(said).not.toMatch(/eyJ/);
  });

  test("a write is made once somebody said yes, and stands in the journal", async () => {
    const { cli, login, api } = await startPracticeCli();
    await login(BOB_LOGIN);
    const body = { kind: "vacation", start_date: "2026-12-01", end_date: "2026-12-02" };
    const call = ["call", "hr_request_time_off", "--arg", `body=${JSON.stringify(body)}`];
    const preview = await cli([...call, "--arg", "dry_run=true"]);
    expect(preview.code, preview.stderr).toBe(0);
    const unasked = await cli(call);
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
    expect(api.requests.filter(({ method }) => method === "POST")).toEqual([]);
    const made = await cli([...call, "--yes"]);
    expect(made.code, made.stderr).toBe(0);
    expect(api.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    const changes = json(await cli(["journal", "--json"]));
    expect(changes.items).toMatchObject([
      { tool: "hr_request_time_off", api: "hr", outcome: "done", actor: BOB_LOGIN },
    ]);
  });

  test("an operation that is open to anybody needs no sign-in", async () => {
    const { cli, api, sandbox } = await startPracticeCli();
    const health = await cli(["call", "hr_health_check_health_get"]);
    expect(health.code, health.stderr).toBe(0);
    expect(api.requests).toHaveLength(1);
    expect(sandbox.requests).toEqual([]);
  });

  test("the tools are listed with what they need, and settings choose among them", async () => {
    const { cli } = await startPracticeCli();
    const all: { name: string; area: string; api?: object }[] = json(await cli(["tools", "--json"]));
    expect(all.filter(({ area }) => area === "hr").map(({ name }) => name)).toContain("hr_request_time_off");
    expect(all.find(({ name }) => name === "hr_list_employees")).toMatchObject({
      on: true,
      api: { name: "hr", scopes: ["hr.read"] },
    });
    const reads = await cli(["tools", "--read-only"]);
    expect(reads.stdout).toMatch(/^ {2}off +hr_request_time_off/m);
    expect(reads.stdout).toMatch(/^ {2}on +hr_list_employees +reads +hr\.read at that API$/m);
    const some = await cli(["tools", "--json", "--tools", "hr", "--exclude-tools", "hr_list_*"]);
    const on = (json(some) as { name: string; on: boolean }[]).filter((tool) => tool.on).map(({ name }) => name);
    expect(on).toContain("hr_get_time_off");
    expect(on).not.toContain("hr_list_employees");
    const help = await cli(["tools", "hr_request_time_off"]);
    expect(help.stdout).toContain("POST /time-off");
    expect(help.stdout).toContain("okta-mcp call hr_request_time_off --arg body=@body.json");
  });

  test("a server without an org does not list to a model what an org would bring", async () => {
    const { cli } = await startPracticeCli();
    const status = json(await cli(["call", "get_scope_status", "--json"]));
    expect(status).toMatchObject({ disabled_tools: [], active_tools: expect.arrayContaining(["hr_list_employees"]) });
    expect(status.what_to_do).toEqual([expect.stringMatching(/^No Okta org is set/)]);
  });
});

describe("a file of APIs with mistakes", () => {
  test("stops the start with every mistake, together with those of other settings", async () => {
    const { cli, write, hr, file } = await startPracticeCli();
    write({
      apis: {
        hr: { ...hr, roles: ["staff"], base_url: "http://hr.acme.test/" },
        groups: { ...hr, auth: { kind: "exchange" } },
      },
    });
    const { code, stderr, stdout } = await cli([], { OKTA_MCP_CONFIRM: "perhaps" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^bad_config: The settings have \d+ problems:/m);
    expect(stderr).toContain(`OKTA_MCP_APIS (${file}): apis.hr`);
    expect(stderr).toContain("roles");
    expect(stderr).toContain("Use user_grant");
    expect(stderr).toContain("OKTA_MCP_CONFIRM");
  });

  test.each([
    ["a file that is not there", "/nowhere/apis.json", "there is no such file"],
    ["a placeholder that nobody filled in", "<path>", "placeholder"],
  ])("%s is told", async (_what, path, words) => {
    const { code, stderr } = await runCli(["tools"], { env: { OKTA_MCP_APIS: path } });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test("an API that is named as one of our areas of tools is refused", async () => {
    const { cli, write, hr } = await startPracticeCli();
    write({ apis: { users: hr } });
    const { code, stderr } = await cli(["tools"]);
    expect(code).toBe(2);
    expect(stderr).toContain("apis.users: its name is that of tools of okta-mcp");
  });

  test("an operation whose scope the settings do not ask for is named", async () => {
    const { cli, write, hr } = await startPracticeCli();
    write({ apis: { hr: { ...hr, auth: { ...hr.auth, scopes: ["hr.read"] } } } });
    const { code, stderr } = await cli(["tools"]);
    expect(code).toBe(2);
    expect(stderr).toContain("hr.write");
  });
});

describe("okta-mcp apis check", () => {
  test("tells of each tool, what is left out, and the sums", async () => {
    const { cli, write, hr } = await startPracticeCli();
    write({ apis: { hr: { ...hr, operations: [{ id: "list_employees" }, { id: "withdraw_time_off" }] } } });
    const text = await cli(["apis", "check"]);
    expect(text, text.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(text.stdout).toMatch(/^hr_list_employees +GET +\/employees +hr\.read +\d+$/m);
    expect(text.stdout).toMatch(
      /^hr_withdraw_time_off +DELETE +\/time-off\/\{gpid\}\/\{request_id\} +hr\.write +\d+ +asks$/m,
    );
    expect(text.stdout).toContain("request_time_off (POST /time-off)");
    expect(text.stdout).toMatch(/^2 tools of 1 API, [\d.]+ kB of definitions\. Nothing is wrong\.$/m);
    const { apis, ...sums } = json(await cli(["apis", "check", "--json"]));
    expect(sums).toMatchObject({ all_right: true, tools: 2, warnings: [] });
    expect(apis[0].tools[0]).toMatchObject({ tool: "hr_list_employees", asks: false, scopes: ["hr.read"] });
    expect(apis[0].skipped.length).toBe(8);
  });

  test("reads the APIs of serve.json alone", async () => {
    const { cli, folder, hr } = await startPracticeCli();
    const { redirect_port: _, ...auth } = hr.auth;
    const file = join(folder, "serve.json");
    writeFileSync(
      file,
      JSON.stringify({ public_url: "not looked at", apis: { hr: { ...hr, auth, roles: ["staff"] } } }),
    );
    const found = await cli(["apis", "check", file, "--json"]);
    expect(json(found)).toMatchObject({ all_right: true, tools: 10 });
    writeFileSync(file, JSON.stringify({ roles: {}, apis: { hr: { ...hr, auth } } }));
    const wrong = await cli(["apis", "check", file]);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^WRONG: The file .*roles/m);
  });

  test("warns of many tools and long definitions", async () => {
    const { cli, folder, write, hr } = await startPracticeCli();
    const operation = (index: number) => ({
      operationId: `read_${index}`,
      summary: "x".repeat(900),
      parameters: Array.from({ length: 9 }, (_, at) => ({
        in: "query",
        name: `parameter_${at}`,
        description: "y".repeat(80),
        schema: { type: "string" },
      })),
      responses: { 200: { description: "ok" } },
    });
    const paths = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`/r${index}`, { get: operation(index) }]),
    );
    writeFileSync(
      join(folder, "hr.json"),
      JSON.stringify({ openapi: "3.1.0", info: { title: "T", version: "1" }, paths }),
    );
    write({
      apis: {
        hr: { ...hr, auth: { kind: "none" }, operations: [{ match: { method: "GET", path: "/**" } }], bind: {} },
      },
    });
    const { stdout, code } = await cli(["apis", "check"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Warning: These are 60 tools, more than 40.");
    expect(stdout).toMatch(/Warning: Their definitions take \d+/);
  });

  test("lists the operations of a document, before there are settings", async () => {
    const { folder } = await startPracticeCli();
    const listed = await runCli(["apis", "check", "--document", join(folder, "hr.json")]);
    expect(listed, listed.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout).toMatch(/^request_time_off +POST +\/time-off +hr\.write +Ask for time off$/m);
    expect(listed.stdout).toMatch(/^health_check_health_get +GET +\/health +open/m);
    const { operations } = json(await runCli(["apis", "check", "--json", "--document", join(folder, "hr.json")]));
    expect(operations).toHaveLength(10);
  });

  test.each([
    [["apis"], "okta-mcp apis does nothing by itself"],
    [["apis", "check"], "No file was named"],
    [["apis", "check", "a.json", "--document", "b.yaml"], "has no place beside it"],
    [["apis", "check", "--document", "/nowhere.yaml"], "there is no such file"],
  ])("%j is wrong use, and says what to do", async (args, words) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test("a document that is none is told", async () => {
    const file = join(temporaryFolder(), "old.json");
    writeFileSync(file, JSON.stringify({ swagger: "2.0" }));
    const { code, stdout } = await runCli(["apis", "check", "--document", file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^WRONG: .*Swagger 2\.0/m);
    expect(readdirSync(temporaryFolder())).toEqual([]);
  });
});
