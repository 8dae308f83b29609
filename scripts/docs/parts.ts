import { readFileSync } from "node:fs";
import type { Catalogue } from "../../src/catalogue/catalogue.js";
import { leftOutBecause } from "../../src/catalogue/choice.js";
import { quoted } from "../../src/cli/words.js";
import { SETTINGS, type Setting } from "../../src/config/settings.js";
import { ERROR_CODES } from "../../src/errors/index.js";
import { COMPANY_PARTS } from "./company-parts.js";
import { block, code, renewed, table } from "./markdown.js";
import { kilobytes } from "./scopes.js";

function settings(): string {
  const rows: Setting[] = Object.values(SETTINGS);
  return table(
    ["variable", "flag", "meaning", "default"],
    rows.map((row) => [
      code(row.env),
      row.flag ? code(row.flag) : "",
      row.meaning,
      row.default ? code(row.default) : "",
    ]),
  );
}

/** The number of tools and areas, and the size of all definitions. */
function tools(catalogue: Catalogue): string {
  const areas = new Set(catalogue.entries.map(({ area }) => area));
  const kB = kilobytes(catalogue, catalogue.entries);
  return `There are ${catalogue.entries.length} tools in ${areas.size} areas; the definitions of all of them take ${kB} kB.`;
}

/** Jobs of an admin in words, each with the names of tools that would do it. */
const JOBS: readonly { words: string; tools: RegExp }[] = [
  { words: "unlocks a user", tools: /unlock/ },
  { words: "activates a user", tools: /(?<!de)activate_user/ },
  { words: "suspends a user", tools: /suspend/ },
  { words: "resets passwords or factors", tools: /reset|factor/ },
  { words: "ends sessions", tools: /revoke|sessions/ },
  { words: "assigns an app", tools: /assign/ },
  { words: "manages admin roles", tools: /role/ },
  { words: "manages group rules", tools: /group_rule/ },
  { words: "manages network zones", tools: /zone/ },
  { words: "manages API tokens", tools: /token/ },
];

/** The jobs that no tool does, as one item of a list. */
function missingJobs({ entries }: Catalogue): string {
  const missing = JOBS.filter(({ tools }) => !entries.some(({ name }) => tools.test(name))).map(({ words }) => words);
  const list = [missing.slice(0, -1).join(", "), missing.at(-1)].filter(Boolean).join(" or ");
  return `- **What it cannot do:** no tool ${list}. Use Okta's Admin Console for these.`;
}

/** Clients that limit the number of tools, and the setting with which okta-mcp stays within each limit. */
const HOSTS: readonly { client: string; limit: string; flag: "--tools" | "--exclude-tools"; patterns: string[] }[] = [
  {
    client: "VS Code",
    limit: "128 tools in a request, its own and those of other servers included",
    flag: "--exclude-tools",
    patterns: ["brands", "themes", "*-pages", "sign-out-page", "email-*", "custom-domains"],
  },
  {
    client: "Cursor",
    limit: "users report a warning above 80 tools of all servers, and 40 in older versions",
    flag: "--tools",
    patterns: ["users", "groups", "applications", "system-log", "journal"],
  },
];

function hosts({ entries }: Catalogue): string {
  const rows = HOSTS.map(({ client, limit, flag, patterns }) => {
    const named = { patterns, where: flag };
    const choice =
      flag === "--tools"
        ? { readOnly: undefined, include: named, exclude: [] }
        : { readOnly: undefined, include: undefined, exclude: [named] };
    const on = entries.filter((tool) => leftOutBecause(choice, tool) === undefined);
    return [client, limit, code(`${flag} "${patterns.join(",")}"`), String(on.length)];
  });
  return table(["client", "limit", "setting", "tools then, with every scope"], rows);
}

const RETRY_WORDS = { "after-fix": "after the fix", "after-wait": "after a wait", never: "no" } as const;

function errors(): string {
  const rows = Object.entries(ERROR_CODES).map(([name, { fix, retry }]) => [code(name), fix, RETRY_WORDS[retry]]);
  return table(["code", "what to do", "try again"], rows);
}

interface ServerEntry {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** The entry of `mcp.json.example` that works before the package is published. */
function checkoutEntry(): ServerEntry {
  const { mcpServers } = JSON.parse(readFileSync("mcp.json.example", "utf8")) as {
    mcpServers: { "okta-from-a-checkout": ServerEntry };
  };
  return mcpServers["okta-from-a-checkout"];
}

/** The list of servers as most clients have it, each list of arguments on one line. */
function example(): string {
  const text = JSON.stringify({ mcpServers: { okta: checkoutEntry() } }, undefined, 2);
  const oneLine = text.replace(/\[[^[\]]*\]/g, (list) => JSON.stringify(JSON.parse(list)).replaceAll(",", ", "));
  return block("json", oneLine);
}

/** `claude mcp add`: options stand before the name, the command after `--`. */
function claudeCode(): string {
  const { command, args, env } = checkoutEntry();
  const variables = Object.entries(env).map(([name, value]) => `  --env ${name}=${quoted(value)} \\`);
  const line = [command, ...args].map(quoted).join(" ");
  return block(
    "sh",
    ["claude mcp add --scope user \\", ...variables, `  --transport stdio okta -- ${line}`].join("\n"),
  );
}

/** The entry in Codex's `config.toml`; strings of TOML are escaped as those of JSON. */
function codex(): string {
  const { command, args, env } = checkoutEntry();
  const list = JSON.stringify(args).replaceAll(",", ", ");
  return block(
    "toml",
    [
      "[mcp_servers.okta]",
      `command = ${JSON.stringify(command)}`,
      `args = ${list}`,
      "tool_timeout_sec = 330",
      "",
      "[mcp_servers.okta.env]",
      ...Object.entries(env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    ].join("\n"),
  );
}

/** The generated parts of pages that are otherwise written by hand, by their names. */
const PARTS: Readonly<Record<string, (catalogue: Catalogue) => string>> = {
  settings,
  tools,
  cannot: missingJobs,
  hosts,
  errors,
  example,
  claudecode: claudeCode,
  codex,
  ...COMPANY_PARTS,
};

/**
 * A page written by hand, with its generated parts renewed.
 * @throws Error where the page asks for a part that nothing generates
 */
export function renewedPage(text: string, catalogue: Catalogue): string {
  return renewed(text, (name) => PARTS[name]?.(catalogue));
}
