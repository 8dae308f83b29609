import {
  ErrorCode,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  LATEST_PROTOCOL_VERSION,
} from "@modelcontextprotocol/sdk/types.js";
import { callParameters } from "../call/client-arguments.js";
import { parseJson, TooManyValues } from "../json/exact-json.js";
import { isObject } from "../json/json.js";
import { MAX_JSON_VALUES } from "../json/json-values.js";

/** The answer to what is no message (JSON-RPC 2.0, section 5.1); `id` is null where it could not be told. */
export interface Refusal {
  jsonrpc: "2.0";
  id: string | number | null;
  error: { code: number; message: string };
}

/** What a line was: a message, or what is wrong with it and what to answer, which may be nothing. */
export type Received = { message: JSONRPCMessage } | { problem: string; refusals: Refusal[] };

type Members = Readonly<Record<string, unknown>>;

function isId(value: unknown): value is string | number {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function refusal(code: number, message: string, id: unknown = null): Refusal {
  return { jsonrpc: "2.0", id: isId(id) ? id : null, error: { code, message } };
}

/** What keeps an object from being a message; the schema's own words would be those of five kinds of message at once. */
function problemOf({ jsonrpc, id, method, params }: Members, hasId: boolean): string {
  if (jsonrpc !== "2.0") return 'jsonrpc has to be "2.0"';
  if (typeof method !== "string") return "method has to be a string";
  if (hasId && !isId(id)) return "id has to be a string or a whole number";
  if (params !== undefined && !isObject(params)) return "params has to be an object";
  return "a request has jsonrpc, id, method and params alone, and params._meta.progressToken is a string or a whole number";
}

/** Nothing is answered to a notification, nor to an answer: that could go back and forth without end. */
function isAnswerable(value: Members): boolean {
  const notification = typeof value.method === "string" && !("id" in value);
  const answer = !("method" in value) && ("result" in value || "error" in value);
  return !notification && !answer;
}

function refuseBatch(batch: readonly unknown[]): Received {
  const problem =
    batch.length === 0 ? "the batch is empty" : "batches are not taken; send each message in its own line";
  const requests = batch.filter(isObject).filter((member) => "method" in member && isId(member.id));
  const ids = requests.length > 0 ? requests.map(({ id }) => id) : [null];
  const text = `Invalid request: ${problem}.`;
  return { problem, refusals: ids.map((id) => refusal(ErrorCode.InvalidRequest, text, id)) };
}

/**
 * A server that has no tasks takes a request as if it asked for none (MCP 2025-11-25, Tasks, section
 * Capabilities); the MCP library would refuse it.
 */
function withoutTask(message: JSONRPCMessage): JSONRPCMessage {
  if (!("method" in message) || message.params?.task === undefined) return message;
  const { task: _, ...params } = message.params;
  return { ...message, params };
}

/** Requests of MCP 2026-07-28 carry their version under this key, whether or not there was an `initialize`. */
const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";

/**
 * Why a request is none of this protocol; undefined where it is one. A client of MCP 2026-07-28 sends its
 * version, its capabilities and its answers to questions with each request, and takes no result from here
 * for one: what it asked for would be done, and look failed. Whether it asks for the other era's methods
 * is an ordinary question, to which the library knows the answer.
 */
function ofAnotherEra(message: JSONRPCMessage): string | undefined {
  if (!("method" in message && "id" in message) || message.method === "server/discover") return undefined;
  if (message.params?._meta?.[VERSION_KEY] === undefined) return undefined;
  return `Nothing was done: this server speaks MCP ${LATEST_PROTOCOL_VERSION} and earlier, in which no request carries its version in _meta. Send initialize, then the request without it.`;
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
    const problem = "the line is not valid JSON";
    return { problem, refusals: [refusal(ErrorCode.ParseError, `Parse error: ${problem}.`)] };
  }
  if (Array.isArray(value)) return refuseBatch(value);
  if (!isObject(value)) {
    const problem = "a message is a JSON object";
    return { problem, refusals: [refusal(ErrorCode.InvalidRequest, `Invalid request: ${problem}.`)] };
  }
  const { success, data } = JSONRPCMessageSchema.safeParse(value);
  const foreign = success ? ofAnotherEra(data) : undefined;
  if (foreign !== undefined) {
    const problem = "it is a request of MCP 2026-07-28";
    return { problem, refusals: [refusal(ErrorCode.InvalidRequest, foreign, value.id)] };
  }
  if (success) return { message: asCall(withoutTask(data)) };
  if (!isAnswerable(value)) return { problem: "it is no valid answer or notification", refusals: [] };
  const problem = problemOf(value, "id" in value);
  return { problem, refusals: [refusal(ErrorCode.InvalidRequest, `Invalid request: ${problem}.`, value.id)] };
}

/** What a validator found, a sentence each, where a text is its list of findings. */
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

/**
 * A message as it leaves. The MCP library calls a request whose parameters are wrong an internal error
 * and tells of it in its validator's JSON; JSON-RPC has a code for it, and people read sentences.
 */
export function readable(message: JSONRPCMessage): JSONRPCMessage {
  if (!("error" in message) || message.error.code !== ErrorCode.InternalError) return message;
  const findings = findingsIn(message.error.message);
  if (findings === undefined) return message;
  return { ...message, error: { code: ErrorCode.InvalidParams, message: `Invalid params: ${findings.join("; ")}.` } };
}
