import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig, loadSettings } from "../../src/config/config.js";
import { SETTING_KEYS, SETTINGS, type Setting, type SettingKey } from "../../src/config/settings.js";
import { BASE, configFolder, load, OPAQUE, problemsOf, RSA_PEM } from "./support.js";

const { folder, fileWith } = configFolder();

describe("OKTA_ORG_URL", () => {
  test.each([
    ["https://acme.okta.com", "https://acme.okta.com"],
    ["acme.okta.com", "https://acme.okta.com"],
    [" https://acme.okta.com/ ", "https://acme.okta.com"],
    ["HTTPS://Acme.Okta.com//", "https://acme.okta.com"],
    ["https://acme.okta.com:443", "https://acme.okta.com"],
    ["https://login.acme.com", "https://login.acme.com"],
    ["https://login.acme.com:8443/", "https://login.acme.com:8443"],
    ["https://acme.oktapreview.com", "https://acme.oktapreview.com"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://127.0.0.1:1234/", "http://127.0.0.1:1234"],
    ["http://[::1]:1234", "http://[::1]:1234"],
    ["https://it-admin.acme.com", "https://it-admin.acme.com"],
  ])("%s is read as %s", (given, origin) => {
    const config = load({ OKTA_ORG_URL: given });
    expect(config.orgUrl).toBe(origin);
    expect(config.notices).toEqual([]);
  });

  test.each([
    ["https://acme-admin.okta.com", "https://acme.okta.com"],
    ["acme-admin.oktapreview.com/", "https://acme.oktapreview.com"],
    ["https://acme-admin.okta-emea.com", "https://acme.okta-emea.com"],
    ["https://acme-corp-admin.okta.com", "https://acme-corp.okta.com"],
  ])("the admin console's address %s is corrected, with a notice", (given, origin) => {
    const config = load({ OKTA_ORG_URL: given });
    expect(config.orgUrl).toBe(origin);
    expect(config.notices).toEqual([expect.stringContaining(`is the admin console; using ${origin}`)]);
  });

  test.each([
    ["https://acme.okta.com/oauth2/default", /a path after the host.*https:\/\/acme\.okta\.com alone/],
    ["https://acme-admin.okta.com/admin/dashboard", /a path.*Use https:\/\/acme\.okta\.com alone/],
    ["https://acme.okta.com?x=1", /a query/],
    ["https://acme.okta.com/#x", /a fragment/],
    ["https://me:hunter2@acme.okta.com", /user name or password/],
    ["https://@acme.okta.com", /user name or password/],
    ["http://acme.okta.com", /plain http.*Use https:\/\/acme\.okta\.com/],
    [
      "http://acme.okta.com/x?y",
      /plain http.*, and has a path and a query after the host\. Use https:\/\/acme\.okta\.com\.$/,
    ],
    ["http://localhost.evil.com", /plain http/],
    ["http://127.0.0.2", /plain http/],
    ["ftp://acme.okta.com", /must start with https/],
    ["https://acme.okta.com:8443", /port 8443/],
    ["https://{yourOktaDomain}", /placeholder/],
    ["https://$" + "{yourOktaDomain}.okta.com", /\$\{yourOktaDomain\}, a placeholder that nobody/],
    ["https://<your-org>.okta.com", /placeholder/],
    ["https://your-org.okta.com", /placeholder/],
    ["https://yourOktaDomain.com", /placeholder/],
    ["https://www.okta.com", /Okta's own site/],
    ["acme", /Did you mean https:\/\/acme\.okta\.com/],
    ["https://", /not a URL/],
    ["https://acme .okta.com", /not a URL/],
  ])("%s is refused with the reason", (given, reason) => {
    const problems = problemsOf({ OKTA_ORG_URL: given });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^ {2}- OKTA_ORG_URL /);
    expect(problems[0]).toMatch(reason);
    expect(problems[0]).not.toContain("hunter2");
  });
});

describe("OKTA_SCOPES", () => {
  test("takes white space and commas, and drops duplicates", () => {
    const config = load({ OKTA_SCOPES: ' okta.users.read,okta.groups.manage\n\t"okta.users.read" , okta.logs.read ' });
    expect(config.scopes).toEqual(["okta.users.read", "okta.groups.manage", "okta.logs.read"]);
    expect(config.notices).toEqual([]);
  });

  test("keeps an unknown okta.* scope and says that it unlocks nothing", () => {
    const config = load({ OKTA_SCOPES: "okta.users.read okta.deviceassurance.read okta.apiTokens.read" });
    expect(config.scopes).toEqual(["okta.users.read", "okta.deviceassurance.read", "okta.apiTokens.read"]);
    expect(config.notices).toEqual([
      "OKTA_SCOPES: okta.deviceassurance.read unlocks nothing here; did you mean okta.deviceAssurance.read?",
      "OKTA_SCOPES: okta.apiTokens.read unlocks nothing here.",
    ]);
  });

  test("leaves out scopes that are not Okta's", () => {
    const config = load({ OKTA_SCOPES: "openid profile okta.users.read" });
    expect(config.scopes).toEqual(["okta.users.read"]);
    expect(config.notices).toEqual([
      "OKTA_SCOPES: left out openid, profile: the sign-in asks for what it needs by itself.",
    ]);
  });

  test("does not repeat a token that was put into the wrong variable", () => {
    const notices = load({ OKTA_SCOPES: `okta.users.read ${OPAQUE}` }).notices.join();
    expect(notices).toContain("something that is no scope");
    expect(notices).not.toContain(OPAQUE);
  });

  test("that name no okta.* scope at all, or hold odd characters, are refused", () => {
    expect(problemsOf({ OKTA_SCOPES: " , " })[0]).toMatch(/names no okta\.\* scope/);
    expect(problemsOf({ OKTA_SCOPES: "openid profile" })[0]).toMatch(/names no okta\.\* scope/);
    expect(problemsOf({ OKTA_SCOPES: "okta.users.read;okta.groups.read" })[0]).toMatch(/which is no scope/);
  });
});

describe("the other settings", () => {
  test("have defaults", () => {
    expect(load({})).toMatchObject({
      tokenStore: "auto",
      confirm: "ask",
      maxResultChars: 48_000,
      structuredContent: false,
      fileRoots: [],
      logLevel: "warn",
      logFile: undefined,
    });
  });

  test("are read from the environment", () => {
    const env = {
      OKTA_MCP_TOKEN_STORE: "File",
      OKTA_MCP_CONFIRM: "elicit-only",
      OKTA_MCP_MAX_RESULT_CHARS: "5000",
      OKTA_MCP_FILE_ROOTS: ["/srv/brand", "", " ~/logos", "/tmp/a b"].join(delimiter),
      OKTA_LOG_LEVEL: "TRACE",
      OKTA_LOG_FILE: "/tmp/x.log",
    };
    expect(load(env)).toMatchObject({
      tokenStore: "file",
      confirm: "elicit-only",
      maxResultChars: 5000,
      fileRoots: ["/srv/brand", join(homedir(), "logos"), "/tmp/a b"],
      logLevel: "trace",
      logFile: "/tmp/x.log",
    });
  });

  test.each([
    ["OKTA_MCP_TOKEN_STORE", "disk", /is "disk"\. Choose auto, keychain, file or memory/],
    ["OKTA_MCP_CONFIRM", "no", /Choose ask, elicit-only or never/],
    ["OKTA_LOG_LEVEL", "verbose", /Choose error, warn, info, debug or trace/],
    ["OKTA_MCP_MAX_RESULT_CHARS", "lots", /is "lots"\. Give a whole number/],
    ["OKTA_MCP_MAX_RESULT_CHARS", "10", /too small\. Give at least 1000/],
    ["OKTA_MCP_MAX_RESULT_CHARS", "999999999", /too large/],
    ["OKTA_MCP_FILE_ROOTS", "images", /holds "images", which is no absolute path/],
    ["OKTA_LOG_FILE", join(folder, "none", "x.log"), /is in a folder that is not there: .*none\. Make it/],
    ["OKTA_PRIVATE_KEY", "/etc/okta/key", /holds a path instead of a key\. Set OKTA_PRIVATE_KEY_FILE to it/],
    ["OKTA_PRIVATE_KEY", "~/key", /holds a path instead of a key/],
    ["OKTA_PRIVATE_KEY", "okta key.pem", /holds a path instead of a key/],
    ["OKTA_CLIENT_ID", "{clientId}", /placeholder/],
    ["OKTA_CLIENT_ID", "0oa 1", /not a client ID/],
  ])("%s=%s is refused with the choices", (name, value, reason) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
  });

  test("misspelled ones are noticed", () => {
    expect(load({ OKTA_MCP_CONFRIM: "never" }).notices).toEqual([
      "OKTA_MCP_CONFRIM is no setting of okta-mcp and has no effect; did you mean OKTA_MCP_CONFIRM?",
    ]);
  });
});

test("an example of the org's settings stands only beside problems with them", () => {
  const text = (env: Record<string, string>) => {
    try {
      loadConfig({ flags: {}, env });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(text({})).toContain("For example:");
  expect(text({ ...BASE, OKTA_ORG_URL: "acme" })).toContain("For example:");
  expect(text({ ...BASE, OKTA_CLIENT_ID: "<client id>" })).toContain("For example:");
  expect(text({ ...BASE, OKTA_MCP_GUARD: fileWith("guard.json", '{"limits":1}') })).not.toContain("For example:");
  expect(text({ ...BASE, OKTA_LOG_LEVEL: "loud" })).not.toContain("For example:");
});

test("flags win over the environment, and messages name what was given", () => {
  const config = load({ OKTA_LOG_LEVEL: "nonsense" }, { orgUrl: "https://other.okta.com", logLevel: "debug" });
  expect(config).toMatchObject({ orgUrl: "https://other.okta.com", clientId: "0oa1b2c3", logLevel: "debug" });
  expect(problemsOf({}, { logLevel: "loud" })[0]).toMatch(/^ {2}- --log-level is "loud"/);
});

test("~/ stands for the home folder in the log file's path", () => {
  expect(load({ OKTA_LOG_FILE: "~/okta-mcp.log" }).logFile).toBe(join(homedir(), "okta-mcp.log"));
});

describe("a blank text", () => {
  /** Settings that restrict an assistant, so that an empty value of theirs must not be ignored. */
  const RESTRICTING: readonly SettingKey[] = ["confirm", "readOnly", "tools", "excludeTools", "guard"];

  test("counts as not given, and then what counts is no less strict than any other value", () => {
    const names = SETTING_KEYS.filter((key) => !RESTRICTING.includes(key)).map((key) => SETTINGS[key].env);
    const blank = Object.fromEntries(names.map((name) => [name, " "]));
    const config = load({ ...blank, ...BASE, OKTA_PRIVATE_KEY: "", OKTA_KEY_ID: '""', OKTA_ACCESS_TOKEN: "\n" });
    expect(config).toEqual(load({}));
    expect(load({}, { orgUrl: "" }).orgUrl).toBe("https://acme.okta.com");
    expect(config).toMatchObject({ credential: { method: "device" }, fileRoots: [], structuredContent: false });
    expect(config.journal).not.toBe("off");
    expect(problemsOf({ OKTA_ORG_URL: "", OKTA_CLIENT_ID: " ", OKTA_SCOPES: "''" })).toHaveLength(3);
  });

  test.each(RESTRICTING)("is refused for what restricts an assistant: %s", (key) => {
    const setting: Setting = SETTINGS[key];
    const flag = setting.flag?.split(" ")[0];
    for (const text of ["", "  ", "\t\n", '""', "' '"]) {
      const [problem, ...others] = problemsOf({ [setting.env]: text });
      expect(problem, JSON.stringify(text)).toMatch(
        new RegExp(
          `^  - ${setting.env} is empty, so that what it was to restrict would be allowed\\. Give .*, or leave`,
        ),
      );
      expect(others).toEqual([]);
      // The flag wins over the variable, so an empty flag is an error even where the variable is valid.
      expect(problemsOf({}, { [key]: text })).toEqual([expect.stringContaining(`- ${flag} is empty`)]);
    }
    expect(() => load({}, { [key]: undefined })).not.toThrow();
  });

  test("is no blank restriction where a flag says what counts", () => {
    const path = fileWith("guard-flag.json", '{"deny_tools":["delete_*"]}');
    expect(load({ OKTA_MCP_GUARD: "" }, { guard: path }).guard.denyTools).toEqual(["delete_*"]);
    expect(problemsOf({ OKTA_MCP_GUARD: path }, { guard: "" })).toEqual([expect.stringContaining("--guard is empty")]);
  });

  test.each(["off", " OFF ", '"off"'])("is not needed to have no guard file: %s says so", (text) => {
    expect(load({ OKTA_MCP_GUARD: text }).guard.file).toBeUndefined();
    expect(problemsOf({ OKTA_MCP_GUARD: "./off" })).toEqual([expect.stringContaining("cannot be read")]);
  });
});

test("every problem is named at once, each with its fix", () => {
  const env = {
    OKTA_ORG_URL: "http://acme.okta.com/x",
    OKTA_ACCESS_TOKEN: "Bearer hunter2",
    OKTA_PRIVATE_KEY: "nonsense",
    OKTA_LOG_LEVEL: "loud",
    OKTA_MCP_MAX_RESULT_CHARS: "0",
  };
  const problems = problemsOf(env, {}, {});
  expect(problems.map((line) => line.slice(4).split(/[ :]/)[0])).toEqual([
    "OKTA_SCOPES",
    "OKTA_ACCESS_TOKEN",
    "OKTA_ORG_URL",
    "OKTA_ACCESS_TOKEN",
    "OKTA_MCP_MAX_RESULT_CHARS",
    "OKTA_LOG_LEVEL",
    "OKTA_PRIVATE_KEY",
  ]);
  expect(problems.join()).not.toContain("hunter2");
});

test("an empty environment names the three settings that are missing", () => {
  expect(problemsOf({}, {}, {}).map((line) => line.split(". ")[0])).toEqual([
    "  - OKTA_ORG_URL is missing",
    "  - OKTA_CLIENT_ID is missing",
    "  - OKTA_SCOPES is missing",
  ]);
});

test("a command asks only for what it needs", () => {
  expect(loadSettings({ flags: {}, env: {} }, [])).toMatchObject({ orgUrl: undefined, scopes: [] });
  expect(loadConfig({ flags: {}, env: { OKTA_ORG_URL: "acme.okta.com" } }, []).orgUrl).toBe("https://acme.okta.com");
});

test("variables of other tools have no influence", () => {
  const foreign = {
    OKTA_CLIENT_ORGURL: "https://evil.okta.com",
    OKTA_CLIENT_TOKEN: OPAQUE,
    OKTA_CLIENT_CLIENTID: "0oaEvil",
    OKTA_CLIENT_SCOPES: "okta.apps.manage",
    OKTA_CLIENT_PRIVATEKEY: RSA_PEM,
    OKTA_CLIENT_AUTHORIZATIONMODE: "PrivateKey",
    OKTA_DOMAIN: "evil.okta.com",
    OKTA_TESTING_DISABLEHTTPSCHECK: "true",
  };
  expect(load(foreign)).toEqual(load({}));
});

test("no secret has a flag, since other users can read a process list", () => {
  const withoutFlag = SETTING_KEYS.filter((key) => !("flag" in SETTINGS[key]));
  expect(withoutFlag).toEqual(["privateKey", "accessToken"]);
});
