import { Writable } from "node:stream";
import type { Io } from "./io.js";

/**
 * Keeps stdout for the protocol. The returned stream writes to it. Every other writer (a library with `console.log`)
 * writes to stderr instead.
 */
export function claimStdout({ stdout, stderr }: Pick<Io, "stdout" | "stderr">): Writable {
  const write = stdout.write.bind(stdout) as (chunk: Uint8Array, done: (error?: Error | null) => void) => boolean;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  const protocol = new Writable({
    // Answers that are ready at about the same time leave together, since each write to a pipe wakes the client.
    write: (chunk: Uint8Array, _encoding, done) => void setImmediate(() => write(chunk, done)),
    writev: (chunks: { chunk: Uint8Array }[], done) =>
      void setImmediate(() => write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)),
  });
  // Each running answer waits here while the client reads slowly. The client decides how many there are.
  return protocol.setMaxListeners(0);
}
