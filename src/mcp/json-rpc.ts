import { ErrorCode, type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { callParameters } from "../call/client-arguments.js";
import { parseJson, stringifyJson, TooManyValues } from "../json/exact-json.js";
import { isObject } from "../json/json.js";
import { MAX_JSON_VALUES } from "../json/json-values.js";
import { visibleStart } from "../text/quote.js";

/** The answer to a line that is no message (JSON-RPC 2.0, section 5.1). `id` is null where it is not known. */
export interface Refusal {
  jsonrpc: "2.0";
  id: string | number | null;
  error: { code: number; message: string };
}

/** A received line: a message, or a problem with the answers to it, if any. */
export type Received = { message: JSONRPCMessage } | { problem: string; refusals: Refusal[] };

type Members = Readonly<Record<string, unknown>>;

function isId(value: unknown): value is string | number {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function refusal(code: number, message: string, id: unknown = null): Refusal {
  return { jsonrpc: "2.0", id: isId(id) ? id : null, error: { code, message } };
}

/** The reason why an object is no message. The schema's own words would be those of five kinds of message at once. */
function problemOf({ jsonrpc, id, method, params }: Members, hasId: boolean): string {
  if (jsonrpc !== "2.0") return 'jsonrpc has to be "2.0"';
  if (typeof method !== "string") return "method has to be a string";
  if (hasId && !isId(id)) return "id has to be a string or a whole number";
  if (params !== undefined && !isObject(params)) return "params has to be an object";
  return "a request has jsonrpc, id, method and params alone, and params._meta.progressToken is a string or a whole number";
}

/** False for a notification, and for an answer: answering an answer could go on without end. */
function isAnswerable(value: Members): boolean {
  const notification = typeof value.method === "string" && !("id" in value);
  const answer = !("method" in value) && ("result" in value || "error" in value);
  return !notification && !answer;
}

function refuseBatch(batch: readonly unknown[]): Received {
  const problem = batch.length === 0 ? "the batch is empty" : "batches are not taken; send each message by itself";
  const requests = batch.filter(isObject).filter((member) => "method" in member && isId(member.id));
  const ids = requests.length > 0 ? requests.map(({ id }) => id) : [null];
  const text = `Invalid request: ${problem}.`;
  return { problem, refusals: ids.map((id) => refusal(ErrorCode.InvalidRequest, text, id)) };
}

/**
 * A server without tasks treats a request as if it asked for none (MCP 2025-11-25, Tasks, section Capabilities). The
 * MCP library would refuse it.
 */
function withoutTask(message: JSONRPCMessage): JSONRPCMessage {
  if (!("method" in message) || message.params?.task === undefined) return message;
  const { task: _, ...params } = message.params;
  return { ...message, params };
}

/** A call of a tool in the form that the MCP library takes. */
function asCall(message: JSONRPCMessage): JSONRPCMessage {
  if (!("method" in message) || message.method !== "tools/call" || message.params === undefined) return message;
  return { ...message, params: callParameters(message.params) };
}

/** Reads one line that a client sent. Never throws. */
export function readMessage(line: string): Received {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    if (error instanceof TooManyValues) {
      const problem = `the message holds more than ${MAX_JSON_VALUES} values`;
      return { problem, refusals: [refusal(ErrorCode.InvalidRequest, `Invalid request: ${problem}.`)] };
    }
    const problem = "the message is not valid JSON";
    return { problem, refusals: [refusal(ErrorCode.ParseError, `Parse error: ${problem}.`)] };
  }
  if (Array.isArray(value)) return refuseBatch(value);
  if (!isObject(value)) {
    const problem = "a message is a JSON object";
    return { problem, refusals: [refusal(ErrorCode.InvalidRequest, `Invalid request: ${problem}.`)] };
  }
  const { success, data } = JSONRPCMessageSchema.safeParse(value);
  if (success) return { message: asCall(withoutTask(data)) };
  if (!isAnswerable(value)) return { problem: "it is no valid answer or notification", refusals: [] };
  const problem = problemOf(value, "id" in value);
  return { problem, refusals: [refusal(ErrorCode.InvalidRequest, `Invalid request: ${problem}.`, value.id)] };
}

/** The findings of a validator, one sentence each, where a text is its list of findings. */
function findingsIn(text: string): string[] | undefined {
  let findings: unknown;
  try {
    findings = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(findings) || findings.length === 0) return undefined;
  const sentences = findings
    .filter(isObject)
    .flatMap(({ path, message }) =>
      Array.isArray(path) && typeof message === "string" ? [`${path.join(".")}: ${message}`] : [],
    );
  return sentences.length === findings.length ? sentences : undefined;
}

/** The words that a library puts before its validator's JSON. */
const BEFORE_FINDINGS = /^Invalid [a-z/]{1,40} request: /;

/** The longest message of such an error, and the longest data. A validator names each wrong value of a message. */
const MAX_ERROR_CHARS = 1_000;

/**
 * The errors whose words the MCP libraries make of a client's message. Headers that differ from the body, and an unknown
 * version, have the codes of MCP 2026-07-28 ("Error Codes").
 */
const OF_LIBRARIES: ReadonlySet<number> = new Set([ErrorCode.InternalError, ErrorCode.InvalidParams, -32020, -32022]);

/**
 * A message in the form for a client; every transport sends messages so. The MCP libraries report wrong parameters with
 * their validator's JSON, one of them as an internal error. JSON-RPC has a code for them, and people read sentences. The
 * words hold names that the client made up, so they are kept short and visible.
 */
export function readable(message: JSONRPCMessage): JSONRPCMessage {
  if (!("error" in message)) return message;
  const { code, message: text, data } = message.error;
  if (!OF_LIBRARIES.has(code)) return message;
  const findings = findingsIn(text.replace(BEFORE_FINDINGS, ""));
  const told = findings === undefined ? text : `Invalid params: ${findings.join("; ")}.`;
  const isShort = data !== undefined && stringifyJson(data).length <= MAX_ERROR_CHARS;
  const error = {
    code: findings === undefined ? code : ErrorCode.InvalidParams,
    message: visibleStart(told, MAX_ERROR_CHARS),
    ...(isShort ? { data } : {}),
  };
  return { ...message, error };
}
