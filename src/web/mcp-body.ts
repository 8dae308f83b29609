import type { IncomingMessage } from "node:http";

/** The text of a body, or the reason why there is none. */
export type BodyText = { text: string } | { problem: "too_large" | "broken_off" };

/**
 * Reads the body of a request as UTF-8. It stops at the first byte over the limit, whatever length the sender declared.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyText> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const part = chunk as Buffer;
      bytes += part.length;
      if (bytes > maxBytes) return { problem: "too_large" };
      chunks.push(part);
    }
  } catch {
    return { problem: "broken_off" };
  }
  return { text: new TextDecoder().decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes)) };
}
