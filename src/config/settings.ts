import type { TokenStoreKind } from "../auth/store-contract.js";
import { LOG_LEVELS } from "../log.js";
import { parseOrgUrl } from "./org-url.js";
import {
  accessToken,
  asGiven,
  clientId,
  fileRoots,
  guardFile,
  isProblem,
  journal,
  keyId,
  logFile,
  oneOf,
  type Problem,
  scopes,
  toolPatterns,
  wholeNumber,
  yesOrNo,
} from "./setting-values.js";

/** `OKTA_MCP_CONFIRM`. */
export type ConfirmMode = "ask" | "elicit-only" | "never";

/** One setting: its names, its meaning, and how its text becomes a value. */
export interface Setting {
  /** The environment variable. */
  env: string;
  /** The flag in commander's form. Secrets have none, since every user of a machine can read its process list. */
  flag?: string;
  /** One or two sentences for `--help` and the README. */
  meaning: string;
  /** The value where none is given. */
  default?: string;
  /**
   * For a setting that restricts an assistant: what to give in place of a blank text. Such a setting must not be blank,
   * since a restriction must not vanish without a word. Without this field a blank text counts as not given.
   */
  insteadOfBlank?: string;
  read: (text: string) => unknown;
}

const TOKEN_STORES = ["auto", "keychain", "file", "memory"] as const satisfies readonly TokenStoreKind[];

const CONFIRM_MODES = ["ask", "elicit-only", "never"] as const satisfies readonly ConfirmMode[];

/** Fewer characters would not hold one user. No model can read more. */
const RESULT_CHARS = { min: 1_000, max: 10_000_000 };

/**
 * Claude Code hides a result of more than 50,000 characters from the model. The difference is for what an answer has
 * around its result, such as the id of a change.
 */
export const DEFAULT_RESULT_CHARS = 48_000;

/** The bounds for the megabytes of one file of the journal. */
const JOURNAL_FILE_MB = { min: 1, max: 100 };
const JOURNAL_FILES = { min: 2, max: 1_000 };

/** All settings. Help, README and loading read this table. */
export const SETTINGS = {
  orgUrl: {
    env: "OKTA_ORG_URL",
    flag: "--org-url <url>",
    meaning: "Your Okta org, e.g. https://acme.okta.com.",
    read: parseOrgUrl,
  },
  clientId: {
    env: "OKTA_CLIENT_ID",
    flag: "--client-id <id>",
    meaning: "Client ID of the app in Okta that okta-mcp signs in with.",
    read: clientId,
  },
  scopes: {
    env: "OKTA_SCOPES",
    flag: "--scopes <scopes>",
    meaning: "Okta scopes to ask for, separated by spaces or commas. They decide which tools are on.",
    read: scopes,
  },
  privateKey: {
    env: "OKTA_PRIVATE_KEY",
    meaning:
      "Private key of a service app: PEM (PKCS#8 or PKCS#1; \\n may stand for a line break) or JWK. Selects the private-key sign-in.",
    read: asGiven,
  },
  privateKeyFile: {
    env: "OKTA_PRIVATE_KEY_FILE",
    flag: "--private-key-file <file>",
    meaning: "File with the private key of a service app, in place of OKTA_PRIVATE_KEY.",
    read: asGiven,
  },
  keyId: {
    env: "OKTA_KEY_ID",
    flag: "--key-id <kid>",
    meaning: "Key ID (kid) of the private key in Okta. A JWK may carry it itself.",
    read: keyId,
  },
  accessToken: {
    env: "OKTA_ACCESS_TOKEN",
    meaning: "A ready OAuth access token. No sign-in, no renewal.",
    read: accessToken,
  },
  tokenStore: {
    env: "OKTA_MCP_TOKEN_STORE",
    flag: "--token-store <store>",
    meaning:
      "Where to keep tokens: keychain, file (mode 0600), memory, or auto: the keychain, else memory. With a private key, auto keeps nothing; keychain or file keep its token until it ends, so that one `okta-mcp call` after the other does with one.",
    default: "auto",
    read: oneOf(TOKEN_STORES),
  },
  confirm: {
    env: "OKTA_MCP_CONFIRM",
    flag: "--confirm <mode>",
    meaning: "Removals: ask a person, elicit-only (refuse where the client cannot ask), or never ask (automation).",
    default: "ask",
    insteadOfBlank: "Give ask, elicit-only or never",
    read: oneOf(CONFIRM_MODES),
  },
  readOnly: {
    env: "OKTA_MCP_READ_ONLY",
    flag: "--read-only",
    meaning: "Only tools that read, and only read scopes. Wins over everything else.",
    default: "0",
    insteadOfBlank: "Give 1 or 0",
    read: yesOrNo,
  },
  tools: {
    env: "OKTA_MCP_TOOLS",
    flag: "--tools <patterns>",
    meaning: "Only these tools: names, areas such as users, or patterns such as list_*, separated by commas or spaces.",
    insteadOfBlank: "Give names, areas or patterns, or * for all tools",
    read: toolPatterns,
  },
  excludeTools: {
    env: "OKTA_MCP_EXCLUDE_TOOLS",
    flag: "--exclude-tools <patterns>",
    meaning: "None of these tools; written as OKTA_MCP_TOOLS, and wins over it.",
    insteadOfBlank: "Give names, areas or patterns",
    read: toolPatterns,
  },
  guard: {
    env: "OKTA_MCP_GUARD",
    flag: "--guard <file>",
    meaning: "JSON file with what may not be touched, done or seen: see guard.schema.json. Or off.",
    insteadOfBlank: "Give the path of a guard file, or off for none",
    read: guardFile,
  },
  apis: {
    env: "OKTA_MCP_APIS",
    flag: "--apis <file>",
    meaning:
      "JSON file with the company's own APIs, whose operations become tools, and with texts to read: see apis.schema.json.",
    read: asGiven,
  },
  maxResultChars: {
    env: "OKTA_MCP_MAX_RESULT_CHARS",
    flag: "--max-result-chars <n>",
    meaning: "Longest result in characters, counted on its longest form; longer lists are cut between items.",
    default: String(DEFAULT_RESULT_CHARS),
    read: wholeNumber(RESULT_CHARS, DEFAULT_RESULT_CHARS),
  },
  structuredContent: {
    env: "OKTA_MCP_STRUCTURED_CONTENT",
    flag: "--structured-content",
    meaning:
      "Results carry structuredContent besides their text: plain JSON for programs, with nothing escaped. Many clients give it to the model in place of the text.",
    default: "0",
    read: yesOrNo,
  },
  journal: {
    env: "OKTA_MCP_JOURNAL",
    flag: "--journal <folder>",
    meaning:
      "Folder for the journal of changes, or off. By default a folder of the user's application data. A journal that cannot be written stops changes.",
    read: journal,
  },
  journalFileMb: {
    env: "OKTA_MCP_JOURNAL_FILE_MB",
    flag: "--journal-file-mb <n>",
    meaning: "Megabytes after which a new file of the journal is begun.",
    default: "10",
    read: wholeNumber(JOURNAL_FILE_MB, 10),
  },
  journalFiles: {
    env: "OKTA_MCP_JOURNAL_FILES",
    flag: "--journal-files <n>",
    meaning: "Files of the journal that are kept; older ones are deleted.",
    default: "20",
    read: wholeNumber(JOURNAL_FILES, 20),
  },
  fileRoots: {
    env: "OKTA_MCP_FILE_ROOTS",
    flag: "--file-roots <folders>",
    meaning:
      "Folders from which tools may read files to upload, separated as in PATH. The roots of the MCP client count, too.",
    read: fileRoots,
  },
  logLevel: {
    env: "OKTA_LOG_LEVEL",
    flag: "--log-level <level>",
    meaning: "error, warn, info, debug or trace.",
    default: "warn",
    read: oneOf(LOG_LEVELS),
  },
  logFile: {
    env: "OKTA_LOG_FILE",
    flag: "--log-file <file>",
    meaning: "Append the log to this file (created with mode 0600) rather than to stderr.",
    read: logFile,
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

/** Every setting's key, in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

type Values = { [Key in SettingKey]: Exclude<ReturnType<(typeof SETTINGS)[Key]["read"]>, Problem> };
type Defaulted = { [Key in SettingKey]: (typeof SETTINGS)[Key] extends { default: string } ? Key : never }[SettingKey];

/** The values of settings; those without a default may be missing. */
export type SettingValues = Pick<Values, Defaulted> & Partial<Omit<Values, Defaulted>>;

/**
 * Turns texts into values and fills in defaults.
 * @returns the values, and a problem for each one that is missing among them
 */
export function readSettings(texts: Readonly<Partial<Record<SettingKey, string | undefined>>>): {
  values: SettingValues;
  problems: { key: SettingKey; problem: string }[];
} {
  const problems: { key: SettingKey; problem: string }[] = [];
  const values = SETTING_KEYS.flatMap((key) => {
    const setting: Setting = SETTINGS[key];
    const text = texts[key] ?? setting.default;
    if (text === undefined) return [];
    const value = setting.read(text);
    if (!isProblem(value)) return [[key, value]];
    problems.push({ key, problem: value.problem });
    return [];
  });
  return { values: Object.fromEntries(values) as SettingValues, problems };
}
