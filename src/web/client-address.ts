import type { IncomingMessage } from "node:http";
import { type Networks, plainAddress } from "../net/networks.js";

/** The address with a port, as some proxies write it: `192.0.2.1:443`, `[2001:db8::1]:443`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5})$/;

function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  return plainAddress(v6 ?? v4 ?? text);
}

/** The address of whoever opened the connection; an empty text once it has ended. */
export function peerAddress(request: Pick<IncomingMessage, "socket">): string {
  const address = request.socket.remoteAddress ?? "";
  return plainAddress(address) ?? address;
}

/**
 * The address of the client of a request. A peer that is none of the listed proxies is the client itself, whatever its
 * headers say. Each proxy appends the address of its own peer to X-Forwarded-For, so that the list is read from its end
 * and the first address that is no proxy's counts. Everything before that, the sender may have made up.
 * @param proxies the networks of `trusted_proxies`
 */
export function clientAddress(request: Pick<IncomingMessage, "socket" | "headers">, proxies: Networks): string {
  let client = peerAddress(request);
  if (!proxies.has(client)) return client;
  const header = request.headers["x-forwarded-for"];
  const entries = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const address = addressIn(entries[at] ?? "");
    // The proxy that wrote no address is the last that is known.
    if (address === undefined) return client;
    client = address;
    if (!proxies.has(client)) return client;
  }
  return client;
}
