import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unmatchedPatterns } from "../../src/catalogue/choice.js";
import { catalogue } from "../support/catalogue.js";
import { guardRules, problemsOf } from "./support.js";

test("the guard file in the docs works as pasted", () => {
  const page = readFileSync(new URL("../../docs/guard-rails.md", import.meta.url), "utf8");
  const [, text = ""] = /<!-- guard file -->\n```json\n([\s\S]*?)\n```/.exec(page) ?? [];
  expect(problemsOf(text)).toEqual([]);
  const { protect, denyTools } = guardRules(JSON.parse(text));
  expect(protect.length).toBeGreaterThan(3);
  const exclude = [{ patterns: denyTools, where: "docs" }];
  expect(unmatchedPatterns({ readOnly: undefined, include: undefined, exclude }, catalogue.entries)).toEqual([]);
});
