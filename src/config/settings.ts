import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import * as z from "zod";
import type { TokenStoreKind } from "../auth/token-store.js";
import { TOOL_PATTERN } from "../choice.js";
import type { ConfirmMode } from "../confirm.js";
import { visible } from "../errors/quote.js";
import type { JournalPlace } from "../journal/open.js";
import { LOG_LEVELS } from "../log.js";
import { redact } from "../redact.js";
import { parseOrgUrl } from "./org-url.js";

/** One setting: where it is read, what it means, and how its text becomes a value. */
export interface Setting {
  /** The environment variable. */
  env: string;
  /** The flag, as commander takes it; none for secrets, since every user of a machine can read its process list. */
  flag?: string;
  /** One or two sentences for `--help` and the README. */
  meaning: string;
  /** What counts where nothing is given. */
  default?: string;
  schema: z.ZodType<unknown, string>;
}

const TOKEN_STORES = ["auto", "keychain", "file", "memory"] as const satisfies readonly TokenStoreKind[];

const CONFIRM_MODES = ["ask", "elicit-only", "never"] as const satisfies readonly ConfirmMode[];

/** Fewer characters would not hold one user; more is nothing a model can read. */
const RESULT_CHARS = { min: 1_000, max: 10_000_000 };

/** Megabytes of one file of the journal, and how many files of it. */
const JOURNAL_FILE_MB = { min: 1, max: 100 };
const JOURNAL_FILES = { min: 2, max: 1_000 };

/** A given value as it may stand in a message: short, one line, without secrets. */
function shown(value: unknown): string {
  const text = visible(redact(String(value)));
  return `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`;
}

function oneOf<const Choice extends string>(choices: readonly Choice[]): z.ZodType<Choice, string> {
  const words = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(choices, { error: ({ input }) => `is ${shown(input)}. Choose ${words}.` })) as z.ZodType<
    Choice,
    string
  >;
}

const orgUrl = z.string().transform((text, context) => {
  const result = parseOrgUrl(text);
  if ("origin" in result) return result;
  context.addIssue(result.problem);
  return z.NEVER;
});

const clientId = z
  .string()
  .refine((text) => !/[{}<>$]|your-?_?client/i.test(text), {
    error:
      "still holds the placeholder of an example. Copy the app's client ID from the Okta Admin Console (Applications > your app > General).",
    abort: true,
  })
  .regex(
    /^[\x21-\x7e]{1,200}$/,
    "is not a client ID: it holds white space or other odd characters. Copy it again, e.g. 0oa1b2c3d4e5f6g7h8i9.",
  );

/** RFC 6749, section 3.3: what a scope is made of. */
const scopes = z.string().transform((text, context) => {
  const words = [...new Set(text.replace(/["']/g, " ").split(/[\s,]+/))].filter((word) => word !== "");
  const odd = words.filter((word) => !/^[A-Za-z0-9_.:/-]{1,200}$/.test(word));
  if (odd.length > 0) {
    context.addIssue(
      `holds ${odd.map(shown).join(", ")}, which is no scope. Separate scopes by spaces or commas, e.g. "okta.users.read okta.groups.read".`,
    );
  } else if (words.length > 0 && !words.some((word) => word.startsWith("okta."))) {
    context.addIssue(`names no okta.* scope, so no tool would be on. Give at least one, e.g. okta.users.read.`);
  }
  return words;
});

const accessToken = z
  .string()
  .refine((text) => !/^ssws\b/i.test(text) && !/^00[\w-]{40}$/.test(text), {
    error:
      "is an Okta API token (SSWS), not an OAuth access token. Get an access token from /oauth2/v1/token, or leave it out and sign in.",
    abort: true,
  })
  .refine((text) => !/^(?:bearer|dpop)\s/i.test(text), {
    error: "starts with a scheme. Give the token alone.",
    abort: true,
  })
  .regex(/^[\x21-\x7e]+$/, "holds white space or other odd characters. Copy the token again.");

const keyId = z
  .string()
  .regex(/^[\x20-\x7e]{1,200}$/, "holds odd characters. Copy the key's ID from the app's Public keys.");

function wholeNumber({ min, max }: { min: number; max: number }, example: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, {
      error: ({ input }) => `is ${shown(input)}. Give a whole number, e.g. ${example}.`,
      abort: true,
    })
    .transform(Number)
    .pipe(z.number().min(min, `is too small. Give at least ${min}.`).max(max, `is too large. Give at most ${max}.`));
}

const YES: ReadonlySet<string> = new Set(["1", "true", "yes", "on"]);
const NO: ReadonlySet<string> = new Set(["0", "false", "no", "off"]);

const yesOrNo = z.string().transform((text, context) => {
  const word = text.toLowerCase();
  // What is neither may have been meant as a restriction; nobody should believe in one that is not there.
  if (!YES.has(word) && !NO.has(word)) context.addIssue(`is ${shown(text)}. Give 1 or 0.`);
  return YES.has(word);
});

const toolPatterns = z.string().transform((text, context) => {
  const words = [...new Set(text.split(/[\s,]+/))].filter((word) => word !== "");
  const odd = words.filter((word) => !TOOL_PATTERN.test(word));
  if (odd.length > 0) {
    context.addIssue(
      `holds ${odd.map(shown).join(", ")}, which names no tool. Give names, areas or patterns, e.g. "list_*, get_user".`,
    );
  } else if (words.length === 0) context.addIssue('names no tool. Give names, areas or patterns, e.g. "list_*".');
  return words;
});

/** `~/` stands for the home folder, since MCP clients start servers without a shell. */
function withoutTilde(folder: string): string {
  return /^~(?=[/\\]|$)/.test(folder) ? join(homedir(), folder.slice(1)) : folder;
}

const journal = z.string().transform((text, context): JournalPlace => {
  if (NO.has(text.toLowerCase())) return "off";
  const folder = withoutTilde(text);
  if (isAbsolute(folder)) return { folder };
  context.addIssue(`is ${shown(text)}, which is no absolute path. Give a whole path, or off.`);
  return z.NEVER;
});

const fileRoots = z.string().transform((text, context) => {
  const folders = text.split(delimiter).map((folder) => folder.trim());
  const given = folders.filter((folder) => folder !== "");
  const absolute = given.map(withoutTilde);
  const relative = absolute.filter((folder) => !isAbsolute(folder));
  if (relative.length > 0) {
    context.addIssue(`holds ${relative.map(shown).join(", ")}, which is no absolute path. Give whole paths.`);
  }
  return absolute;
});

/** Every setting there is. Help, README and loading all read this table. */
export const SETTINGS = {
  orgUrl: {
    env: "OKTA_ORG_URL",
    flag: "--org-url <url>",
    meaning: "Your Okta org, e.g. https://acme.okta.com.",
    schema: orgUrl,
  },
  clientId: {
    env: "OKTA_CLIENT_ID",
    flag: "--client-id <id>",
    meaning: "Client ID of the app in Okta that okta-mcp signs in with.",
    schema: clientId,
  },
  scopes: {
    env: "OKTA_SCOPES",
    flag: "--scopes <scopes>",
    meaning: "Okta scopes to ask for, separated by spaces or commas. They decide which tools are on.",
    schema: scopes,
  },
  privateKey: {
    env: "OKTA_PRIVATE_KEY",
    meaning:
      "Private key of a service app: PEM (PKCS#8 or PKCS#1, \\n written out is fine) or JWK. Selects the private-key sign-in.",
    schema: z.string(),
  },
  privateKeyFile: {
    env: "OKTA_PRIVATE_KEY_FILE",
    flag: "--private-key-file <file>",
    meaning: "File with the private key of a service app, in place of OKTA_PRIVATE_KEY.",
    schema: z.string(),
  },
  keyId: {
    env: "OKTA_KEY_ID",
    flag: "--key-id <kid>",
    meaning: "Key ID (kid) of the private key in Okta. A JWK may carry it itself.",
    schema: keyId,
  },
  accessToken: {
    env: "OKTA_ACCESS_TOKEN",
    meaning: "A ready OAuth access token. No sign-in, no renewal.",
    schema: accessToken,
  },
  tokenStore: {
    env: "OKTA_MCP_TOKEN_STORE",
    flag: "--token-store <store>",
    meaning: "Where to keep tokens: keychain, file (mode 0600), memory, or auto: the keychain, else memory.",
    default: "auto",
    schema: oneOf(TOKEN_STORES),
  },
  confirm: {
    env: "OKTA_MCP_CONFIRM",
    flag: "--confirm <mode>",
    meaning: "Removals: ask a person, elicit-only (refuse where the client cannot ask), or never ask (automation).",
    default: "ask",
    schema: oneOf(CONFIRM_MODES),
  },
  readOnly: {
    env: "OKTA_MCP_READ_ONLY",
    flag: "--read-only",
    meaning: "Only tools that read, and only read scopes. Wins over everything else.",
    default: "0",
    schema: yesOrNo,
  },
  tools: {
    env: "OKTA_MCP_TOOLS",
    flag: "--tools <patterns>",
    meaning: "Only these tools: names, areas such as users, or patterns such as list_*, separated by commas or spaces.",
    schema: toolPatterns,
  },
  excludeTools: {
    env: "OKTA_MCP_EXCLUDE_TOOLS",
    flag: "--exclude-tools <patterns>",
    meaning: "None of these tools; written as OKTA_MCP_TOOLS, and wins over it.",
    schema: toolPatterns,
  },
  guard: {
    env: "OKTA_MCP_GUARD",
    flag: "--guard <file>",
    meaning: "JSON file with what may not be touched, done or seen: see guard.schema.json.",
    schema: z.string(),
  },
  maxResultChars: {
    env: "OKTA_MCP_MAX_RESULT_CHARS",
    flag: "--max-result-chars <n>",
    meaning: "Longest result in characters; longer lists are cut between items.",
    default: "80000",
    schema: wholeNumber(RESULT_CHARS, 80_000),
  },
  journal: {
    env: "OKTA_MCP_JOURNAL",
    flag: "--journal <folder>",
    meaning:
      "Folder for the journal of changes, or off. By default a folder of the user's application data. A journal that cannot be written stops changes.",
    schema: journal,
  },
  journalFileMb: {
    env: "OKTA_MCP_JOURNAL_FILE_MB",
    flag: "--journal-file-mb <n>",
    meaning: "Megabytes after which a new file of the journal is begun.",
    default: "10",
    schema: wholeNumber(JOURNAL_FILE_MB, 10),
  },
  journalFiles: {
    env: "OKTA_MCP_JOURNAL_FILES",
    flag: "--journal-files <n>",
    meaning: "Files of the journal that are kept; older ones are deleted.",
    default: "20",
    schema: wholeNumber(JOURNAL_FILES, 20),
  },
  fileRoots: {
    env: "OKTA_MCP_FILE_ROOTS",
    flag: "--file-roots <folders>",
    meaning:
      "Folders from which tools may read files to upload, separated as in PATH. The roots of the MCP client count, too.",
    schema: fileRoots,
  },
  logLevel: {
    env: "OKTA_LOG_LEVEL",
    flag: "--log-level <level>",
    meaning: "error, warn, info, debug or trace.",
    default: "warn",
    schema: oneOf(LOG_LEVELS),
  },
  logFile: {
    env: "OKTA_LOG_FILE",
    flag: "--log-file <file>",
    meaning: "Append the log to this file (created with mode 0600) rather than to stderr.",
    schema: z.string(),
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

/** Every setting's key, in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

type Field<Row extends Setting> = Row extends { default: string }
  ? z.ZodPrefault<Row["schema"]>
  : z.ZodOptional<Row["schema"]>;
type Shape = { [Key in SettingKey]: Field<(typeof SETTINGS)[Key]> };

function field(setting: Setting): z.ZodType {
  return setting.default === undefined ? setting.schema.optional() : setting.schema.prefault(setting.default);
}

/** The one schema of all settings: texts in, values out; defaults filled in. */
export const settingsSchema = z.object(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, field(SETTINGS[key])])) as Shape,
);
