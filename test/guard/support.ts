import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readGuardFile } from "../../src/guard/file.js";
import type { GuardRules } from "../../src/guard/rules.js";
import type { GuardFile } from "../../src/guard/schema.js";
import { temporaryFolder } from "../support/cli.js";

/** Writes a guard file that is removed after the test, and returns its path. */
export function guardFile(content: unknown): string {
  const path = join(temporaryFolder(), "guard.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
}

/** The rules of a valid guard file. */
export function guardRules(content: GuardFile): GuardRules {
  const read = readGuardFile(guardFile(content));
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.rules;
}

/** The problems of a guard file. */
export function problemsOf(content: unknown): string[] {
  const read = readGuardFile(guardFile(content));
  return "problems" in read ? read.problems.map((problem) => problem.replace(/^\(.*?\): /, "")) : [];
}
