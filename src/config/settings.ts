import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute } from "node:path";
import type { TokenStoreKind } from "../auth/store-contract.js";
import { TOOL_PATTERN } from "../catalogue/choice.js";
import { withoutTilde } from "../files/user-dirs.js";
import { LOG_LEVELS } from "../log.js";
import { visible } from "../text/quote.js";
import { redact } from "../text/redact.js";
import { parseOrgUrl } from "./org-url.js";

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

/** The fault of a value, as the rest of a sentence that begins with the setting's name. */
export interface Problem {
  problem: string;
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

/** A given value in the form for a message: short, one line, without secrets. */
function shown(value: unknown): string {
  const text = visible(redact(String(value)));
  return `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`;
}

function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  const words = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return (text: string): Choice | Problem => {
    const word = text.toLowerCase();
    return choices.find((choice) => choice === word) ?? { problem: `is ${shown(word)}. Choose ${words}.` };
  };
}

function asGiven(text: string): string | Problem {
  return text;
}

function clientId(text: string): string | Problem {
  if (/[{}<>$]|your-?_?client/i.test(text)) {
    return {
      problem:
        "still holds the placeholder of an example. Copy the app's client ID from the Okta Admin Console (Applications > your app > General).",
    };
  }
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  return {
    problem:
      "is not a client ID: it holds white space or other odd characters. Copy it again, e.g. 0oa1b2c3d4e5f6g7h8i9.",
  };
}

/** The characters of a scope (RFC 6749, section 3.3). */
function scopes(text: string): string[] | Problem {
  const words = [...new Set(text.replace(/["']/g, " ").split(/[\s,]+/))].filter((word) => word !== "");
  const odd = words.filter((word) => !/^[A-Za-z0-9_.:/-]{1,200}$/.test(word));
  if (odd.length > 0) {
    return {
      problem: `holds ${odd.map(shown).join(", ")}, which is no scope. Separate scopes by spaces or commas, e.g. "okta.users.read okta.groups.read".`,
    };
  }
  if (!words.some((word) => word.startsWith("okta."))) {
    return { problem: "names no okta.* scope, so no tool would be on. Give at least one, e.g. okta.users.read." };
  }
  return words;
}

function accessToken(text: string): string | Problem {
  if (/^ssws\b/i.test(text) || /^00[\w-]{40}$/.test(text)) {
    return {
      problem:
        "is an Okta API token (SSWS), not an OAuth access token. Get an access token from /oauth2/v1/token, or leave it out and sign in.",
    };
  }
  if (/^(?:bearer|dpop)\s/i.test(text)) return { problem: "starts with a scheme. Give the token alone." };
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  return { problem: "holds white space or other odd characters. Copy the token again." };
}

function keyId(text: string): string | Problem {
  if (/^[\x20-\x7e]{1,200}$/.test(text)) return text;
  return { problem: "holds odd characters. Copy the key's ID from the app's Public keys." };
}

function wholeNumber({ min, max }: { min: number; max: number }, example: number) {
  return (text: string): number | Problem => {
    if (!/^\d{1,9}$/.test(text)) return { problem: `is ${shown(text)}. Give a whole number, e.g. ${example}.` };
    const number = Number(text);
    if (number < min) return { problem: `is too small. Give at least ${min}.` };
    return number > max ? { problem: `is too large. Give at most ${max}.` } : number;
  };
}

const YES: ReadonlySet<string> = new Set(["1", "true", "yes", "on"]);
const NO: ReadonlySet<string> = new Set(["0", "false", "no", "off"]);

function yesOrNo(text: string): boolean | Problem {
  const word = text.toLowerCase();
  // A value that is neither may have been meant as a restriction, so it must not count as off.
  if (!YES.has(word) && !NO.has(word)) return { problem: `is ${shown(text)}. Give 1 or 0.` };
  return YES.has(word);
}

function toolPatterns(text: string): string[] | Problem {
  const words = [...new Set(text.split(/[\s,]+/))].filter((word) => word !== "");
  const odd = words.filter((word) => !TOOL_PATTERN.test(word));
  if (odd.length > 0) {
    return {
      problem: `holds ${odd.map(shown).join(", ")}, which names no tool. Give names, areas or patterns, e.g. "list_*, users".`,
    };
  }
  return words.length > 0 ? words : { problem: 'names no tool. Give names, areas or patterns, e.g. "list_*".' };
}

function logFile(text: string): string | Problem {
  const file = withoutTilde(text);
  const folder = dirname(file);
  if (existsSync(folder)) return file;
  return { problem: `is in a folder that is not there: ${visible(folder)}. Make it, or choose another.` };
}

function journal(text: string): "off" | { folder: string } | Problem {
  if (NO.has(text.toLowerCase())) return "off";
  const folder = withoutTilde(text);
  if (isAbsolute(folder)) return { folder };
  return { problem: `is ${shown(text)}, which is no absolute path. Give a whole path, or off.` };
}

/** `off` means that there is no guard file on purpose. A file of that name is `./off`. */
function guardFile(text: string): "off" | { path: string } {
  return text.toLowerCase() === "off" ? "off" : { path: text };
}

function fileRoots(text: string): string[] | Problem {
  const folders = text.split(delimiter).map((folder) => folder.trim());
  const absolute = folders.filter((folder) => folder !== "").map(withoutTilde);
  const relative = absolute.filter((folder) => !isAbsolute(folder));
  if (relative.length === 0) return absolute;
  return { problem: `holds ${relative.map(shown).join(", ")}, which is no absolute path. Give whole paths.` };
}

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

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "problem" in value;
}

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
