import { clearLine, cursorTo, moveCursor } from "node:readline";
import { PassThrough } from "node:stream";
import { createIo, type Io } from "../../src/cli/io.js";

export const COLUMNS = 100;

/** A terminal that records its output, for commands that run in this process. */
export function terminal(env: Record<string, string> = { NO_COLOR: "1" }): {
  io: Io;
  written: { stdout: string; stderr: string };
} {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => {
    const through = new PassThrough().on("data", (data) => {
      written[name] += String(data);
    });
    const movements = {
      cursorTo: (column: number) => cursorTo(through, column),
      moveCursor: (columns: number, lines: number) => moveCursor(through, columns, lines),
      clearLine: (direction: -1 | 0 | 1) => clearLine(through, direction),
    };
    return Object.assign(through, { isTTY: true, columns: COLUMNS, ...movements }) as unknown as NodeJS.WriteStream;
  };
  const stdin = new PassThrough().end() as unknown as NodeJS.ReadStream & { fd: 0 };
  const [stdout, stderr] = [stream("stdout"), stream("stderr")] as (NodeJS.WriteStream & { fd: 1 & 2 })[];
  if (!stdout || !stderr) throw new Error("A terminal without a screen.");
  return { io: createIo({ stdin, stdout, stderr, env }), written };
}
