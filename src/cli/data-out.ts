import { written } from "./exit.js";
import type { Io } from "./io.js";

/**
 * Writes data to stdout as it comes, no faster than it is read. A file or another program gets every character as it
 * is; a terminal gets what it can show.
 */
export async function writeData(io: Io, chunks: AsyncIterable<string>): Promise<void> {
  const { stdout } = io;
  for await (const chunk of chunks) {
    if (stdout.isTTY) io.write("stdout", chunk.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"));
    else stdout.write(chunk);
    await written(stdout);
    // Whoever reads may have had enough, as `head` has.
    if (stdout.destroyed || stdout.errored) return;
  }
}
