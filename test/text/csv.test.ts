import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine, harmlessCell } from "../../src/text/csv.js";
import { requireOrSkip } from "../support/programs.js";

/** What a spreadsheet may take for a formula, a command or the beginning of a cell. */
const HOSTILE = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."='+-@\t\r\n;,\"| \u00a0\u200b\ufeff\u2212\uff0b\uff0d\uff1d\uff20\ufe62\ufe66"),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

const FORMULA = /^[\s\u200b-\u200d\u2060\ufeff]*[=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]/u;

test.each([
  ["=1+1", "'=1+1"],
  ["+49 30 1234", "'+49 30 1234"],
  ["-5", "'-5"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t'=1"],
  ["\r=1", "'\r'=1"],
  ["  =1", "'  =1"],
  ["\u00a0=1", "'\u00a0=1"],
  ["＝1", "'＝1"],
  ["＋1", "'＋1"],
  ["－1", "'－1"],
  ["＠1", "'＠1"],
  ["'quoted", "''quoted"],
  ["Ada;=1", "Ada;'=1"],
  ["one\n=two", "one\n'=two"],
  ["Ada = Lovelace", "Ada = Lovelace"],
  ["ada+x@acme.example", "ada+x@acme.example"],
  ["", ""],
])("%j is written as %j", (text, cell) => {
  expect(harmlessCell(text)).toBe(cell);
});

test("no cell is a formula, whatever the spreadsheet splits at, and each can be read back", () => {
  const back = (cell: string) => cell.replace(/(^|[;\t\r\n])'/gu, "$1");
  fc.assert(
    fc.property(HOSTILE, (text) => {
      const cell = harmlessCell(text);
      for (const part of [cell, ...cell.split(/[;\t\r\n]/u)]) expect(part).not.toMatch(FORMULA);
      expect(back(cell)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test("a long text of separators takes no longer than its length", () => {
  for (const part of ["\t", ";", " ", "'", "\n "]) {
    const started = performance.now();
    harmlessCell(part.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  }
});

test("another program reads the cells as they were written (RFC 4180)", (context) => {
  const [python = ""] = requireOrSkip(context, "python3");
  const rows = fc.sample(fc.array(HOSTILE, { minLength: 3, maxLength: 3 }), { numRuns: 300, seed: 7 });
  const script =
    "import csv,sys,json,io; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode('utf-8'), newline='')))))";
  const read = execFileSync(python, ["-c", script], { input: rows.map(csvLine).join("") });
  expect(JSON.parse(String(read))).toEqual(rows.map((row) => row.map(harmlessCell)));
});
