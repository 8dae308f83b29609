import type { LoadedApi } from "../../apis/loaded-api.js";
import { createCatalogue } from "../../catalogue/catalogue.js";
import { apisFileOf } from "../../config/config.js";
import type { SkippedOperation } from "../../openapi/api-document.js";
import { inertJson } from "../../text/inert-json.js";
import { visible, visibleStart } from "../../text/quote.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { type ApisRead, readForCheck } from "./read-for-check.js";
import { accessWords, say, showRows, showSentences, showSkipped } from "./show-tables.js";

/** More tools, or longer definitions, take so much of a model's attention that it chooses worse. */
const MANY_TOOLS = 40;
const MANY_BYTES = 40 * 1024;

/** One tool, as the check tells of it. */
interface CheckedTool {
  tool: string;
  method: string;
  path: string;
  /** null where anybody may call the operation. */
  scopes: readonly string[] | null;
  effect: string;
  /** The size of its definition in a list of tools. */
  bytes: number;
  /** True where a person is asked before each call. */
  asks: boolean;
}

interface CheckedApi {
  api: string;
  title: string;
  version: string;
  sha256: string;
  base_url: string;
  auth: string;
  tools: CheckedTool[];
  skipped: readonly SkippedOperation[];
}

/**
 * Checks the APIs of a file of settings: which tools they make, their sizes, and what is left out. Only a document that
 * has an address is fetched.
 * @returns the exit code: 1 where something is wrong
 * @throws OktaMcpError bad_input where no file is named
 */
export async function runApisCheck(io: Io, file: string | undefined, { json }: { json: boolean }): Promise<0 | 1> {
  const named = file ?? apisFileOf({ flags: {}, env: io.env });
  if (named === undefined) {
    throw usageError(
      "No file was named, and OKTA_MCP_APIS is not set.",
      "Give the file of APIs or serve.json: okta-mcp apis check apis.json. To look at a document alone: --document FILE.",
    );
  }
  const read = await readForCheck(named);
  if ("problems" in read) {
    const { problems } = read;
    if (json) io.out(inertJson({ all_right: false, problems }, io.stdout.isTTY ? 2 : undefined));
    else showSentences(io, "red", "WRONG", problems);
    return 1;
  }
  const apis = read.apis.map(checked);
  const warnings = warningsOf(apis);
  if (json) io.out(inertJson(asJson(read, apis, warnings), io.stdout.isTTY ? 2 : undefined));
  else await show(io, read, apis, warnings);
  return 0;
}

function checked({ name, document, sha256, baseUrl, auth, chosen, skipped }: LoadedApi): CheckedApi {
  const catalogue = createCatalogue({ [name]: Object.fromEntries(chosen.map(({ tool }) => [tool.name, tool])) });
  return {
    api: name,
    title: document.title,
    version: document.apiVersion,
    sha256,
    base_url: baseUrl.href,
    auth: auth.kind,
    tools: chosen.map(({ tool, operation, access }) => ({
      tool: tool.name,
      method: operation.method,
      path: operation.path,
      scopes: access.isOpen ? null : access.scopes,
      effect: tool.effect,
      bytes: Buffer.byteLength(JSON.stringify(catalogue.definition(tool.name))),
      asks: tool.impact !== undefined,
    })),
    skipped,
  };
}

const toolsOf = (apis: readonly CheckedApi[]) => apis.flatMap(({ tools }) => tools);
const bytesOf = (tools: readonly CheckedTool[]) => tools.reduce((sum, { bytes }) => sum + bytes, 0);

function warningsOf(apis: readonly CheckedApi[]): string[] {
  const tools = toolsOf(apis);
  const bytes = bytesOf(tools);
  const advice = "Models choose worse among so much; choose fewer operations, or give assistants fewer APIs.";
  return [
    ...(tools.length > MANY_TOOLS ? [`These are ${tools.length} tools, more than ${MANY_TOOLS}. ${advice}`] : []),
    ...(bytes > MANY_BYTES ? [`Their definitions take ${inKb(bytes)}, more than ${inKb(MANY_BYTES)}. ${advice}`] : []),
  ];
}

const inKb = (bytes: number) => `${(bytes / 1024).toFixed(1).replace(/\.0$/, "")} kB`;

function asJson({ notices }: ApisRead, apis: readonly CheckedApi[], warnings: readonly string[]): object {
  const tools = toolsOf(apis);
  return { all_right: true, tools: tools.length, bytes: bytesOf(tools), warnings, notices, apis };
}

async function show(
  io: Io,
  { notices }: ApisRead,
  apis: readonly CheckedApi[],
  warnings: readonly string[],
): Promise<void> {
  for (const { api, title, version, base_url, auth, tools, skipped } of apis) {
    io.out(`${io.style("bold", api, io.stdout)}: ${visibleStart(title)} ${visibleStart(version)}`);
    say(io, `${visible(base_url)}, auth ${auth}`);
    const rows = tools.map(({ scopes, asks, ...tool }) => ({
      ...tool,
      scopes: accessWords(scopes),
      consent: asks ? "asks" : "",
    }));
    await showRows(io, rows, ["tool", "method", "path", "scopes", "bytes", "consent"], ["tool"]);
    showSkipped(io, "No tools", skipped);
    io.out("");
  }
  const tools = toolsOf(apis);
  const sum = `${tools.length} ${tools.length === 1 ? "tool" : "tools"} of ${apis.length} ${apis.length === 1 ? "API" : "APIs"}`;
  say(io, `${sum}, ${inKb(bytesOf(tools))} of definitions. Nothing is wrong.`);
  showSentences(io, "yellow", "Warning", warnings);
  showSentences(io, "dim", "note", notices);
}
