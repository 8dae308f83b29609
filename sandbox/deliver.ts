import type { ServerResponse } from "node:http";
import { stringifyJson } from "../src/json/exact-json.js";
import type { Fault } from "./fault.js";
import type { SandboxReply } from "./route.js";

/**
 * Writes an answer to the wire, spoiled by the fault where there is one.
 * @returns the status that was sent; undefined where the client never gets one
 */
export function deliver(response: ServerResponse, reply: SandboxReply, fault: Fault | undefined): number | undefined {
  const kind = fault !== undefined && "fault" in fault ? fault : undefined;
  if (kind?.fault === "hang") return undefined;
  if (kind?.fault === "reset") {
    response.socket?.resetAndDestroy();
    return undefined;
  }
  const whole = bodyOf(reply);
  const sent = kind?.fault === "truncate" ? half(whole) : kind?.fault === "malformed" ? Buffer.from("{oops") : whole;
  const headers: Record<string, string> = { ...typeOf(reply), ...reply.headers };
  if (kind?.fault === "content-type") headers["Content-Type"] = kind.contentType;
  if (reply.status !== 204) headers["Content-Length"] = String(sent.length);
  const start = () => response.writeHead(reply.status, headers);

  switch (kind?.fault) {
    case "delay":
      later(response, kind.delayMs, () => start().end(sent));
      break;
    case "reset-body":
      start().write(half(sent), () => response.destroy());
      break;
    case "slow-drip":
      start();
      drip(response, sent, kind.bytes ?? 1, kind.intervalMs);
      break;
    default:
      start().end(sent);
  }
  return reply.status;
}

function bodyOf({ json, html }: SandboxReply): Buffer {
  return Buffer.from(html ?? (json === undefined ? "" : stringifyJson(json)));
}

function typeOf({ json, html }: SandboxReply): Record<string, string> {
  if (html !== undefined) return { "Content-Type": "text/html; charset=utf-8" };
  return json === undefined ? {} : { "Content-Type": "application/json" };
}

function half(body: Buffer): Buffer {
  return body.subarray(0, Math.floor(body.length / 2));
}

/** Runs `act` after `delayMs`, unless the connection is gone by then. */
function later(response: ServerResponse, delayMs: number, act: () => void): void {
  const forget = () => clearTimeout(timer);
  const timer = setTimeout(() => {
    response.off("close", forget);
    act();
  }, delayMs);
  response.once("close", forget);
}

function drip(response: ServerResponse, body: Buffer, bytes: number, intervalMs: number): void {
  if (body.length <= bytes) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, bytes));
  later(response, intervalMs, () => drip(response, body.subarray(bytes), bytes, intervalMs));
}
