import { describe, expect, test } from "vitest";
import { compileFilter } from "../../sandbox/filter.js";

const maria = {
  id: "00u1",
  status: "ACTIVE",
  lastUpdated: "2026-01-05T09:00:00.000Z",
  profile: {
    firstName: "María",
    department: "R&D (Lab)",
    nickName: 'the "boss"',
    title: "",
    manager: null,
    badgeNumber: 42,
    deskHeightCm: 71.5,
    remoteWorker: true,
    certifications: ["laser-safety", "Forklift"],
    startDate: "2024-03-01",
  },
  target: [
    { id: "a", type: "User", tags: ["x", "y"] },
    { id: "b", type: "AppInstance" },
  ],
};

const meets = (expression: string, caseSensitive = false) => compileFilter(expression, { caseSensitive })(maria);

describe("an expression in Okta's filter language", () => {
  test.each([
    // Strings
    ['status eq "ACTIVE"', true],
    ['status eq "active"', true],
    ['status EQ "ACTIVE"', true],
    ['Status eq "ACTIVE"', false],
    ['status ne "ACTIVE"', false],
    ['profile.nobody ne "x"', true],
    ['profile.firstName eq "Maria"', false],
    ['profile.firstName eq "MARÍA"', true],
    ['profile.firstName sw "mar"', true],
    ['profile.firstName ew "ía"', true],
    ['profile.firstName co "arí"', true],
    ['profile.firstName co "zzz"', false],
    ['profile.department eq "R&D (Lab)"', true],
    ['profile.nickName eq "the \\"boss\\""', true],
    ['profile.firstName eq "Mar\\u00eda"', true],
    ['status eq "ACTIVE\\\\"', false],
    ['status gt "AAA"', true],
    ['(status lt "STAGED" or status gt "STAGED")', true],
    // Numbers and truth values
    ["profile.badgeNumber eq 42", true],
    ["profile.badgeNumber gt 41", true],
    ["profile.badgeNumber lt 42", false],
    ["profile.badgeNumber le 42", true],
    ["profile.deskHeightCm ge 71.5", true],
    ["profile.badgeNumber gt -1e3", true],
    ['profile.badgeNumber eq "42"', false],
    ["profile.remoteWorker eq true", true],
    ["profile.remoteWorker eq false", false],
    // Times
    ['lastUpdated gt "2026-01-05T08:59:59.999Z"', true],
    ['lastUpdated eq "2026-01-05T10:00:00+01:00"', true],
    ['lastUpdated lt "2026-01-05T09:00:00Z"', false],
    ['lastUpdated ge "2026-01-05T09:00:00.000Z"', true],
    ['profile.startDate lt "2024-03-02"', true],
    // Presence
    ["profile.firstName pr", true],
    ["profile.title pr", false],
    ["profile.manager pr", false],
    ["profile.nobody pr", false],
    ["profile.manager eq null", true],
    ["profile.firstName eq null", false],
    // Lists
    ['profile.certifications eq "forklift"', true],
    ['profile.certifications sw "laser"', true],
    ['target.type eq "AppInstance"', true],
    ['target.id eq "a" and target.type eq "AppInstance"', true],
    ['target.tags eq "y"', true],
    ['target.id eq "c"', false],
    // Logic: `not` binds tighter than `and`, which binds tighter than `or`
    ['id eq "00u1" and status eq "STAGED" or profile.badgeNumber eq 42', true],
    ['id eq "00u2" and (status eq "STAGED" or profile.badgeNumber eq 42)', false],
    ['id eq "00u1" or status eq "STAGED" and profile.badgeNumber eq 1', true],
    ['not (status eq "STAGED")', true],
    ['not (status eq "ACTIVE") or id eq "00u1"', true],
    ['NOT (status eq "STAGED" OR id eq "x") AND id pr', true],
    ['((((id eq "00u1"))))', true],
    ['  id   eq   "00u1"  ', true],
    // A name is an attribute, never a property that JavaScript objects inherit
    ["constructor pr", false],
    ["profile.certifications.length pr", false],
    ['__proto__ eq "x"', false],
  ])("%s is %s for Maria", (expression, expected) => {
    expect(meets(expression)).toBe(expected);
  });

  test("`filter` tells upper case from lower case in values, `search` does not", () => {
    expect(meets('status eq "active"', true)).toBe(false);
    expect(meets('profile.firstName sw "mar"', true)).toBe(false);
    expect(meets('profile.firstName sw "Mar"', true)).toBe(true);
  });

  test.each([
    "",
    "   ",
    "status",
    "status eq",
    'status eq "ACTIVE',
    'status eq ACTIVE"',
    "status eq ACTIVE",
    'status like "A"',
    'eq "ACTIVE"',
    'status eq "A" and',
    'and status eq "A"',
    '(status eq "A"',
    'status eq "A")',
    "()",
    'not status eq "A"',
    'status eq "A" status eq "B"',
    'status eq "\\x"',
    "status gt true",
    "status co null",
    '1status eq "A"',
    'sta[tus] eq "A"',
    'profile..x eq "A"',
    `${"(".repeat(5000)}id pr${")".repeat(5000)}`,
  ])("the malformed expression %s is refused as Okta refuses it", (expression) => {
    expect(() => compileFilter(expression, { caseSensitive: false })).toThrow(
      expect.objectContaining({
        reply: expect.objectContaining({
          status: 400,
          json: expect.objectContaining({ errorCode: "E0000031", errorSummary: "Invalid search criteria." }),
        }),
      }),
    );
  });
});
