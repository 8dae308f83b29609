import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/catalogue.js";
import { type Outcome, outcome } from "../../support/server-process.js";
import { secret } from "../../support/sightings.js";
import { type Act, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { PACKAGE, SETTINGS } from "../promises.js";

const CANARY = secret("Setting");

let started = 0;

/** Runs a change with further settings. The result shows whether the command starts at all. */
function start(act: Act, env: Record<string, string>): Promise<Outcome> {
  started += 1;
  const args = ["call", "create_group", JSON.stringify({ profile: { name: `Started ${started}` } })];
  return runCommand(act, args, { env: { OKTA_MCP_JOURNAL: "off", ...env } });
}

/** Invalid guard files. With any of them the server must not start. */
const GUARDS: readonly (readonly [what: string, text: string])[] = [
  ["empty", ""],
  ["blank", " \n"],
  ["no JSON", "{protect: {}}"],
  ["JSON with a comment", '{"mask": ["x"] // y\n}'],
  ["JSON with a trailing comma", '{"mask": ["x"],}'],
  ["null", "null"],
  ["a list", "[]"],
  ["a text", '"deny"'],
  ["torn", '{"deny_tools": ["delete_*"'],
  ["with an unknown part", '{"protects": {}}'],
  ["with an unknown kind", '{"protect": {"people": []}}'],
  ["with an unknown key of a rule", '{"protect": {"users": [{"email": "a@b"}]}}'],
  ["with a rule without a key", '{"protect": {"users": [{}]}}'],
  ["with a rule of two keys", '{"protect": {"groups": [{"id": "a", "name": "b"}]}}'],
  ["with an empty name", '{"protect": {"groups": [{"name": ""}]}}'],
  ["with a login of a group", '{"protect": {"groups": [{"login": "a"}]}}'],
  ["with a limit as a text", '{"limits": {"writes": {"per_session": "10"}}}'],
  ["with a limit below zero", '{"limits": {"writes": {"per_session": -1}}}'],
  ["with half a limit", '{"limits": {"writes": {"per_minute": 1.5}}}'],
  ["with a limit of an unknown span", '{"limits": {"writes": {"per_hour": 1}}}'],
  ["with a mask as a text", '{"mask": "ssn"}'],
  ["with an empty mask", '{"mask": [""]}'],
  ["with a denial of nothing", '{"deny_tools": ["delete_nothing_at_all"]}'],
  ["with an empty denial", '{"deny_tools": [""]}'],
  ["with a part twice", '{"deny_tools": ["delete_*"], "deny_tools": []}'],
  ["with a key of prototypes", '{"__proto__": {"deny_tools": []}}'],
];

/** Invalid values of settings. */
const VALUES: readonly (readonly [string, string])[] = [
  ...["", " ", '""'].flatMap((blank) =>
    ["OKTA_MCP_GUARD", "OKTA_MCP_READ_ONLY", "OKTA_MCP_TOOLS", "OKTA_MCP_EXCLUDE_TOOLS", "OKTA_MCP_CONFIRM"].map(
      (name) => [name, blank] as const,
    ),
  ),
  ["OKTA_MCP_READ_ONLY", "maybe"],
  ["OKTA_MCP_READ_ONLY", "2"],
  ["OKTA_MCP_CONFIRM", "no"],
  ["OKTA_MCP_CONFIRM", "always"],
  ["OKTA_MCP_TOOLS", "nothing_at_all"],
  ["OKTA_MCP_EXCLUDE_TOOLS", "deleet_*"],
  ["OKTA_MCP_EXCLUDE_TOOLS", "delete_group;"],
  ["OKTA_MCP_GUARD", "/nowhere/guard.json"],
  ["OKTA_MCP_GUARD", "/dev/zero"],
  ["OKTA_MCP_GUARD", "/"],
  ["OKTA_SCOPES", ""],
  ["OKTA_SCOPES", "openid"],
  ["OKTA_SCOPES", "okta.users.read;rm"],
  ["OKTA_MCP_JOURNAL", "relative/folder"],
  ["OKTA_MCP_FILE_ROOTS", "relative"],
  ["OKTA_MCP_MAX_RESULT_CHARS", "-1"],
  ["OKTA_MCP_TOKEN_STORE", "cloud"],
  ["OKTA_LOG_LEVEL", "all"],
  ["OKTA_ACCESS_TOKEN", "SSWS 00abc"],
  ["OKTA_ACCESS_TOKEN", `Bearer ${CANARY}`],
];

const files: Scenario = {
  name: "guard files and settings that are none",
  promise: SETTINGS,
  stage: { scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never" } },
  async play(act) {
    const file = join(act.folder, "guard.json");
    const guard = (text: string) => writeFileSync(file, text, { mode: 0o600 });
    guard('{"mask": ["ssn"]}');
    await act.control("a guard file that is one", {
      does: () => start(act, { OKTA_MCP_GUARD: file }),
      sees: "0",
      reaches: /^POST/,
    });
    await act.attacks(GUARDS, ([what, text]) => [
      `a guard file that is ${what}`,
      {
        async does() {
          guard(text);
          return start(act, { OKTA_MCP_GUARD: file });
        },
        sees: "2",
      },
    ]);
    await act.attacks(VALUES, ([name, value]) => [
      `${name}=${JSON.stringify(value).replace(CANARY, "…")}`,
      { does: () => start(act, { [name]: value }), sees: ["1", "2"], never: [CANARY] },
    ]);
  },
};

/** Files in which other tools keep their settings, with their contents. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["okta.yaml", "okta:\n  client:\n    orgUrl: https://evil.example\n    token: x\n"],
  [".okta/okta.yaml", "okta:\n  client:\n    orgUrl: https://evil.example\n    token: x\n"],
  [".env", "OKTA_MCP_READ_ONLY=1\nOKTA_ORG_URL=https://evil.example\n"],
  [".env.local", "OKTA_MCP_READ_ONLY=1\n"],
  ["guard.json", '{"deny_tools": ["*"]}'],
  ["okta-mcp.json", '{"readOnly": true}'],
  [".config/okta-mcp/config.json", '{"readOnly": true}'],
  [".npmrc", "okta-mcp:read_only=1\n"],
  ["package.json", '{"type": "commonjs", "okta-mcp": {"readOnly": true}}'],
  ["node_modules/commander/index.js", "throw new Error('taken over')"],
];

const VARIABLES: readonly (readonly [string, string])[] = [
  ["OKTA_CLIENT_ORGURL", "https://evil.example"],
  ["OKTA_CLIENT_TOKEN", "x"],
  ["OKTA_CLIENT_CLIENTID", "evil"],
  ["OKTA_CLIENT_PRIVATEKEY", "x"],
  ["OKTA_CLIENT_SCOPES", "okta.users.read"],
  ["OKTA_DOMAIN", "evil.example"],
  ["OKTA_API_TOKEN", "x"],
  ["OKTA_API_BASE_URL", "https://evil.example"],
  ["OKTA_BASE_URL", "https://evil.example"],
  ["OKTA_ORG_NAME", "evil"],
  ["OKTA_MCP_ORG_URL", "https://evil.example"],
  ["OKTA_READ_ONLY", "1"],
  ["ORG_URL", "https://evil.example"],
  ["npm_config_read_only", "1"],
  ["XDG_DATA_HOME", "relative"],
  ["XDG_CONFIG_HOME", "relative"],
];

const others: Scenario = {
  name: "settings of other tools",
  promise: SETTINGS,
  stage: { scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never" } },
  async play(act) {
    await act.control("read only as it is documented counts", {
      does: () => start(act, { OKTA_MCP_READ_ONLY: "1" }),
      sees: ["1", "2"],
      reaches: [],
    });
    await act.attacks(OTHERS, ([name, text]) => [
      `the file ${name} in the folder and at home`,
      {
        async does() {
          const file = join(act.folder, name);
          mkdirSync(join(file, ".."), { recursive: true });
          writeFileSync(file, text);
          return start(act, {});
        },
        sees: "0",
        reaches: ["POST /api/v1/groups"],
      },
    ]);
    await act.attacks(VARIABLES, ([name, value]) => [
      `the variable ${name}`,
      { does: () => start(act, { [name]: value }), sees: "0", reaches: ["POST /api/v1/groups"] },
    ]);
  },
};

/** The text of a file of the repository. */
const read = (file: string) => readFileSync(new URL(file, root), "utf8");

const HOOKS = [
  "preinstall",
  "install",
  "postinstall",
  "preuninstall",
  "uninstall",
  "postuninstall",
  "prepare",
  "prepublish",
  "dependencies",
];

const packaged: Scenario = {
  name: "what the package runs, and what the docs say of its name",
  promise: PACKAGE,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    const manifest = JSON.parse(read("package.json")) as { [key: string]: unknown };
    const scripts = manifest.scripts as { [hook: string]: string };
    await act.control("the package has scripts at all", {
      does: async () => outcome(String("build" in scripts)),
      sees: "true",
    });
    await act.attacks(HOOKS, (hook) => [
      `it runs something at ${hook}`,
      { does: async () => outcome(String(hook in scripts)), sees: "false" },
    ]);
    await act.attack("it brings dependencies of its own that run something", {
      does: async () => outcome(Object.keys((manifest.dependencies as object | undefined) ?? {}).join() || "none"),
      sees: "none",
    });
    await act.attack("its scripts are allowed for its optional addon", {
      does: async () => outcome(JSON.stringify(manifest.allowScripts)),
      sees: JSON.stringify({ "@github/keytar": false, esbuild: false }),
    });
    await act.attack("it packs more than it names", {
      does: async () =>
        outcome((manifest.files as string[]).filter((name) => /\*|^\.|test|src/.test(name)).join() || "none"),
      sees: "none",
    });
    await act.attacks(["README.md", "docs/install.md"], (file) => [
      `${file} gives npx without the word that nothing is published`,
      {
        async does() {
          const text = read(file);
          return outcome(String(!text.includes("npx okta-mcp") || /not published/.test(text)));
        },
        sees: "true",
      },
    ]);
    assert.ok(scripts);
  },
};

export const settings: readonly Scenario[] = [files, others, packaged];
