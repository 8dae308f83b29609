import { APP_AND_POLICY_CODES } from "./apps-and-policies.js";
import { BRAND_CODES } from "./brands.js";
import { PEOPLE_CODES } from "./people.js";
import { REQUEST_CODES } from "./requests.js";
import { CHANGE_POLICY_FIRST, LATER, type Row, type Rows } from "./row.js";

/** Okta's published error codes, and one code from an example of its document. */
export const OKTA_CODES: Rows = { ...REQUEST_CODES, ...PEOPLE_CODES, ...APP_AND_POLICY_CODES, ...BRAND_CODES };

/** Another meaning of a code, for certain operations or for certain words of Okta's. */
interface Meaning {
  code: string;
  operation?: RegExp;
  summary?: RegExp;
  row: Row;
}

/**
 * Codes with another meaning than the one in Okta's list. Okta's OpenAPI document gives the first
 * five in examples.
 */
const OTHER_MEANINGS: readonly Meaning[] = [
  {
    code: "E0000149",
    summary: /captcha/i,
    row: BRAND_CODES.E0000168,
  },
  {
    code: "E0000165",
    summary: /captcha/i,
    row: BRAND_CODES.E0000166,
  },
  {
    code: "E0000236",
    summary: /agent/i,
    row: APP_AND_POLICY_CODES.E0000241,
  },
  {
    code: "E0000237",
    summary: /agent/i,
    row: APP_AND_POLICY_CODES.E0000240,
  },
  {
    code: "E0000006",
    summary: /isn't enabled|not enabled/i,
    row: [403, "forbidden", "The org has not switched this on.", "Switch it on in the Okta Admin Console first."],
  },
  {
    code: "E0000006",
    operation: /^(?:assignUserToGroup|unassignUserFromGroup|replaceGroup)$/,
    row: [
      403,
      "forbidden",
      "Members and profile of a group can be changed only where its type is OKTA_GROUP and no group rule fills it.",
      "Look at the group's type. Where it is OKTA_GROUP, the signed-in admin or service app has a role that does not cover this group (Security > Administrators).",
    ],
  },
  {
    code: "E0000077",
    operation: /Polic/,
    summary: /priority/i,
    row: [
      403,
      "protected",
      "Okta keeps the place of its default policy and default rule, which is always the last.",
      "Leave priority out, or send the one that it has; give others a priority instead.",
    ],
  },
  {
    code: "E0000077",
    operation: /Polic/,
    row: [
      403,
      "protected",
      "Okta keeps this attribute of the policy or rule, as it does for its default ones.",
      "Leave the attribute out, or send it with the value that it has.",
    ],
  },
  {
    code: "E0000107",
    operation: /Polic/,
    row: [403, "conflict", "The policy's state does not allow this step.", CHANGE_POLICY_FIRST],
  },
  {
    code: "E0000195",
    summary: /try again/i,
    row: [409, "conflict", "Somebody else is changing the same thing.", LATER],
  },
];

/** The further meanings of one of Okta's codes, for some operations or some words of Okta's. */
export function otherMeaningsOf(code: string): readonly Row[] {
  return OTHER_MEANINGS.filter((one) => one.code === code).map(({ row }) => row);
}

/** The meaning of one of Okta's codes for an operation; undefined for an unknown code. */
export function meaningOf(code: string, operation: string, summary: string): Row | undefined {
  const other = OTHER_MEANINGS.find(
    (one) => one.code === code && (one.operation?.test(operation) ?? true) && (one.summary?.test(summary) ?? true),
  );
  return other?.row ?? (Object.hasOwn(OKTA_CODES, code) ? OKTA_CODES[code] : undefined);
}
