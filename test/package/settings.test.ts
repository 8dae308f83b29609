import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect } from "vitest";
import { SETTING_KEYS, SETTINGS, type SettingKey } from "../../src/config/settings.js";
import { type Seen, startOrg } from "../okta/support.js";
import { eachAtOnce } from "../support/at-once.js";
import { BUILT_ENTRY, whereBuilt } from "../support/built.js";
import { ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";
import { filesIn } from "../support/sightings.js";
import { speakTo } from "../support/stdio.js";
import { KEY_FILE } from "../support/tls-org.js";

const SOURCE = [process.execPath, "--import", "tsx", join(ROOT, "bin/okta-mcp.ts")];
const BUNDLE = [process.execPath, BUILT_ENTRY];

type Env = Record<string, string>;

/** The two ways to sign in. Some settings make a difference only to one of them. */
const TOKEN: Env = { OKTA_ACCESS_TOKEN: "token-1" };
const KEY: Env = { OKTA_PRIVATE_KEY_FILE: KEY_FILE, OKTA_KEY_ID: "one" };

/** A way to make a setting's effect visible: the setting's value and the settings beside it. `~` is the home folder. */
interface Case {
  beside?: Env;
  value: string;
  /** The settings that may not stand beside it. */
  without?: string[];
}

const CASES: Record<SettingKey, Case> = {
  orgUrl: { value: "http://localhost:PORT" },
  clientId: { value: "0oa2", beside: KEY },
  scopes: { value: "okta.groups.read" },
  privateKey: {
    value: readFileSync(KEY_FILE, "utf8").replaceAll("\n", "\\n"),
    without: ["OKTA_ACCESS_TOKEN"],
  },
  privateKeyFile: { value: KEY_FILE, without: ["OKTA_ACCESS_TOKEN"] },
  keyId: { value: "two", beside: KEY },
  accessToken: { value: "token-2" },
  tokenStore: { value: "file", beside: KEY },
  confirm: { value: "elicit-only" },
  readOnly: { value: "1" },
  tools: { value: "list_groups" },
  excludeTools: { value: "groups" },
  guard: { value: "~/guard.json" },
  apis: { value: "~/apis.json" },
  maxResultChars: { value: "1000" },
  structuredContent: { value: "1" },
  journal: { value: "off" },
  journalFileMb: { value: "1" },
  journalFiles: { value: "2", beside: { ...TOKEN, OKTA_MCP_JOURNAL_FILE_MB: "1" } },
  fileRoots: { value: "~" },
  logLevel: { value: "debug" },
  logFile: { value: "~/log.txt", beside: { ...TOKEN, OKTA_LOG_LEVEL: "debug" } },
};

/** A file of APIs with one tool, and the document that it names. */
const APIS = {
  apis: {
    hr: {
      document: "hr.json",
      base_url: "http://127.0.0.1:9",
      auth: { kind: "none" },
      operations: [{ id: "get_health" }],
    },
  },
};
const HR = {
  openapi: "3.1.0",
  info: { title: "HR", version: "1" },
  paths: { "/health": { get: { operationId: "get_health", responses: { 200: { description: "Well." } } } } },
};

/** Opens an org that accepts everything and records its requests. */
async function openOrg() {
  const item = (id: string) => ({ id, profile: { name: id, description: "x".repeat(400) }, type: "OKTA_GROUP" });
  const { url, seen } = await startOrg((response, request) => {
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answerTo(request)));
  });
  const asked = () =>
    seen.map((request) => {
      const { method, url, headers, body } = request;
      const sent = isToken(request) ? claimsOf(body.toString()) : body.toString().length;
      return [method, headers.host, url, headers.authorization, sent].join(" ");
    });
  return { port: new URL(url).port, asked };

  function answerTo(request: Seen): unknown {
    if (isToken(request)) return { access_token: "token-3", token_type: "Bearer", expires_in: 3600 };
    const { method, url } = request;
    if (method === "GET" && /\/groups(\?|$)/.test(url))
      return Array.from({ length: 5 }, (_, index) => item(`g${index}`));
    if (method === "GET" && /\/(?:users|apps|rules)(\?|$)/.test(url)) return [];
    return item("g1");
  }
}

const isToken = ({ url }: Seen) => url === "/oauth2/v1/token";

/** Returns the parts of a token request that are the same in each run: the key's id and the client of the assertion. */
function claimsOf(form: string): string {
  const assertion = new URLSearchParams(form).get("client_assertion") ?? "";
  return `${decodeProtectedHeader(assertion).kid} ${decodeJwt(assertion).iss}`;
}

/**
 * Returns the calls to make, with `writes` changes among them. Each change is so large that a journal file of a
 * megabyte holds only one.
 */
const calls = (writes: number): [tool: string, args: object][] => [
  ["list_groups", {}],
  ["delete_group", { group_id: "g1" }],
  ["upload_brand_theme_logo", { brand_id: "b1", theme_id: "t1", file_path: "guard.json" }],
  ...Array.from({ length: writes }, (_, index): [string, object] => [
    "update_group",
    { group_id: "g1", profile: { name: `g${index}`, description: "x".repeat(700_000) } },
  ]),
];

/**
 * Returns everything that is visible of a server with these settings. Parts that differ between two runs are replaced.
 */
async function observe(command: readonly string[], env: Env, writes: number) {
  const org = await openOrg();
  const home = temporaryFolder();
  mkdirSync(join(home, "data"));
  writeFileSync(join(home, "guard.json"), '{ "deny_tools": ["delete_*"] }', { mode: 0o600 });
  writeFileSync(join(home, "apis.json"), JSON.stringify(APIS), { mode: 0o600 });
  writeFileSync(join(home, "hr.json"), JSON.stringify(HR), { mode: 0o600 });
  const steady = (text: string) =>
    text
      .replaceAll(home, "~")
      .replaceAll(org.port, "port")
      .replace(/port-[0-9a-f]{12}/g, "port-hash")
      .replace(/\b[0-9a-f]{32}\b/g, "hash")
      .replace(/\bms=\d+/g, "ms=0")
      .replace(/\d{4}-?\d\d-?\d\dT[\d:.]+Z/g, "time")
      .replace(/"ms":\d+/g, '"ms":0')
      .replace(/-[0-9a-f]{6}\.jsonl/g, "-n.jsonl")
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "uuid");
  const given = Object.entries(env).map(([name, value]) => [name, value.replace(/^~/, home).replace("PORT", org.port)]);
  // Only the built server keeps compiled code. Other tests cover that.
  const itsOwn = { HOME: home, NODE_DISABLE_COMPILE_CACHE: "1" };
  const cli = spawnProcess([...command, "run"], { env: { ...Object.fromEntries(given), ...itsOwn } });
  const client = speakTo(cli);
  await client.begin();
  const tools = await client.ask("tools/list");
  const answers: unknown[] = [];
  for (const [name, args] of calls(writes)) answers.push(await client.ask("tools/call", { name, arguments: args }));
  cli.child.stdin.end();
  const { stderr } = await cli.ended;
  const lines = steady(stderr).split("\n").sort();
  return {
    tools: JSON.parse(steady(JSON.stringify(tools))),
    answers: JSON.parse(steady(JSON.stringify(answers))),
    asked: org.asked().map(steady).sort(),
    files: Object.keys(filesIn(home)).map(steady).sort(),
    lines,
  };
}

/** Returns the settings of a case, both with the setting and without it. */
function settingsOf(key: SettingKey, env: string) {
  const { beside = TOKEN, value, without = [] } = CASES[key];
  const base: Env = {
    OKTA_ORG_URL: "http://127.0.0.1:PORT",
    OKTA_CLIENT_ID: "0oa1",
    OKTA_SCOPES: "okta.groups.manage okta.brands.manage",
    OKTA_MCP_CONFIRM: "never",
    ...beside,
  };
  const kept = Object.entries(base).filter(([name]) => !without.includes(name));
  const withIt = { ...Object.fromEntries(kept), ...(without.length > 0 && { OKTA_KEY_ID: "one" }), [env]: value };
  return { without: base, with: withIt };
}

/** The number of servers at the same time. With more, they only slow each other down. */
const AT_ONCE = 2;

whereBuilt(
  "each setting makes the same difference in the built server as in the source",
  { timeout: 240_000 },
  async () => {
    const bases = new Map<string, ReturnType<typeof observe>>();
    await eachAtOnce(SETTING_KEYS, AT_ONCE, async (key) => {
      const settings = settingsOf(key, SETTINGS[key].env);
      const writes = key === "journalFileMb" || key === "journalFiles" ? 3 : 0;
      const name = JSON.stringify([settings.without, writes]);
      const base = bases.get(name) ?? observe(BUNDLE, settings.without, writes);
      bases.set(name, base);
      const [source, built] = await Promise.all([
        observe(SOURCE, settings.with, writes),
        observe(BUNDLE, settings.with, writes),
      ]);
      expect(built, key).toEqual(source);
      expect(await base, `${key} makes no difference`).not.toEqual(built);
    });
  },
);
