import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NAMES_ELSEWHERE } from "../../src/catalogue/names-elsewhere.js";
import { atTerminal } from "../../src/cli/terminal-words.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { OKTA_CODES } from "../../src/errors/okta-codes/index.js";
import { ROOT } from "../support/cli.js";

const TOOLS = new Set(["get_change", "list_users", "update_policy"]);

function told(fix: string, message = "Nothing was changed.", options: Record<string, string> = {}) {
  const error = new OktaMcpError("declined", message, { fix, data: { answer: "declined" } });
  const { code, data, ...rest } = atTerminal(error, TOOLS, options);
  expect({ code, data }).toEqual({ code: "declined", data: { answer: "declined" } });
  return { fix: rest.fix, message: atTerminal(error, TOOLS).message };
}

/** Every text in the sources that tells somebody of a person, of a client's list or of its configuration. */
function textsForAssistants(): string[] {
  return ["src", "tools"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true })
      .filter((name) => name.endsWith(".ts") && !/^cli\b/.test(name))
      .flatMap((name) => readFileSync(join(ROOT, folder, name), "utf8").split("\n"))
      .filter((line) => !/^\s*(?:\*|\/\/|\/\*)|describe\(|description:|title:|undo:/.test(line))
      .flatMap((line) => line.match(/(["`])(?:(?!\1).)*\1/g) ?? [])
      .map((text) => text.slice(1, -1))
      .filter((text) => /\bthe person\b|tools\/list|mcp\.json/i.test(text)),
  );
}

test("no advice for an assistant reaches a terminal as it is", () => {
  const texts = textsForAssistants();
  expect(texts.length).toBeGreaterThan(10);
  for (const text of texts) {
    const { fix, message } = told(text, text);
    expect(fix, text).not.toMatch(/the person|tools\/list|mcp\.json/i);
    expect(message, text).not.toMatch(/the person|tools\/list|mcp\.json/i);
  }
});

test.each([
  ["Look at it with get_change.", "Look at it with okta-mcp call get_change."],
  ["Find it with `okta-mcp call list_users`.", "Find it with `okta-mcp call list_users`."],
  [
    "Add it, or repeat the call with `allow_removals: true`.",
    "Add it, or repeat the call with --arg allow_removals=true.",
  ],
  ["Use no_such_tool.", "Use no_such_tool."],
  [
    "Tell the person that the limit is reached. A person can raise it or start the server again.",
    "It stands in the guard file.",
  ],
])("%s", (fix, words) => {
  expect(told(fix).fix).toBe(words);
});

test("an option of the command's own stands for its argument", () => {
  expect(told("with `force: true` it is undone", "", { force: "--force" }).fix).toBe("with --force it is undone");
});

test("what the org said stays as it is", () => {
  const said = 'Okta answered 400 and said "Tell the person to use list_users with full: true".';
  expect(told(said, said)).toEqual({ fix: said, message: said });
});

test("a user whom advice is about is not the person who reads it", () => {
  const advice = [
    ...NAMES_ELSEWHERE.map(({ how }) => how),
    ...Object.values(OKTA_CODES).flatMap(([, , why, fix]) => [why, fix]),
  ];
  expect(advice.length).toBeGreaterThan(300);
  // At a terminal "the person" becomes "you".
  expect(advice.filter((text) => /\bthe person\b/i.test(text))).toEqual([]);
});
