import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { atTerminal } from "../../src/cli/terminal-words.js";
import { ERROR_CODES, OktaMcpError, ofWrite, reworded, wordsFor } from "../../src/errors/index.js";
import { ROOT } from "../support/cli.js";

const TOOLS = new Set(["get_change", "list_users", "update_policy"]);

function told(fix: string, message = "Nothing was changed.", options: Record<string, string> = {}) {
  const error = new OktaMcpError("declined", message, { fix, data: { answer: "declined" } });
  const { code, data, ...rest } = atTerminal(error, TOOLS, options);
  expect({ code, data }).toEqual({ code: "declined", data: { answer: "declined" } });
  return { fix: rest.fix, message: atTerminal(error, TOOLS).message };
}

/** Words that make sense to an assistant only, not to a person at a terminal. */
const FOR_ASSISTANTS = /\bthe person\b|tools\/list|mcp\.json|the client's roots/i;

/** The object literal around a position in a source text, from its opening brace to the closing one. */
function objectAround(source: string, at: number): string {
  let depth = 0;
  let start = at;
  for (; start > 0; start -= 1) {
    if (source[start] === "}") depth += 1;
    if (source[start] !== "{") continue;
    if (depth === 0) break;
    depth -= 1;
  }
  let end = start;
  for (let open = 0; end < source.length; end += 1) {
    if (source[end] === "{") open += 1;
    if (source[end] === "}") open -= 1;
    if (open === 0) break;
  }
  return source.slice(start, end + 1);
}

/** Each advice or reason of an error in the sources that suits only an assistant, with the object that contains it. */
function textsForAssistants(): { file: string; text: string; object: string }[] {
  return ["src", "tools"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true })
      .filter((name) => name.endsWith(".ts") && !/^cli\b/.test(name))
      .flatMap((name) => {
        const source = readFileSync(join(ROOT, folder, name), "utf8");
        const texts = [...source.matchAll(/(?:(?:fix|why|message): |new OktaMcpError\([^;]*?)(["`])(?:(?!\1).)*\1/gs)];
        return texts
          .map((match) => ({ text: match[0], at: match.index + match[0].length }))
          .filter(({ text }) => FOR_ASSISTANTS.test(text))
          .map(({ text, at }) => ({ file: `${folder}/${name}`, text, object: objectAround(source, at) }));
      }),
  );
}

test("an advice that fits an assistant alone has words for a terminal beside it", () => {
  const texts = textsForAssistants();
  expect(texts.length).toBeGreaterThan(10);
  for (const { file, text, object } of texts) expect(object, `${file}: ${text}`).toMatch(/\b\w*[aA]tTerminal\b/);
});

test("words for a terminal speak neither of a person nor of a client", () => {
  const codes = Object.values(ERROR_CODES).map((code) => ("fixAtTerminal" in code ? code.fixAtTerminal : ""));
  const sources = ["src", "tools"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true })
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => readFileSync(join(ROOT, folder, name), "utf8").match(/atTerminal: \{[^}]*\}/gi) ?? []),
  );
  expect(sources.length).toBeGreaterThan(10);
  for (const words of [...codes, ...sources]) expect(words).not.toMatch(FOR_ASSISTANTS);
});

test("an error has the words of each reader, and new words are for both", () => {
  const error = new OktaMcpError("declined", "The person declined.", { atTerminal: { message: "You said no." } });
  expect(wordsFor(error, "model")).toEqual({ message: "The person declined.", fix: ERROR_CODES.declined.fix });
  expect(wordsFor(error, "terminal")).toEqual({ message: "You said no.", fix: ERROR_CODES.declined.fixAtTerminal });
  const other = reworded(error, { fix: "Wait." });
  expect(wordsFor(other, "terminal")).toEqual({ message: "You said no.", fix: "Wait." });
  expect(wordsFor(reworded(error, { message: "Gone." }), "terminal").message).toBe("Gone.");
});

test("a write that may have been made says so to both readers", () => {
  const error = new OktaMcpError("declined", "A", { fix: "B", atTerminal: { message: "a", fix: "b" } });
  const { message, fix } = wordsFor(ofWrite(error, true), "terminal");
  expect(message).toBe("a The change may have been made all the same.");
  expect(fix).toMatch(/^b Look at the object first/);
});

test.each([
  ["Look at it with get_change.", "Look at it with okta-mcp call get_change."],
  ["Find it with `okta-mcp call list_users`.", "Find it with `okta-mcp call list_users`."],
  [
    "Add it, or repeat the call with `allow_removals: true`.",
    "Add it, or repeat the call with --arg allow_removals=true.",
  ],
  ["Use no_such_tool.", "Use no_such_tool."],
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
