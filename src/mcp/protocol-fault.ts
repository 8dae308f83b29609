import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { parseJson } from "../json/exact-json.js";
import { isObject } from "../json/json.js";
import type { Log, LogFields } from "../log.js";

/** A fault in a client's message, in our own words. It quotes nothing of the message. */
export class MessageFault extends Error {
  override readonly name = "MessageFault";
}

/** The MCP library's words for a message that nobody waits for. The message itself follows as JSON. */
const UNEXPECTED: Readonly<Record<string, string>> = {
  "Received a response for an unknown message ID": "an answer to no question of ours",
  "Received a progress notification for an unknown token": "progress of nothing that was asked for",
  "Unknown message type": "a message of no known kind",
};

/** The first words of other faults of the library. Text of a client may follow them. */
const LIBRARY_WORDS = [
  "Uncaught error in notification handler",
  "Failed to send an error response",
  "Failed to enqueue error response",
  "Failed to send response",
  "Failed to send cancellation",
];

/**
 * The parts of a protocol fault that a log may hold: its sort, and of a message the size and the kind of id. Nothing
 * else of a message is logged, since people and models wrote it, and it may hold secrets.
 */
export function faultFields(fault: unknown): LogFields {
  if (fault instanceof MessageFault) return { problem: fault.message };
  if (fault instanceof McpError) return { problem: "the client answered with an error", code: fault.code };
  if (!(fault instanceof Error)) return { problem: "no error" };
  const [words = "", ...rest] = fault.message.split(": ");
  const unexpected = Object.hasOwn(UNEXPECTED, words) ? UNEXPECTED[words] : undefined;
  if (unexpected !== undefined) return { problem: unexpected, ...measured(rest.join(": ")) };
  const { code } = fault as NodeJS.ErrnoException;
  return {
    problem: LIBRARY_WORDS.includes(words) ? words : "the MCP library reports a fault",
    sort: fault.name,
    ...(typeof code === "string" && /^[A-Z_]{1,40}$/.test(code) ? { code } : {}),
  };
}

/** Notes faults of a connection, for whoever looks for the reason of what a client saw. */
export function faultLogger(log: Pick<Log, "debug">): (fault: unknown) => void {
  return (fault) => log.debug("protocol error", faultFields(fault));
}

function measured(json: string): LogFields {
  const chars = json.length;
  try {
    const message = parseJson(json);
    return isObject(message) ? { idKind: "id" in message ? kindOf(message.id) : "none", chars } : { chars };
  } catch {
    return { chars };
  }
}

function kindOf(id: unknown): string {
  return id === null ? "null" : typeof id;
}
