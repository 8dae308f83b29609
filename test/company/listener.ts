import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { envelope } from "../support/stateless.js";

/** A stream on which a client listens for changes. */
export interface Listener {
  /** Resolves once a message with this in it has come. @throws Error after `withinMs` */
  seen(text: string, withinMs: number): Promise<void>;
  /** True once the stream has ended, whoever ended it. */
  readonly hasEnded: boolean;
  readonly status: number;
  /** All that has come. */
  readonly text: string;
  /** Reads no further, or goes on reading. */
  pause(): void;
  close(): void;
}

/** Opens a stream of changes (`subscriptions/listen` of MCP 2026-07-28). Resolves once the answer has begun. */
export function eventsOf(publicUrl: string, token: string): Promise<Listener> {
  const params = { notifications: { toolsListChanged: true }, _meta: envelope() };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params });
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "subscriptions/listen",
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${publicUrl}/mcp`, { method: "POST", headers, agent: false }, (response) => {
      const state = { text: "", hasEnded: false };
      response.setEncoding("utf8").on("data", (part: string) => {
        state.text += part;
      });
      for (const event of ["end", "error", "close"]) {
        response.on(event, () => {
          state.hasEnded = true;
        });
      }
      resolve({
        get hasEnded() {
          return state.hasEnded;
        },
        get text() {
          return state.text;
        },
        status: response.statusCode ?? 0,
        async seen(text, withinMs) {
          const untilMs = performance.now() + withinMs;
          while (!state.text.includes(text)) {
            if (performance.now() > untilMs) throw new Error(`No ${text} came within ${withinMs} ms.`);
            await delay(50);
          }
        },
        pause: () => void response.pause(),
        close: () => void sent.destroy(),
      });
    });
    sent.on("error", reject).end(body);
  });
}
