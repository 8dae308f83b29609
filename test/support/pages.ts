import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./cli.js";

/** The shell blocks of a page of the docs, or of one section of it. `heading` is its heading with the marks, e.g. "## Install". */
export function shellBlocks(page: string, heading?: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const [, marks = ""] = /^(#+) /.exec(heading ?? "") ?? [];
  const [, rest = ""] = heading === undefined ? [undefined, text] : text.split(`\n${heading}\n`);
  const [body = ""] = heading === undefined ? [text] : rest.split(`\n${marks} `);
  return [...body.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, block = ""]) => block);
}

/** The lines of a shell block, without comments; a line may go on after a backslash. */
export function linesOf(block: string): string[] {
  return block
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, ""));
}
