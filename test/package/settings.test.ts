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

/** Ways to sign in: a setting of one of them makes a difference to a server that signs in so. */
const TOKEN: Env = { OKTA_ACCESS_TOKEN: "token-1" };
const KEY: Env = { OKTA_PRIVATE_KEY_FILE: KEY_FILE, OKTA_KEY_ID: "one" };

/** Where each setting makes a difference: to which other settings it is added, and its value. `~` is the home folder. */
interface Case {
  beside?: Env;
  value: string;
  /** Settings that exclude it. */
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
  maxResultChars: { value: "1000" },
  structuredContent: { value: "1" },
  journal: { value: "off" },
  journalFileMb: { value: "1" },
  journalFiles: { value: "2", beside: { ...TOKEN, OKTA_MCP_JOURNAL_FILE_MB: "1" } },
  fileRoots: { value: "~" },
  logLevel: { value: "debug" },
  logFile: { value: "~/log.txt", beside: { ...TOKEN, OKTA_LOG_LEVEL: "debug" } },
};

/** An org that says yes to everything, and what it was asked. */
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

/** What of a request for a token is the same each time: the key's id and the client of its assertion. */
function claimsOf(form: string): string {
  const assertion = new URLSearchParams(form).get("client_assertion") ?? "";
  return `${decodeProtectedHeader(assertion).kid} ${decodeJwt(assertion).iss}`;
}

/** `writes` changes that take so much room in the journal that a file of a megabyte has room for one. */
const calls = (writes: number): [tool: string, args: object][] => [
  ["list_groups", {}],
  ["delete_group", { group_id: "g1" }],
  ["upload_brand_theme_logo", { brand_id: "b1", theme_id: "t1", file_path: "guard.json" }],
  ...Array.from({ length: writes }, (_, index): [string, object] => [
    "update_group",
    { group_id: "g1", profile: { name: `g${index}`, description: "x".repeat(700_000) } },
  ]),
];

/** All that can be seen of a server with these settings, without what differs from one run to the next. */
async function observe(command: readonly string[], env: Env, writes: number) {
  const org = await openOrg();
  const home = temporaryFolder();
  mkdirSync(join(home, "data"));
  writeFileSync(join(home, "guard.json"), '{ "deny_tools": ["delete_*"] }', { mode: 0o600 });
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
  // Only the built server keeps its compiled code, which tests of its own are about.
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

/** The settings of a case, with the setting and without it. */
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

/** Servers at the same time; more only make each other late. */
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
