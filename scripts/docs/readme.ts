import { readFileSync } from "node:fs";
import type { Catalogue } from "../../src/catalogue.js";
import { SETTINGS, type Setting } from "../../src/config/settings.js";
import { ERROR_CODES } from "../../src/errors/index.js";
import { block, code, table } from "./markdown.js";
import { jobsTable } from "./scopes.js";

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

/** The areas, under the names that `--tools` knows, with links to their tools. */
function areas({ entries }: Catalogue): string {
  const names = [...new Set(entries.map(({ area }) => area))].sort();
  const rows = names.map((area) => {
    const tools = entries.filter((entry) => entry.area === area);
    const writing = tools.filter(({ effect }) => effect !== "reads").length;
    return [`[${code(area)}](docs/tools.md#${area})`, String(tools.length), String(writing)];
  });
  return `${entries.length} tools in ${names.length} areas:\n\n${table(["area", "tools", "of these, tools that write"], rows)}`;
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

/** The two entries of `mcp.json.example`. */
function exampleEntries() {
  const { mcpServers } = JSON.parse(readFileSync("mcp.json.example", "utf8")) as {
    mcpServers: { okta: ServerEntry; "okta-from-a-checkout": ServerEntry };
  };
  return { npx: mcpServers.okta, checkout: mcpServers["okta-from-a-checkout"] };
}

/** A client's list of servers as JSON, each list of arguments on one line. */
function serverList(key: "mcpServers" | "servers"): string {
  const text = JSON.stringify({ [key]: { okta: exampleEntries().checkout } }, undefined, 2);
  const oneLine = text.replace(/\[[^[\]]*\]/g, (list) => JSON.stringify(JSON.parse(list)).replaceAll(",", ", "));
  return block("json", oneLine);
}

const quoted = (value: string) => (/^[\w@%+=:,./-]+$/.test(value) ? value : `'${value}'`);

/** `claude mcp add`: options stand before the name, the command after `--`. */
function claudeCode(): string {
  const { command, args, env } = exampleEntries().checkout;
  const variables = Object.entries(env).map(([name, value]) => `  --env ${name}=${quoted(value)} \\`);
  const line = [command, ...args].map(quoted).join(" ");
  return block(
    "sh",
    ["claude mcp add --scope user \\", ...variables, `  --transport stdio okta -- ${line}`].join("\n"),
  );
}

/** The entry in Codex's `config.toml`; strings of TOML are escaped as those of JSON. */
function codex(): string {
  const { command, args, env } = exampleEntries().checkout;
  const list = JSON.stringify(args).replaceAll(",", ", ");
  return block(
    "toml",
    [
      "[mcp_servers.okta]",
      `command = ${JSON.stringify(command)}`,
      `args = ${list}`,
      "",
      "[mcp_servers.okta.env]",
      ...Object.entries(env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    ].join("\n"),
  );
}

const BLOCKS: Readonly<Record<string, (catalogue: Catalogue) => string>> = {
  settings,
  areas,
  jobs: jobsTable,
  errors,
  example: () => serverList("mcpServers"),
  vscode: () => serverList("servers"),
  claudecode: claudeCode,
  codex,
};
const BLOCK = /(<!-- generated: (\w+) -->\n)[\s\S]*?(\n<!-- end of generated -->)/g;

/**
 * The README with its generated parts as they ought to be.
 * @throws Error where it asks for a part that nothing generates
 */
export function renewedReadme(text: string, catalogue: Catalogue): string {
  return text.replace(BLOCK, (_all, start: string, name: string, end: string) => {
    const render = BLOCKS[name];
    if (!render) throw new Error(`README.md asks for a block ${name} that nothing generates.`);
    return `${start}${render(catalogue)}${end}`;
  });
}
