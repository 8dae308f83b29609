import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { checkCall } from "../call/arguments.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import { renderError, toOktaMcpError } from "../errors/render.js";
import { codeOf } from "../errors/system-code.js";
import { textOfFile } from "../files/file-text.js";
import { parseJson } from "../json/exact-json.js";
import { isObject } from "../json/json.js";
import { inertJson } from "../text/inert-json.js";
import { visible } from "../text/quote.js";
import type { ToolCaller } from "./call-tool.js";
import type { Io } from "./io.js";
import { atTerminal } from "./terminal-words.js";

/** One line of a file of calls. */
export interface EachCall {
  /** Counted from 1, as editors do. */
  line: number;
  tool: string;
  args: Record<string, unknown>;
}

/** The most wrong lines that one message names. */
const MAX_NAMED = 20;

const FORM = 'Write one call a line, e.g. {"tool": "get_user", "arguments": {"user_id": "ada@acme.com"}}.';

/**
 * Reads a file of calls, or stdin for `-`.
 * @throws OktaMcpError bad_input when it cannot be read
 */
export async function readEach(io: Io, file: string): Promise<string> {
  try {
    return textOfFile(await buffer(file === "-" ? io.stdin : createReadStream(file)));
  } catch (cause) {
    throw new OktaMcpError("bad_input", `--each: the file ${visible(file)} cannot be read: ${codeOf(cause)}.`, {
      fix: "Give the path of a file that you may read, or - for stdin.",
      cause,
    });
  }
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return "it is no JSON object";
  const { tool, arguments: args, ...others } = value;
  const [other] = Object.keys(others);
  if (typeof tool !== "string") return "it has no text `tool`";
  if (args !== undefined && !isObject(args)) return "its `arguments` are no object";
  return other === undefined ? undefined : `it has ${JSON.stringify(other)} besides tool and arguments`;
}

function parseLine(text: string, line: number): EachCall | { problem: string } {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return { problem: `line ${line}: it is no valid JSON` };
  }
  const problem = problemOf(value);
  if (problem !== undefined) return { problem: `line ${line}: ${problem}` };
  const { tool, arguments: args = {} } = value as { tool: string; arguments?: Record<string, unknown> };
  return { line, tool, args };
}

/**
 * The calls of a text that has one on each line. Empty lines are left out. All lines are checked before any call is
 * made.
 * @throws OktaMcpError bad_input, which names the wrong lines
 */
export function parseEach(content: string, catalogue: Catalogue): EachCall[] {
  const check = checker(catalogue);
  const calls: EachCall[] = [];
  const problems: string[] = [];
  for (const [index, raw] of content.split("\n").entries()) {
    if (raw.trim() === "") continue;
    const call = parseLine(raw, index + 1);
    if ("problem" in call) {
      problems.push(call.problem);
      continue;
    }
    try {
      check(call.tool, call.args);
      calls.push(call);
    } catch (thrown) {
      problems.push(`line ${call.line}: ${visible(call.tool)}: ${toOktaMcpError(thrown).message}`);
    }
  }
  if (problems.length > 0) {
    const more = problems.length - MAX_NAMED;
    const lines = [...problems.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more lines`] : [])];
    const list = lines.map((problem) => `  - ${problem}`).join("\n");
    throw new OktaMcpError("bad_input", `Nothing was called, since not all lines are right:\n${list}`, { fix: FORM });
  }
  if (calls.length === 0) throw new OktaMcpError("bad_input", "There is no call in it.", { fix: FORM });
  return calls;
}

/**
 * Makes calls one after the other. For each it writes a line of JSON: index, line and tool, and `result` or `error`.
 * After a failed call it makes the next one; a stop ends it.
 * @returns the exit code: 1 where a call failed or gave only a part of a list
 */
export async function runEach(
  io: Io,
  caller: ToolCaller,
  calls: readonly EachCall[],
  signal: AbortSignal,
): Promise<0 | 1> {
  let failed = 0;
  for (const [index, { line, tool, args }] of calls.entries()) {
    if (signal.aborted || io.stoppedBy !== undefined) {
      io.note(`Stopped before line ${line}; ${calls.length - index} of ${calls.length} calls were not made.`);
      return 1;
    }
    const outcome = await caller.call({ tool, args, quiet: true, signal });
    const isWhole = "result" in outcome && outcome.result.complete !== false;
    if (!isWhole) failed += 1;
    io.out(inertJson({ index, line, tool, ...("error" in outcome ? { error: renderError(outcome.error) } : outcome) }));
  }
  if (failed > 0) io.note(`${failed} of ${calls.length} calls failed; each line with "error" says why.`);
  return failed > 0 ? 1 : 0;
}

/** Makes a check of calls. It throws errors in a terminal's words. */
function checker(catalogue: Catalogue): (tool: string, args: unknown) => void {
  const names = new Set(catalogue.entries.map(({ name }) => name));
  return (tool, args) => {
    try {
      checkCall(catalogue, tool, args);
    } catch (thrown) {
      throw atTerminal(toOktaMcpError(thrown), names);
    }
  };
}
