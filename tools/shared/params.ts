import * as z from "zod";
import { isObject, isPathSegment, isTime, type JsonObject, type KnownFields, openObject, TIME_FORMS } from "./kit.js";

/** Characters that no id has: signs of a URL, white space and invisible characters. */
const NOT_IN_ID = /[?#%\s\p{Cf}]/u;

/** Characters that no login has: blanks at an end, other white space and invisible characters. */
const NOT_IN_LOGIN = /^ | $|(?! )\s|\p{Cf}/u;

/**
 * An id that stands in a path. This is a rule of safety: URLs do not escape `.` and `..`, so that deleting "." below a
 * collection would delete the collection.
 */
export function id(description: string) {
  return z
    .string()
    .min(1)
    .max(512)
    .refine((value) => isPathSegment(value) && !NOT_IN_ID.test(value), {
      message: "is not an id: no . or .. alone, no slash, ?, #, %, white space or control characters",
    })
    .describe(description);
}

/**
 * A user's id or a login. A login may have any character but a slash, as those of guests have:
 * `jo_acme.com#EXT#@corp.onmicrosoft.com`.
 */
export function idOrLogin(description: string) {
  return z
    .string()
    .min(1)
    .max(512)
    .refine((value) => isPathSegment(value) && !NOT_IN_LOGIN.test(value), {
      message:
        "is neither an id nor a login that can be looked up: no . or .. alone, no slash, plain or escaped, no control characters, no blank at an end. A user whose login has a slash is found with list_users, and named by id",
    })
    .describe(description);
}

/**
 * A JSON object that goes to Okta as it is, with any fields.
 * @param fields the fields that the schema names
 */
export function jsonObject(description: string, fields: KnownFields) {
  return z
    .custom<JsonObject>((value) => isObject(value), {
      message: "has to be an object",
    })
    .meta({ ...openObject(fields), description });
}

export const userId = idOrLogin("Find it with list_users, or give the login.");
export const groupId = id("Find it with list_groups.");
export const appId = id("Find it with list_applications.");
export const policyId = id("Find it with list_policies.");
export const ruleId = id("Find it with list_policy_rules.");

export const after = z.string().min(1).optional().describe("Pass a next_cursor to go on.");
export const fetchAll = z.boolean().default(false).describe("Read all pages instead of one.");

/** The switch for a new object that is active from the start. */
export const activate = z.boolean().default(true).describe("Activate at once; default true.");

/** The same switch for an object whose body may have a status. The two have to agree. */
export const activateOrStatus = z.boolean().optional().describe("Activate at once; default true.");

/** A page size that Okta accepts. */
export function limit(max: number, byDefault: number) {
  return z
    .number()
    .int()
    .min(1)
    .max(max)
    .optional()
    .describe(`Ask for 1 to ${max} items a page; default ${byDefault}.`);
}

export const filter = (properties: string, example: string) =>
  z.string().optional().describe(`Filter by ${properties}, e.g. ${example}.`);
export const sortBy = z.string().min(1).optional().describe("Sort by this attribute; use it with `search`.");
export const sortOrder = z.enum(["asc", "desc"]).optional().describe("Use it with `sort_by`.");

/** A point in time, as `windowAt` reads it. */
export function time(description: string) {
  return z
    .string()
    .refine(isTime, { message: `is no time: give ${TIME_FORMS}` })
    .optional()
    .describe(description);
}

export const brandId = id("Find it with list_brands.");
export const themeId = id("Find it with list_brand_themes.");

/** An address on the web. */
export function webAddress(description: string) {
  return z
    .string()
    .refine((value) => /^https?:\/\/[^\s\p{Cc}]+$/iu.test(value) && URL.canParse(value), {
      message: "has to be a web address, e.g. https://www.example.com/page",
    })
    .describe(description);
}

/** Related objects to embed, by Okta's names. */
export function expand<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.array(z.enum(names)).optional().describe("Add these as _embedded.");
}

export const pageSize = z.number().int().min(1).optional().describe("Ask for so many items a page.");

/** An email template of a brand. */
export type EmailTemplate = { brand_id: string; template_name: string };

export const emailTemplate = { brand_id: brandId, template_name: id("Find it with list_email_templates.") };

/** The arguments that name the email template of a call. */
export const emailTemplateOf = ({ brand_id, template_name }: EmailTemplate): EmailTemplate => ({
  brand_id,
  template_name,
});

export const emailLanguage = z.string().min(2).describe("Give a language tag, e.g. pt-BR.");
