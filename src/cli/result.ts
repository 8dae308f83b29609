import type { Json } from "../json/json.js";
import { inertJson } from "../text/inert-json.js";
import { columnsOf, type Io } from "./io.js";
import { quoted } from "./words.js";

/** The parts of a call that are needed to show its result. */
export interface ShownCall {
  tool: string;
  args: Record<string, unknown>;
  /** True where a person wants JSON too. */
  json: boolean;
  /** True where the call went to the sandbox in this process. */
  sandbox: boolean;
  /** The columns of a table; by default `fields` of the arguments, or those of the records. */
  columns?: readonly string[];
  /** Those of the columns that are never cut. */
  whole?: readonly string[];
  /** True where every column is as wide as it needs to be, whatever the terminal's width. */
  wide?: boolean;
  /** The form of a record in the table. */
  row?(item: Json): Json;
  /** The command for the next page; by default the tool's own call. */
  next?(after: string): string;
}

/** A list in the form in which tools answer it. */
interface ListResult {
  items: Json[];
  total_fetched: number;
  has_more: boolean;
  next_cursor?: string | null;
  note?: string;
  /** False where a later page could not be read. */
  complete?: boolean;
}

function isList(result: Record<string, unknown>): result is Record<string, unknown> & ListResult {
  return Array.isArray(result.items) && typeof result.has_more === "boolean";
}

/**
 * Shows a result on stdout. A program gets one line of JSON. A person gets a list as a table and everything else as
 * indented JSON.
 * @returns the exit code: 1 for a list or a count of which a part could not be read, since nobody must take it for the
 * whole
 */
export async function showResult(io: Io, call: ShownCall, result: Record<string, unknown>): Promise<0 | 1> {
  const isCount = typeof result.count === "number";
  const isPart = (isList(result) || isCount) && result.complete === false;
  if (!io.stdout.isTTY) io.out(inertJson(result));
  else if (!call.json && Object.keys(result).length === 0) io.out("Done.");
  else if (call.json || !isList(result)) io.out(inertJson(result, 2));
  else await showList(io, call, result);
  // The table has said so already.
  const isTold = io.stdout.isTTY && !call.json && !isCount;
  if (isPart && !isTold) io.note(String(result.note ?? "The list is not whole."));
  return isPart ? 1 : 0;
}

async function showList(io: Io, call: ShownCall, list: ListResult): Promise<void> {
  const { tool, args, sandbox, columns, whole, wide, row } = call;
  const { items } = list;
  if (items.length > 0) {
    const { renderTable } = await import("./table.js");
    const asked = Array.isArray(args.fields) ? args.fields.filter((field) => typeof field === "string") : undefined;
    const fields = columns ?? asked;
    const heading = (text: string) => io.style("bold", text, io.stdout);
    const width = wide ? Number.POSITIVE_INFINITY : columnsOf(io.stdout);
    io.out(await renderTable(row ? items.map(row) : items, { width, fields, whole, heading }));
    io.note();
  }
  const count = items.length === 0 ? "Nothing found" : `${items.length} ${items.length === 1 ? "item" : "items"}`;
  io.note(`${count}${list.has_more ? "; there are more" : ""}.${list.note ? ` ${list.note}` : ""}`);
  if (list.next_cursor) {
    const json = inertJson({ ...args, after: list.next_cursor });
    const next = call.next?.(list.next_cursor) ?? `okta-mcp call ${tool} ${quoted(json)}${wide ? " --wide" : ""}`;
    io.copyable(`${io.style("dim", "Next page:")} ${next}${sandbox ? " --sandbox" : ""}`);
  }
}
