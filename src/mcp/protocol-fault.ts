import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { parseJson } from "../json/exact-json.js";
import { isObject } from "../json/json.js";
import type { LogFields } from "../log.js";

/** What is wrong with something a client sent, in words of ours that hold nothing of it. */
export class MessageFault extends Error {
  override readonly name = "MessageFault";
}

/** What the MCP library says of a message that nobody waits for; the message itself follows as JSON. */
const UNEXPECTED: Readonly<Record<string, string>> = {
  "Received a response for an unknown message ID": "an answer to no question of ours",
  "Received a progress notification for an unknown token": "progress of nothing that was asked for",
  "Unknown message type": "a message of no known kind",
};

/** How the library begins what it says of other faults; what follows may hold what a client sent. */
const LIBRARY_WORDS = [
  "Uncaught error in notification handler",
  "Failed to send an error response",
  "Failed to enqueue error response",
  "Failed to send response",
  "Failed to send cancellation",
];

/**
 * What a log may hold of a fault between client and server: what sort it is, and of a message its size and its id's
 * kind. A client's messages hold what people and models wrote, secrets included, so nothing of them is repeated.
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
