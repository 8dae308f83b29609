import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./cli.js";

/**
 * Returns the shell blocks of a page of the docs, or of one section. `heading` includes its marks, e.g. "## Install".
 */
export function shellBlocks(page: string, heading?: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const [, marks = ""] = /^(#+) /.exec(heading ?? "") ?? [];
  const [, rest = ""] = heading === undefined ? [undefined, text] : text.split(`\n${heading}\n`);
  const [body = ""] = heading === undefined ? [text] : rest.split(`\n${marks} `);
  return [...body.matchAll(/^( *)```sh\n([\s\S]*?)\n\1```$/gm)].map(([, indent = "", block = ""]) =>
    block.replace(new RegExp(`^${indent}`, "gm"), ""),
  );
}

/** Returns the lines of a shell block without comments. A line that ends with a backslash is joined with the next. */
export function linesOf(block: string): string[] {
  return block
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, ""));
}
