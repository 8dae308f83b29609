import { ErrorCode } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../json/json.js";

/** The revision of MCP in which each request stands alone. */
export const STATELESS_VERSION = "2026-07-28";

/** The keys under `_meta` with which a request of MCP 2026-07-28 tells who sends it (section "Requests"). */
export const ENVELOPE = {
  version: "io.modelcontextprotocol/protocolVersion",
  client: "io.modelcontextprotocol/clientInfo",
  capabilities: "io.modelcontextprotocol/clientCapabilities",
} as const;

/** The key under `_meta` with which a result tells who answers. */
export const SERVER_KEY = "io.modelcontextprotocol/serverInfo";

/** The longest text of a version that is told back. */
const MAX_VERSION_CHARS = 100;

type Members = Readonly<Record<string, unknown>>;

/** The members of `_meta` of a message; undefined where it has none. */
function metaOf(message: object): Members | undefined {
  const params = "params" in message ? message.params : undefined;
  return isObject(params) && isObject(params._meta) ? params._meta : undefined;
}

/** True for a message with any part of an envelope. A part that is missing or wrong is then told to its sender. */
export function isEnveloped(message: object): boolean {
  const meta = metaOf(message);
  return meta !== undefined && Object.values(ENVELOPE).some((key) => meta[key] !== undefined);
}

/** The error of a request whose envelope cannot be served (JSON-RPC 2.0, section 5.1). */
export interface EnvelopeFault {
  code: number;
  message: string;
  data?: { supported: string[]; requested: string };
}

/** The code for a version that is not served (MCP 2026-07-28, "Versioning"). */
const UNSUPPORTED_VERSION = -32022;

/** The capabilities that a call goes by, as paths in the envelope. The MCP library would not say which of them is wrong. */
const DECLARED = [["elicitation"], ["elicitation", "form"], ["elicitation", "url"], ["roots"], ["sampling"]];

/** The path of a capability that is no object; undefined where all that are declared are objects. */
function wrongCapability(capabilities: Members): string | undefined {
  const isWrong = (path: readonly string[]) => {
    const value = path.reduce<unknown>((from, key) => (isObject(from) ? from[key] : undefined), capabilities);
    return value !== undefined && !isObject(value);
  };
  return DECLARED.find(isWrong)?.join(".");
}

/** The fault of an envelope that lacks a part, has a wrong one, or names another version; undefined for a right one. */
export function faultIn(message: object): EnvelopeFault | undefined {
  const {
    [ENVELOPE.version]: version,
    [ENVELOPE.capabilities]: capabilities,
    [ENVELOPE.client]: client,
  } = {
    ...metaOf(message),
  };
  const wrong = (key: string, what: string): EnvelopeFault => ({
    code: ErrorCode.InvalidParams,
    message: `Nothing was done: in params._meta, ${key} has to be ${what}. Each request of MCP ${STATELESS_VERSION} has it; an earlier client begins with initialize.`,
  });
  if (typeof version !== "string") return wrong(ENVELOPE.version, "the version of MCP as text");
  if (version !== STATELESS_VERSION) {
    return {
      code: UNSUPPORTED_VERSION,
      message: `Nothing was done: this version of MCP is not served in this form. Use ${STATELESS_VERSION}, or begin with initialize.`,
      data: { supported: [STATELESS_VERSION], requested: version.slice(0, MAX_VERSION_CHARS) },
    };
  }
  if (!isObject(capabilities)) return wrong(ENVELOPE.capabilities, "an object");
  const capability = wrongCapability(capabilities);
  if (capability !== undefined) return wrong(`${ENVELOPE.capabilities}.${capability}`, "an object");
  const isClient = isObject(client) && ["name", "version"].every((key) => typeof client[key] === "string");
  return client === undefined || isClient ? undefined : wrong(ENVELOPE.client, "an object with name and version");
}

/**
 * Version, trace, parent and flags of a call in a trace (W3C Trace Context, section 3.2). The standard rules out the
 * version ff, and a trace or a parent of zeros.
 */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The place of a request in the client's trace; undefined where it tells none, or none in the standard's form. */
export function traceparentOf(meta: Members | undefined): string | undefined {
  const text = meta?.traceparent;
  return typeof text === "string" && TRACEPARENT.test(text) ? text : undefined;
}
