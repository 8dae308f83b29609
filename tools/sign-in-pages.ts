import * as z from "zod";
import { defineTool } from "../src/tool.js";
import { fieldsOf, ifFound, type JsonObject } from "./shared/kit.js";
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
import { brandId, expand, jsonObject } from "./shared/params.js";

export const getSignInPageResources = defineTool({
  name: "get_sign_in_page_resources",
  title: "Get sign-in page resources",
  description: "Tell which sign-in pages a brand has: default, customized, preview.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({
    brand_id: brandId,
    expand: expand(["default", "customized", "customizedUrl", "preview", "previewUrl"]),
  }),
  run: ({ okta }, a) => okta.customization.getSignInPage({ brandId: a.brand_id, expand: a.expand }),
});

export const getCustomizedSignInPage = defineTool({
  name: "get_customized_sign_in_page",
  title: "Get customized sign-in page",
  description: "Get a brand's own sign-in page. Without one people see get_default_sign_in_page.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getCustomizedSignInPage({ brandId: a.brand_id }),
});

export const getDefaultSignInPage = defineTool({
  name: "get_default_sign_in_page",
  title: "Get default sign-in page",
  description: "Get Okta's sign-in page for a brand; a start for replace_preview_sign_in_page.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getDefaultSignInPage({ brandId: a.brand_id }),
});

export const getPreviewSignInPage = defineTool({
  name: "get_preview_sign_in_page",
  title: "Get preview sign-in page",
  description: "Get a brand's sign-in page preview, shown at /login/preview only.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getPreviewSignInPage({ brandId: a.brand_id }),
});

const signInPage = z.strictObject({
  brand_id: brandId,
  page_content: pageContent,
  widget_version: z
    .string()
    .regex(/^(?:\*|\^?\d+(?:\.\d+){0,2})$/, { message: 'has to be "*", "^7", "7" or "7.20"' })
    .optional()
    .describe('Choose "*", "^7", "7.20" …; see list_sign_in_widget_versions.'),
  widget_customizations: jsonObject("Set texts, links, widgetGeneration …", {
    ...fieldsOf("string", "signInLabel", "usernameLabel", "passwordLabel", "forgotPasswordLabel", "forgotPasswordUrl"),
    ...fieldsOf("string", "helpLabel", "helpUrl", "customLink1Label", "customLink1Url", "widgetGeneration"),
  }).optional(),
  csp_mode: cspMode,
  csp_report_uri: cspReportUri,
  csp_src_list: cspSrcList,
});

function signInBody(a: z.infer<typeof signInPage>): JsonObject {
  return pageBody(a, { widgetCustomizations: a.widget_customizations, widgetVersion: a.widget_version });
}

export const replaceCustomizedSignInPage = defineTool({
  name: "replace_customized_sign_in_page",
  title: "Replace customized sign-in page",
  description:
    "Replace the sign-in page that people see; try replace_preview_sign_in_page first. What is left out is refused, or lost with allow_removals.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: signInPage,
  replaces: {
    current: async ({ okta }, a) =>
      (await ifFound(okta.customization.getCustomizedSignInPage({ brandId: a.brand_id }))) ?? {},
    proposed: signInBody,
    target: ofBrand("customized sign-in page"),
    setByOkta: [],
  },
  change: { undo: (done, tool) => putPageBack(done, tool, "delete_customized_sign_in_page") },
  run: ({ okta }, a, SignInPage) => okta.customization.replaceCustomizedSignInPage({ brandId: a.brand_id, SignInPage }),
});

export const deleteCustomizedSignInPage = defineTool({
  name: "delete_customized_sign_in_page",
  title: "Delete customized sign-in page",
  description: "Delete a brand's own sign-in page; people see Okta's at once.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId }),
  impact: (context, a) =>
    describePage(context, a.brand_id, {
      type: "customized sign-in page",
      current: context.okta.customization.getCustomizedSignInPage({ brandId: a.brand_id }),
      instead: "people see Okta's default sign-in page at once",
    }),
  change: {
    state: ({ okta }, a) => okta.customization.getCustomizedSignInPage({ brandId: a.brand_id }),
    undo: (done) => putPageBack(done, "replace_customized_sign_in_page"),
  },
  run: ({ okta }, a) => okta.customization.deleteCustomizedSignInPage({ brandId: a.brand_id }),
});

export const replacePreviewSignInPage = defineTool({
  name: "replace_preview_sign_in_page",
  title: "Replace preview sign-in page",
  description:
    "Replace a brand's sign-in page preview, shown at /login/preview only. To publish it use replace_customized_sign_in_page.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: signInPage,
  replaces: {
    current: async ({ okta }, a) =>
      (await ifFound(okta.customization.getPreviewSignInPage({ brandId: a.brand_id }))) ?? {},
    proposed: signInBody,
    target: ofBrand("preview sign-in page"),
    setByOkta: [],
  },
  change: { undo: (done, tool) => putPageBack(done, tool, "delete_preview_sign_in_page") },
  run: ({ okta }, a, SignInPage) => okta.customization.replacePreviewSignInPage({ brandId: a.brand_id, SignInPage }),
});

export const deletePreviewSignInPage = defineTool({
  name: "delete_preview_sign_in_page",
  title: "Delete preview sign-in page",
  description: "Delete a brand's sign-in page preview; what people see stays.",
  scope: "okta.brands.manage",
  effect: "removes",
  input: z.strictObject({ brand_id: brandId }),
  impact: (context, a) =>
    describePage(context, a.brand_id, {
      type: "preview sign-in page",
      current: context.okta.customization.getPreviewSignInPage({ brandId: a.brand_id }),
      instead: "what people see stays as it is",
    }),
  change: {
    state: ({ okta }, a) => okta.customization.getPreviewSignInPage({ brandId: a.brand_id }),
    undo: (done) => putPageBack(done, "replace_preview_sign_in_page"),
  },
  run: ({ okta }, a) => okta.customization.deletePreviewSignInPage({ brandId: a.brand_id }),
});

export const listSignInWidgetVersions = defineTool({
  name: "list_sign_in_widget_versions",
  title: "List Sign-In Widget versions",
  description: "List the Sign-In Widget versions that pages can name as widget_version.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta, list }, a) =>
    list(() => okta.customization.listAllSignInWidgetVersions.page({ brandId: a.brand_id }), {}),
});
