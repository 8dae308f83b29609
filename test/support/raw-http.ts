import { connect } from "node:net";

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  body: string;
  /** Milliseconds from the first byte sent until the connection ended. */
  tookMs: number;
}

/**
 * Sends bytes to a server as they are and reads until it closes the connection. `fetch` would put right, or refuse to
 * send, what some senders send.
 * @param parts what is sent, in turn; the connection stays open afterwards
 */
export function rawHttp(address: string, ...parts: (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(address);
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A server that has refused the rest may reset the connection while it is still being sent.
    socket.on("error", (error) => (chunks.length === 0 ? reject(error) : undefined));
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString("latin1");
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const [first = "", ...lines] = head.split("\r\n");
      const headers = new Headers(
        lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
      );
      const status = Number(first.split(" ")[1]);
      resolve({ status, headers, body: rest.join("\r\n\r\n"), tookMs: performance.now() - startMs });
    });
    for (const part of parts) socket.write(part);
  });
}

/** A request as text: its first line, its headers, its body. `Connection: close` ends the connection with the answer. */
export function requestText(line: string, headers: readonly string[], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${line} HTTP/1.1`, ...headers, ...length, "Connection: close", "", body].join("\r\n");
}
