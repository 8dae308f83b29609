import type { Fault } from "./fault.js";
import { featureOff } from "./okta-error.js";
import type { SandboxReply } from "./route.js";

/** The answer of a fault that replaces the server's own; undefined for faults that spoil the server's own. */
export function standInFor(fault: Fault): { reply: SandboxReply; performed: boolean } | undefined {
  if ("rewrite" in fault) return undefined;
  if ("status" in fault) {
    const { status, headers, json, text, performed = false } = fault;
    return {
      reply: { status, ...(headers && { headers }), json, ...(text !== undefined && { html: text }) },
      performed,
    };
  }
  const portal = "<!doctype html><title>Sign in to the network</title><h1>Welcome to Cafe Wi-Fi</h1>";
  switch (fault.fault) {
    // A connection that is cut or left hanging has no answer. This one is never sent.
    case "reset":
    case "hang":
    case "empty":
      return { reply: { status: 200 }, performed: fault.performed ?? false };
    case "html":
      return { reply: { status: 200, html: portal }, performed: fault.performed ?? false };
    case "huge":
      return {
        reply: { status: 200, json: { padding: "x".repeat(fault.bytes) } },
        performed: fault.performed ?? false,
      };
    case "feature-off":
      return { reply: featureOff().reply, performed: false };
    case "redirect":
      return { reply: { status: 302, headers: { Location: fault.location } }, performed: fault.performed ?? false };
    default:
      return undefined;
  }
}
