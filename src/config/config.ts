import { parsePrivateKey } from "../auth/private-key.js";
import type { Credential } from "../auth/session-parts.js";
import type { TokenStoreKind } from "../auth/store-contract.js";
import type { Areas, Catalogue } from "../catalogue/catalogue.js";
import { type Choosable, type ToolChoice, unmatchedPatterns } from "../catalogue/choice.js";
import { OktaMcpError } from "../errors/index.js";
import { readGuardFile } from "../guard/file.js";
import { type GuardRules, NO_RULES } from "../guard/rules.js";
import type { JournalPlace } from "../journal/open.js";
import type { LogLevel } from "../log.js";
import { nearest } from "../text/nearest.js";
import { visible } from "../text/quote.js";
import { unfilled, unquoted } from "./given.js";
import { readKeyFile, readKeyText } from "./key-text.js";
import { NO_ORG } from "./org-url.js";
import { readScopes, scopeNotices } from "./scope-words.js";
import {
  type ConfirmMode,
  readSettings,
  SETTING_KEYS,
  SETTINGS,
  type Setting,
  type SettingKey,
  type SettingValues,
} from "./settings.js";

/** The settings, checked. */
export interface Settings {
  /** Origin of the org, e.g. `https://acme.okta.com`. */
  orgUrl: string | undefined;
  clientId: string | undefined;
  /** The okta.* scopes of `OKTA_SCOPES`, each once. */
  scopes: string[];
  credential: Credential;
  tokenStore: TokenStoreKind;
  confirm: ConfirmMode;
  /** The tools that exist. */
  choice: ToolChoice;
  /** The tools that call a company's own APIs; undefined where there are none. */
  apis: ApiTools | undefined;
  /** The limits on what calls may touch, do or see. */
  guard: GuardRules;
  maxResultChars: number;
  /** Results carry `structuredContent` besides their text. */
  structuredContent: boolean;
  journal: JournalPlace;
  journalFileMb: number;
  journalFiles: number;
  /** Folders from which tools may read files, as absolute paths. */
  fileRoots: string[];
  logLevel: LogLevel;
  logFile: string | undefined;
  /** Sentences for a person to know. None of them stops anything. */
  notices: string[];
}

/** Settings with which an org can be reached, or a company's own APIs alone: the org is `NO_ORG` then. */
export interface Config extends Settings {
  orgUrl: string;
}

/**
 * The sources of settings. An empty or blank text counts as not given, except for a setting that restricts an
 * assistant.
 */
export interface SettingSource {
  /** Values of flags, by the setting's key. They have precedence over the environment. */
  flags: Readonly<Partial<Record<SettingKey, string | undefined>>>;
  env: Readonly<Record<string, string | undefined>>;
  /** The existing tools. Where they are given, a pattern that names none of them is a problem. */
  tools?: readonly Choosable[] | undefined;
  /** What came of the file that `apis` names. */
  apis?: ApiTools | { problems: readonly string[] } | undefined;
}

/** The tools that call a company's own APIs. */
export interface ApiTools {
  /** The tools of each API, by its name. */
  areas: Areas;
  /** All of them, whatever the settings let be. */
  catalogue: Catalogue;
  notices: readonly string[];
}

/** The settings that a command may need. */
export type Need = "orgUrl" | "clientId" | "scopes";

const EXAMPLE = `For example:
  OKTA_ORG_URL=https://acme.okta.com
  OKTA_CLIENT_ID=0oa1b2c3d4e5f6g7h8i9
  OKTA_SCOPES="okta.users.read okta.groups.read okta.logs.read"
Without an org, try the sandbox: add --sandbox`;

/** Who names none of these and has APIs wants no org. */
const OF_ORG: readonly SettingKey[] = ["orgUrl", "clientId", "scopes", "privateKey", "privateKeyFile", "accessToken"];

/** The settings in the example. */
const OF_EXAMPLE: ReadonlySet<SettingKey> = new Set(["orgUrl", "clientId", "scopes"]);

type Given = { [Key in SettingKey]?: { text: string; name: string } };

/** The given value of each setting, and the name under which it was given, for messages. */
function collect({ flags, env }: SettingSource): Given {
  const given: Given = {};
  for (const key of SETTING_KEYS) {
    const setting: Setting = SETTINGS[key];
    const flag = unquoted(flags[key] ?? "");
    const variable = unquoted(env[setting.env] ?? "");
    if (flag) given[key] = { text: flag, name: flagOf(setting) };
    else if (variable) given[key] = { text: variable, name: setting.env };
  }
  return given;
}

/** The file that the setting `apis` names; undefined where there is none, or nobody has filled it in. */
export function apisFileOf(source: Pick<SettingSource, "flags" | "env">): string | undefined {
  return withoutUnfilled(collect(source)).filled.apis?.text;
}

/** The name of a setting's flag, or of its variable where it has no flag. */
function flagOf({ flag, env }: Setting): string {
  return flag?.split(" ")[0] ?? env;
}

/**
 * A line for each restriction that is set but blank. `OKTA_MCP_GUARD=$FILE` is blank where `FILE` is not set. Nobody
 * should rely on such a restriction.
 */
function blankRestrictions({ flags, env }: SettingSource): string[] {
  return SETTING_KEYS.flatMap((key) => {
    const setting: Setting = SETTINGS[key];
    if (setting.insteadOfBlank === undefined) return [];
    const flag = flags[key];
    // A flag has precedence over its variable.
    const [name, text] = flag === undefined ? [setting.env, env[setting.env]] : [flagOf(setting), flag];
    if (text === undefined || unquoted(text) !== "") return [];
    return [
      `${name} is empty, so that what it was to restrict would be allowed. ${setting.insteadOfBlank}, or leave it out.`,
    ];
  });
}

/** The settings that hold a value, and a problem for each one that holds only a placeholder. */
function withoutUnfilled(given: Given): { filled: Given; empty: { key: SettingKey; problem: string }[] } {
  const empty = SETTING_KEYS.flatMap((key) => {
    const problem = unfilled(given[key]?.text ?? "");
    return problem === undefined ? [] : [{ key, problem }];
  });
  const filled = { ...given };
  for (const { key } of empty) delete filled[key];
  return { filled, empty };
}

/** A line for each missing setting and for each pair of settings that exclude each other. */
function conflicts(given: Given, needs: readonly Need[]): string[] {
  const { orgUrl, clientId, scopes, privateKey, privateKeyFile, keyId, accessToken } = given;
  const key = privateKey ?? privateKeyFile;
  const lines: string[] = [];
  if (needs.includes("orgUrl") && !orgUrl) {
    lines.push("OKTA_ORG_URL is missing. Set it to your org's address, e.g. https://acme.okta.com.");
  }
  if (needs.includes("clientId") && !clientId && !accessToken) {
    lines.push(
      "OKTA_CLIENT_ID is missing. Set it to the client ID of your app in the Okta Admin Console (Applications > your app > General).",
    );
  }
  if (needs.includes("scopes") && !scopes) {
    lines.push(
      'OKTA_SCOPES is missing. Name what the assistant may use, e.g. "okta.users.read okta.groups.read"; `okta-mcp tools` lists every scope.',
    );
  }
  if (privateKey && privateKeyFile) {
    lines.push(`${privateKey.name} and ${privateKeyFile.name} are both set. Keep one of them.`);
  }
  if (accessToken && key) {
    lines.push(`${accessToken.name} and ${key.name} are both set, which are two ways to sign in. Keep one of them.`);
  }
  if (keyId && !key) {
    lines.push(
      `${keyId.name} is set without a private key. Set OKTA_PRIVATE_KEY_FILE or OKTA_PRIVATE_KEY, or leave ${keyId.name} out.`,
    );
  }
  return lines;
}

function readCredential(
  given: Given,
  keyIdIsFine: boolean,
): { credential: Credential; problem?: string | undefined; notice?: string | undefined } {
  const { privateKey, privateKeyFile, keyId, accessToken } = given;
  const credential: Credential = accessToken
    ? { method: "access-token", token: accessToken.text }
    : { method: "device" };
  const source = privateKey ?? privateKeyFile;
  if (!source) return { credential };
  const read = privateKey ? readKeyText(source.text) : readKeyFile(source.text);
  if ("problem" in read) return { credential, problem: `${source.name} ${read.problem}` };
  try {
    // A key id that was refused already must not be reported as missing too.
    const key = parsePrivateKey(read.text, keyIdIsFine ? keyId?.text : "refused");
    const notice = "notice" in read ? { notice: read.notice } : {};
    return { credential: { method: "private-key", key }, ...notice };
  } catch (error) {
    if (!(error instanceof OktaMcpError)) throw error;
    return { credential, problem: `${source.name}: ${error.message} ${error.fix}` };
  }
}

/** The choice of tools, each part under the name by which it was given. */
function choiceOf(
  given: Given,
  { readOnly, tools, excludeTools }: SettingValues,
  { denyTools, file }: GuardRules,
): ToolChoice {
  return {
    readOnly: readOnly ? (given.readOnly?.name ?? SETTINGS.readOnly.env) : undefined,
    include: tools && { patterns: tools, where: given.tools?.name ?? SETTINGS.tools.env },
    exclude: [
      ...(excludeTools
        ? [{ patterns: excludeTools, where: given.excludeTools?.name ?? SETTINGS.excludeTools.env }]
        : []),
      ...(denyTools.length > 0 ? [{ patterns: denyTools, where: `deny_tools in ${visible(file ?? "")}` }] : []),
    ],
  };
}

/** A line for each misspelled setting. It has no effect, which matters where it was meant as a restriction. */
function misspelled(env: SettingSource["env"]): string[] {
  const known = SETTING_KEYS.map((key): string => SETTINGS[key].env);
  return Object.keys(env)
    .filter((name) => name.startsWith("OKTA_MCP_") && !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${visible(name)} is no setting of okta-mcp and has no effect${meant ? `; did you mean ${meant}?` : "."}`;
    });
}

/**
 * Reads and checks the settings.
 * @param needs the settings that the command at hand needs
 * @throws OktaMcpError bad_config; its one message names every problem with its fix, and an example
 */
export function loadSettings(source: SettingSource, needs: readonly Need[]): Settings {
  const given = collect(source);
  const { filled, empty } = withoutUnfilled(given);
  const { values, problems: refused } = readSettings(
    Object.fromEntries(SETTING_KEYS.map((key) => [key, filled[key]?.text])),
  );
  const problems = [...conflicts(given, needs), ...blankRestrictions(source)];
  const wrong = [...empty, ...refused];
  for (const { key, problem } of wrong) problems.push(`${given[key]?.name ?? key} ${problem}`);
  const { credential, problem, notice } = readCredential(filled, !wrong.some(({ key }) => key === "keyId"));
  if (problem !== undefined) problems.push(problem);
  const { guard: file = "off" } = values;
  const guard = file === "off" ? { rules: NO_RULES } : readGuardFile(file.path);
  if ("problems" in guard) problems.push(...guard.problems.map((line) => `${given.guard?.name} ${line}`));
  const { apis } = source;
  const isWithoutApis = apis !== undefined && "problems" in apis;
  if (isWithoutApis) problems.push(...apis.problems.map((line) => `${given.apis?.name} ${line}`));
  const choice = choiceOf(filled, values, "rules" in guard ? guard.rules : NO_RULES);
  // A pattern may name a tool of an API that could not be read.
  if (source.tools && !isWithoutApis) problems.push(...unmatchedPatterns(choice, source.tools));
  if (problems.length > 0 || "problems" in guard || isWithoutApis) {
    const aboutOrg = needs.some((key) => !given[key]) || wrong.some(({ key }) => OF_EXAMPLE.has(key));
    throw badConfig(problems, aboutOrg);
  }

  const {
    orgUrl,
    scopes = [],
    clientId,
    tokenStore,
    confirm,
    maxResultChars,
    structuredContent,
    journal,
    journalFileMb,
    journalFiles,
    fileRoots = [],
    readOnly,
    logLevel,
    logFile,
  } = values;
  const asked = scopes.filter((scope) => scope.startsWith("okta."));
  return {
    orgUrl: orgUrl?.origin,
    clientId,
    scopes: readOnly ? readScopes(asked) : asked,
    credential,
    tokenStore,
    confirm,
    choice,
    apis,
    guard: guard.rules,
    maxResultChars,
    structuredContent,
    journal,
    journalFileMb,
    journalFiles,
    fileRoots,
    logLevel,
    logFile,
    notices: [
      ...(orgUrl?.adminHost ? [`${orgUrl.adminHost} is the admin console; using ${orgUrl.origin}.`] : []),
      ...scopeNotices(scopes),
      ...(notice === undefined ? [] : [notice]),
      ...(guard.notice === undefined ? [] : [guard.notice]),
      ...(apis?.notices ?? []),
      ...misspelled(source.env),
    ],
  };
}

/**
 * The settings of a command that talks to an org.
 * @param needs further settings that the command needs
 * @throws OktaMcpError bad_config, as `loadSettings`
 */
export function loadConfig(source: SettingSource, needs: readonly Need[] = ["clientId", "scopes"]): Config {
  if (source.apis !== undefined && OF_ORG.every((key) => collect(source)[key] === undefined)) {
    return { ...loadSettings(source, []), orgUrl: NO_ORG };
  }
  const settings = loadSettings(source, ["orgUrl", ...needs]);
  if (settings.orgUrl === undefined) throw badConfig(["OKTA_ORG_URL is missing."], true);
  return { ...settings, orgUrl: settings.orgUrl };
}

/** One error for all problems of the settings. Each problem is a sentence or two with its fix. */
function badConfig(problems: readonly string[], withExample: boolean): OktaMcpError {
  const head =
    problems.length === 1 ? "The settings have a problem:" : `The settings have ${problems.length} problems:`;
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  return new OktaMcpError("bad_config", `${head}\n${list}${withExample ? `\n\n${EXAMPLE}` : ""}`, {
    fix: "Correct these settings and start again.",
  });
}
