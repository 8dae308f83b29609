import * as z from "zod";
import type { Impact, ToolContext, Undo } from "../../src/tool.js";
import { given } from "./bodies.js";
import { counted, ifFound, itemsAt, type Json, type JsonObject, OktaMcpError, textAt, undoBy, without } from "./kit.js";

/** Arguments for a page that Okta hosts and an org may write itself. */
export const pageContent = z.string().min(1).optional().describe("Give the HTML of the whole page.");
export const cspMode = z.enum(["enforced", "report_only"]).optional().describe("Enforce the policy or only report.");
export const cspReportUri = z.string().min(1).optional().describe("Have browsers report violations here.");
export const cspSrcList = z.array(z.string().min(1)).optional().describe("Allow these sources.");

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
 * The description of a page of a brand for a person, before the page is deleted.
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

/** The way back for a page. A page that did not exist before is deleted, where a tool can do that. */
export function putPageBack(
  { args, before }: { args: { brand_id: string }; before: Json },
  tool: string,
  remove?: string,
): Undo {
  const { brand_id } = args;
  const page = without(before, ["_embedded"]);
  return Object.keys(page).length === 0 && remove ? undoBy(remove, { brand_id }) : undoBy(tool, { brand_id }, page);
}

/** Makes the description of a page, or of another part of a brand, for a person who is about to lose some of it. */
export function ofBrand(type: string) {
  return async ({ okta }: ToolContext, a: { brand_id: string }): Promise<Impact["target"]> => {
    const brand = await okta.customization.getBrand({ brandId: a.brand_id });
    return { type, name: `of brand ${textAt(brand, "name")}`, id: a.brand_id };
  };
}
