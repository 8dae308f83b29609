import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type * as z from "zod";
import { doubleKey } from "../json/double-key.js";
import { visible } from "../text/quote.js";
import { schemaWords } from "../text/schema-words.js";
import { whyUnreadable } from "./unreadable.js";
import { withoutTilde } from "./user-dirs.js";

/** The checked content of a file, and whether other users of this machine can change it; or all its problems. */
export type StrictJson<T> = { content: T; path: string; isOpen: boolean } | { problems: string[] };

/** The largest file. Thousands of rules fit into it. */
const MAX_BYTES = 1_000_000;
const MAX_NAMED = 20;

/** `protect.users[0].id`, as a person looks for it. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("");
}

/** The text of a file, its absolute path, and whether other users of this machine can change it; or what is wrong. */
export type HandwrittenText = { text: string; path: string; isOpen: boolean } | { problem: string };

/**
 * Reads the text of a file that a person writes by hand.
 * @param file its path; `~/` stands for the home folder, since MCP clients start servers without a shell
 * @param what its kind for a person, e.g. "guard file"
 */
export function readHandwritten(file: string, what: string): HandwrittenText {
  const path = resolve(withoutTilde(file));
  const shown = visible(path);
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { problem: `cannot be read: ${shown}: ${whyUnreadable("EISDIR")}.` };
    if (!stat.isFile() || stat.size > MAX_BYTES)
      return { problem: `is no ${what}: ${shown} is not a small plain file.` };
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    return { text, path, isOpen: process.platform !== "win32" && (stat.mode & 0o022) !== 0 };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return { problem: `cannot be read: ${shown}: ${whyUnreadable(code)}. Give the path of a ${what}.` };
  }
}

/**
 * Reads a file that a person writes by hand, and checks it whole.
 * @param file @param what as for `readHandwritten`
 * @returns the content, or every problem in a sentence that tells its place
 */
export function readStrictJson<T>(file: string, what: string, schema: () => z.ZodType<T>): StrictJson<T> {
  const read = readHandwritten(file, what);
  if ("problem" in read) return { problems: [read.problem] };
  const { text, path, isOpen } = read;
  const parsed = parseStrictJson(text, schema);
  if ("problems" in parsed) return { problems: parsed.problems.map((problem) => `(${visible(path)}): ${problem}`) };
  return { ...parsed, path, isOpen };
}

/** Checks the text of such a file. */
export function parseStrictJson<T>(text: string, schema: () => z.ZodType<T>): { content: T } | { problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text around the mistake. The place is enough.
    const place = /\(line \d+ column \d+\)|position \d+/.exec((error as Error).message)?.[0];
    return {
      problems: [
        `is not JSON${place ? ` (${place.replace(/[()]/g, "")})` : ""}. Comments and trailing commas are not allowed.`,
      ],
    };
  }
  const twice = doubleKey(text);
  // Only the last of them would count, and the others say nothing.
  if (twice !== undefined) return { problems: [`${visible(twice)} stands there twice. Put the two together.`] };
  const parsed = schema().safeParse(json, { error: schemaWords });
  if (parsed.success) return { content: parsed.data };
  const lines = parsed.error.issues.map(({ path, message }) => {
    const place = visible(placeOf(path)) || "the file";
    return `${place} ${visible(message).replace(/(?<![.?!])$/, ".")}`;
  });
  const left = lines.length - MAX_NAMED;
  return { problems: left > 0 ? [...lines.slice(0, MAX_NAMED), `${left} more problems.`] : lines };
}
