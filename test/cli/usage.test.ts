import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { SETTING_KEYS, SETTINGS } from "../../src/config/settings.js";
import { runCli, temporaryFolder } from "../support/cli.js";

const COMMANDS = ["run", "login", "logout", "status", "tools", "call", "sandbox", "serve"];

test("--version prints the version and nothing else", async () => {
  expect(await runCli(["--version"])).toEqual({ code: 0, signal: null, stdout: `${manifest.version}\n`, stderr: "" });
});

test("an older Node.js is refused in one clear line", async () => {
  const preload = join(temporaryFolder(), "old.mjs");
  writeFileSync(
    preload,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });",
  );
  const { code, stdout, stderr } = await runCli(["--version"], { env: { NODE_OPTIONS: `--import=${preload}` } });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe("okta-mcp needs Node.js 20.19 or later; this is 20.18.3.\n");
});

test("--help names every command, the exit codes and where secrets go", async () => {
  const { code, stdout, stderr } = await runCli(["--help"]);
  expect(code).toBe(0);
  expect(stderr).toBe("");
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  expect(stdout).toContain("Exit codes: 0 done, 1 failed, 2 wrong usage or settings.");
  expect(stdout).toContain("OKTA_PRIVATE_KEY, OKTA_ACCESS_TOKEN");
});

test.each(COMMANDS)("%s --help has examples and fits 80 columns", async (command) => {
  const { code, stdout } = await runCli([command, "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: okta-mcp ${command}`));
  expect(stdout).toContain("Examples:\n  okta-mcp");
  expect(stdout).toContain("Exit codes:");
  const options = stdout.slice(0, stdout.indexOf("Examples:"));
  expect(Math.max(...options.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("run --help offers every setting that has a flag, and no flag for a secret", async () => {
  const { stdout } = await runCli(["run", "--help"]);
  for (const key of SETTING_KEYS) {
    const setting = SETTINGS[key];
    if ("flag" in setting) expect(stdout).toContain(setting.flag);
    else expect(stdout).not.toMatch(new RegExp(`\\[${setting.env}[\\],]`));
  }
});

describe("what is not understood is refused with exit code 2 and a suggestion", () => {
  test.each<[string, string[], RegExp, RegExp]>([
    ["a misspelled command", ["lgoin"], /Unknown command 'lgoin'\./, /Did you mean login\?/],
    ["a word that is no command", ["frobnicate"], /Unknown command 'frobnicate'\./, /See okta-mcp --help\./],
    [
      "a misspelled option",
      ["login", "--orgurl", "x"],
      /Unknown option '--orgurl'\./,
      /Did you mean --org-url\? See okta-mcp login --help\./,
    ],
    ["an unknown option of the server", ["--sandbx"], /Unknown option '--sandbx'\./, /Did you mean --sandbox\?/],
    [
      "an option before its command",
      ["--sandbox", "login"],
      /Too many arguments for 'run'/,
      /Put the command first: okta-mcp login --sandbox/,
    ],
    [
      "an option of another command before it",
      ["--json", "status"],
      /Unknown option '--json'\./,
      /Put the command first: okta-mcp status --json/,
    ],
    ["help for a misspelled command", ["help", "stauts"], /Unknown command 'stauts'\./, /Did you mean status\?/],
    ["a misspelled command with --help", ["stauts", "--help"], /Unknown command 'stauts'\./, /Did you mean status\?/],
    ["a tool in place of a command", ["get_user"], /Unknown command 'get_user'\./, /okta-mcp call get_user/],
    ["a missing argument", ["call"], /Missing required argument 'tool'\./, /See okta-mcp call --help\./],
    ["an argument too many", ["status", "now"], /Too many arguments for 'status'/, /See okta-mcp status --help\./],
    ["an option without its value", ["status", "--org-url"], /argument missing/, /See okta-mcp status --help\./],
    ["a port that is none", ["sandbox", "--port", "http"], /'http' is invalid/, /See okta-mcp sandbox --help\./],
    [
      "another org beside the sandbox",
      ["status", "--sandbox", "--org-url", "acme.okta.com"],
      /--sandbox brings its own org/,
      /Leave out --sandbox or --org-url/,
    ],
    [
      "JSON that is none",
      ["call", "list_users", "{limit: 5}", "--sandbox"],
      /not valid JSON/,
      /one object in single quotes/,
    ],
    [
      "an argument without a value",
      ["call", "list_users", "--arg", "limit", "--sandbox"],
      /--arg limit has no value/,
      /--arg name=value/,
    ],
  ])("%s", async (_name, args, what, fix) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^(?:Sandbox at .*\n)?bad_input: /);
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(fix);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("settings", () => {
  test.each([[[]], [["run"]], [["login"]], [["call", "list_users"]]])(
    "%j without any: one message names all three, exit code 2",
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("bad_config: The settings have 3 problems:");
      for (const name of ["OKTA_ORG_URL", "OKTA_CLIENT_ID", "OKTA_SCOPES"])
        expect(stderr).toContain(`  - ${name} is missing.`);
      expect(stderr).toContain("For example:\n  OKTA_ORG_URL=https://acme.okta.com");
    },
  );

  test("every wrong one is named at once, and no secret among them is repeated", async () => {
    const env = {
      OKTA_ORG_URL: "https://admin:hunter2@acme.okta.com/x",
      OKTA_CLIENT_ID: "0oa1",
      OKTA_SCOPES: "okta.users.read",
      OKTA_ACCESS_TOKEN: "Bearer hunter2",
      OKTA_PRIVATE_KEY: "hunter2",
      OKTA_LOG_LEVEL: "loud",
      OKTA_LOG_FILE: "/nonexistent/x.log",
      OKTA_MCP_TOOLS: "lst_users",
    };
    const { code, stderr } = await runCli(["--confirm", "maybe"], { env });
    expect(code).toBe(2);
    for (const name of [...Object.keys(env).filter((name) => !/CLIENT|SCOPES/.test(name)), "--confirm"]) {
      expect(stderr).toMatch(new RegExp(`^  - ${name}`, "m"));
    }
    expect(stderr).not.toContain("hunter2");
  });

  test("a log file that cannot be opened ends the start with exit code 2", async () => {
    const folder = temporaryFolder();
    const { code, stderr } = await runCli(["--sandbox", "--log-file", folder]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/bad_config: The log file .* \(OKTA_LOG_FILE\) cannot be opened: EISDIR/);
  });

  test("OKTA_CLIENT_* and an okta.yaml in the working or home folder have no influence", async () => {
    const home = temporaryFolder();
    const cwd = temporaryFolder();
    const yaml =
      "okta:\n  client:\n    orgUrl: https://evil.okta.com\n    clientId: 0oaEvil\n    scopes: okta.apps.manage\n    token: 00evil\n";
    mkdirSync(join(home, ".okta"));
    for (const file of [join(cwd, "okta.yaml"), join(home, "okta.yaml"), join(home, ".okta/okta.yaml")])
      writeFileSync(file, yaml);
    const foreign = {
      HOME: home,
      OKTA_CLIENT_ORGURL: "https://evil.okta.com",
      OKTA_CLIENT_CLIENTID: "0oaEvil",
      OKTA_CLIENT_SCOPES: "okta.apps.manage",
      OKTA_CLIENT_TOKEN: "00evil",
      OKTA_CLIENT_AUTHORIZATIONMODE: "SSWS",
    };
    const without = await runCli(["status", "--json"], { env: foreign, cwd });
    expect(without.stderr).toContain("The settings have 3 problems");

    const own = { OKTA_ORG_URL: "https://acme.okta.com", OKTA_CLIENT_ID: "0oaOwn", OKTA_SCOPES: "okta.users.read" };
    const { stdout, stderr } = await runCli(["status", "--json"], { env: { ...foreign, ...own }, cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      org: "https://acme.okta.com",
      client_id: "0oaOwn",
      configured_scopes: ["okta.users.read"],
    });
    expect(stdout + stderr).not.toMatch(/evil/i);

    const call = await runCli(["call", "list_users", "--sandbox", "--json", "--arg", "limit=1"], { env: foreign, cwd });
    expect(JSON.parse(call.stdout).items).toHaveLength(1);
  });
});
