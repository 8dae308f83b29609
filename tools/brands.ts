import * as z from "zod";
import { defineTool, type ToolContext } from "../src/tool.js";
import { given } from "./shared/bodies.js";
import {
  counted,
  ifReadable,
  itemsAt,
  type Json,
  type JsonObject,
  OktaMcpError,
  ofMade,
  refuseTaken,
  textAt,
  undoBy,
  valueAt,
  wholeList,
  without,
} from "./shared/kit.js";
import { after, brandId, expand, fetchAll, id, jsonObject, limit, webAddress } from "./shared/params.js";

const expandBrand = expand(["themes", "domains", "emailDomain"]);

export const listBrands = defineTool({
  name: "list_brands",
  purpose: "find brand",
  title: "List brands",
  description: "List the org's brands; isDefault marks the one of the Okta subdomain.",
  scope: "okta.brands.read",
  effect: "reads",
  compares: { q: ["name"] },
  input: z.strictObject({
    expand: expandBrand,
    after,
    limit: limit(200, 20),
    q: z.string().optional().describe("Search by name."),
    fetch_all: fetchAll,
  }),
  run: ({ okta, list }, a) =>
    list(
      (cursor) =>
        okta.customization.listBrands.page({ expand: a.expand, after: cursor, limit: a.limit, q: a.q || undefined }),
      a,
    ),
});

export const getBrand = defineTool({
  name: "get_brand",
  purpose: "show brand",
  title: "Get brand",
  description: "Get one brand. For its colours use list_brand_themes.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId, expand: expandBrand }),
  run: ({ okta }, a) => okta.customization.getBrand({ brandId: a.brand_id, expand: a.expand }),
});

export const listBrandDomains = defineTool({
  name: "list_brand_domains",
  title: "List brand domains",
  description: "List the custom domains that show one brand.",
  scope: "okta.brands.read",
  effect: "reads",
  input: z.strictObject({ brand_id: brandId }),
  run: async ({ okta, list }, a) => list(wholeList(await domainsOf(okta, a.brand_id)), {}),
});

const name = z.string().min(1).describe("Choose a name that no other brand has.");

/** In a preview, refuses a name that another brand has. */
function refuseTakenName(context: ToolContext, name: string, own?: string): Promise<string[]> {
  return refuseTaken(context, {
    what: "the brand name",
    attribute: ["name"],
    scope: "okta.brands.read",
    fix: "Choose another name, or find its brand with list_brands.",
    holder: () =>
      context.find(
        (cursor) => context.okta.customization.listBrands.page({ after: cursor, limit: 200 }),
        (brand) => textAt(brand, "name") === name && textAt(brand, "id") !== own,
      ),
  });
}

export const createBrand = defineTool({
  name: "create_brand",
  title: "Create brand",
  description:
    "Create a brand with Okta's default look. For settings use replace_brand, for its look replace_brand_theme.",
  scope: "okta.brands.manage",
  effect: "adds",
  input: z.strictObject({ name }),
  change: {
    state: ({ okta }, _a, made) => ofMade(made, (id) => okta.customization.getBrand({ brandId: id })),
    undo: ({ after }) => undoBy("delete_brand", { brand_id: textAt(after, "id") }),
  },
  foresee: (context, a) => refuseTakenName(context, a.name),
  run: ({ okta }, a) => okta.customization.createBrand({ CreateBrandRequest: { name: a.name } }),
});

const brandSettings = z.strictObject({
  brand_id: brandId,
  name,
  agree_to_custom_privacy_policy: z
    .boolean()
    .optional()
    .describe("Say that the person consents, which custom_privacy_policy_url needs."),
  custom_privacy_policy_url: webAddress("Link to this privacy policy.").optional(),
  remove_powered_by_okta: z.boolean().optional().describe('Take "Powered by Okta" off; default false.'),
  locale: z.string().min(2).optional().describe("Give a language tag, e.g. pt-BR."),
  email_domain_id: id("Find it with list_email_domains.").optional(),
  default_app: jsonObject("Choose where people land after sign-in.", {
    appInstanceId: "string",
    appLinkName: "string",
    classicApplicationUri: "string",
  }).optional(),
});

function brandBody(a: z.infer<typeof brandSettings>): JsonObject {
  if (a.custom_privacy_policy_url !== undefined && a.agree_to_custom_privacy_policy !== true) {
    throw new OktaMcpError("bad_input", "A custom privacy policy needs a person's consent, which was not given.", {
      fix: "Ask the person; if they agree, give agree_to_custom_privacy_policy: true, else leave the address out.",
      atTerminal: { fix: "If you agree, give agree_to_custom_privacy_policy: true, else leave the address out." },
    });
  }
  const settings = given({
    agreeToCustomPrivacyPolicy: a.agree_to_custom_privacy_policy,
    customPrivacyPolicyUrl: a.custom_privacy_policy_url,
    removePoweredByOkta: a.remove_powered_by_okta,
    locale: a.locale,
    emailDomainId: a.email_domain_id,
    defaultApp: a.default_app,
  });
  return { name: a.name, ...settings };
}

export const replaceBrand = defineTool({
  name: "replace_brand",
  title: "Replace brand",
  description:
    "Replace a brand's settings: start from get_brand. What is left out is refused, or lost with allow_removals.",
  scope: "okta.brands.manage",
  effect: "changes",
  destructive: true,
  input: brandSettings,
  replaces: {
    current: async ({ okta }, a) => (await okta.customization.getBrand({ brandId: a.brand_id })) ?? {},
    proposed: brandBody,
    // The consent belongs to the address. Where it would be lost, the address is named.
    setByOkta: ["id", "isDefault", "agreeToCustomPrivacyPolicy"],
    defaults: { removePoweredByOkta: false },
  },
  change: {
    undo: ({ args, before }, tool) =>
      undoBy(tool, { brand_id: args.brand_id }, without(before, ["id", "isDefault", "_embedded"])),
  },
  foresee: (context, a) => (a.name === undefined ? Promise.resolve([]) : refuseTakenName(context, a.name, a.brand_id)),
  run: ({ okta }, a, brand) => okta.customization.replaceBrand({ brandId: a.brand_id, brand }),
});

type Customization = ToolContext["okta"];

async function domainsOf(okta: Customization, brandId: string): Promise<Json[]> {
  return itemsAt(await okta.customization.listBrandDomains({ brandId }), "domains");
}

/** The pages that were made for a brand, in words. */
async function customPages(okta: Customization, brandId: string): Promise<string> {
  const expanded = { brandId, expand: ["customized", "preview"] };
  const kinds = {
    "sign-in": await ifReadable(okta.customization.getSignInPage(expanded)),
    error: await ifReadable(okta.customization.getErrorPage(expanded)),
  };
  const found = Object.entries(kinds).flatMap(([kind, page]) => [
    ...(page === undefined ? [`${kind} pages that cannot be read from here`] : []),
    ...(valueAt(page, "_embedded", "customized") ? [`${kind} page`] : []),
    ...(valueAt(page, "_embedded", "preview") ? [`${kind} page preview`] : []),
  ]);
  return `its own pages: ${found.join(", ") || "none"}`;
}

async function customTemplates({ okta, may, collect }: ToolContext, brandId: string): Promise<string> {
  const templates = may("okta.templates.read")
    ? await ifReadable(
        collect(
          (cursor) =>
            okta.customization.listEmailTemplates.page({
              brandId,
              after: cursor,
              limit: 200,
              expand: ["customizationCount"],
            }),
          1000,
        ),
      )
    : undefined;
  if (templates === undefined) return "its own email templates, which cannot be counted from here";
  const items = templates.items.filter((template) => Number(valueAt(template, "_embedded", "customizationCount")) > 0);
  return counted({ ...templates, items }, "email template of its own", "email templates of its own");
}

/** @throws OktaMcpError protected or conflict for a brand that Okta does not delete */
async function checkDeletable(okta: Customization, brandId: string, brand: Json | undefined): Promise<void> {
  if (valueAt(brand, "isDefault") === true) {
    throw new OktaMcpError("protected", "This is the default brand, which cannot be deleted.", {
      data: { rule: "built in: default brand" },
      fix: "Change it with replace_brand, or choose another brand from list_brands.",
    });
  }
  const domains = (await domainsOf(okta, brandId)).map((domain) => textAt(domain, "domain"));
  if (domains.length > 0) {
    throw new OktaMcpError("conflict", "The brand cannot be deleted while custom domains show it.", {
      fix: "Give the domains another brand with replace_custom_domain, then try again.",
      data: { domains },
    });
  }
}

export const deleteBrand = defineTool({
  name: "delete_brand",
  title: "Delete brand",
  description:
    "Delete a brand with theme, pages and email texts for good. Not the default brand, nor one that a custom domain shows.",
  scope: "okta.brands.manage",
  alsoUses: ["okta.templates.read"],
  effect: "removes",
  input: z.strictObject({ brand_id: brandId }),
  async impact(context, { brand_id }) {
    const { okta } = context;
    const brand = await okta.customization.getBrand({ brandId: brand_id, expand: ["themes", "emailDomain"] });
    await checkDeletable(okta, brand_id, brand);
    const emailDomain = textAt(brand, "_embedded", "emailDomain", "domain") || textAt(brand, "emailDomainId");
    const themes = itemsAt(brand, "_embedded", "themes");
    return {
      target: { type: "brand", name: textAt(brand, "name"), id: brand_id },
      details: [
        `email domain ${emailDomain || "none"}`,
        `${counted({ items: themes, complete: true }, "theme")} with logo, favicon, background and colours`,
        await customPages(okta, brand_id),
        await customTemplates(context, brand_id),
        "apps and sign-in pages of this brand show the default brand from then on",
      ],
      state: brand ?? null,
    };
  },
  change: {
    state: ({ okta }, a) => okta.customization.getBrand({ brandId: a.brand_id }),
    undo: "Okta deletes a brand's theme, images, pages and mails for good. create_brand makes a new one; get_change has the settings for replace_brand.",
  },
  run: ({ okta }, a) => okta.customization.deleteBrand({ brandId: a.brand_id }),
});
