import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Act, Scenario } from "./attack.js";
import { ALL_SCOPES } from "./calls.js";

/** A request with its head as it was sent. */
export interface RawRequest {
  method: string;
  path: string;
  head: string;
}

/** A listener that answers with any bytes, because server libraries refuse to send malformed answers. */
export interface RawOrg {
  origin: string;
  port: number;
  requests: RawRequest[];
  /** Returns the bytes of the next answers; `null` leaves a request unanswered. */
  answer: (request: RawRequest, socket: Socket) => string | Buffer | null;
  close(): Promise<void>;
}

/** An answer with a Content-Length header. */
export function raw(body: string | Buffer, head: readonly string[] = [], status = "200 OK"): Buffer {
  const bytes = Buffer.from(body);
  const lines = [
    `HTTP/1.1 ${status}`,
    ...(head.some((line) => /^content-type:/i.test(line)) ? [] : ["Content-Type: application/json"]),
  ];
  return Buffer.concat([
    Buffer.from([...lines, ...head, `Content-Length: ${bytes.length}`, "", ""].join("\r\n"), "latin1"),
    bytes,
  ]);
}

export async function startRawOrg(): Promise<RawOrg> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let rest = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      rest += text;
      for (let end = rest.indexOf("\r\n\r\n"); end !== -1; end = rest.indexOf("\r\n\r\n")) {
        const head = rest.slice(0, end);
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        if (rest.length < end + 4 + length) return;
        rest = rest.slice(end + 4 + length);
        const [method = "", path = ""] = head.split(" ");
        const request = { method, path, head };
        org.requests.push(request);
        const bytes = org.answer(request, socket);
        if (bytes !== null) socket.write(bytes);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It listens on no port.");
  const org: RawOrg = {
    origin: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests: [],
    answer: () => raw("[]"),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return org;
}

/** A scenario with a raw listener as its org. The listener is closed after the scenario. */
export function besideRawOrg({
  env,
  play,
  ...scenario
}: Pick<Scenario, "name" | "promise"> & {
  env: (org: RawOrg) => Record<string, string>;
  play: (act: Act, org: RawOrg) => Promise<void>;
}): Scenario {
  let org: RawOrg | undefined;
  return {
    ...scenario,
    async stage() {
      org = await startRawOrg();
      return { scopes: ALL_SCOPES, env: env(org) };
    },
    async play(act) {
      if (org === undefined) throw new Error("The scenario has no org.");
      await play(act, org).finally(org.close);
    },
  };
}
