import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/cli.js";
import { type Expression, findExpressions } from "../support/expressions.js";
import { type HostileText, hostileTexts } from "../support/hostile-texts.js";

/** The length of a text that a linear expression works through in a few milliseconds. */
const CHARS = 64 * 1024;
const MORE_CHARS = 16 * CHARS;
/** A longer time in milliseconds may have another cause, so the expression is tried again with a longer text. */
const QUICK_MS = 20;
/** Only an expression that backtracks takes this long; a linear one takes a hundredth of it. */
const LIMIT_MS = 5_000;
const FIRST = { chars: CHARS, limitMs: 500 };
const AGAIN = { chars: MORE_CHARS, limitMs: LIMIT_MS };

/** Works through a text as the code does: to the last match where the expression is global, else to the first. */
const WORK = new Script(`{
  const used = new RegExp(source, flags);
  if (splits) text.split(used);
  else if (used.global) text.replace(used, "");
  else if (used.sticky) for (let at = 0; used.test(text) && used.lastIndex > at; at = used.lastIndex);
  else used.test(text);
}`);
const place = createContext({});

/** The time in milliseconds that an expression takes for a text of `chars` characters; infinite beyond the limit. */
function workMs(
  { expression: { source, flags }, splits }: Expression,
  hostile: HostileText,
  { chars, limitMs }: { chars: number; limitMs: number },
): number {
  const { head, pump, tail } = hostile;
  const text = head + pump.repeat(Math.ceil(chars / pump.length)) + tail;
  Object.assign(place, { source, flags, splits, text });
  const begunMs = performance.now();
  try {
    WORK.runInContext(place, { timeout: limitMs });
    return performance.now() - begunMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return Number.POSITIVE_INFINITY;
  }
}

/** A hostile text on which the expression takes too long in each try; undefined where no text made for it does. */
function hardest(expression: Expression, tries = [FIRST, AGAIN, AGAIN]): HostileText | undefined {
  const isHard = (text: HostileText) =>
    tries.every((size) => workMs(expression, text, size) > (size === FIRST ? QUICK_MS : size.limitMs));
  return hostileTexts(expression.expression).find(isHard);
}

const given = (expression: RegExp): Expression => ({ file: "", expression, splits: false });

describe("the texts made of an expression show", () => {
  test.each([
    /(a+)+$/,
    /^(\s*a?)*$/,
    /\s+$/,
    /^(?:a|a)*$/,
    /"(?:[^"]|\\.)*"/,
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    /^[A-Za-z0-9+/_\s-]+={0,2}\s*$/,
    /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g,
    /\s*<([^<>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)\s*(?:,|$)/gy,
  ])("that %s is not linear", (expression) => {
    expect(hardest(given(expression), [FIRST, { chars: MORE_CHARS, limitMs: 1_000 }])).toBeDefined();
  });

  test.each([/^[\w.]+$/, /"(?:[^"\\]|\\.)*"/y, /^(?:ab?)+$/, /[\s,]+/, /^a{1,80}b{1,80}$/])(
    "that %s is",
    (expression) => {
      expect(hardest(given(expression))).toBeUndefined();
    },
  );
});

/** Files that make expressions from other text: the number of expressions, and the reason why they are linear. */
const MADE_OF_TEXT = {
  "src/text/filter-words.ts": [1, "a copy of one that is written out"],
  "src/guard/hidden-attributes.ts": [1, "a value of the org as it is written, between two looks at one character"],
  "src/store/stored-erasure.ts": [
    1,
    "the words of a person as they are written, between two looks at three characters",
  ],
  "sandbox/email-texts.ts": [1, "a name of our own as it is written"],
} as const;

/** The expressions that a file makes while it is loaded. */
async function madeBy(file: string): Promise<RegExp[]> {
  const made: RegExp[] = [];
  const platform = globalThis.RegExp;
  globalThis.RegExp = new Proxy(platform, {
    construct(target, given) {
      const expression = Reflect.construct(target, given) as RegExp;
      made.push(expression);
      return expression;
    },
  });
  try {
    // The query gives a fresh instance of the module, because other tests may have loaded it already.
    await import(/* @vite-ignore */ `${join(ROOT, file)}?made`);
  } finally {
    globalThis.RegExp = platform;
  }
  return made;
}

test("every regular expression takes time in step with the length of a text", { timeout: 600_000 }, async () => {
  const { literals, makers } = findExpressions("src", "sandbox", "tools", "bin");
  expect(literals.length).toBeGreaterThan(200);
  const made: Expression[] = [];
  for (const [file, count] of makers) {
    if (file in MADE_OF_TEXT) {
      expect(count, file).toBe(MADE_OF_TEXT[file as keyof typeof MADE_OF_TEXT][0]);
      continue;
    }
    const expressions = await madeBy(file);
    expect(expressions.length, `${file}: an expression that is not made as the file is loaded`).toBeGreaterThanOrEqual(
      count,
    );
    made.push(...expressions.map((expression) => ({ file, expression, splits: false })));
  }
  const each = new Map([...literals, ...made].map((found) => [`${found.expression} ${found.splits}`, found]));
  const slow = [...each.values()].flatMap((found) => {
    const text = hardest(found);
    return text === undefined ? [] : [{ file: found.file, expression: String(found.expression), text }];
  });
  expect(slow).toEqual([]);
});
