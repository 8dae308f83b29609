import { Writable } from "node:stream";
import type { Io } from "./io.js";

/**
 * Keeps stdout for the protocol: the stream that comes back writes to it, everything else that
 * tries (a library with `console.log`) ends up on stderr.
 */
export function claimStdout({ stdout, stderr }: Pick<Io, "stdout" | "stderr">): Writable {
  const write = stdout.write.bind(stdout) as (chunk: Uint8Array, done: (error?: Error | null) => void) => boolean;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return new Writable({
    write: (chunk: Uint8Array, _encoding, done) => void write(chunk, done),
    // Answers that are ready together leave together: each write to a pipe wakes the client.
    writev: (chunks: { chunk: Uint8Array }[], done) =>
      void write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
  });
}
