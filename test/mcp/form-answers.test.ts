import { expect, test } from "vitest";
import { formAnswers } from "../../src/mcp/form-answers.js";

const FORM = {
  type: "object" as const,
  properties: {
    confirm: { type: "boolean" as const, title: "Yes", description: "Go on.", default: false },
    reason: { type: "string" as const },
  },
  required: ["confirm"],
};

const check = (answer: unknown, form: object = FORM) => formAnswers.getValidator(form)(answer);

test("takes an answer that fits the form", () => {
  expect(check({ confirm: true })).toEqual({ valid: true, data: { confirm: true }, errorMessage: undefined });
  expect(check({ confirm: false, reason: "left" }).valid).toBe(true);
});

test.each([
  ["nothing", undefined, "no object"],
  ["a list", [true], "no object"],
  ["a form left empty", {}, "confirm is missing"],
  ["a yes in words", { confirm: "yes" }, "confirm is no boolean"],
  ["a one in place of yes", { confirm: 1 }, "confirm is no boolean"],
  ["a number where text is asked for", { confirm: true, reason: 5 }, "reason is no string"],
  ["a yes that is only inherited", Object.create({ confirm: true }), "confirm is missing"],
])("refuses %s", (_, answer, problem) => {
  const { valid, errorMessage } = check(answer);
  expect(valid).toBe(false);
  expect(errorMessage).toContain(problem);
});

test("refuses every answer to a form that it cannot check", () => {
  const withPattern = { type: "object", properties: { code: { type: "string", pattern: "^[0-9]+$" } } };
  expect(check({ code: "abc" }, withPattern).valid).toBe(false);
  expect(check({ code: "123" }, withPattern).valid).toBe(false);
  expect(check({ age: 5 }, { type: "object", properties: { age: { type: "integer" } } }).valid).toBe(false);
  expect(check({ confirm: true }, {}).valid).toBe(false);
});
