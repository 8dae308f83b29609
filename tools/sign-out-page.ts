import * as z from "zod";
import { defineTool } from "../src/tool.js";
import { given } from "./shared/bodies.js";
import { type JsonObject, OktaMcpError, without } from "./shared/kit.js";
import { ofBrand } from "./shared/pages.js";
import { brandId, webAddress } from "./shared/params.js";

export const getSignOutPageSettings = defineTool({
  name: "get_sign_out_page_settings",
  title: "Get sign-out page settings",
  description: "Get where people of a brand land after signing out.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: ({ okta }, a) => okta.customization.getSignOutPageSettings({ brandId: a.brand_id }),
});

const signOutPage = z.strictObject({
  brand_id: brandId,
  type: z.enum(["OKTA_DEFAULT", "EXTERNALLY_HOSTED"]).describe("Choose Okta's page or one elsewhere."),
  url: webAddress("Link to the page; EXTERNALLY_HOSTED needs it.").optional(),
});

function proposedPage(a: z.infer<typeof signOutPage>): JsonObject {
  if (a.type === "EXTERNALLY_HOSTED" && a.url === undefined) {
    throw new OktaMcpError("bad_input", "url: an externally hosted sign-out page needs its address.", {
      fix: 'Give url, or type "OKTA_DEFAULT".',
    });
  }
  return { type: a.type, ...given({ url: a.url }) };
}

export const replaceSignOutPageSettings = defineTool({
  name: "replace_sign_out_page_settings",
  title: "Replace sign-out page settings",
  description:
    "Choose where people of a brand land after signing out. An address that is left out is lost only with allow_removals.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: signOutPage,
  replaces: {
    current: async ({ okta }, a) => (await okta.customization.getSignOutPageSettings({ brandId: a.brand_id })) ?? {},
    proposed: proposedPage,
    target: ofBrand("sign-out page"),
    setByOkta: [],
  },
  run: ({ okta }, a, page) =>
    // A page that an undo puts back may have null as its address.
    okta.customization.replaceSignOutPageSettings({
      brandId: a.brand_id,
      HostedPage: page.url === null ? without(page, ["url"]) : page,
    }),
});
