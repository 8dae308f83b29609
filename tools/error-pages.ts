import * as z from "zod";
import { defineTool } from "../src/tool.js";
import { ifFound } from "./shared/kit.js";
import {
  cspMode,
  cspReportUri,
  cspSrcList,
  describePage,
  ofBrand,
  pageBody,
  pageContent,
  putPageBack,
} from "./shared/pages.js";
import { brandId, expand } from "./shared/params.js";

export const getErrorPageResources = defineTool({
  name: "get_error_page_resources",
  title: "Get error page resources",
  description: "Tell which error pages a brand has: default, customized, preview.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({
    brand_id: brandId,
    expand: expand(["default", "customized", "customizedUrl", "preview", "previewUrl"]),
  }),
  run: ({ okta }, a) => okta.customization.getErrorPage({ brandId: a.brand_id, expand: a.expand }),
});

export const getCustomizedErrorPage = defineTool({
  name: "get_customized_error_page",
  title: "Get customized error page",
  description: "Get a brand's own error page. Without one people see get_default_error_page.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getCustomizedErrorPage({ brandId: a.brand_id }),
});

export const getDefaultErrorPage = defineTool({
  name: "get_default_error_page",
  title: "Get default error page",
  description: "Get Okta's error page for a brand; a start for replace_preview_error_page.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getDefaultErrorPage({ brandId: a.brand_id }),
});

export const getPreviewErrorPage = defineTool({
  name: "get_preview_error_page",
  title: "Get preview error page",
  description: "Get a brand's error page preview, shown at /error/preview only.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getPreviewErrorPage({ brandId: a.brand_id }),
});

const errorPage = z.strictObject({
  brand_id: brandId,
  page_content: pageContent,
  csp_mode: cspMode,
  csp_report_uri: cspReportUri,
  csp_src_list: cspSrcList,
});

export const replaceCustomizedErrorPage = defineTool({
  name: "replace_customized_error_page",
  title: "Replace customized error page",
  description:
    "Replace the error page that people see; try replace_preview_error_page first. What is left out is refused, or lost with allow_removals.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: errorPage,
  replaces: {
    current: async ({ okta }, a) =>
      (await ifFound(okta.customization.getCustomizedErrorPage({ brandId: a.brand_id }))) ?? {},
    proposed: pageBody,
    target: ofBrand("customized error page"),
    setByOkta: [],
  },
  change: { undo: (done, tool) => putPageBack(done, tool, "delete_customized_error_page") },
  run: ({ okta }, a, ErrorPage) => okta.customization.replaceCustomizedErrorPage({ brandId: a.brand_id, ErrorPage }),
});

export const deleteCustomizedErrorPage = defineTool({
  name: "delete_customized_error_page",
  title: "Delete customized error page",
  description: "Delete a brand's own error page; people see Okta's at once.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId }),
  impact: (context, a) =>
    describePage(context, a.brand_id, {
      type: "customized error page",
      current: context.okta.customization.getCustomizedErrorPage({ brandId: a.brand_id }),
      instead: "people see Okta's default error page at once",
    }),
  change: {
    state: ({ okta }, a) => okta.customization.getCustomizedErrorPage({ brandId: a.brand_id }),
    undo: (done) => putPageBack(done, "replace_customized_error_page"),
  },
  run: ({ okta }, a) => okta.customization.deleteCustomizedErrorPage({ brandId: a.brand_id }),
});

export const replacePreviewErrorPage = defineTool({
  name: "replace_preview_error_page",
  title: "Replace preview error page",
  description:
    "Replace a brand's error page preview, shown at /error/preview only. To publish it use replace_customized_error_page.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: errorPage,
  replaces: {
    current: async ({ okta }, a) =>
      (await ifFound(okta.customization.getPreviewErrorPage({ brandId: a.brand_id }))) ?? {},
    proposed: pageBody,
    target: ofBrand("preview error page"),
    setByOkta: [],
  },
  change: { undo: (done, tool) => putPageBack(done, tool, "delete_preview_error_page") },
  run: ({ okta }, a, ErrorPage) => okta.customization.replacePreviewErrorPage({ brandId: a.brand_id, ErrorPage }),
});

export const deletePreviewErrorPage = defineTool({
  name: "delete_preview_error_page",
  title: "Delete preview error page",
  description: "Delete a brand's error page preview; what people see stays.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId }),
  impact: (context, a) =>
    describePage(context, a.brand_id, {
      type: "preview error page",
      current: context.okta.customization.getPreviewErrorPage({ brandId: a.brand_id }),
      instead: "what people see stays as it is",
    }),
  change: {
    state: ({ okta }, a) => okta.customization.getPreviewErrorPage({ brandId: a.brand_id }),
    undo: (done) => putPageBack(done, "replace_preview_error_page"),
  },
  run: ({ okta }, a) => okta.customization.deletePreviewErrorPage({ brandId: a.brand_id }),
});
