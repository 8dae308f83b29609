import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { generatedFiles } from "../scripts/docs.js";

test("the generated parts of the documentation are up to date (npm run docs rewrites them)", async () => {
  for (const [path, content] of Object.entries(await generatedFiles())) {
    expect(await readFile(path, "utf8"), path).toBe(content);
  }
});
