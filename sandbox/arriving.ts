import type { IncomingMessage } from "node:http";

/** The headers of a request, each value of one that came more than once. */
export function headersOf(incoming: IncomingMessage): Headers {
  return new Headers(
    Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    ),
  );
}

/** The whole body; undefined where it is longer than `maxBytes`. Rejects when the client leaves early. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}
