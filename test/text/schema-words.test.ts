import { expect, test } from "vitest";
import * as z from "zod";
import { schemaWords } from "../../src/text/schema-words.js";
import { catalogue } from "../support/catalogue.js";
import { connect } from "../support/client.js";

/** Matches the beginnings of the schema library's own messages. */
const LIBRARY_ENGLISH = /Invalid |Too (?:big|small)|Unrecognized|expected \w+|received \w+/;

function words(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value, { error: schemaWords });
  return (parsed.error?.issues ?? []).map(({ path, message }) => [...path, message].join(" "));
}

test.each<[string, z.ZodType, unknown, string]>([
  ["text for a number", z.number(), "5", "has to be a number, not text"],
  ["a number for text", z.string(), 5, "has to be text, not a number"],
  ["null for a list", z.array(z.string()), null, "has to be a list, not null"],
  ["a list for an object", z.object({}), [], "has to be an object, not a list"],
  ["nothing", z.boolean(), undefined, "is missing"],
  ["nothing for one of some words", z.enum(["a"]), undefined, "is missing"],
  ["nothing for one of some forms", z.union([z.string(), z.number()]), undefined, "is missing"],
  ["a fraction", z.number().int(), 1.5, "has to be a whole number"],
  ["no number at all", z.number(), Number.NaN, "has to be a finite number"],
  ["too much", z.number().max(200), 201, "has to be at most 200"],
  ["too little", z.number().min(1), 0, "has to be at least 1"],
  ["not more", z.number().gt(1), 1, "has to be more than 1"],
  ["no text in a text", z.string().min(1), "", "must not be empty"],
  ["a short text", z.string().min(3), "a", "has to have at least 3 characters"],
  ["a text of another length", z.string().length(1), "ab", "has to have exactly 1 character"],
  ["a long list", z.array(z.string()).max(1), ["a", "b"], "has to have at most 1 item"],
  ["one of no choice", z.literal("ALL"), "all", 'has to be "ALL"; did you mean "ALL"?'],
  ["a word near another", z.enum(["asc", "desc"]), "descc", 'has to be "asc" or "desc"; did you mean "desc"?'],
  ["a pattern", z.string().regex(/^a+$/), "b", "does not have the form that it needs"],
  ["a format", z.email(), "b", "is not of the format email"],
  ["a beginning", z.string().startsWith("a"), "b", 'has to begin with "a"'],
  ["a step", z.number().multipleOf(5), 3, "has to be a multiple of 5"],
  [
    "a key",
    z.strictObject({ groups: z.string().optional() }),
    { grups: 1 },
    'has an unknown key: "grups" (did you mean groups?)',
  ],
  ["a form", z.union([z.string(), z.array(z.string())]), 5, "has to be text or a list, not a number"],
  [
    "a place in a form",
    z.union([z.string(), z.object({ a: z.string() })]),
    { a: 1 },
    "is not right at a: has to be text, not a number",
  ],
  ["what nothing is taken for", z.never(), 1, "is not taken here"],
])("%s is told in our words", (_, schema, value, message) => {
  expect(words(schema, value)).toEqual([message]);
});

test("a message of the schema's own stays", () => {
  expect(words(z.string({ error: "has to be a name" }), 5)).toEqual(["has to be a name"]);
  expect(words(z.object({ id: z.string().refine(() => false, "is not an id") }), { id: "." })).toEqual([
    "id is not an id",
  ]);
});

test("what was sent is quoted no longer than it can be read, however many keys there are", () => {
  const sent = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`${index}${"x".repeat(200)}`, 1]));
  const [message = ""] = words(z.strictObject({}), sent);
  expect(message).toMatch(/ and 970 more$/);
  expect(message.length).toBeLessThan(5_000);
});

test("no argument of any tool is refused in the library's English", async () => {
  const { call } = await connect();
  const wrong = [Number.NaN, true, -1.5, "", [[]], { a: { b: 1 } }, 10 ** 400];
  for (const { name } of catalogue.entries) {
    for (const value of wrong) {
      const names = Object.keys(catalogue.schema(name).properties);
      const args = Object.fromEntries([...names, "no_such_argument"].map((argument) => [argument, value]));
      const { error } = await call(name, args);
      expect(error?.code, name).toBe("bad_input");
      expect(error?.message, name).not.toMatch(LIBRARY_ENGLISH);
    }
  }
});
