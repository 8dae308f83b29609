import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

const MAX_FILE_LINES = 350;
const MAX_TEST_LINES = 80;
const FOLDERS = ["bench", "bin", "sandbox", "scripts", "src", "test", "tools"];

/** The files that may be longer. The contract between tools and engine is easier to read as one file. */
const LONGER: readonly string[] = ["src/tool.ts"];

/** Files with tests that may be longer. Such a test walks through an area, and each step needs the steps before it. */
const LONGER_TESTS: readonly string[] = [
  "test/contract/sandbox-answers.test.ts",
  "test/contract/sandbox-mails-and-domains.test.ts",
  "test/hostile/secrets.test.ts",
];

/** Returns the source files of a folder, each with its lines. */
function filesIn(folder: string): [file: string, lines: string[]][] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.(?:m?js|ts)$/.test(file) && !file.includes("fixtures"))
    .map((file) => join(folder, file))
    .map((file) => [file, readFileSync(join(ROOT, file), "utf8").trimEnd().split("\n")]);
}

test(`no file has more than ${MAX_FILE_LINES} lines`, () => {
  const files = FOLDERS.flatMap(filesIn).filter(([file]) => !LONGER.includes(file));
  const longer = files.filter(([, lines]) => lines.length > MAX_FILE_LINES);
  expect(longer.map(([file, { length }]) => `${file}: ${length}`)).toEqual([]);
});

// The lint limits functions elsewhere (biome.json), but not here. A suite is a function too, and may hold many tests.
test(`no test has more than ${MAX_TEST_LINES} lines`, () => {
  const longer: string[] = [];
  for (const [file, lines] of filesIn("test")) {
    for (const [from, line] of lines.entries()) {
      // The formatter ends a call in the same column in which the call begins.
      const [, indent] = /^( *)(?:test|where\w+)\b.*\{$/.exec(line) ?? [];
      if (indent === undefined || LONGER_TESTS.includes(file)) continue;
      const length = lines.slice(from + 1).findIndex((later) => new RegExp(`^${indent}\\}`).test(later)) + 1;
      if (length > MAX_TEST_LINES) longer.push(`${file}:${from + 1}: ${length}`);
    }
  }
  expect(longer).toEqual([]);
});
