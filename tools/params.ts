import * as z from "zod";
import type { Impact, ToolContext, Undo } from "../src/tool.js";
import {
  asObject,
  counted,
  ifFound,
  ifReadable,
  isObject,
  isPathSegment,
  isTime,
  itemsAt,
  type Json,
  type JsonObject,
  type KnownFields,
  MAX_NAMES,
  OktaMcpError,
  openObject,
  TIME_FORMS,
  textAt,
  undoBy,
  valueAt,
  withNames,
  without,
} from "./shared/kit.js";

export {
  asObject,
  counted,
  itemsAt,
  type JsonObject,
  MAX_NAMES,
  objectAt,
  textAt,
  valueAt,
  withNames,
} from "./shared/kit.js";

/** What no id has: signs of a URL, white space and characters that nobody can see. */
const NOT_IN_ID = /[?#%\s\p{Cf}]/u;

/** What no login has: blanks at an end, other white space and characters that nobody can see. */
const NOT_IN_LOGIN = /^ | $|(?! )\s|\p{Cf}/u;

/**
 * An id as it goes into a path. A rule of safety: `.` and `..` are not escaped by URLs, so that
 * deleting "." below a collection would delete the collection.
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

/** A user's id, or a login, which may have any character but a slash, as those of guests have: `jo_acme.com#EXT#@corp.onmicrosoft.com`. */
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

/** A JSON object that goes to Okta as it is, whatever its fields; `fields` are those that are told of. */
export function jsonObject(description: string, fields: KnownFields) {
  return z
    .custom<JsonObject>((value) => isObject(value), {
      message: "has to be an object",
    })
    .meta({ ...openObject(fields), description });
}

export const userId = idOrLogin("From list_users, or a login.");
export const groupId = id("From list_groups.");
export const appId = id("From list_applications.");
export const policyId = id("From list_policies.");

export const after = z.string().min(1).optional().describe("A next_cursor.");
export const fetchAll = z.boolean().default(false).describe("All pages.");

/** Whether a new object is active from the start. */
export const activate = z.boolean().default(true).describe("Activate at once; default true.");

/** The same for what may have a status in its body, with which it has to agree. */
export const activateOrStatus = z.boolean().optional().describe("Activate at once; default true.");

/** A page size within what Okta takes. */
export function limit(max: number, byDefault: number) {
  return z.number().int().min(1).max(max).optional().describe(`Items a page, up to ${max}; default ${byDefault}.`);
}

export const filter = (properties: string, example: string) =>
  z.string().optional().describe(`On ${properties}, e.g. ${example}.`);
export const sortBy = z.string().min(1).optional().describe("With search.");
export const sortOrder = z.enum(["asc", "desc"]).optional().describe("With sort_by.");

/** A point in time, as `windowAt` reads it. */
export function time(description: string) {
  return z
    .string()
    .refine(isTime, { message: `is no time: give ${TIME_FORMS}` })
    .optional()
    .describe(description);
}

/** The id at the end of an address of Okta's; empty where there is none. */
export function lastSegment(href: string): string {
  const { pathname } = URL.canParse(href) ? new URL(href) : { pathname: "" };
  return pathname.split("/").filter(Boolean).at(-1) ?? "";
}

/** A body of those parts that were given; undefined where none was. */
export function given(parts: { readonly [name: string]: Json | undefined }): JsonObject | undefined {
  const body: JsonObject = {};
  for (const [name, part] of Object.entries(parts)) if (part !== undefined) body[name] = part;
  return Object.keys(body).length > 0 ? body : undefined;
}

export const brandId = id("From list_brands.");
export const themeId = id("From list_brand_themes.");

/** An address on the web. */
export function webAddress(description: string) {
  return z
    .string()
    .refine((value) => /^https?:\/\/[^\s\p{Cc}]+$/iu.test(value) && URL.canParse(value), {
      message: "has to be a web address, e.g. https://www.example.com/page",
    })
    .describe(description);
}

/** Embeds related objects, as Okta names them. */
export function expand<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.array(z.enum(names)).optional().describe("Adds these as _embedded.");
}

/** True for names that differ in case alone, as domains and language tags may. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Arguments of a page that Okta hosts and an org may write itself. */
export const pageContent = z.string().min(1).optional().describe("HTML of the whole page.");
export const cspMode = z.enum(["enforced", "report_only"]).optional().describe("Content security policy.");
export const cspReportUri = z.string().min(1).optional().describe("Where browsers report violations.");
export const cspSrcList = z.array(z.string().min(1)).optional().describe("Sources it allows.");

/** The body of a page. @throws OktaMcpError bad_input where it would be empty */
export function pageBody(
  a: {
    page_content?: string | undefined;
    csp_mode?: string | undefined;
    csp_report_uri?: string | undefined;
    csp_src_list?: string[] | undefined;
  },
  more: { readonly [name: string]: Json | undefined } = {},
): JsonObject {
  const contentSecurityPolicySetting = given({
    mode: a.csp_mode,
    reportUri: a.csp_report_uri,
    srcList: a.csp_src_list,
  });
  const body = given({ pageContent: a.page_content, contentSecurityPolicySetting, ...more });
  if (body === undefined) {
    throw new OktaMcpError("bad_input", "There is nothing to put on the page.", {
      fix: "Give page_content or another of the page's settings.",
    });
  }
  return body;
}

/**
 * What a person should see before a page of a brand is deleted.
 * @throws OktaMcpError conflict where there is no such page
 */
export async function describePage(
  { okta }: ToolContext,
  brandId: string,
  page: { type: string; current: Promise<Json | undefined>; instead: string },
): Promise<Impact> {
  const current = await ifFound(page.current);
  const brand = await okta.customization.getBrand({ brandId });
  const sources = itemsAt(current, "contentSecurityPolicySetting", "srcList");
  if (current === undefined) {
    throw new OktaMcpError("conflict", `This brand has no ${page.type}, so there is nothing to delete.`, {
      fix: "Nothing to do.",
    });
  }
  return {
    target: { type: page.type, name: `of brand ${textAt(brand, "name")}`, id: brandId },
    details: [
      `${textAt(current, "pageContent").length} characters of HTML`,
      `${counted({ items: sources, complete: true }, "source")} in its content security policy`,
      page.instead,
    ],
    state: current,
  };
}

/** Takes back what was done to a page: one that was not there goes, by the tool that deletes it, if there is one. */
export function putPageBack(
  { args, before }: { args: { brand_id: string }; before: Json },
  tool: string,
  remove?: string,
): Undo {
  const { brand_id } = args;
  const page = without(before, ["_embedded"]);
  return Object.keys(page).length === 0 && remove ? undoBy(remove, { brand_id }) : undoBy(tool, { brand_id }, page);
}

/** Names a page or another part of a brand for a person who is about to lose some of it. */
export function ofBrand(type: string) {
  return async ({ okta }: ToolContext, a: { brand_id: string }): Promise<Impact["target"]> => {
    const brand = await okta.customization.getBrand({ brandId: a.brand_id });
    return { type, name: `of brand ${textAt(brand, "name")}`, id: a.brand_id };
  };
}

/** Schema `PolicyType` of Okta's Management API. Okta adds types, so none is refused for not being here. */
export const POLICY_TYPES = [
  "ACCESS_POLICY",
  "CLIENT_UPDATE",
  "DEVICE_SIGNAL_COLLECTION",
  "ENTITY_RISK",
  "IDENTITY_CLAIM_SOURCING",
  "IDP_DISCOVERY",
  "MFA_ENROLL",
  "OKTA_SIGN_ON",
  "PASSWORD",
  "POST_AUTH_SESSION",
  "PROFILE_ENROLLMENT",
  "SESSION_VIOLATION_DETECTION",
] as const;

function lacksType({ type }: JsonObject): boolean {
  return type === undefined || type === null || type === "";
}

/**
 * A body that says of which type it is; the type decides what the rest of it means.
 * @throws OktaMcpError bad_input where it says nothing
 */
export function typed(body: JsonObject): JsonObject {
  if (typeof body.type === "string" && body.type !== "") return body;
  throw new OktaMcpError("bad_input", "The body names no type, without which Okta cannot tell what the rest means.", {
    fix: `Add a type: ${POLICY_TYPES.join(", ")}, or a later one of Okta's.`,
  });
}

/** Where an answer names what a body lacked and was filled in. */
const FILLED_IN = "filled_in";

/**
 * A body with the type that follows from where it goes, where it names none.
 * @throws OktaMcpError bad_input where that does not tell either
 */
export async function withType(body: JsonObject, readType: () => Promise<string>): Promise<JsonObject> {
  const { [FILLED_IN]: _, ...rest } = body;
  return typed(lacksType(rest) ? { ...rest, type: await readType() } : rest);
}

/** Okta's answer, with the type that was filled in, if it was. */
export function withNote(given: JsonObject, sent: JsonObject, answer: Json | undefined): Json | undefined {
  return lacksType(given) ? { ...asObject(answer), [FILLED_IN]: { type: sent.type ?? null } } : answer;
}

export const pageSize = z.number().int().min(1).optional().describe("Items a page.");

/** What Okta sets itself on policies and rules, and the status, which stays where a body does not name it. */
export const POLICY_SET_BY_OKTA = ["id", "status", "system", "created", "lastUpdated"] as const;

/** What becomes of a policy or a rule that is taken away. */
export type Removal = "deleted" | "deactivated";

/** @throws OktaMcpError protected for what Okta made and keeps, conflict for what is inactive already */
export function refuseRemoval(object: Json | undefined, kind: "policy" | "rule", removal: Removal): void {
  if (valueAt(object, "system") === true) {
    throw new OktaMcpError(
      "protected",
      `This is a system ${kind} of Okta's (system is true); it cannot be ${removal}.`,
      {
        data: { rule: `built in: system ${kind}` },
        fix:
          kind === "policy"
            ? "Choose another policy, or put one of higher priority before it with create_policy."
            : "Choose another rule, or put one of higher priority before it with create_policy_rule.",
      },
    );
  }
  if (removal === "deactivated" && textAt(object, "status") === "INACTIVE") {
    throw new OktaMcpError("conflict", `This ${kind} is inactive already.`, {
      fix: `Nothing to do; activate_policy${kind === "rule" ? "_rule" : ""} is the opposite.`,
    });
  }
}

/** The names of the first of these groups or users, as far as this caller may read them; the id where there is no such one. */
async function namesOf({ okta, may, whole }: ToolContext, kind: "groups" | "users", ids: readonly Json[]) {
  const first = ids.slice(0, MAX_NAMES);
  // A search finds those that are there, where reading one that is gone would fail.
  const search = first.map((one) => `id eq ${JSON.stringify(one)}`).join(" or ");
  if (!may(`okta.${kind}.read`)) return undefined;
  const found = await ifReadable(
    kind === "groups"
      ? whole((cursor) => okta.groups.listGroups.page({ search, after: cursor }))
      : whole((cursor) => okta.users.listUsers.page({ search, after: cursor })),
  );
  const nameOf = (one: Json) => textAt(one, "profile", kind === "groups" ? "name" : "login");
  const names = new Map(found?.map((one) => [textAt(one, "id"), nameOf(one)]));
  return found && first.map((one) => names.get(String(one)) || String(one));
}

/** Whom the conditions of a policy or rule are about, a line each: "applies to 2 groups: Sales, Finance". */
export async function describePeople(context: ToolContext, object: Json | undefined): Promise<string[]> {
  const lines: string[] = [];
  for (const [side, verb] of [
    ["include", "applies to"],
    ["exclude", "leaves out"],
  ] as const) {
    for (const [kind, one] of [
      ["groups", "group"],
      ["users", "user"],
    ] as const) {
      const ids = itemsAt(object, "conditions", "people", kind, side);
      if (ids.length === 0) continue;
      const names = await namesOf(context, kind, ids);
      lines.push(withNames(`${verb} ${counted({ items: ids, complete: true }, one)}`, names, ids.length));
    }
  }
  return lines;
}

/** The rows of a DNS record of Okta's (schemas `DNSRecordDomains` and `EmailDomainDNSRecord`), one for each value. */
function dnsRows(record: Json): JsonObject[] {
  const values = [...itemsAt(record, "values"), valueAt(record, "verificationValue")];
  const expires = valueAt(record, "expiration");
  return values
    .filter((value) => typeof value === "string")
    .map((value) => ({
      type: textAt(record, "recordType"),
      name: textAt(record, "fqdn"),
      value,
      ...(expires ? { expires } : {}),
    }));
}

/** A domain as Okta sent it, and its DNS records once more as the rows of a table to copy to a DNS provider. */
export function withDnsTable(domain: Json | undefined): Json | undefined {
  const rows = ["dnsRecords", "dnsValidationRecords"].flatMap((list) => itemsAt(domain, list).flatMap(dnsRows));
  return isObject(domain) && rows.length > 0 ? { ...domain, dns_records_to_set: rows } : domain;
}

/** Which email template of which brand. */
export type EmailTemplate = { brand_id: string; template_name: string };

export const emailTemplate = { brand_id: brandId, template_name: id("From list_email_templates.") };

/** The arguments of a call that name the email template. */
export const emailTemplateOf = ({ brand_id, template_name }: EmailTemplate): EmailTemplate => ({
  brand_id,
  template_name,
});

export const emailLanguage = z.string().min(2).describe("Language tag, e.g. pt-BR.");
