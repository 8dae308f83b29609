import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TombstoneFile } from "../../src/store/tombstone-file.js";
import { temporaryFolder } from "../support/cli.js";

const [ONE, TWO] = ["one", "two"].map((subjectHash) => ({
  subjectHash,
  erasedAtMs: 1_790_000_000_000,
  wasBlocked: true,
}));

if (ONE === undefined || TWO === undefined) throw new Error("there are two");

test("a line that a full disk has cut, wherever it was, tells of nobody, and takes no later one with it", async () => {
  const whole = new TombstoneFile(temporaryFolder());
  await whole.add([TWO]);
  const line = readFileSync(whole.path, "utf8");
  for (let length = 1; length < line.length; length += 1) {
    const file = new TombstoneFile(temporaryFolder());
    await file.add([ONE]);
    appendFileSync(file.path, line.slice(0, length));
    // Only the line break is missing of the longest one.
    const own = length === line.length - 1 ? [TWO] : [];
    expect(await file.read(), String(length)).toEqual([ONE, ...own]);
    await file.add([TWO]);
    expect(await file.read(), String(length)).toEqual([ONE, ...own, TWO]);
  }
});

test("another line that is no tombstone is refused, with its number", async () => {
  const file = new TombstoneFile(temporaryFolder());
  await file.add([ONE]);
  const own = readFileSync(file.path, "utf8");
  for (const line of ["erased", "{}", '{"subject_hash":7}', '{"subject_hash":"a"}{"subject_hash":"b"}']) {
    writeFileSync(file.path, `${own}${line}\n${own}`);
    await expect(file.read(), line).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining("Line 2"),
    });
  }
});
