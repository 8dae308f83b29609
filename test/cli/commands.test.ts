import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMAND, ROOT, runCli, spawnProcess, startCli, temporaryFolder } from "../support/cli.js";
import { skipUnless } from "../support/programs.js";
import { json, openOrg, SCOPES } from "./support-org.js";

describe("tools", () => {
  test("works without any setting and says why everything is off", async () => {
    const { code, stdout, stderr } = await runCli(["tools"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^users$/m);
    expect(stdout).toMatch(/^ {2}off {2}list_users +reads +okta\.users\.read$/m);
    expect(stdout).toMatch(/^ {2}on {3}get_scope_status +reads +no scope needed$/m);
    expect(stdout).toMatch(/^1 of \d+ tools are on\.$/m);
    expect(stdout).toContain("OKTA_SCOPES is empty");
  });

  test("--scopes shows what a set would unlock", async () => {
    const result = await runCli(["tools", "--json", "--scopes", "okta.groups.manage"]);
    const tools: { name: string; area: string; effect: string; scope: string | null; on: boolean }[] = json(result);
    expect(tools.filter(({ on }) => on).map(({ name }) => name)).toEqual(
      tools.filter(({ scope }) => scope === null || scope.startsWith("okta.groups.")).map(({ name }) => name),
    );
    expect(tools.find(({ name }) => name === "delete_group")).toEqual({
      name: "delete_group",
      title: "Delete group",
      area: "groups",
      effect: "removes",
      scope: "okta.groups.manage",
      on: true,
      why: null,
    });
  });

  test("--sandbox turns all of them on; a wrong setting is still refused", async () => {
    const tools: { on: boolean }[] = json(await runCli(["tools", "--json", "--sandbox"]));
    expect(tools.every(({ on }) => on)).toBe(true);
    expect((await runCli(["tools", "--token-store", "disk"])).code).toBe(2);
  });
});

describe("call", () => {
  test("works at once with --sandbox", async () => {
    const result = await runCli(["call", "list_users", "--sandbox", "--arg", "limit=2"]);
    expect(result.code).toBe(0);
    expect(json(result)).toMatchObject({ total_fetched: 2, has_more: true });
    expect(result.stderr).toMatch(/^Sandbox at http:\/\/127\.0\.0\.1:\d+: nothing here is real\.\n$/);
  });

  test("takes arguments as JSON, from stdin, one by one and from files", async () => {
    const { sandbox, env, cli } = await openOrg();
    const token = await sandbox.authorization.control.issueAccessToken(SCOPES.split(" "));
    const more = { OKTA_ACCESS_TOKEN: token };
    const asJson = await cli(["call", "list_users", '{"limit": 1, "fields": ["id"]}'], more);
    const piped = await runCli(["call", "list_users", "-"], {
      env: { ...env, ...more },
      input: '{"limit": 1, "fields": ["id"]}',
    });
    const oneByOne = await cli(["call", "list_users", "--arg", "limit=1", "--arg", "fields=id"], more);
    expect(json(asJson)).toMatchObject({ items: [{ id: expect.any(String) }] });
    expect(json(piped)).toEqual(json(asJson));
    expect(json(oneByOne)).toEqual(json(asJson));

    const file = join(temporaryFolder(), "profile.json");
    writeFileSync(file, JSON.stringify({ name: "Zürich ✓", description: "12345" }));
    const created = await cli(["call", "create_group", "--arg", `profile=@${file}`], more);
    expect(json(created).profile).toMatchObject({ name: "Zürich ✓", description: "12345" });
  });

  test("suggests a tool for a misspelled one, and an argument likewise", async () => {
    const tool = await runCli(["call", "list_user", "--sandbox"]);
    expect(tool).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Did you mean list_users?") });
    const argument = await runCli(["call", "list_users", "--sandbox", "--arg", "limt=1"]);
    expect(argument).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean limit?") });
  });

  test("names the scope of a tool that is off", async () => {
    const { code, stdout, stderr } = await runCli(["call", "get_logs", "--sandbox", "--scopes", "okta.users.read"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("missing_scope: get_logs needs the scope okta.logs.read");
    expect(stderr).toContain("Okta API Scopes > Grant");
  });

  test("with --json an error is one line of JSON on stderr", async () => {
    const { code, stdout, stderr } = await runCli([
      "call",
      "get_user",
      "--sandbox",
      "--json",
      "--arg",
      "user_id=nobody@x.example",
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(JSON.parse(stderr).error).toMatchObject({ code: "not_found", retry: "after-fix", exit_code: 1 });
  });

  test("a removal without a terminal changes nothing and says that --yes is needed", async () => {
    const { sandbox, cli } = await openOrg();
    const token = await sandbox.authorization.control.issueAccessToken(SCOPES.split(" "));
    const group = sandbox.org.addGroup({ profile: { name: "Night Shift", description: null } });
    const args = ["call", "delete_group", "--arg", `group_id=${group.id}`];
    for (const mode of ["ask", "elicit-only"]) {
      const { code, stdout, stderr } = await cli(args, { OKTA_ACCESS_TOKEN: token, OKTA_MCP_CONFIRM: mode });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain("Night Shift");
      expect(stderr).toContain("declined: Nothing was changed");
      expect(stderr).toContain("Add --yes");
    }
    expect(sandbox.org.groups.get(group.id)).toBeDefined();
    expect(sandbox.requests.filter(({ method }) => method === "DELETE")).toEqual([]);

    const agreed = await cli([...args, "--yes"], { OKTA_ACCESS_TOKEN: token });
    expect(agreed.code, agreed.stderr).toBe(0);
    expect(sandbox.org.groups.get(group.id)).toBeUndefined();
  });

  test("with nobody signed in and no terminal it does not start a sign-in", async () => {
    const { sandbox, cli } = await openOrg();
    const { code, stderr } = await cli(["call", "list_users"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^signed_out: Nobody is signed in/);
    expect(stderr).toMatch(/okta-mcp login.*OKTA_PRIVATE_KEY/);
    expect(sandbox.requests).toEqual([]);
  });

  test("control characters in data are escaped, and the JSON means the same", async () => {
    const { sandbox, cli } = await openOrg();
    const token = await sandbox.authorization.control.issueAccessToken(SCOPES.split(" "));
    const name = "a\u001b[31m\u202e\u0085\u{e0041}b";
    const group = sandbox.org.addGroup({ profile: { name, description: null } });
    const { stdout } = await cli(["call", "get_group", "--arg", `group_id=${group.id}`], { OKTA_ACCESS_TOKEN: token });
    expect(stdout.trim()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(stdout).profile.name).toBe(name);
  });

  test("a list of which a part could not be read is shown, told on stderr, and no success", async () => {
    const { sandbox, cli } = await openOrg();
    await cli(["login"]);
    sandbox.next("GET", "/api/v1/users", { rewrite: (reply) => reply });
    sandbox.next("GET", "/api/v1/users", { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    const part = await cli(["call", "list_users", '{"limit": 2, "fetch_all": true, "fields": ["id"]}']);
    expect(part.code).toBe(1);
    expect(json(part)).toMatchObject({ total_fetched: 2, complete: false, reason: "forbidden" });
    expect(part.stderr).toContain("Not whole: reading stopped after 2 items.");
  });

  test("a reader that leaves early is no error", async () => {
    const cli = startCli(["tools"]);
    cli.child.stdout.destroy();
    const { code, stderr } = await cli.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

test("a result that finds no room ends with exit code 1 and says so", async (context) => {
  skipUnless(context, process.platform === "linux", "it needs /dev/full");
  const { ended } = spawnProcess(["sh", "-c", 'exec "$@" >/dev/full', "sh", ...COMMAND, "tools", "--json"]);
  expect(await ended).toMatchObject({ code: 1, stderr: "okta-mcp: stdout cannot be written to: ENOSPC\n" });
});

describe("sandbox", () => {
  test("prints settings that work as they are, for both ways to sign in", async () => {
    const sandbox = startCli(["sandbox", "--approve", "--verbose"]);
    await sandbox.seen("stdout", /OKTA_KEY_ID="[^"]+"/);
    const exports = [...sandbox.stdout().matchAll(/^export (\w+)="(.*)"$/gm)].map(
      ([, name = "", value = ""]) => [name, value] as const,
    );
    const shell = Object.fromEntries(exports.slice(0, 3));
    const service = Object.fromEntries(exports);
    const block = JSON.parse(sandbox.stdout().match(/^\{\n[\s\S]*?^\}$/m)?.[0] ?? "null");
    const { command, args, env } = block.mcpServers.okta;
    expect(env).toEqual(shell);
    // The command from source needs tsx, which Node.js finds only from the repository.
    const cwd = COMMAND.length === 2 ? temporaryFolder() : ROOT;
    const pasted = await spawnProcess([command, ...args, "--version"], { cwd }).ended;
    expect(pasted, pasted.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(sandbox.stdout()).toMatch(/Do not write `npx -y okta-mcp` .* not published on npm/s);

    const home = temporaryFolder();
    const login = await runCli(["login"], { env: { ...shell, HOME: home, OKTA_MCP_TOKEN_STORE: "file" } });
    expect(login.code, login.stderr).toBe(0);
    const call = await runCli(["call", "list_groups", "--arg", "limit=1"], { env: service });
    expect(call.code, call.stderr).toBe(0);
    expect(json(call).items).toHaveLength(1);
    await sandbox.seen("stderr", /^200 GET {4}\/api\/v1\/groups\?limit=1$/m);

    sandbox.child.kill("SIGINT");
    const { code, stderr } = await sandbox.ended;
    expect(code).toBe(0);
    expect(stderr).toContain("The sandbox has stopped");
    expect(stderr + sandbox.stdout()).not.toMatch(/eyJ|PRIVATE KEY-----/);
  });

  test("says so when the port is taken", async () => {
    const { sandbox } = await openOrg();
    const { code, stderr } = await runCli(["sandbox", "--port", new URL(sandbox.origin).port]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Port \d+ cannot be used \(EADDRINUSE\)/);
  });
});
