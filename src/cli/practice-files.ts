import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDir } from "../files/user-dirs.js";

/** Files of a pretend company, which are there as long as its sandbox. */
export interface PracticeFiles {
  /** The path of one of them. */
  path(name: string): string;
  remove(): void;
}

/** Writes files into a temporary folder of this user alone. @param texts by the names of the files */
export function writePracticeFiles(texts: Readonly<Record<string, string>>): PracticeFiles {
  const folder = mkdtempSync(join(temporaryDir(), "okta-mcp-practice-"));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
